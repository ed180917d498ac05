"""What it costs to keep scores right, in a database that grows: one card, one account, one win; and all pairs anew."""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from app.composition import House, migrate, open_house
from app.kit.logs import set_up_logs
from bench.alliances import drawing, duck
from bench.alliances.drawing import Drawn
from bench.alliances.filling import fill
from bench.alliances.happening import Measured, World
from bench.alliances.whole import settings_of
from tools.postgres import empty_postgres

KINDS = ("card", "account", "win")


@dataclass(frozen=True, slots=True)
class Asked:
    """What to measure."""

    sizes: Sequence[int]
    """Contacts."""
    databases: Sequence[str]
    count: int
    """Happenings of each kind."""
    compare_every: int
    folder: Path | None


def show(console: Console, asked: Asked) -> None:
    """Print how worlds are drawn, and the two tables as they fill."""
    set_up_logs("error")
    console.print(drawing.__doc__)
    for database in asked.databases:
        steps, wholes = _tables(database)
        for size in asked.sizes:
            started, drawn = time.perf_counter(), drawing.draw(size)
            scores, duck_seconds = duck.scores(drawn)
            with _filled(database, drawn, asked.folder) as (house, whose, url):
                console.print(_size_of(house, drawn, database), f"filled in {time.perf_counter() - started:,.0f} s")
                told = _whole(url)
                apart = np.abs(_stored(house) - scores).max()
                _add_whole(wholes, drawn, told, duck_seconds, float(apart))
                world = World(house, drawn, whose)
                gc.collect()
                gc.freeze()  # what was drawn is no part of the heap that a service has to look through
                for kind in KINDS:
                    _add_step(steps, size, kind, world.measure(kind, asked.count, asked.compare_every))
                console.print(f"{size:,} contacts measured; load of the machine {os.getloadavg()[0]:.1f}")
        console.print(steps)
        console.print(wholes)


@contextmanager
def _filled(database: str, drawn: Drawn, folder: Path | None) -> Iterator[tuple[House, Any, str]]:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        if database == "sqlite":
            with _opened(f"sqlite:///{place}/bench.db", drawn) as opened:
                yield opened
        else:
            with empty_postgres() as url, _opened(url, drawn) as opened:
                yield opened


@contextmanager
def _opened(url: str, drawn: Drawn) -> Iterator[tuple[House, Any, str]]:
    settings = settings_of(url)
    migrate(settings)
    house = open_house(settings)
    try:
        yield house, fill(house, drawn), url
    finally:
        house.close()


def _whole(url: str) -> dict[str, float]:
    """A full recompute, stored, by a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "bench.alliances.whole", url, "--write"]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told


def _stored(house: House) -> Any:
    with house.sessions.engine.connect() as connection:
        return np.array(connection.execute(sa.text("SELECT score FROM alliances ORDER BY id")).scalars().all())


def _size_of(house: House, drawn: Drawn, database: str) -> str:
    by_people = np.bincount(drawn.works_at[drawn.seller[drawn.seller >= 0]])
    told = f"{database}: {len(drawn.works_at):,} contacts, {drawn.companies:,} companies, {len(drawn.seller):,} links, "
    told += (
        f"{drawn.users} users; the largest seller {by_people.max():,} links and {np.bincount(drawn.works_at).max():,} "
    )
    told += f"people, the most popular customer {np.bincount(drawn.customer).max():,} links;"
    file = house.sessions.engine.url.database
    return f"{told} {Path(file).stat().st_size / 1e9:.2f} GB," if database == "sqlite" and file else told


def _tables(database: str) -> tuple[Table, Table]:
    steps = Table("contacts", "one more", title=f"{database}: until the neighbourhood's scores are right again")
    for name in (
        "p50 ms",
        "p99 ms",
        "most ms",
        "own CPU p50",
        "own CPU p99",
        "finding p50",
        "finding p99",
        "jobs",
        "compared",
        "apart",
    ):
        steps.add_column(name, justify="right")
    wholes = Table("contacts", "links", title=f"{database}: every pair with the home company anew, stored")
    for name in ("pairs", "shared", "seconds", "own CPU s", "CPU µs a link", "MB", "DuckDB s", "apart"):
        wholes.add_column(name, justify="right")
    return steps, wholes


def _add_step(table: Table, size: int, kind: str, found: Measured) -> None:
    kinds = (found.seconds, found.busy, found.finding)
    clock, busy, finding = ([1000 * each for each in sorted(some)] for some in kinds)
    figures = [statistics.median(clock), _p99(clock), clock[-1]]
    figures += [figure for some in (busy, finding) for figure in (statistics.median(some), _p99(some))]
    told = [f"{found.jobs / len(clock):.1f}", f"{found.compared}", f"{found.apart:.0e}"]
    table.add_row(f"{size:,}", kind, *(f"{figure:.1f}" for figure in figures), *told)


def _p99(ordered: list[float]) -> float:
    return ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]


def _add_whole(table: Table, drawn: Drawn, told: dict[str, float], duck_seconds: float, apart: float) -> None:
    links = len(drawn.seller)
    figures = [f"{told['pairs']:,}", f"{told['shared']:,}", f"{told['seconds']:.1f}", f"{told['cpu']:.1f}"]
    figures += [f"{1e6 * told['cpu'] / links:.1f}", f"{told['megabytes']:.0f}", f"{duck_seconds:.2f}", f"{apart:.0e}"]
    table.add_row(f"{len(drawn.works_at):,}", f"{links:,}", *figures)
