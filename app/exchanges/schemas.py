"""What the API says of exchanges, and of a contact with its meetings and cards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.contacts.models import Contact
from app.contacts.schemas import ContactOut, contact_out
from app.exchanges.models import Direction, Exchange
from app.scans.models import Card


class ExchangeOut(BaseModel):
    """A user met a contact."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    user_id: UUID
    contact_id: UUID
    company_id: UUID | None = Field(description="The contact's company at that time.")
    scan_id: UUID | None
    card_id: UUID | None = Field(description="The contact's card.")
    own_card_id: UUID | None = Field(description="The user's own card, where both were photographed.")
    direction: Direction = Field(description="Which cards changed hands.")
    met_at: datetime
    event: str | None = Field(examples=["Trade fair"])
    place: str | None = Field(examples=["Leipzig"])
    note: str | None


class ContactCardOut(BaseModel):
    """A card that the contact was read from."""

    id: UUID
    scan_id: UUID
    image_url: str = Field(description="The flattened card.")
    review: list[str] = Field(description="Why a person should look at it.")
    created_at: datetime


class ContactWithMeetingsOut(ContactOut):
    """A person, when and where they were met, and the cards that say so."""

    exchanges: list[ExchangeOut] = Field(description="Last meeting first.")
    cards: Sequence[ContactCardOut] = Field(description="Newest first.")


def contact_with_meetings(contact: Contact, met: Sequence[Exchange], cards: Sequence[Card]) -> ContactWithMeetingsOut:
    """A contact that was loaded with points and employments, as the API shows it."""
    return ContactWithMeetingsOut(
        **contact_out(contact).model_dump(),
        exchanges=[ExchangeOut.model_validate(exchange) for exchange in met],
        cards=[_card(card) for card in cards],
    )


def _card(card: Card) -> ContactCardOut:
    return ContactCardOut(
        id=card.id,
        scan_id=card.scan_id,
        image_url=f"/v1/scans/{card.scan_id}/cards/{card.position}/image",
        review=card.review,
        created_at=card.created_at,
    )
