"""Commits what was shown, everything that waits at once, so that many readers take the database's one pen seldom."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.kit.db import Sessions, bind_organization
from app.kit.trail import AuditEntry, audience_of, kept_until

log = structlog.get_logger()

_LEAST_PAUSE = 0.002


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry to be, and whoever waits for it."""

    values: dict[str, Any]
    table: str | None
    """Of its object: its audience is the entry's."""
    recorded: Future[bool] = field(default_factory=Future)


class Recorder:
    """Writes entries in the order in which they come, from one thread; each is committed before its reader is told."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._pauses = sessions.engine.dialect.name == "sqlite"
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="audit")
        self._guard = threading.Lock()
        self._waiting: list[Shown] = []
        self._is_writing = False

    async def record(self, values: dict[str, Any], table: str | None) -> bool:
        """Whether the entry is committed."""
        shown = Shown(values, table)
        with self._guard:
            self._waiting.append(shown)
            begins, self._is_writing = not self._is_writing, True
        if begins:
            self._thread.submit(self._write_on)
        return await asyncio.wrap_future(shown.recorded)

    def _write_on(self) -> None:
        if not (taken := self._taken()):
            return
        started = time.monotonic()
        try:
            self._write(taken)
            if self._pauses:  # SQLite has one writer, and who waits looks from time to time whether it is free
                time.sleep(max(_LEAST_PAUSE, time.monotonic() - started))
        finally:
            self._thread.submit(self._write_on)

    def _taken(self) -> list[Shown]:
        with self._guard:
            taken, self._waiting = self._waiting, []
            self._is_writing = bool(taken)
        for shown in taken:
            shown.recorded.set_running_or_notify_cancel()  # its reader may have hung up, and cannot from here on
        return taken

    def _write(self, entries: Sequence[Shown]) -> None:
        try:
            with self._sessions.begin() as session:
                for shown in entries:
                    _complete(session, shown)
                session.execute(insert(AuditEntry), [shown.values for shown in entries])
        except DBAPIError as lost:
            if len(entries) > 1:
                for shown in entries:
                    self._write([shown])
                return
            log.error("audit.lost", error=type(lost).__qualname__)
            _tell(entries, is_written=False)
        else:
            _tell(entries, is_written=True)
        finally:
            for shown in entries:
                if not shown.recorded.done():  # a mistake of ours: no reader waits for ever
                    shown.recorded.set_exception(RuntimeError("no entry could be made"))


def _tell(entries: Sequence[Shown], *, is_written: bool) -> None:
    for shown in entries:
        if not shown.recorded.cancelled():
            shown.recorded.set_result(is_written)


def _complete(session: Session, shown: Shown) -> None:
    """Add what only the database knows: who sees the object, and of who came by a link how long it is kept."""
    values: dict[str, Any] = shown.values
    organization_id: UUID = values["organization_id"]
    bind_organization(session, organization_id)
    if values["user_id"] is None:
        values["keep_until"] = kept_until(session, organization_id)
    if shown.table is not None:
        values["audience_id"] = session.scalar(audience_of(shown.table, values["object_id"])) or values["audience_id"]
