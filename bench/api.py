"""Contacts over HTTP as the table grows: list, search, get and create, beside the bare framework.

`python -m bench.api [--database sqlite|postgresql] [--sizes 1000,10000] [--full]`. A real server process answers one
client over one connection; the bare framework, in the same process, answers a constant as long as the page of a list.
Each round asks all of them in turn, so that what disturbs the machine disturbs all alike.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI, Response
from rich.console import Console
from rich.table import Table

from app.companies.models import Company
from app.composition import House
from app.contacts.models import Contact, ContactPoint, Employment
from app.contacts.normal import search_text, sort_key
from app.kit.clock import now
from app.kit.ids import new_id
from app.main import create_app
from app.settings import Settings
from bench.empty import Empty, empty_service, served

console = Console()

FIRST = "Jane Otto Eva Cem Ana Bob Zoe Ole Ida Max Lea Tim Uma Kai Mia Jon Ava Ben Liv Sam".split()
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split()
BATCH = 5_000
COMPANY_OF = 20
"""People of one company."""


def family(number: int) -> str:
    """A name of four syllables, another for each number below 160,000."""
    return "".join(SYLLABLES[number // 20**place % 20] for place in range(4)).title()


def fill(house: House, organization_id: UUID, owner_id: UUID, start: int, end: int) -> None:
    """Contacts `start` to `end` with an address, a number and a job each; a company for every twenty."""
    scope = {"organization_id": organization_id, "created_at": now()}
    shared = scope | {"audience_id": organization_id, "updated_at": now(), "version": 1, "confidence": 1.0}
    for first in range(start, end, BATCH):
        numbers = range(first, min(first + BATCH, end))
        companies = {number // COMPANY_OF: new_id() for number in numbers}
        people, points, jobs = [], [], []
        for number in numbers:
            one, name = new_id(), f"{FIRST[number % 20]} {family(number * 7919 % 160_000)}"
            email, phone = f"p{number}@firm{number // COMPANY_OF}.example", f"1206{number:07}"
            words = search_text([name, f"Firm {number // COMPANY_OF}", email], [phone])
            moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
            person = {"id": one, "owner_id": owner_id, "name": name, "sort_key": sort_key(name), "search": words}
            people.append(shared | person | {"updated_at": moment, "needs_review": False, "source": "import"})
            said = {"contact_id": one, "confidence": 1.0, "source": "import", **scope}
            points.append({"id": new_id(), "kind": "email", "value": email, "key": email} | said)
            points.append({"id": new_id(), "kind": "phone", "value": f"+{phone}", "key": phone} | said)
            job = {"id": new_id(), "contact_id": one, "company_id": companies[number // COMPANY_OF], "title": "Buyer"}
            jobs.append(job | scope | {"seen_at": now(), "current": True})
        firms = [shared | {"id": one, "name": f"Firm {n}", "key": f"firm {n}"} for n, one in companies.items()]
        with house.sessions.begin(organization_id) as session:
            for model, rows in ((Company, firms), (Contact, people), (ContactPoint, points), (Employment, jobs)):
                session.execute(sa.insert(model), rows)


def from_env() -> FastAPI:
    """The service, and beside it the bare framework with a constant."""
    app = create_app(Settings())
    constant = Path(os.environ["BENCH_CONSTANT"])

    @app.get("/bare")
    def bare() -> Response:
        return Response(constant.read_bytes(), media_type="application/json")

    return app


def serve(listener: int) -> None:
    """Answer on an open socket; what the server process does."""
    server = uvicorn.Server(uvicorn.Config(from_env(), access_log=False, log_config=None))
    server.run(sockets=[socket.socket(fileno=listener)])


def measure(client: httpx.Client, ids: list[str], owner_id: UUID, count: int, size: int) -> dict[str, list[float]]:
    """Milliseconds of each request, by what was asked, sorted."""
    made = iter(range(10**9))

    def create() -> httpx.Response:
        number = size + next(made)
        email = {"kind": "email", "value": f"new{time.time_ns()}@fresh{number}.example"}
        return client.post(
            "/v1/contacts", json={"name": f"Neu {family(number * 31 % 160_000)} {number}", "points": [email]}
        )

    asked: dict[str, Callable[[int], httpx.Response]] = {
        "bare framework": lambda _: client.get("/bare"),
        "list of 50": lambda _: client.get("/v1/contacts"),
        "list by name": lambda _: client.get("/v1/contacts", params={"sort": "name"}),
        "search a name": lambda n: client.get("/v1/contacts", params={"q": f"jane {family(n * 7919 % 160_000)}"}),
        "search a frequent name": lambda _: client.get("/v1/contacts", params={"q": "jane"}),
        "search half a word": lambda n: client.get("/v1/contacts", params={"q": family(n * 7919 % 160_000)[:4]}),
        "search words apart": lambda _: client.get("/v1/contacts", params={"q": "jane otto"}),
        "search with filters": lambda _: client.get(
            "/v1/contacts", params={"q": "jane", "owner_id": str(owner_id), "needs_review": False}
        ),
        "filters, by name": lambda _: client.get(
            "/v1/contacts", params={"owner_id": str(owner_id), "needs_review": False, "sort": "name"}
        ),
        "search a number": lambda n: client.get("/v1/contacts", params={"q": f"1206{n * 13 % size:07}"}),
        "get": lambda n: client.get(f"/v1/contacts/{ids[n % len(ids)]}"),
        "create": lambda _: create(),
    }
    times: dict[str, list[float]] = {name: [] for name in asked}
    for number in range(-5, count):
        for name, ask in asked.items():
            started = time.perf_counter()
            answer = ask(number)
            if number >= 0:
                times[name].append(1000 * (time.perf_counter() - started))
            answer.raise_for_status()
    return {name: sorted(found) for name, found in times.items()}


def run(database: str, sizes: list[int], count: int) -> None:
    """One database, growing."""
    with empty_service(database) as empty:
        table = Table("contacts", "request", "p50 ms", "p99 ms", "requests/s", "x bare", title=database)
        there = 0
        for size in sizes:
            fill(empty.house, empty.organization_id, empty.user_id, there, size)
            there = size
            if database == "postgresql":
                with empty.house.sessions.engine.connect().execution_options(
                    isolation_level="AUTOCOMMIT"
                ) as connection:
                    connection.execute(sa.text("VACUUM ANALYZE"))
            report(table, empty, count, size)
        console.print(table)


def report(table: Table, empty: Empty, count: int, size: int) -> None:
    """Measure at one size and add the rows."""
    constant = empty.folder / "constant.json"
    constant.write_bytes(b"{}")
    with (
        served(empty.house.settings, "bench.api", BENCH_CONSTANT=str(constant)) as address,
        httpx.Client(base_url=address, headers={"Authorization": f"Bearer {empty.key}"}, timeout=60) as client,
    ):
        page = client.get("/v1/contacts", timeout=120)
        constant.write_bytes(page.content)
        times = measure(client, [each["id"] for each in page.json()["items"]], empty.user_id, count, size)
    bare = statistics.median(times["bare framework"])
    for name, found in times.items():
        p50, p99 = statistics.median(found), found[min(len(found) - 1, int(0.99 * len(found)))]
        row = (
            f"{size:,}",
            name,
            f"{p50:.1f}",
            f"{p99:.1f}",
            f"{1000 / statistics.mean(found):.0f}",
            f"{p50 / bare:.1f}",
        )
        table.add_row(*row, end_section=name == "create")


def main() -> None:
    """Measure and print."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--database", action="append", choices=["sqlite", "postgresql"])
    parse.add_argument("--sizes", default="1000,10000", help="contacts, by comma, growing")
    parse.add_argument("--count", type=int, default=100, help="requests of each kind at each size")
    parse.add_argument("--full", action="store_true", help="10k, 100k, 1M on PostgreSQL; to 200k on SQLite")
    given = parse.parse_args()
    for database in given.database or ["sqlite", "postgresql"]:
        sizes = [int(size) for size in given.sizes.split(",")]
        if given.full:
            sizes = [10_000, 100_000, 200_000 if database == "sqlite" else 1_000_000]
        run(database, sizes, given.count)


if __name__ == "__main__":
    main()
