"""What it costs to keep scores right, in a database that grows: one card, one account, one win; and all pairs anew."""

from __future__ import annotations

import gc
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from app.composition import House
from app.kit.logs import set_up_logs
from bench.alliances import drawing, stores
from bench.alliances.drawing import Drawn
from bench.alliances.happening import Measured, World
from bench.alliances.stores import Whole

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
    keep: Path | None
    """Where filled databases are kept."""


def show(console: Console, asked: Asked) -> None:
    """Print how worlds are drawn, and the two tables as they fill."""
    set_up_logs("error")
    console.print(drawing.__doc__)
    for database in asked.databases:
        steps, wholes = _tables(database)
        for size in asked.sizes:
            drawn = drawing.draw(size)
            with stores.opened(database, drawn, asked.keep) as store:
                filled = f"filled in {store.whole.filled:,.0f} s" + (" by an earlier run" if store.is_kept else "")
                console.print(_size_of(store.house, drawn, database), filled)
                _add_whole(wholes, drawn, store.whole)
                world = World(store.house, drawn, store.whose)
                gc.collect()
                gc.freeze()  # what was drawn is no part of the heap that a service has to look through
                for kind in KINDS:
                    _add_step(steps, size, kind, world.measure(kind, asked.count, asked.compare_every))
                console.print(f"{size:,} contacts measured; load of the machine {os.getloadavg()[0]:.1f}")
        console.print(steps)
        console.print(wholes)


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


def _add_whole(table: Table, drawn: Drawn, whole: Whole) -> None:
    links, told = len(drawn.seller), whole.told
    figures = [f"{told['pairs']:,}", f"{told['shared']:,}", f"{told['seconds']:.1f}", f"{told['cpu']:.1f}"]
    figures += [
        f"{1e6 * told['cpu'] / links:.1f}",
        f"{told['megabytes']:.0f}",
        f"{whole.duck_seconds:.2f}",
        f"{whole.apart:.0e}",
    ]
    table.add_row(f"{len(drawn.works_at):,}", f"{links:,}", *figures)
