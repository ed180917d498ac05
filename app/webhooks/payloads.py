"""What messages carry: the full state of the object, never a picture. Each model is published as JSON Schema.

A field may be added; none changes its meaning or goes away within a `schema_version`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.alliances import queries as alliances
from app.alliances.radar import reminders
from app.alliances.schemas import AllianceOut, alliance_out
from app.auth.models import User
from app.companies import queries as companies
from app.companies.schemas import CompanyMergeOut, CompanyOut, company_out
from app.contacts import queries as contacts
from app.contacts.events import JobChanged
from app.contacts.schemas import EmploymentOut, MergeOut
from app.exchanges.schemas import ContactCardOut, ContactWithMeetingsOut, contact_with_meetings
from app.exchanges.service import meetings
from app.scans import queries as scans
from app.scans.links import Links, Target
from app.scans.models import ScanStatus
from app.webhooks.models import DisabledReason, Endpoint

SCHEMA_VERSION = 1


def body(event_type: str, timestamp: str, sequence: int, data: dict[str, Any]) -> dict[str, Any]:
    """A whole message, ready for JSON."""
    return {
        "type": event_type,
        "timestamp": timestamp,
        "schema_version": SCHEMA_VERSION,
        "sequence": sequence,
        "data": data,
    }


class Payload(BaseModel):
    """Read straight from a row."""

    model_config = ConfigDict(from_attributes=True)


class FieldData(Payload):
    """One value on a card."""

    kind: str = Field(examples=["email"])
    value: str
    type: str | None = Field(description="Of a phone: work, mobile, fax, …; of a social field: the network.")
    confidence: float = Field(ge=0, le=1, description="Chance that the value is right.")


class Linked(BaseModel):
    """Shows a picture without carrying it."""

    image_link: str = Field(description="The flattened card, for whoever has this link: no key is needed.")
    image_link_expires_at: datetime


class CardRow(Payload):
    """One card in the photo."""

    id: UUID
    contact_id: UUID | None = Field(description="The contact it became; null when it says too little.")
    review: list[str] = Field(description="Why a person should look; empty when nobody needs to.")
    fields: list[FieldData]


class CardData(CardRow, Linked):
    """One card in the photo, what it reminds its user of, and a link to its picture."""

    alliance_hint: list[str] = Field(
        description="In sentences, from what the whole team may see.",
        examples=[["Third person you know at Acme Tills.", "Sells to retail as you do."]],
    )


class ScanRow(Payload):
    """A scan that came to its end."""

    id: UUID
    status: ScanStatus = Field(description="`done`, `no_card` or `failed`.")
    error: str | None = Field(description="Stable code of why it failed.")
    user_id: UUID
    event: str | None
    place: str | None
    note: str | None
    client_id: str | None
    captured_at: datetime
    created_at: datetime
    finished_at: datetime | None


class ScanData(ScanRow):
    """A scan that came to its end, and its cards."""

    cards: list[CardData]


class OwnerData(Payload):
    """The user who holds the card."""

    id: UUID
    name: str
    email: str


class ContactCardData(ContactCardOut, Linked):
    """A card that the contact was read from, and a link to its picture."""


class ContactData(ContactWithMeetingsOut):
    """A person as `GET /v1/contacts/{id}` shows them, with what a CRM would otherwise have to ask for."""

    owner: OwnerData
    company: CompanyOut | None = Field(description="Of the present job.")
    cards: Sequence[ContactCardData] = Field(description="Newest first.")


class ContactMergeData(MergeOut):
    """Two people turned out to be one, or not to be."""

    survivor: ContactData = Field(description="As it is after that. The other one, once parted, follows as an update.")


class CompanyMergeData(CompanyMergeOut):
    """Two companies turned out to be one, or not to be."""

    survivor: CompanyOut
    merged: CompanyOut = Field(description="The other one as it rests, or as it is again.")


class JobChangeData(BaseModel):
    """A person went from one job to another."""

    contact: ContactData
    began: EmploymentOut
    ended: EmploymentOut


class AllianceData(AllianceOut):
    """A pair of companies as `GET /v1/alliances` shows it."""


class EndpointData(Payload):
    """An endpoint that gets nothing any more."""

    id: UUID
    url: str
    description: str
    disabled_reason: DisabledReason | None
    disabled_at: datetime | None
    failing_since: datetime | None


class ErasedData(Payload):
    """A person was erased: whoever keeps a copy erases it as well."""

    id: UUID


class TestData(Payload):
    """Nothing happened; somebody asked for a message."""

    endpoint_id: UUID
    message: str


def scan(session: Session, scan_id: UUID, links: Links) -> dict[str, Any] | None:
    """The scan as it is now."""
    found = session.scalars(scans.scan_with_cards(scan_id)).one_or_none()
    if found is None:
        return None
    hints = reminders(session, scan_id, found.user_id)
    cards = [
        CardData(
            **CardRow.model_validate(card).model_dump(),
            **_link(links, found.organization_id, card.id),
            alliance_hint=list(hints.get(card.contact_id, ())) if card.contact_id else [],
        )
        for card in found.cards
    ]
    return ScanData(**ScanRow.model_validate(found).model_dump(), cards=cards).model_dump(mode="json")


def _link(links: Links, organization_id: UUID, card_id: UUID) -> dict[str, Any]:
    link = links.make(Target(organization_id, card_id))
    return {"image_link": link.url, "image_link_expires_at": link.expires_at}


def contact(session: Session, contact_id: UUID, links: Links) -> dict[str, Any] | None:
    """The person as they are known now."""
    found = session.scalars(contacts.contact(contact_id)).one_or_none()
    if found is None:
        return None
    shown = contact_with_meetings(found, *meetings(session, contact_id))
    company = session.scalars(companies.company(shown.company_id)).one() if shown.company_id else None
    cards = [
        ContactCardData(**card.model_dump(), **_link(links, found.organization_id, card.id)) for card in shown.cards
    ]
    state = ContactData(
        **shown.model_dump(exclude={"cards"}),
        cards=cards,
        owner=OwnerData.model_validate(session.get_one(User, found.owner_id)),
        company=company_out(company) if company else None,
    )
    return state.model_dump(mode="json")


def contact_merge(session: Session, merge_id: UUID, links: Links) -> dict[str, Any] | None:
    """A merge of two contacts, and the one that survived."""
    kept = session.scalars(contacts.merge(merge_id)).one_or_none()
    survivor = contact(session, kept.survivor_id, links) if kept else None
    if kept is None or survivor is None:
        return None
    return {**MergeOut.model_validate(kept).model_dump(mode="json"), "survivor": survivor}


def company_merge(session: Session, merge_id: UUID) -> dict[str, Any] | None:
    """A merge of two companies, and both of them."""
    kept = session.scalars(companies.merge(merge_id)).one_or_none()
    if kept is None:
        return None
    both = {
        role: company_out(session.scalars(companies.company(company_id)).one())
        for role, company_id in (("survivor", kept.survivor_id), ("merged", kept.merged_id))
    }
    return CompanyMergeData(**CompanyMergeOut.model_validate(kept).model_dump(), **both).model_dump(mode="json")


def job_change(session: Session, event: JobChanged, links: Links) -> dict[str, Any] | None:
    """The person, the job that began and the one that ended; None when one of them is gone."""
    state = contact(session, event.contact_id, links)
    jobs = {job["id"]: job for job in state["employments"]} if state else {}
    began, ended = jobs.get(str(event.began_id)), jobs.get(str(event.ended_id))
    return {"contact": state, "began": began, "ended": ended} if began and ended else None


def alliance(session: Session, alliance_id: UUID) -> dict[str, Any] | None:
    """The pair as it is now."""
    found = session.scalars(alliances.alliance(alliance_id)).one_or_none()
    return alliance_out(found).model_dump(mode="json") if found else None


def endpoint(session: Session, endpoint_id: UUID) -> dict[str, Any] | None:
    """The endpoint as it is now."""
    found = session.get(Endpoint, endpoint_id)
    return EndpointData.model_validate(found).model_dump(mode="json") if found else None


def erased(contact_id: UUID) -> dict[str, Any]:
    """No more than the id: nothing else is known any more."""
    return ErasedData(id=contact_id).model_dump(mode="json")


def test(endpoint_id: UUID) -> dict[str, Any]:
    """A greeting."""
    return TestData(endpoint_id=endpoint_id, message="It works.").model_dump(mode="json")
