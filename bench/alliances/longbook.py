"""What a user's book costs who has a million accounts in it: one more, one again, a file of 500, a page, one less."""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

from rich.console import Console
from rich.table import Table

from app.auth import service as auth
from app.books import queries, service
from app.books.models import Account
from app.books.service import Holder
from app.books.sheet import Row
from app.books.terms import Relation
from app.companies.normal import company_key
from app.companies.service import set_home_company
from app.composition import House, migrate, open_house
from app.kit.logs import set_up_logs
from app.kit.pagination import page
from bench.alliances.filling import ACCOUNT, ALIAS, COMPANY, an_id, loading, name_of
from bench.alliances.whole import settings_of
from tools.postgres import empty_postgres

_INDUSTRIES = 10_000
_ROWS = 500
"""In the file that is imported."""
_OFFSET = 1_500_000
"""Names that are not in the book yet."""


def show(console: Console, sizes: Sequence[int], databases: Sequence[str], count: int) -> None:
    """Print a table for each database."""
    set_up_logs("error")
    for database in databases:
        table = Table("accounts", "what", title=f"{database}: one user's book, {_INDUSTRIES:,} industries at most")
        for name in ("p50 ms", "most ms", "memory before MB", "after MB"):
            table.add_column(name, justify="right")
        for size in sizes:
            with _opened(database) as house:
                _measure(table, house, size, count)
        console.print(table)


@contextmanager
def _opened(database: str) -> Iterator[House]:
    with tempfile.TemporaryDirectory() as place:
        if database == "postgresql":
            with empty_postgres() as url, _house(url) as house:
                yield house
        else:
            with _house(f"sqlite:///{place}/book.db") as house:
                yield house


@contextmanager
def _house(url: str) -> Iterator[House]:
    migrate(settings_of(url))
    house = open_house(settings_of(url))
    try:
        yield house
    finally:
        house.close()


def _fill(house: House, size: int) -> tuple[UUID, UUID]:
    """A book of so many accounts, by bulk insert; organization and user."""
    with house.sessions.begin() as session:
        organization = auth.found_organization(session, "Northwind", "US")
        session.info["organization_id"] = organization.id
        set_home_company(session, "Northwind", "northwind.example")
        user_id = auth.add_user(session, "Ann", "ann@northwind.example").id
    org, user, then = organization.id.hex, user_id.hex, datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.000000")
    with loading(house.sessions.engine, ("companies", "company_aliases", "accounts")) as copy:
        columns = "id organization_id created_at audience_id name key is_home confidence provenance review version"
        firms = (
            (
                an_id(COMPANY, n).hex,
                org,
                then,
                org,
                name_of(n),
                company_key(name_of(n)),
                False,
                1.0,
                "{}",
                "[]",
                1,
                then,
            )
            for n in range(size)
        )
        copy("companies", [*columns.split(), "updated_at"], firms)
        columns = "id organization_id created_at audience_id company_id name key"
        names = (
            (an_id(ALIAS, n).hex, org, then, org, an_id(COMPANY, n).hex, name_of(n), company_key(name_of(n)))
            for n in range(size)
        )
        copy("company_aliases", columns.split(), names)
        columns = (
            "id organization_id created_at company_id user_id relation industry never_share confirmed confirmed_at"
        )
        accounts = (
            (
                *(an_id(ACCOUNT, n).hex, org, then, an_id(COMPANY, n).hex, user, "customer"),
                *(f"industry {n % _INDUSTRIES}", False, True, then, then),
            )
            for n in range(size)
        )
        copy("accounts", [*columns.split(), "updated_at"], accounts)
    return organization.id, user_id


def _measure(table: Table, house: House, size: int, count: int) -> None:
    organization_id, user_id = _fill(house, size)
    whose, made = Holder(user_id=user_id), iter(range(_OFFSET, _OFFSET + 10**6))

    def saved(number: int) -> UUID:
        with house.sessions.begin(organization_id) as session:
            return service.save(session, whose, Row(name_of(number), Relation.CUSTOMER, industry="industry 7"))

    def imported() -> None:
        rows = "\n".join(f"{name_of(next(made))},prospect,industry {n}" for n in range(_ROWS))
        with house.sessions.begin(organization_id) as session:
            service.take_in_sheet(session, user_id, f"company,relation,industry\n{rows}".encode())

    def listed() -> None:
        with house.sessions.begin(organization_id, reading=True) as session:
            page(session, queries.book(user_id, None), Account.id, None, 50, lambda account: account.id)

    def removed(account_id: UUID) -> None:
        with house.sessions.begin(organization_id) as session:
            service.remove(session, user_id, account_id)

    each: dict[str, tuple[int, Callable[[int], object]]] = {
        "save a new one": (count, lambda _: saved(next(made))),
        "save one again": (count, lambda n: saved(n * 7919 % size)),
        "a page of 50": (count, lambda _: listed()),
        "remove one": (count, lambda n: removed(an_id(ACCOUNT, n * 7907 % size))),
        f"import a file of {_ROWS}": (1, lambda _: imported()),
    }
    for name, (times, do) in each.items():
        before, taken = _megabytes(), []
        for number in range(times):
            started = time.perf_counter()
            do(number)
            taken.append(1000 * (time.perf_counter() - started))
        row = (f"{statistics.median(taken):,.1f}", f"{max(taken):,.1f}", f"{before:,.0f}", f"{_megabytes():,.0f}")
        table.add_row(f"{size:,}", name, *row)


def _megabytes() -> float:
    """The most that this process held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
