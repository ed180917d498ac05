"""Which pairs are asked for, in which order, and where a page of them ends. Pure."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from app.alliances.terms import State


class Sort(StrEnum):
    """Greatest first."""

    SCORE = "score"
    COVERAGE = "coverage"
    RECENT = "recent"
    """By the last evidence."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pairs; None for any."""

    states: tuple[State, ...] = ()
    min_score: float | None = None
    min_coverage: float | None = None
    industry: str | None = None
    """Of a company other than the home company."""
    place: str | None = None
    """Its place has this text."""
    with_home: bool | None = None
    of_user: UUID | None = None
    """Met by this user."""
    sort: Sort = Sort.SCORE


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: what it is sorted by, and the id, of the last pair."""

    value: float | datetime
    id: UUID


def encode(sort: Sort, place: Place) -> str:
    """A cursor that names the order and the last pair."""
    value = place.value.isoformat() if isinstance(place.value, datetime) else place.value
    return base64.urlsafe_b64encode(json.dumps([sort, value, place.id.hex]).encode()).decode()


def decode(sort: Sort, cursor: str) -> Place:
    """Where to go on.

    Raises:
        ValueError: the cursor was not made by `encode`, or for another order.
    """
    said = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
    match said:
        case [str(order), float() | int() | str() as value, str(hexadecimal)] if order == sort:
            return Place(_value(sort, value), UUID(hex=hexadecimal))
    raise ValueError(cursor)


def _value(sort: Sort, value: float | str) -> float | datetime:
    if sort is Sort.RECENT:
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    if isinstance(value, str) or not 0 <= value <= 100:
        raise ValueError(value)
    return float(value)
