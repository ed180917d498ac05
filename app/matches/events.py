"""What matches announce."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kit.events import Event


@dataclass(frozen=True, slots=True)
class MatchConfirmed(Event):
    """Both reps found the same shared accounts. Announced in the organization of each."""

    match_id: UUID
