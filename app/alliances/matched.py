"""From private matches of two books to evidence: how much both sell into, without knowing what."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import matched_queries, queries
from app.alliances.assessment import assess, open_pair
from app.alliances.models import Evidence
from app.alliances.scoring import least_relations
from app.alliances.terms import Kind
from app.books.terms import Relation
from app.contacts.models import Contact
from app.kit.db import in_room
from app.matches import queries as matches
from app.matches.terms import Band, least_of

SOURCE = "match"


def count_match(session: Session, match_id: UUID) -> None:
    """Let what both ends of a match have confirmed count for the pair of their companies; again changes nothing.

    The server knows the band and the terms, and no account. So it counts what is certain: the least number of the band,
    by the two relations of the terms that are worth least.
    """
    for user_id, contact_id, at, band in session.execute(matches.confirmed(match_id)).all():
        contact = session.get(Contact, contact_id)
        if contact is not None and band is not None:
            with in_room(session, contact.audience_id):
                _count(session, match_id, (user_id, contact_id), at, Band(band))


def _count(session: Session, match_id: UUID, reps: tuple[UUID, UUID], at: datetime, band: Band) -> None:
    home = session.scalars(queries.home_company()).one_or_none()
    company_id = session.scalars(matched_queries.met_at(*reps).limit(1)).one_or_none()
    if home is None or company_id is None or company_id == home.id:
        return
    pair, key = open_pair(session, home.id, company_id), f"{SOURCE}:{match_id}:{reps[0]}"
    if session.scalars(matched_queries.evidence_keyed(key)).first() is not None:
        return
    ours, theirs = session.scalars(matches.relations(match_id)).all()
    relations = least_relations(map(Relation, ours), map(Relation, theirs))
    made = Evidence(
        alliance_id=pair.alliance.id,
        kind=Kind.BOOKS_MATCHED,
        at=at,
        source=SOURCE,
        source_key=key,
        user_id=reps[0],
        contact_id=reps[1],
        company_id=company_id,
        accounts=least_of(band),
        relations=sorted(relations),
    )
    session.add(made)
    session.flush()
    assess(session, pair)
