"""Who does something, as the trail names them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A user, by which key; or a program; or, with neither, whoever had a link."""

    user_id: UUID | None = None
    key_id: UUID | None = None
    program: str | None = None
    """The reaction or chore."""


NOBODY = Actor()
