"""What the API says of exchanges, and of a contact with its meetings and cards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from app.companies.models import Company
from app.contacts.models import Contact
from app.contacts.schemas import ContactOut, contact_out
from app.exchanges.models import Direction, Exchange, MetEvent
from app.scans.models import Card

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_FIRST = datetime(1990, 1, 1, tzinfo=UTC)
_SOME_DAY = datetime(2000, 1, 1, tzinfo=UTC)


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
    event: str | None = Field(description="What the user called it.", examples=["Trade fair"])
    event_id: UUID | None = Field(description="The event it was at, as said or as place and time tell.")
    place: str | None = Field(examples=["Leipzig"])
    latitude: float | None
    longitude: float | None
    note: str | None


class SideOut(BaseModel):
    """One side of an exchange: a person, a company, a card and its logo."""

    person_id: UUID = Field(description="A user on your side, a contact on theirs.")
    person: str | None = Field(examples=["Jane Roe"])
    company_id: UUID | None
    company: str | None = Field(examples=["Acme Tills"])
    card_id: UUID | None = Field(description="Null when no photo shows this side's card.")
    card_url: str | None
    logo_url: str | None


class ExchangeDetailOut(ExchangeOut):
    """An exchange as one thing: two people, two companies, two logos."""

    ours: SideOut
    theirs: SideOut


class ExchangeChange(BaseModel):
    """What a person says of an exchange (JSON merge patch)."""

    direction: Direction = Field(Direction.RECEIVED, description="`mutual`: both gave a card.")
    event: Words | None = Field(None, description="Null: at no event.")
    place: Words | None = None
    met_at: AwareDatetime = Field(_SOME_DAY, ge=_FIRST)
    note: str | None = Field(None, max_length=5000)


class EventOut(BaseModel):
    """An event at which people were met."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str | None = Field(description="Null where nobody said what it was.", examples=["West Coast Retail Fair"])
    place: str | None = Field(examples=["Las Vegas, NV"])
    latitude: float | None
    longitude: float | None
    starts_at: datetime = Field(description="Of the first card that changed hands there.")
    ends_at: datetime = Field(description="Of the last one.")
    exchanges: int
    people: int = Field(description="Contacts met there.")
    companies: int = Field(description="Companies met there.")
    updated_at: datetime


class EventChange(BaseModel):
    """What a person says of an event (JSON merge patch)."""

    name: Words | None = None
    place: Words | None = None


class ConfirmationIn(BaseModel):
    """Whether exchanges may be confirmed with other organizations of this server."""

    confirms: bool


class ConfirmationOut(ConfirmationIn):
    """The same, and for whom."""

    domains: list[str] = Field(
        description="Mail domains that the operator has proven to be yours; only users there take part."
    )


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


def side_out(person_id: UUID, person: str | None, company: Company | None, card: Card | None) -> SideOut:
    """One side of an exchange, its card loaded with scan and logos."""
    base = f"/v1/scans/{card.scan_id}/cards/{card.position}" if card else None
    return SideOut(
        person_id=person_id,
        person=person,
        company_id=company.id if company else None,
        company=company.name if company else None,
        card_id=card.id if card else None,
        card_url=f"{base}/image" if base else None,
        logo_url=f"{base}/logos/{card.logos[0].position}" if base and card and card.logos else None,
    )


def event_out(event: MetEvent, figures: tuple[int, int, int]) -> EventOut:
    """An event with how many cards, people and companies it brought."""
    row = {name: getattr(event, name) for name in EventOut.model_fields if hasattr(event, name)}
    return EventOut(**row, **dict(zip(("exchanges", "people", "companies"), figures, strict=True)))


def _card(card: Card) -> ContactCardOut:
    return ContactCardOut(
        id=card.id,
        scan_id=card.scan_id,
        image_url=f"/v1/scans/{card.scan_id}/cards/{card.position}/image",
        review=card.review,
        created_at=card.created_at,
    )
