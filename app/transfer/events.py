"""What transfer announces."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kit.events import Event


@dataclass(frozen=True, slots=True)
class ImportDue(Event):
    """There are rows to bring in."""

    import_id: UUID
