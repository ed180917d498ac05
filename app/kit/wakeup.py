"""Tells idle runners that a job was committed, so that they need not wait for their next look.

PostgreSQL sends a notification when the transaction commits. SQLite counts commits: reading its counter costs
microseconds, so a thread looks at it every few milliseconds. A wake-up that is missed costs one poll, nothing else.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import psycopg
import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

log = structlog.get_logger()

_CHANNEL = "cardally_jobs"
_LOOK_SECONDS = 0.004
_RETRY_SECONDS = 1.0
_STOP_SECONDS = 0.2


def announce(session: Session) -> None:
    """Wake the runners when this transaction commits."""
    if session.get_bind().dialect.name == "postgresql" and not session.info.get("announced"):
        session.info["announced"] = True
        session.execute(sa.select(sa.func.pg_notify(_CHANNEL, "")))


class Bell:
    """Wakes one runner a ring. A ring that finds nobody waiting is kept for the next who does."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rung = False

    def ring(self) -> None:
        with self._changed:
            self._rung = True
            self._changed.notify()

    def wait(self, seconds: float) -> None:
        """Until it rings, at most `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._rung, seconds)
            self._rung = False


class Waker:
    """Rings the bells of one process after each commit, and every `poll_seconds` for what falls due by time.

    One runner wakes a bell; when it finds work it rings on, so that many jobs wake many runners and a commit that
    brings no job wakes one.
    """

    def __init__(self, engine: sa.Engine, poll_seconds: float) -> None:
        self._engine = engine
        self._poll_seconds = poll_seconds
        self._bells: dict[tuple[str, ...], Bell] = {}
        self._lock = threading.Lock()
        self._rung = 0.0
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

    def _ring(self, *, at_once: bool) -> None:
        moment = time.monotonic()
        if not at_once and moment - self._rung < self._poll_seconds:
            return
        self._rung = moment
        with self._lock:
            bells = list(self._bells.values())
        for bell in bells:
            bell.ring()

    def _watch(self) -> None:
        watch: Callable[[], None] = self._listen if self._engine.dialect.name == "postgresql" else self._look
        while not self._stop.is_set():
            try:
                watch()
            except (sa.exc.DBAPIError, psycopg.Error) as lost:
                log.warning("wakeup.database_lost", error=type(lost).__qualname__)
                self._stop.wait(_RETRY_SECONDS)
                self._ring(at_once=True)

    def _look(self) -> None:
        connection = self._engine.raw_connection()
        try:
            cursor, last = connection.cursor(), None
            while not self._stop.wait(min(_LOOK_SECONDS, self._poll_seconds)):
                version = cursor.execute("PRAGMA data_version").fetchone()
                self._ring(at_once=version != last)
                last = version
        finally:
            connection.close()

    def _listen(self) -> None:
        url = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"LISTEN {_CHANNEL}")
            while not self._stop.is_set():
                patience = min(_STOP_SECONDS, self._poll_seconds)
                told = any(True for _ in connection.notifies(timeout=patience, stop_after=1))
                self._ring(at_once=told)
