"""Tells idle runners that a job is due, so that they need not look for themselves.

One thread a process watches for all its runners. PostgreSQL notifies it when a transaction that brought a job commits.
SQLite counts commits; reading its counter costs microseconds, so the thread does that every few milliseconds. What
falls due by time is found at least every `poll_seconds`. A wake-up that is missed costs one such while, nothing else.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing

import psycopg
import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from app.kit.clock import now

log = structlog.get_logger()

_CHANNEL = "cardally_jobs"
_LOOK_SECONDS = 0.004
_RETRY_SECONDS = 1.0
_STOP_SECONDS = 0.2
_DUE = """SELECT count(*) FROM (
    SELECT 1 FROM jobs WHERE lane = {0} AND parked_at IS NULL AND run_at <= {0} LIMIT 32
) AS due"""


def announce(session: Session) -> None:
    """Wake the runners when this transaction commits."""
    if session.get_bind().dialect.name == "postgresql" and not session.info.get("announced"):
        session.info["announced"] = True
        session.execute(sa.select(sa.func.pg_notify(_CHANNEL, "")))


class Bell:
    """Wakes as many runners as there are jobs. A ring that finds nobody waiting is kept for whoever waits next."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rings = 0

    def ring(self, count: int) -> None:
        with self._changed:
            self._rings = count
            self._changed.notify(count)

    def wait(self, seconds: float) -> bool:
        """Whether it rang within `seconds`."""
        with self._changed:
            rang = self._changed.wait_for(lambda: self._rings > 0, seconds)
            self._rings -= rang
            return rang


class Waker:
    """Rings the bells of one process when jobs are due."""

    def __init__(self, engine: sa.Engine, poll_seconds: float) -> None:
        self._engine = engine
        self._poll_seconds = poll_seconds
        self._bells: dict[tuple[str, ...], Bell] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def bell(self, lanes: Sequence[str]) -> Bell:
        """The bell of the runners of these lanes. The first one asked for starts the watch."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="wakeup", daemon=True)
                self._thread.start()
            return self._bells.setdefault(tuple(lanes), Bell())

    def close(self) -> None:
        """End the watch."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _ring(self, due_in: Callable[[str], int]) -> None:
        with self._lock:
            bells = list(self._bells.items())
        for lanes, bell in bells:
            if count := sum(due_in(lane) for lane in lanes):
                bell.ring(count)

    def _watch(self) -> None:
        watch = self._listen if self._engine.dialect.name == "postgresql" else self._look
        while not self._stop.is_set():
            try:
                watch()
            except (sa.exc.DBAPIError, sqlite3.Error, psycopg.Error) as lost:
                log.warning("wakeup.database_lost", error=type(lost).__qualname__)
                self._stop.wait(_RETRY_SECONDS)
                self._ring(lambda _lane: 1)  # they find out when it is back

    def _look(self) -> None:
        with closing(self._engine.raw_connection()) as connection:
            cursor, last, looked = connection.cursor(), None, 0.0

            def due_in(lane: str) -> int:
                moment = now().replace(tzinfo=None).isoformat(" ", "microseconds")
                return int(cursor.execute(_DUE.format("?"), (lane, moment)).fetchone()[0])

            while not self._stop.wait(min(_LOOK_SECONDS, self._poll_seconds)):
                version, moment = cursor.execute("PRAGMA data_version").fetchone(), time.monotonic()
                if version != last or moment - looked >= self._poll_seconds:
                    last, looked = version, moment
                    self._ring(due_in)

    def _listen(self) -> None:
        url = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"LISTEN {_CHANNEL}")
            looked = 0.0

            def due_in(lane: str) -> int:
                found = connection.execute(_DUE.format("%s"), (lane, now())).fetchone()
                return int(found[0]) if found else 0

            while not self._stop.is_set():
                patience = min(_STOP_SECONDS, self._poll_seconds)
                told = list(connection.notifies(timeout=patience, stop_after=1))
                if told or time.monotonic() - looked >= self._poll_seconds:
                    looked = time.monotonic()
                    self._ring(due_in)
