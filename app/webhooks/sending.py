"""Takes a batch of messages to one receiver, while no transaction is open."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from app import __version__
from app.kit.clock import now
from app.kit.http import Allowed, Client, Unreached
from app.settings import Settings
from app.webhooks import signing
from app.webhooks.delivery import Answered, Health, Outcome, Unanswered, retry_after

_HEADERS = {"content-type": "application/json", "user-agent": f"Cardally/{__version__}"}
_QUICK = 0.005
"""Seconds. Threads speed up waiting; a receiver that answers at once is served faster by one."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message for one receiver."""

    delivery_id: UUID
    message_id: str
    body: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one receiver should have by now, and how it wants to be treated."""

    url: str
    secrets: tuple[str, ...]
    """Live ones, newest first."""
    concurrency: int
    max_per_second: float | None
    health: Health
    letters: tuple[Letter, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt, as it ended."""

    delivery_id: UUID
    started_at: datetime
    milliseconds: int
    outcome: Outcome
    response: str


class Courier:
    """Sends batches to one receiver and keeps its connections open between them. For one thread."""

    def __init__(self, settings: Settings) -> None:
        self._allowed = Allowed.of(settings.webhook_allow)
        self._seconds = settings.webhook_timeout_seconds
        self._first_break = timedelta(seconds=settings.webhook_break_seconds)
        self._clients: list[Client] = []
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def send(self, batch: Batch, seconds: float) -> list[Sent]:
        """Every attempt that was made. No new one begins after `seconds`, or once the receiver needs a break.

        The first goes alone: when the receiver is dead it costs one timeout, and when it is quick no thread is needed.
        """
        trip = _Trip(batch, seconds, self._first_break)
        self._carry(trip, self._client(0), limit=1)
        width = min(batch.concurrency, len(batch.letters) - 1) if trip.is_slow else 1
        if width > 1:
            clients = [self._client(number) for number in range(width)]
            with ThreadPoolExecutor(width, thread_name_prefix="courier") as threads:
                list(threads.map(lambda client: self._carry(trip, client), clients))
        else:
            self._carry(trip, self._client(0))
        return trip.sent

    def _client(self, number: int) -> Client:
        while len(self._clients) <= number:
            self._clients.append(self._open.enter_context(Client(self._allowed, self._seconds)))
        return self._clients[number]

    def _carry(self, trip: _Trip, client: Client, limit: int | None = None) -> None:
        for letter in trip.letters(limit):
            trip.note(_attempt(client, trip.batch, letter))


class _Trip:
    """One batch under way; shared by the threads that carry it."""

    def __init__(self, batch: Batch, seconds: float, first_break: timedelta) -> None:
        self.batch = batch
        self.sent: list[Sent] = []
        self._left = iter(batch.letters)
        self._health = batch.health
        self._first_break = first_break
        self._ends = time.monotonic() + seconds
        self._slot = time.monotonic()
        self._pause = 1 / batch.max_per_second if batch.max_per_second else 0.0
        self._lock = threading.Lock()

    @property
    def is_slow(self) -> bool:
        return bool(self.sent) and self.sent[-1].milliseconds > 1000 * _QUICK

    def letters(self, limit: int | None) -> Iterator[Letter]:
        """The next ones, each at its time."""
        while limit is None or limit > 0:
            limit = None if limit is None else limit - 1
            with self._lock:
                slot, self._slot = self._slot, max(self._slot, time.monotonic()) + self._pause
                over = max(slot, time.monotonic()) >= self._ends or self._health.paused_until is not None
                letter = None if over else next(self._left, None)
            if letter is None:
                return
            if self._pause:
                time.sleep(max(0.0, slot - time.monotonic()))
            yield letter

    def note(self, sent: Sent) -> None:
        with self._lock:
            self.sent.append(sent)
            self._health = self._health.after(sent.outcome, sent.started_at, self._first_break)


def _attempt(client: Client, batch: Batch, letter: Letter) -> Sent:
    started_at, started = now(), time.monotonic()
    signed = signing.headers(batch.secrets, letter.message_id, started_at, letter.body)
    outcome: Outcome
    try:
        answer = client.post(batch.url, _HEADERS | signed, letter.body.encode())
        outcome, response = Answered(answer.status, retry_after(answer.retry_after, now())), answer.body
    except Unreached as unreached:
        outcome, response = Unanswered(unreached.code), ""
    return Sent(letter.delivery_id, started_at, round(1000 * (time.monotonic() - started)), outcome, response)
