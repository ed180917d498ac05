"""What privacy announces."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kit.events import Event


@dataclass(frozen=True, slots=True)
class ErasureRecorded(Event):
    """The rows of a person are gone; files and the database's leftovers are still to go."""

    erasure_id: UUID
