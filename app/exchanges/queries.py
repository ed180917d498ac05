"""Selects over exchanges."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from app.exchanges.models import Exchange


def exchanges(
    contact_id: UUID | None = None, company_id: UUID | None = None, event: str | None = None
) -> Select[Exchange]:
    """Exchanges, of one contact, of one company's people, or at one event."""
    found = select(Exchange)
    if contact_id is not None:
        found = found.where(Exchange.contact_id == contact_id)
    if company_id is not None:
        found = found.where(Exchange.company_id == company_id)
    return found if event is None else found.where(Exchange.event == event)


def of_contact(contact_id: UUID) -> Select[Exchange]:
    """When a contact was met, last meeting first."""
    return select(Exchange).where(Exchange.contact_id == contact_id).order_by(Exchange.met_at.desc(), Exchange.id)


def meeting(user_id: UUID, contact_id: UUID, earliest: datetime, latest: datetime) -> Select[Exchange]:
    """The exchange of this user with this contact between two moments."""
    between = Exchange.met_at.between(earliest, latest)
    mine = select(Exchange).where(Exchange.user_id == user_id, Exchange.contact_id == contact_id, between)
    return mine.order_by(Exchange.met_at).limit(1)
