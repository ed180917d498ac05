"""Which contacts may be one person, after one of them came into another room.

What is in one room is compared with nothing in another. So a contact that is shared is asked about among the team's
contacts, as a new one would be, and questions that reach from one room into another are dropped.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from app.companies.models import DoubtState
from app.contacts import queries
from app.contacts.events import ContactUpdated
from app.contacts.models import Contact, ContactDoubt
from app.contacts.resolution import POSSIBLE_DUPLICATE, look_alikes, refresh
from app.kit.db import in_room
from app.kit.queue import publish


def ask_anew(session: Session, ids: Collection[UUID]) -> None:
    """Ask about these contacts, which came into another room, in that one and no more in the one that they left.

    What somebody has answered stays answered.
    """
    touched = set(ids)
    for doubt in session.scalars(queries.doubts_about(ids)).all():
        both = session.scalars(queries.whole([doubt.contact_id, doubt.other_id])).all()
        if doubt.state == DoubtState.OPEN and len({contact.audience_id for contact in both}) > 1:
            session.delete(doubt)
            touched.update(contact.id for contact in both)
    session.flush()
    for contact in session.scalars(queries.with_ids(ids)).all():
        with in_room(session, contact.audience_id):
            _ask(session, contact)
    for contact in session.scalars(queries.with_ids(touched)).all():
        if POSSIBLE_DUPLICATE in contact.review and not session.scalars(queries.open_doubts(contact.id)).first():
            _review(session, contact, [reason for reason in contact.review if reason != POSSIBLE_DUPLICATE])


def _ask(session: Session, contact: Contact) -> None:
    decision, known = look_alikes(session, contact)
    asked = {each for doubt in session.scalars(queries.doubts_about([contact.id])) for each in _pair(doubt)}
    new = [match for match in decision.matches if known[match.number].id not in asked]
    for match in new:
        values = {"bits": match.bits, "reasons": match.documents()}
        session.add(ContactDoubt(contact_id=contact.id, other_id=known[match.number].id, **values))
    if new:
        _review(session, contact, list(dict.fromkeys([*contact.review, POSSIBLE_DUPLICATE])))


def _pair(doubt: ContactDoubt) -> tuple[UUID, UUID]:
    return doubt.contact_id, doubt.other_id


def _review(session: Session, contact: Contact, reasons: list[str]) -> None:
    contact.review = reasons
    refresh(contact)
    session.flush()
    publish(session, ContactUpdated(contact.id))
