"""What exchanges announce."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kit.events import Event


@dataclass(frozen=True, slots=True)
class ExchangeRecorded(Event):
    """A user met a contact, or what is known of that has changed."""

    exchange_id: UUID


@dataclass(frozen=True, slots=True)
class OtherHalfFound(Event):
    """The other side of an exchange photographed the user's card as well."""

    exchange_id: UUID
