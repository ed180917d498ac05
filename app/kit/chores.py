"""What recurs: each chore runs once a period, in whichever worker comes first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import String, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.actor import Actor
from app.kit.clock import now
from app.kit.db import Base, Sessions, insert_if_absent
from app.kit.files import FileStore
from app.settings import Settings

log = structlog.get_logger()

_LOOK_EVERY = 30.0
"""Seconds."""


class ChoreRun(Base):
    """When a chore is due next."""

    __tablename__ = "chores"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    run_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What a chore is given: it works across organizations, opening a session for each."""

    sessions: Sessions
    files: FileStore
    settings: Settings


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do every so often. A run that fails is tried again a period later."""

    name: str
    run: Callable[[Upkeep], None]
    every: timedelta


class Housekeeper:
    """Runs the chores that are due."""

    def __init__(self, upkeep: Upkeep, chores: Sequence[Chore]) -> None:
        self._upkeep = upkeep
        self._chores = chores

    def run_until(self, stop: threading.Event) -> None:
        """Look every half minute until `stop` is set."""
        while not stop.is_set():
            try:
                self.run_due()
            except (DBAPIError, OSError) as lost:
                log.warning("chore.failed", exc_info=lost)
            stop.wait(_LOOK_EVERY)

    def run_due(self) -> list[str]:
        """Run what is due now; returns the names."""
        done = []
        for chore in self._chores:
            with self._upkeep.sessions.begin() as session:
                mine = _take(session, chore)
            if mine:
                chore.run(self._as(chore))
                log.info("chore.done", chore=chore.name)
                done.append(chore.name)
        return done

    def _as(self, chore: Chore) -> Upkeep:
        return replace(self._upkeep, sessions=self._upkeep.sessions.acting(Actor(program=chore.name)))


def _take(session: Session, chore: Chore) -> bool:
    moment = now()
    insert_if_absent(session, ChoreRun, unique=("name",), name=chore.name, run_at=moment)
    due = update(ChoreRun).where(ChoreRun.name == chore.name, ChoreRun.run_at <= moment)
    return session.execute(due.values(run_at=moment + chore.every).returning(ChoreRun.name)).first() is not None
