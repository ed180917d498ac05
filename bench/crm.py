"""Contacts a second that one worker brings to a CRM, beside a bare loop that sends the same requests.

`python -m bench.crm [--database sqlite|postgresql] [--count N] [--rounds N]`. The worker is a process, the CRM is
another one that answers at once; the bare loop sends with httpx, over one connection, what the service's dry run says
that it would send: the same methods, paths and bytes. Worker and loop take turns.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
from rich.console import Console
from rich.table import Table

from app.crm import queries, service
from app.crm.calling import Shown
from app.kit.logs import set_up_logs
from bench.api import COMPANY_OF, fill
from bench.playing import playing_crm
from bench.webhooks import Ground, ground, workers

console = Console()

PROOF = {"Authorization": "Bearer pat-1"}
_UNHINDERED = 1e6
"""Requests a second: no pause between two."""


def connect(ground: Ground, url: str) -> UUID:
    """A connection to the CRM that plays HubSpot."""
    given: dict[str, Any] = {"connector": "hubspot", "name": "CRM", "url": url, "settings": {}, "mapping": {}}
    with ground.house.sessions.begin(ground.organization_id) as session:
        made = service.make(session, ground.house.settings, given | {"max_per_second": _UNHINDERED}, {"token": "pat-1"})
        return made.id


def push(ground: Ground, url: str, connection_id: UUID, start: int, end: int) -> tuple[float, int]:
    """Contacts a second, from the commit of what is owed to the last request; and how many requests it took."""
    fill(ground.house, ground.organization_id, ground.user_id, start, end)
    since = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=start)
    before = httpx.get(f"{url}/asked").json()["asked"]
    with ground.house.sessions.begin(ground.organization_id) as session:
        service.push(session, connection_id, None, since)
    told = time.monotonic()
    while True:
        with ground.house.sessions.begin(ground.organization_id, reading=True) as session:
            if not service.pending(session, connection_id):
                break
        time.sleep(0.25)
    said = httpx.get(f"{url}/asked").json()
    return (end - start) / (said["last"] - told), said["asked"] - before


def requests_of_one(ground: Ground, connection_id: UUID) -> list[Shown]:
    """What is sent for a contact that the CRM does not know, whose company it knows."""
    with ground.house.sessions.begin(ground.organization_id) as session:
        [one] = session.scalars(queries.contact_ids(None).limit(1))
        shown = service.dry_run(session, ground.house.settings, connection_id, one)
    return [replace(request, headers=request.headers | PROOF) for request in shown]


def bare_loop(requests: Sequence[Shown], count: int) -> float:
    """Requests a second of httpx alone, over one connection."""
    bodies = [b"" if one.body is None else orjson.dumps(one.body) for one in requests]
    with httpx.Client() as client:
        client.get(requests[0].url)
        started = time.perf_counter()
        for number in range(count):
            one, body = requests[number % len(requests)], bodies[number % len(bodies)]
            client.request(one.method, one.url, content=body, headers=one.headers)
        return count / (time.perf_counter() - started)


def compare(ground: Ground, url: str, count: int, rounds: int) -> None:
    """Worker and loop in turns; the middle of the rounds is printed."""
    connection_id = connect(ground, url)
    with workers(ground, 1, "deliver:1"):
        push(ground, url, connection_id, 0, COMPANY_OF)  # makes what the CRM needs, and warms up
        requests = requests_of_one(ground, connection_id)
        found = []
        for number in range(1, rounds + 1):
            start = number * count
            rate, asked = push(ground, url, connection_id, start, start + count)
            found.append((rate, asked / count, bare_loop(requests, asked)))
    contacts, each, bare = (statistics.median(column) for column in zip(*found, strict=True))
    ratio = statistics.median(rate * per_contact / alone for rate, per_contact, alone in found)
    table = Table(
        "contacts/s", "requests a contact", "requests/s", "bare loop/s", "ratio", title="Pushes of one worker"
    )
    row = (f"{contacts:.0f}", f"{each:.1f}", f"{contacts * each:.0f}", f"{bare:.0f}", f"{ratio:.2f}")
    table.add_row(*row)
    console.print(table)


def main() -> None:
    """Measure and print."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--database", action="append", choices=["sqlite", "postgresql"])
    parse.add_argument("--count", type=int, default=200, help="contacts of a round, a multiple of 20")
    parse.add_argument("--rounds", type=int, default=5)
    given = parse.parse_args()
    set_up_logs("error")
    for database in given.database or ["sqlite", "postgresql"]:
        console.rule(database)
        with ground(database) as fresh, playing_crm() as url:
            compare(fresh, url, given.count, given.rounds)


if __name__ == "__main__":
    main()
