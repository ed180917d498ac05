"""What books announce."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kit.events import Event


@dataclass(frozen=True, slots=True)
class AccountChanged(Event):
    """An account was added to a book, changed in it, or taken from it."""

    company_id: UUID
    """The customer."""
    holder_id: UUID
    """The user or contact whose book it is in."""


@dataclass(frozen=True, slots=True)
class BuyersChanged(Event):
    """The users of the organization sell into an industry for the first time, or no longer."""

    organization_id: UUID
