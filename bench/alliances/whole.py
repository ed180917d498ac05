"""`python -m bench.alliances.whole DATABASE [--write]`: one full recompute in a process of its own, told as JSON.

With `--write` scores and what is kept of books are stored, as the service would have stored them step by step.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.alliances import scoring
from app.alliances.models import Alliance
from app.composition import House, open_house
from app.settings import Settings
from bench.alliances.filling import DERIVED, Row, loading
from bench.alliances.recompute import Fresh, recompute

_BATCH = 5_000


def main() -> None:
    """Recompute, and print seconds, processor seconds, the most megabytes that were held, pairs and shared accounts."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("database")
    parse.add_argument("--write", action="store_true")
    given = parse.parse_args()
    house = open_house(settings_of(given.database))
    organization_id, home_id = whose(house)
    moment = datetime.combine(datetime.now(UTC).date(), datetime.min.time(), UTC)
    started, busy = time.perf_counter(), time.process_time()
    fresh: Iterable[Fresh] = recompute(house, organization_id, home_id, moment)
    if given.write:
        fresh = _written(house, fresh, moment.date())
    pairs = shared = 0
    for one in fresh:
        pairs, shared = pairs + 1, shared + len(one.kept)
    told = {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - busy,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "pairs": pairs,
        "shared": shared,
    }
    house.close()
    sys.stdout.write(json.dumps(told))


def settings_of(database_url: str) -> Settings:
    """Settings of a service that keeps quiet."""
    folder = "/tmp/cardally-bench"  # noqa: S108  nothing is written there: these rows have no files
    return Settings(
        database_url=database_url, files_url=folder, workers=0, log_level="error", poll_seconds=0.01, _env_file=None
    )


def whose(house: House) -> tuple[UUID, UUID]:
    """The organization of a filled database, and its home company."""
    with house.sessions.engine.connect() as connection:
        found = connection.execute(sa.text("SELECT organization_id, id FROM companies WHERE is_home")).one()
    return UUID(str(found[0])), UUID(str(found[1]))


def _written(house: House, fresh: Iterable[Fresh], day: date) -> Iterator[Fresh]:
    """The same, stored on the way, some thousand pairs at a time."""
    with loading(house.sessions.engine, DERIVED) as copy:
        stream = iter(fresh)
        while some := list(islice(stream, _BATCH)):
            _update(house, [_values(one, day) for one in some])
            copy("shared_accounts", _COLUMNS, (row for one in some for row in _kept(one)))
            copy("company_buyers", ("company_id", "industries"), (_buyers(one) for one in some))
            yield from some


_COLUMNS = ("alliance_id", "account_id", "worth", "idf", "confirmed_at", "by_both")


def _kept(one: Fresh) -> Iterator[Row]:
    for each in one.kept.values():
        account = UUID(str(each.id)).hex
        yield one.alliance_id.hex, account, each.worth, each.idf, _text(each.confirmed_at), each.by_both


def _buyers(one: Fresh) -> Row:
    return one.company_id.hex, json.dumps(one.buyers)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.000000")


def _values(one: Fresh, day: date) -> dict[str, Any]:
    found = scoring.overlap_of(one.kept.values())
    return {
        "pair": one.alliance_id,
        "score": one.score.total,
        "coverage": one.score.coverage,
        "parts": scoring.documents(one.score.parts),
        "conflicts": [clash.reason for clash in one.score.conflicts],
        "scored_on": day,
        "announced_score": one.score.total,
        "last_evidence_at": one.last_at,
        "state": _state(one),
        "shared_worth": found.worth,
        "shared_count": found.count,
        "shared_both": sum(each.by_both for each in one.kept.values()),
        "shared_at": max((each.confirmed_at for each in one.kept.values()), default=None),
        "books_read_on": day,
    }


def _state(one: Fresh) -> str:
    """Near enough: the first assessment of a pair puts it right."""
    if one.score.conflicts:
        return "conflict"
    quiet = one.last_at is None or datetime.now(UTC) - one.last_at > timedelta(days=180)
    return "dormant" if quiet else "aware"


def _update(house: House, alliances: list[dict[str, Any]]) -> None:
    table: Any = Alliance.__table__
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in alliances[0] if name != "pair"}
    statement = sa.update(table).where(table.c.id == sa.bindparam("pair")).values(**values)
    rows = [{"pair": row["pair"], **{f"new_{name}": row[name] for name in values}} for row in alliances]
    with house.sessions.engine.begin() as connection:
        connection.execute(statement, rows)


if __name__ == "__main__":
    main()
