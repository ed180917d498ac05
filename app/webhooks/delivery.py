"""What follows an attempt: pure functions over typed outcomes; the schedule is data.

The schedule, `Retry-After`, 410 and the five days are those that Standard Webhooks 1.0 recommends ("Deliverability and
reliability").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

JITTER = 0.2
"""A pause is stretched by up to this share, so that what failed together does not come back together."""

_GONE = 410
_PATIENCE = 3
_LONGEST_BREAK = 60


@dataclass(frozen=True, slots=True)
class Answered:
    """The receiver sent a status."""

    status: int
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No status came."""

    code: str
    """Stable: `timeout`, `connection_failed`, `tls_failed`, `address_refused`, …"""


Outcome = Answered | Unanswered


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver has it."""


@dataclass(frozen=True, slots=True)
class Again:
    """Try once more, `delay` from now."""

    delay: timedelta


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Every attempt of the schedule failed."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The receiver wants nothing any more: its endpoint is to be disabled."""


Step = Delivered | Again | GivenUp | Gone


def is_success(outcome: Outcome) -> bool:
    """2xx and nothing else: a redirect is a failure, for it may lead anywhere."""
    return isinstance(outcome, Answered) and 200 <= outcome.status < 300


def is_gone(outcome: Outcome) -> bool:
    """410: the receiver wants nothing any more."""
    return isinstance(outcome, Answered) and outcome.status == _GONE


def next_step(outcome: Outcome, attempt: int, schedule: Sequence[timedelta], chance: float) -> Step:
    """What to do after the attempt number `attempt` (from 1) ended so.

    Args:
        outcome: how it ended.
        attempt: how many attempts there were, this one included.
        schedule: the pause before each attempt; its length is the number of attempts.
        chance: 0..1, the share of the jitter to add.
    """
    if is_success(outcome):
        return Delivered()
    if is_gone(outcome):
        return Gone()
    if attempt >= len(schedule):
        return GivenUp()
    planned = schedule[attempt]
    asked = (outcome.retry_after if isinstance(outcome, Answered) else None) or timedelta(0)
    return Again(max(planned * (1 + JITTER * chance), min(asked, 2 * planned)))


def retry_after(value: str | None, moment: datetime) -> timedelta | None:
    """A `Retry-After` header: seconds or an HTTP date (RFC 9110, 10.2.3). None when absent, absurd or in the past."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:10]), 10**9))
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return until - moment if until > moment else None


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint has been doing."""

    failing_since: datetime | None = None
    """First failure since the last success."""
    failures: int = 0
    """Failed attempts since the last success."""
    paused_until: datetime | None = None
    """Nothing is sent before: several failures in a row."""

    def after(self, outcome: Outcome, moment: datetime, first_break: timedelta) -> Health:
        """Its health once an attempt ended so at `moment`."""
        if is_success(outcome):
            return Health()
        failures = self.failures + 1
        silence = break_after(failures, first_break)
        return Health(self.failing_since or moment, failures, moment + silence if silence else None)

    def is_lost(self, moment: datetime, patience: timedelta) -> bool:
        """Whether it has only failed for as long as `patience`."""
        return self.failing_since is not None and moment - self.failing_since >= patience


def break_after(failures: int, first: timedelta) -> timedelta:
    """How long a receiver that failed so many times in a row is left alone: not at all, then `first`, doubling to 60 x.

    Whatever is owed to a dead receiver then costs one attempt a minute, and not one timeout a message.
    """
    if failures < _PATIENCE:
        return timedelta(0)
    doublings = min(failures - _PATIENCE, _LONGEST_BREAK.bit_length())
    return first * min(1 << doublings, _LONGEST_BREAK)
