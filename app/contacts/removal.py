"""A contact is deleted; a tombstone tells clients that keep a copy."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete as delete_row
from sqlalchemy.orm import Session

from app.companies.events import CompanySaved
from app.companies.resolution import wait_for_turn
from app.contacts import queries
from app.contacts.events import ContactDeleted
from app.contacts.models import Contact, ContactTombstone
from app.contacts.service import get
from app.kit.etags import check_etag
from app.kit.queue import publish
from app.kit.trail import Action, note


def delete(session: Session, contact_id: UUID, if_match: str | None = None) -> None:
    """Delete a contact with what it is made of and those that were merged into it; cards and photos stay.

    Raises:
        NotFound: no such contact, or not yours.
        Merged: it is part of another one now.
        PreconditionFailed: `if_match` names another version.
    """
    wait_for_turn(session)
    contact = get(session, contact_id)
    if if_match is not None:
        check_etag(if_match, contact.version)
    gone = [contact_id, *session.scalars(queries.merged_into([contact_id]))]
    companies = {job.company_id for job in contact.employments if job.company_id}
    session.add_all(ContactTombstone(contact_id=each, audience_id=contact.audience_id) for each in gone)
    session.flush()
    for each in gone:
        note(session, Action.DELETED, Contact.__tablename__, each)
    session.execute(delete_row(Contact).where(Contact.id == contact_id))
    session.expunge(contact)
    publish(session, ContactDeleted(contact_id))
    for company_id in sorted(companies):
        publish(session, CompanySaved(company_id))
