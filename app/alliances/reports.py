"""What users report of a pair: meetings, messages, encounters at a customer. No photo and no dealing tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import queries
from app.alliances.assessment import assess, hold
from app.alliances.dealings import check_partner, past
from app.alliances.models import Evidence
from app.alliances.terms import Kind
from app.kit.errors import NotFound
from app.kit.ids import new_id

SOURCE = "report"


@dataclass(frozen=True, slots=True)
class Report:
    """What happened between a user and a partner's rep."""

    kind: Kind
    contact_id: UUID
    at: datetime | None = None
    note: str | None = None


def report(session: Session, alliance_id: UUID, user_id: UUID, said: Report) -> UUID:
    """Keep it as evidence and assess the pair; returns the evidence's id.

    Raises:
        NotFound: no such pair, or not yours.
        Conflict: neither of the two is the home company.
        NotOfThisPair: the contact is none of the partner's people, or the user.
        NotYet: it lies in the future.
    """
    pair = hold(session, alliance_id)
    partner_id = check_partner(session, pair, user_id, said.contact_id)
    made = Evidence(
        id=new_id(),
        alliance_id=alliance_id,
        company_id=partner_id,
        kind=said.kind,
        at=past(said.at),
        source=SOURCE,
        user_id=user_id,
        contact_id=said.contact_id,
        note=said.note,
    )
    made.source_key = f"{SOURCE}:{made.id}"
    session.add(made)
    session.flush()
    assess(session, pair)
    return made.id


def withdraw(session: Session, alliance_id: UUID, evidence_id: UUID, user_id: UUID) -> None:
    """Take back what the user reported.

    Raises:
        NotFound: no such report, or not the user's.
    """
    pair = hold(session, alliance_id)
    made = session.scalars(queries.report(alliance_id, evidence_id, user_id)).one_or_none()
    if made is None:
        raise NotFound
    session.delete(made)
    session.flush()
    assess(session, pair)
