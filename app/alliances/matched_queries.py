"""Selects behind the evidence that private matches are."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select

from app.alliances.models import Evidence
from app.exchanges.models import Exchange


def met_at(user_id: UUID, contact_id: UUID) -> Select[UUID | None]:
    """The company at which a user met a contact, last meeting first."""
    met = select(Exchange.company_id).where(Exchange.user_id == user_id, Exchange.contact_id == contact_id)
    return met.where(Exchange.company_id.is_not(None)).order_by(Exchange.met_at.desc(), Exchange.id.desc())


def evidence_keyed(source_key: str) -> Select[UUID]:
    """The ids of the evidence of this key, whichever pair holds it."""
    return select(Evidence.id).where(Evidence.source_key == source_key)
