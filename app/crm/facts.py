"""What happened to contacts, companies and meetings, as what CRMs are owed for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.companies import merging as company_merging
from app.contacts import merging
from app.contacts import queries as contacts
from app.crm import queries, records
from app.crm.models import Connection, Link
from app.crm.owing import ask_again, owe, owe_to, wants
from app.crm.talk import Kind
from app.kit.db import in_room


def owe_contact(session: Session, contact_id: UUID) -> None:
    """A person is new or changed; the company they work at comes along. Of one that is private nothing is said."""
    if session.scalars(contacts.contact(contact_id)).one_or_none() is None:
        return
    for connection in session.scalars(queries.connections()):
        _owe_person(session, connection, contact_id)


def _owe_person(session: Session, connection: Connection, contact_id: UUID) -> None:
    if wants(connection, Kind.COMPANY):
        company_id = _company_of(session, contact_id)
        if company_id and not session.scalars(queries.link(connection.id, Kind.COMPANY, company_id)).first():
            owe_to(session, connection, Kind.COMPANY, company_id)
    owe_to(session, connection, Kind.CONTACT, contact_id)


def _company_of(session: Session, contact_id: UUID) -> UUID | None:
    contact = session.scalars(contacts.contact(contact_id)).one_or_none()
    job = records.present_job(contact) if contact is not None else None
    return job.company_id if job else None


def owe_merged(session: Session, merge_id: UUID) -> None:
    """Two people are one: the merged one's record goes into the survivor's, its notes with it."""
    merge = merging.get(session, merge_id)
    ask_again(session, session.scalars(queries.links_about(merge.merged_id)))
    with in_room(session, session.info["organization_id"]):  # the survivor may be one user's alone
        owe_with_notes(session, merge.survivor_id)


def owe_parted(session: Session, merge_id: UUID) -> None:
    """They are two after all: each is to be there with its own meetings."""
    merge = merging.get(session, merge_id)
    with in_room(session, session.info["organization_id"]):
        for contact_id in (merge.survivor_id, merge.merged_id):
            owe_with_notes(session, contact_id)


def owe_gone(session: Session, contact_id: UUID) -> None:
    """A person was erased, or is one user's alone now, with every meeting."""
    ask_again(session, session.scalars(queries.links_about(contact_id)))


def owe_merged_company(session: Session, merge_id: UUID) -> None:
    """Two companies are one: the merged one's record goes into the survivor's."""
    merge = company_merging.get(session, merge_id)
    for company_id in (merge.survivor_id, merge.merged_id):
        owe_company(session, company_id)


def owe_parted_company(session: Session, merge_id: UUID) -> None:
    """They are two after all: where one is, both are, each with its own people."""
    merge = company_merging.get(session, merge_id)
    both = (merge.survivor_id, merge.merged_id)
    for connection in session.scalars(queries.connections()).all():
        known = [link for each in both for link in session.scalars(queries.link(connection.id, Kind.COMPANY, each))]
        for company_id in both:
            if known:
                owe_to(session, connection, Kind.COMPANY, company_id)
            ask_again(session, session.scalars(queries.links_of_employees(connection.id, company_id)))


def owe_with_notes(session: Session, contact_id: UUID) -> None:
    """A person with every meeting; each note is known as one about this person from now on."""
    owe_contact(session, contact_id)
    if session.scalars(contacts.contact(contact_id)).one_or_none() is not None:
        for exchange_id, _ in session.execute(queries.exchange_ids([contact_id])):
            owe(session, Kind.NOTE, exchange_id, parent_id=contact_id)


def owe_company(session: Session, company_id: UUID) -> None:
    """A company changed: those CRMs that have it are told, and of its people those that hold its name in theirs."""
    ask_again(session, session.scalars(queries.links(object_id=company_id)))
    for connection in session.scalars(queries.connections()).all():
        if not wants(connection, Kind.COMPANY):  # else they follow when the company has really changed there
            ask_again(session, session.scalars(queries.links_of_employees(connection.id, company_id)))


def owe_exchange(session: Session, exchange_id: UUID) -> None:
    """A person was met."""
    exchange = session.scalars(queries.exchange(exchange_id)).one_or_none()
    if exchange is not None:
        owe(session, Kind.NOTE, exchange.id, parent_id=exchange.contact_id)


def owe_orphan(session: Session, link_id: UUID) -> None:
    """Something is gone that nobody spoke of."""
    ask_again(session, session.scalars(queries.link_to_change(link_id)))


def owe_everything(session: Session, connection: Connection, since: datetime | None = None) -> int:
    """Owe a connection all contacts, or those that changed since a moment, with companies and notes; returns how many.

    What is in the CRM already as it is here is not sent again.
    """
    people = session.scalars(queries.contact_ids(since)).all()
    for contact_id in people:
        _owe_person(session, connection, contact_id)
    if wants(connection, Kind.NOTE):
        about = set(people)
        for exchange_id, contact_id in session.execute(queries.exchange_ids()):
            if contact_id in about:
                owe_to(session, connection, Kind.NOTE, exchange_id, contact_id)
    return len(people)


def owe_one(session: Session, connection: Connection, contact_id: UUID) -> None:
    """Owe a connection one contact with company and notes, whether anything changed or not."""
    _owe_person(session, connection, contact_id)
    if wants(connection, Kind.NOTE):
        for exchange_id, about in session.execute(queries.exchange_ids([contact_id])):
            owe_to(session, connection, Kind.NOTE, exchange_id, about)
    mine = session.scalars(queries.links_about(contact_id).where(Link.connection_id == connection.id))
    ask_again(session, mine, digest=None)
