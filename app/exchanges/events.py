"""What exchanges announce."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kit.events import Event


@dataclass(frozen=True, slots=True)
class ExchangeRecorded(Event):
    """A user met a contact."""

    exchange_id: UUID
