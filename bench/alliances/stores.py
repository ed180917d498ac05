"""Filled databases to measure in: made for one run, or kept in a folder and measured in again and again.

A kept one holds what happened there in earlier runs as well; scores are compared with a recompute from all of its rows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa

from app.composition import House, migrate, open_house
from bench.alliances import duck
from bench.alliances.drawing import Drawn
from bench.alliances.filling import fill
from bench.alliances.whole import settings_of, whose
from tools.postgres import empty_postgres, kept_postgres


@dataclass(frozen=True, slots=True)
class Whole:
    """What it took to fill a database, and to make every pair in it anew."""

    filled: float
    """Seconds."""
    told: dict[str, float]
    """By `bench.alliances.whole`."""
    duck_seconds: float
    apart: float
    """The greatest difference of a score to that of DuckDB."""


@dataclass(frozen=True, slots=True)
class Store:
    """A filled database in which every score was made."""

    house: House
    whose: tuple[UUID, UUID]
    """The organization, and its home company."""
    whole: Whole
    is_kept: bool
    """Whether it was filled in an earlier run."""


@contextmanager
def opened(database: str, drawn: Drawn, keep: Path | None) -> Iterator[Store]:
    """The database of a drawn world; with `keep` the one in this folder, filled if there is none yet."""
    with ExitStack() as stack:
        place = keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place.mkdir(parents=True, exist_ok=True)
        name = f"{database}_{len(drawn.works_at)}"
        note = place / f"{name}.json"
        if database == "sqlite":
            url = f"sqlite:///{place.absolute()}/{name}.db"
        else:
            url = stack.enter_context(kept_postgres(place / "postgres", f"bench_{name}") if keep else empty_postgres())
        settings = settings_of(url)
        migrate(settings)
        house = open_house(settings)
        stack.callback(house.close)
        is_kept = note.exists()
        if not is_kept:
            note.write_text(json.dumps(asdict(_fill(house, drawn, url))))
        yield Store(house, whose(house), Whole(**json.loads(note.read_text())), is_kept)


def _fill(house: House, drawn: Drawn, url: str) -> Whole:
    started = time.perf_counter()
    fill(house, drawn)
    filled = time.perf_counter() - started
    told = _recomputed(url)
    scores, duck_seconds = duck.scores(drawn)
    return Whole(filled, told, duck_seconds, float(np.abs(_stored(house) - scores).max()))


def _recomputed(url: str) -> dict[str, float]:
    """A full recompute, stored, by a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "bench.alliances.whole", url, "--write"]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told


def _stored(house: House) -> Any:
    with house.sessions.engine.connect() as connection:
        return np.array(connection.execute(sa.text("SELECT score FROM alliances ORDER BY id")).scalars().all())
