"""Runs what is due. The one place where any exception is caught: a failing reaction repeats alone, then is parked."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError

from app.kit import queue
from app.kit.actor import Actor
from app.kit.db import Sessions
from app.kit.events import LANES, Event, Flow, Reaction, Work
from app.kit.files import FileStore
from app.kit.queue import Claim
from app.kit.wakeup import Waker
from app.settings import Settings

log = structlog.get_logger()

EXIT_OVERRUN = 75
_STOP_SECONDS = 0.5


class Runner:
    """Claims due jobs of some lanes and runs them, one at a time. Make one for each thread."""

    def __init__(
        self,
        sessions: Sessions,
        flow: Flow,
        files: FileStore,
        settings: Settings,
        lanes: Sequence[str] = LANES,
        waker: Waker | None = None,
    ) -> None:
        self._sessions = sessions
        self._waker = waker or Waker(sessions.engine, settings.poll_seconds)
        self._files = files
        self._settings = settings
        self._lanes = lanes
        self._lease = timedelta(seconds=settings.lease_seconds)
        self._reactions: dict[str, tuple[type[Event], Reaction]] = {
            reaction.name: (event, reaction) for event, reactions in flow.items() for reaction in reactions
        }
        self.name = f"{socket.gethostname()}/{os.getpid()}/{threading.get_native_id()}"

    def run_until(self, stop: threading.Event) -> None:
        """Work until `stop` is set; outlives a database that goes away for a while."""
        bell, woken = self._waker.bell(self._lanes), True
        while not stop.is_set():
            try:
                woken = (woken or bell.wait(_STOP_SECONDS)) and self.run_one()
            except DBAPIError as lost:
                log.warning("worker.database_lost", error=type(lost).__qualname__)
                stop.wait(1)
                woken = True

    def run_one(self) -> bool:
        """Run the job that has been due longest; False when none is."""
        with self._sessions.begin() as session:
            held = queue.claim(session, self._lanes, self.name, self._lease)
        if held is not None:
            self._run(held)
        return held is not None

    def _run(self, held: Claim) -> None:
        with structlog.contextvars.bound_contextvars(job_id=str(held.job_id), reaction=held.reaction):
            self._try(held)

    def _try(self, held: Claim) -> None:
        event_type, reaction = self._reactions[held.reaction]
        event = event_type.of(held.payload)
        begin = partial(self._sessions.acting(Actor(program=reaction.name)).begin, held.organization_id)
        work = Work(begin, self._files, self._settings, held.job_id)
        if held.attempt > self._settings.job_attempts:
            self._give_up(held, reaction, work, event, "worker_died")
            return
        started = time.monotonic()
        overrun = partial(self._overrun, held, reaction, work, event)
        try:
            with self._kept_alive(held, reaction.seconds, overrun):
                reaction.run(work, event)
        except Exception as failure:  # noqa: BLE001  whatever a reaction raises, the others go on
            self._failed(held, reaction, work, event, failure)
        else:
            with self._sessions.begin() as session:
                queue.finish(session, held)
            seconds = round(time.monotonic() - started, 3)
            log.info("job.done", seconds=seconds, waited=round(held.waited.total_seconds(), 3), attempt=held.attempt)

    def _failed(self, held: Claim, reaction: Reaction, work: Work, event: Event, failure: Exception) -> None:
        log.warning("job.failed", attempt=held.attempt, exc_info=failure)
        if held.attempt >= self._settings.job_attempts:
            self._give_up(held, reaction, work, event, "internal_error", type(failure).__qualname__)
            return
        with self._sessions.begin() as session:
            queue.postpone(session, held, type(failure).__qualname__, timedelta(seconds=2 * 5 ** (held.attempt - 1)))

    def _give_up(
        self, held: Claim, reaction: Reaction, work: Work, event: Event, code: str, error: str | None = None
    ) -> None:
        log.error("job.parked", code=code, attempt=held.attempt)
        if reaction.gave_up is not None:
            reaction.gave_up(work, event, code)
        with self._sessions.begin() as session:
            queue.park(session, held, error or code)

    def _overrun(self, held: Claim, reaction: Reaction, work: Work, event: Event) -> None:
        # Code that hangs inside a library cannot be interrupted; its process can be ended, and is started anew.
        self._give_up(held, reaction, work, event, "timeout")
        os._exit(EXIT_OVERRUN)

    @contextmanager
    def _kept_alive(self, held: Claim, seconds: float, overrun: Callable[[], None]) -> Iterator[None]:
        """Extend the lease while the block runs, up to `seconds`."""
        done = threading.Event()
        deadline = time.monotonic() + seconds

        def beat() -> None:
            while not done.wait(min(self._lease.total_seconds() / 3, max(deadline - time.monotonic(), 0.01))):
                if time.monotonic() >= deadline:
                    overrun()
                    return
                with self._sessions.begin() as session:
                    queue.extend(session, held, self._lease)

        heart = threading.Thread(target=beat, name="heartbeat", daemon=True)
        heart.start()
        try:
            yield
        finally:
            done.set()
            heart.join()
