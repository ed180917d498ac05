"""What can be announced, and what a reaction to it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, Self, get_args
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.db import Begin
from app.kit.files import FileStore
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Event:
    """A fact that was just written. Its fields are ids; whoever reacts loads what is true then."""

    def payload(self) -> dict[str, str]:
        return {field.name: str(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def of(cls, payload: Mapping[str, str]) -> Self:
        return cls(**{name: UUID(value) for name, value in payload.items()})


@dataclass(frozen=True, slots=True)
class Work:
    """What a reaction is given: transactions in the organization of its event, files, settings."""

    begin: Begin
    files: FileStore
    settings: Settings
    job_id: UUID
    """The same when a reaction runs again for the same event: what it makes can be named after it."""


Lane = Literal["read", "quick", "deliver"]
LANES: tuple[Lane, ...] = get_args(Lane)

Run = Callable[[Work, Any], None]


@dataclass(frozen=True, slots=True)
class Reaction:
    """What happens after an event. It may run twice, and changes nothing the second time."""

    run: Run
    lane: Lane = "quick"
    """`read` for work that fills a processor, `deliver` for waiting on others' servers, `quick` for the rest: none of
    them waits for another."""
    gave_up: Callable[[Work, Any, str], None] | None = None
    """Called with a stable code when the last attempt has failed."""
    seconds: float = 60
    """A run that takes longer is stopped together with its process."""
    merged: bool = False
    """Equal events that wait are one job; one published while that job runs makes it run once more."""
    wanted: Callable[[Session], bool] | None = None
    """Whether there is anybody whom it serves: else no job is written. Asked in the transaction of the event."""

    @property
    def name(self) -> str:
        return f"{self.run.__module__}.{self.run.__qualname__}"


Flow = Mapping[type[Event], tuple[Reaction, ...]]
"""What happens after what."""
