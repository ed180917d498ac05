"""Writes a drawn world into a database of the service by bulk insert, past the service; indexes are made afterwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa

from app.alliances.scoring import MODEL
from app.auth import service as auth
from app.companies.normal import company_key
from app.companies.service import set_home_company
from app.composition import House
from app.kit.statistics import describe_tables
from bench.alliances.drawing import RELATIONS, Drawn

Row = tuple[Any, ...]
Copy = Callable[[str, Sequence[str], Iterable[Row]], None]
SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split()
TABLES = ("companies", "company_aliases", "contacts", "employments", "accounts", "exchanges", "alliances", "evidence")
DERIVED = ("shared_accounts", "company_buyers")
USER, COMPANY, ALIAS, CONTACT, JOB, ACCOUNT, EXCHANGE, ALLIANCE, EVIDENCE = range(1, 10)


def an_id(kind: int, number: int) -> UUID:
    """The id of the n-th row of a kind: they sort by number, as ids that were made one after the other do."""
    return UUID(_hex(kind, number))


def name_of(company: int) -> str:
    """A name of five syllables, another for each number below 3,200,000."""
    return "".join(SYLLABLES[company // 20**place % 20] for place in range(5)).title()


def fill(house: House, drawn: Drawn) -> tuple[UUID, UUID]:
    """Found the organization and write everything but what follows from it; its id and that of its home company."""
    with house.sessions.begin() as session:
        organization_id = auth.found_organization(session, "Northwind", "US").id
        session.info["organization_id"] = organization_id
        home = set_home_company(session, "Northwind", "northwind.example", product_category="category 0")
        home_id = home.id
        session.execute(sa.text("DELETE FROM jobs"))
    with loading(house.sessions.engine, TABLES) as copy:
        _Filling(drawn, organization_id, home_id, copy).everything()
    return organization_id, home_id


@contextmanager
def loading(engine: sa.Engine, tables: Sequence[str]) -> Iterator[Copy]:
    """A way to copy rows into these tables, which have no indexes until the block ends."""
    is_lite = engine.dialect.name == "sqlite"
    with (_lite if is_lite else _postgres)(engine, tables) as copy:
        yield copy
    if is_lite:
        describe_tables(engine)
    else:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))


@contextmanager
def _lite(engine: sa.Engine, tables: Sequence[str]) -> Iterator[Copy]:
    connection = sqlite3.connect(str(engine.url.database), isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        places = ",".join("?" * len(tables))
        found = connection.execute(
            f"SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL "  # noqa: S608
            f"AND tbl_name IN ({places})",
            tables,
        ).fetchall()
        for kind, name, _ in found:
            connection.execute(f"DROP {kind} {name}")

        def copy(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
            values = ",".join("?" * len(columns))
            connection.execute("BEGIN")
            connection.executemany(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({values})", rows)  # noqa: S608
            connection.execute("COMMIT")

        yield copy
        for _, _, sql in found:
            connection.execute(sql)
    finally:
        connection.close()


@contextmanager
def _postgres(engine: sa.Engine, tables: Sequence[str]) -> Iterator[Copy]:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # what is copied refers to what is there
        connection.execute("SET timezone TO UTC")
        connection.execute("SET maintenance_work_mem = '256MB'")
        found = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND NOT EXISTS "
            "(SELECT 1 FROM pg_constraint WHERE conname = indexname)",
            [list(tables)],
        ).fetchall()
        for name, _ in found:
            connection.execute(f"DROP INDEX {name}")

        def copy(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
            with connection.cursor().copy(f"COPY {table} ({','.join(columns)}) FROM STDIN") as into:
                for row in rows:
                    into.write_row(row)

        yield copy
        for _, sql in found:
            connection.execute(sql)


class _Filling:
    """Makes the rows of each table: text for every id and moment, which both databases understand."""

    def __init__(self, drawn: Drawn, organization_id: UUID, home_id: UUID, copy: Copy) -> None:
        self.drawn, self.copy, self.home = drawn, copy, home_id.hex
        self.organization = organization_id.hex
        self.midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self.days = [self.moment(days) for days in range(1000)]
        self.scope = (self.organization, self.days[900])

    def moment(self, days: int) -> str:
        """Noon, so many days ago."""
        return (self.midnight - timedelta(days=days) + timedelta(hours=12)).strftime("%Y-%m-%d %H:%M:%S.000000")

    def everything(self) -> None:
        self.people()
        self.books()
        self.meetings()

    def people(self) -> None:
        drawn, org, then = self.drawn, *self.scope
        users = (
            (_hex(USER, n), org, then, f"User {n}", f"u{n}@northwind.example", "member") for n in range(drawn.users)
        )
        self.copy("users", ("id", "organization_id", "created_at", "name", "email", "role"), users)

        def companies() -> Iterator[Row]:
            for n, (category, area) in enumerate(zip(drawn.category.tolist(), drawn.area.tolist(), strict=True)):
                name, known = name_of(n), (f"category {category}" if category >= 0 else None)
                place = f"area {area}" if area >= 0 else None
                key = company_key(name)
                yield (_hex(COMPANY, n), org, then, org, name, key, False, known, place, 1.0, "{}", "[]", 1, then)

        self.copy(
            "companies",
            "id organization_id created_at audience_id name key is_home product_category place confidence provenance "
            "review version updated_at".split(),
            companies(),
        )
        aliases = (
            (_hex(ALIAS, n), org, then, org, _hex(COMPANY, n), name_of(n), company_key(name_of(n)))
            for n in range(drawn.companies)
        )
        columns = "id organization_id created_at audience_id company_id name key".split()
        self.copy("company_aliases", columns, aliases)
        contacts = (
            (_hex(CONTACT, n), org, then, org, _hex(USER, user), 1.0, False, "[]", "{}", "", 1, then)
            for n, user in enumerate(drawn.met_by.tolist())
        )
        columns = (
            "id organization_id created_at audience_id owner_id confidence needs_review review provenance search "
            "version updated_at"
        ).split()
        self.copy("contacts", columns, contacts)
        jobs = (
            (_hex(JOB, n), org, then, _hex(CONTACT, n), _hex(COMPANY, company), True, then, "{}")
            for n, company in enumerate(drawn.works_at.tolist())
        )
        columns = "id organization_id created_at contact_id company_id current seen_at provenance".split()
        self.copy("employments", columns, jobs)

    def books(self) -> None:
        drawn, (org, then), days = self.drawn, self.scope, self.days
        works_at, industries = drawn.works_at.tolist(), drawn.industry.tolist()
        named = [f"industry {each}" if each >= 0 else None for each in range(-1, 40)]
        links = zip(
            drawn.seller.tolist(),
            drawn.customer.tolist(),
            drawn.relation.tolist(),
            drawn.said_days.tolist(),
            drawn.sure.tolist(),
            strict=True,
        )

        def rows() -> Iterator[Row]:
            for n, (seller, customer, relation, said, sure) in enumerate(links):
                by_user = seller < 0
                user = _hex(USER, -1 - seller) if by_user else None
                contact, company = (None, None) if by_user else (_hex(CONTACT, seller), _hex(COMPANY, works_at[seller]))
                industry = named[industries[customer] + 1]
                yield (
                    *(_hex(ACCOUNT, n), org, then, _hex(COMPANY, customer), user, contact, company),
                    *(RELATIONS[relation], industry, False, sure or by_user, days[said], days[said]),
                )

        columns = (
            "id organization_id created_at company_id user_id contact_id seller_id relation industry never_share "
            "confirmed confirmed_at updated_at"
        ).split()
        self.copy("accounts", columns, rows())

    def meetings(self) -> None:
        drawn, (org, then), days = self.drawn, self.scope, self.days
        met = list(
            zip(
                drawn.works_at.tolist(),
                drawn.met_by.tolist(),
                drawn.met_days.tolist(),
                drawn.mutual.tolist(),
                drawn.at_event.tolist(),
                strict=True,
            )
        )
        exchanges = (
            (
                *(_hex(EXCHANGE, n), org, then, _hex(USER, user), _hex(CONTACT, n), _hex(COMPANY, company)),
                *("mutual" if mutual else "received", days[ago], "fair" if event else None, 1),
            )
            for n, (company, user, ago, mutual, event) in enumerate(met)
        )
        columns = "id organization_id created_at user_id contact_id company_id direction met_at event version".split()
        self.copy("exchanges", columns, exchanges)
        pairs = (
            (
                *(_hex(ALLIANCE, n), org, then, org, *sorted((self.home, _hex(COMPANY, n)))),
                *("aware", 0.0, 0.0, "[]", "[]", MODEL.version, "2000-01-01", False, 0.0, then),
            )
            for n in range(drawn.companies)
        )
        columns = (
            "id organization_id created_at audience_id company_a_id company_b_id state score coverage parts conflicts "
            "model_version scored_on informal_by_choice announced_score updated_at"
        ).split()
        self.copy("alliances", columns, pairs)

        def evidence() -> Iterator[Row]:
            for n, (company, user, ago, mutual, event) in enumerate(met):
                source, of = _hex(EXCHANGE, n), (_hex(USER, user), _hex(CONTACT, n))
                cards = "mutual_exchange" if mutual else "card_received"
                for piece, kind in (("cards", cards), ("event", "met_at_event" if event else None)):
                    if kind:
                        key = f"exchange:{UUID(source)}:{piece}"
                        number = 2 * n + (piece == "event")
                        yield (
                            *(_hex(EVIDENCE, number), org, then, _hex(ALLIANCE, company), kind, days[ago], 1.0),
                            *("exchange", key, source, *of),
                        )

        columns = (
            "id organization_id created_at alliance_id kind at confidence source source_key exchange_id user_id "
            "contact_id"
        ).split()
        self.copy("evidence", columns, evidence())


def _hex(kind: int, number: int) -> str:
    return f"0190{kind:04x}00007000{0x8000000000000000 | number:016x}"
