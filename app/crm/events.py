"""What the connections to CRMs announce to themselves."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kit.events import Event


@dataclass(frozen=True, slots=True)
class ConnectionDue(Event):
    """Something is owed to a CRM."""

    connection_id: UUID
