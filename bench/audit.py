"""What it costs to record who saw and who changed what: list, get, change and create, with the trail and without.

`python -m bench.audit [--database sqlite|postgresql] [--contacts 10000]`. Two server processes answer one client over
one connection each, on one database; one of them records nothing. Each round asks both, in turn, so that what disturbs
the machine disturbs both alike; what counts is the ratio.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import cast

import httpx
import sqlalchemy as sa
import uvicorn
from rich.console import Console
from rich.table import Table
from sqlalchemy import event

from app.audit.reading import RecordReads
from app.kit import trail
from app.kit.db import OrganizationSession
from app.main import create_app
from app.settings import Settings
from bench.api import family, fill
from bench.empty import empty_service, served

console = Console()


def serve(listener: int, recording: bool) -> None:
    """Answer on an open socket; what a server process does."""
    app = create_app(Settings())
    if not recording:
        app.user_middleware = [each for each in app.user_middleware if cast("type", each.cls) is not RecordReads]
        event.remove(OrganizationSession, "after_flush", trail.note_changes)
    server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_config=None))
    server.run(sockets=[socket.socket(fileno=listener)])


def requests(ids: list[str], made: list[str]) -> dict[str, Callable[[httpx.Client, int], httpx.Response]]:
    """What is asked, by name: of contacts that were there, and of such as were made here."""

    def create(client: httpx.Client, number: int) -> httpx.Response:
        email = {"kind": "email", "value": f"new{time.time_ns()}@fresh.example"}
        said = {"name": f"Neu {family(number * 31 % 160_000)} {time.time_ns()}", "points": [email]}
        return client.post("/v1/contacts", json=said)

    def change(client: httpx.Client, number: int) -> httpx.Response:
        path = f"/v1/contacts/{made[number % len(made)]}"
        return client.patch(path, json={"title": f"Buyer {time.time_ns()}"}, headers={"If-Match": "*"})

    return {
        "list of 50": lambda client, _: client.get("/v1/contacts"),
        "list of 200": lambda client, _: client.get("/v1/contacts", params={"limit": 200}),
        "get": lambda client, number: client.get(f"/v1/contacts/{ids[number % len(ids)]}"),
        "change": change,
        "create": create,
    }


def measure(clients: list[httpx.Client], ids: list[str], count: int) -> dict[str, list[list[float]]]:
    """Milliseconds of each request, by what was asked and by client."""
    said = [{"name": f"Neu {family(number)}"} for number in range(20)]
    asked = requests(ids, [clients[0].post("/v1/contacts", json=each).json()["id"] for each in said])
    times: dict[str, list[list[float]]] = {name: [[] for _ in clients] for name in asked}
    for number in range(-5, count):
        for name, ask in asked.items():
            for turn in range(len(clients)):
                which = (turn + number) % len(clients)
                started = time.perf_counter()
                ask(clients[which], number).raise_for_status()
                if number >= 0:
                    times[name][which].append(1000 * (time.perf_counter() - started))
    return times


def run(database: str, contacts: int, count: int) -> None:
    """One database."""
    with ExitStack() as stack:
        empty = stack.enter_context(empty_service(database))
        fill(empty.house, empty.organization_id, empty.user_id, 0, contacts)
        headers = {"Authorization": f"Bearer {empty.key}"}
        addresses = [stack.enter_context(served(empty.house.settings, "bench.audit", each)) for each in (True, False)]
        clients = [stack.enter_context(httpx.Client(base_url=each, headers=headers, timeout=60)) for each in addresses]
        ids = [each["id"] for each in clients[0].get("/v1/contacts", timeout=120).json()["items"]]
        report(database, contacts, measure(clients, ids, count))
        with empty.house.sessions.engine.connect() as connection:
            entries = connection.scalar(sa.text("SELECT count(*) FROM audit_entries"))
        console.print(f"{entries:,} entries were recorded.")


def report(database: str, contacts: int, times: dict[str, list[list[float]]]) -> None:
    """A table of medians, 99th percentiles and their ratios."""
    table = Table(
        "request", "p50 ms", "without", "ratio", "p99 ms", "without", title=f"{database}, {contacts:,} contacts"
    )
    for name, by_client in times.items():
        p50, p50_without = (statistics.median(found) for found in by_client)
        p99, p99_without = (sorted(found)[min(len(found) - 1, int(0.99 * len(found)))] for found in by_client)
        ratio = f"{p50 / p50_without:.2f}"
        table.add_row(name, f"{p50:.1f}", f"{p50_without:.1f}", ratio, f"{p99:.1f}", f"{p99_without:.1f}")
    console.print(table)


def main() -> None:
    """Measure and print."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--database", action="append", choices=["sqlite", "postgresql"])
    parse.add_argument("--contacts", type=int, default=10_000)
    parse.add_argument("--count", type=int, default=200, help="requests of each kind to each server")
    given = parse.parse_args()
    for database in given.database or ["sqlite", "postgresql"]:
        run(database, given.contacts, given.count)


if __name__ == "__main__":
    main()
