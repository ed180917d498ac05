"""Erases a person: rows, pictures, what was announced, and every mention of them in what others wrote.

By construction everything that hangs on a contact goes with it, for every foreign key to it says `ON DELETE`. What is
done here by hand is what has no such key: pictures, messages, free text, and companies that only this person stood for.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Column, String, Table, delete, update
from sqlalchemy.orm import Session

from app.alliances.events import AssessmentDue, ThirdPairDue
from app.alliances.models import Introduction, Win
from app.books.events import AccountChanged
from app.companies import queries as company_queries
from app.companies.models import Company, CompanyAlias, CompanyBrand
from app.companies.normal import company_key
from app.companies.provenance import USER
from app.companies.resolution import wait_for_turn
from app.contacts import queries as contacts
from app.contacts.annotating import remember
from app.contacts.events import ContactErased
from app.contacts.indexing import purge
from app.contacts.models import Contact, ContactTombstone
from app.contacts.service import settle_doubts
from app.kit import idempotency, journal
from app.kit.db import Base
from app.kit.queue import publish
from app.kit.trail import Action, note
from app.privacy import queries
from app.privacy.events import ErasureRecorded
from app.privacy.models import Erasure, Reason
from app.privacy.person import Person, person_of
from app.privacy.records import records_of
from app.scans import expiry
from app.scans.events import ScanFinished
from app.scans.expiry import Shredded
from app.webhooks.erasure import forget_objects

ERASED = "[erased]"

_FREE_TEXT = ("note", "text", "event", "place", "description", "client_id", "tag")
"""Names of the columns in which users write what they like."""
_NAMES = {"events": ("name", "key")}
"""Other columns by table for which users choose the words."""
_OF_COMPANIES = (
    "companies",
    "company_aliases",
    "company_domains",
    "company_logos",
    "company_doubts",
    "alliances",
    "company_buyers",
)
"""Tables whose rows alone are no reason to keep a company."""
_OF_PAIRS = ("state_moves", "shared_accounts")


def erase(session: Session, contact_id: UUID, user_id: UUID | None, reason: Reason) -> Erasure:
    """Erase a contact, with all that became part of it. A second time changes nothing.

    Args:
        session: that sees the whole organization: what others privately hold of this contact goes as well.
        contact_id: of a contact that is there.
        user_id: who asks for it.
        reason: why.
    """
    wait_for_turn(session)
    known = session.scalars(queries.erasure_of(contact_id)).one_or_none()
    if known is not None:
        return known
    person = person_of(session, contact_id)
    company_ids = {each for each in session.scalars(queries.companies_of(person.ids)) if each}
    touched = (*session.scalars(queries.pairs_with(company_ids)), *session.scalars(queries.pairs_naming(person.ids)))
    pairs = {(pair.company_a_id, pair.company_b_id) for pair in touched}
    made = {UUID(row["id"]) for rows in records_of(session, person.ids).values() for row in rows}
    for each in person.ids:
        note(session, Action.ERASED, Contact.__tablename__, each)
    shredded = _erase_cards(session, person)
    awaited = forget_objects(session, person.ids | person.mixed_with | shredded.scan_ids)
    _close_books(session, person)
    idempotency.forget(session, made | shredded.scan_ids)
    _erase_rows(session, person)
    notes = redact(session, person.telling)
    companies = _erase_companies(session, company_ids, person.names)
    _announce(session, person, pairs, awaited & shredded.scan_ids)
    return _record(session, person, user_id, reason, shredded, {"notes": notes, "companies": companies})


def _erase_cards(session: Session, person: Person) -> Shredded:
    own = {each for each in session.scalars(queries.own_cards(person.ids)) if each}
    brought = frozenset(each.image_file for each in session.scalars(contacts.brought_pictures(person.ids)))
    shredded = expiry.erase_cards(session, person.ids, own)
    return replace(shredded, files=shredded.files | brought)


def _close_books(session: Session, person: Person) -> None:
    for account in session.scalars(queries.books_of(person.ids)):
        if account.contact_id is not None:
            publish(session, AccountChanged(account.company_id, account.contact_id))


def _erase_rows(session: Session, person: Person) -> None:
    for dealing in (Introduction, Win):
        session.execute(update(dealing).where(dealing.contact_id.in_(person.ids)).values(note=None))
    for contact_id, audience_id, withdrawn_at in session.execute(queries.audiences_of(person.ids)).all():
        session.add(ContactTombstone(contact_id=contact_id, audience_id=audience_id, withdrawn_at=withdrawn_at))
    doubtful = {each for pair in session.execute(queries.doubtful_about(person.ids)) for each in pair} - person.ids
    session.execute(delete(Contact).where(Contact.id.in_(person.ids)))
    purge(session)
    session.expire_all()
    for contact in session.scalars(contacts.whole(doubtful)):
        settle_doubts(session, contact)


def redact(session: Session, telling: Collection[str]) -> int:
    """Take a person's names, addresses and numbers out of whatever users wrote; returns in how many texts."""
    if not telling:
        return 0
    anything = re.compile("|".join(re.escape(each) for each in sorted(telling, key=len, reverse=True)), re.IGNORECASE)
    organization_id, changed = session.info["organization_id"], 0
    for table, column in free_texts():
        for row_id, text in session.execute(queries.texts(table, organization_id, column, telling)).all():
            clean = {column: anything.sub(ERASED, text)}
            session.execute(update(table).where(table.c.id == row_id).values(clean))
            changed += 1
    for contact in session.scalars(queries.contacts_told_of(ERASED)):
        remember(session, contact)
    session.flush()
    return changed


def free_texts() -> list[tuple[Table, Column[str]]]:
    """The columns of all features in which users write what they like."""
    tables = (table for table in Base.metadata.sorted_tables if "organization_id" in table.c)
    return [
        (table, column)
        for table in tables
        for column in table.c
        if column.name in (*_FREE_TEXT, *_NAMES.get(table.name, ())) and isinstance(column.type, String)
    ]


def _erase_companies(session: Session, company_ids: Collection[UUID], names: Collection[str]) -> int:
    """Erase companies that nothing but the person's cards spoke of, and the person's names as those of companies."""
    erased = 0
    for company in session.scalars(queries.companies(company_ids)).all():
        if _is_left_alone(session, company):
            forget_objects(
                session, {company.id, *(pair.id for pair in session.scalars(queries.pairs_with({company.id})))}
            )
            session.execute(delete(Company).where(Company.id == company.id))
            erased += 1
            continue
        keys = {company_key(name) for name in names} - {company.key}
        for model in (CompanyAlias, CompanyBrand):
            session.execute(delete(model).where(model.company_id == company.id, model.key.in_(keys)))
    return erased


def _is_left_alone(session: Session, company: Company) -> bool:
    said_by_users = any(said.get("source") == USER for said in company.provenance.values())
    if session.scalars(company_queries.subsidiaries([company.id])).first() is not None:
        return False
    if company.is_home or said_by_users or _is_named(session, "companies", {company.id}, but=_OF_COMPANIES):
        return False
    pairs = {pair.id for pair in session.scalars(queries.pairs_with({company.id})) if not pair.decided_at}
    decided = any(pair.decided_at for pair in session.scalars(queries.pairs_with({company.id})))
    return not decided and not _is_named(session, "alliances", pairs, but=_OF_PAIRS)


def _is_named(session: Session, table: str, ids: Collection[UUID], but: tuple[str, ...]) -> bool:
    columns = journal.pointing_at(Base.metadata.tables[table], but=but) if ids else []
    organization_id = session.info["organization_id"]
    found = (queries.pointing(organization_id, column, ids) for column in columns)
    return any(session.execute(each).first() is not None for each in found)


def _announce(
    session: Session, person: Person, pairs: Collection[tuple[UUID, UUID]], scan_ids: Collection[UUID]
) -> None:
    for contact_id in sorted(person.told_ids):  # of what was always private no receiver was told
        publish(session, ContactErased(contact_id))
    for one_id, other_id in sorted(pairs):
        for company_id in (one_id, other_id):
            publish(session, AssessmentDue(company_id))
        publish(session, ThirdPairDue(one_id, other_id))
    for scan_id in sorted(scan_ids):
        publish(session, ScanFinished(scan_id))  # told anew, as it is now


def _record(
    session: Session, person: Person, user_id: UUID | None, reason: Reason, shredded: Shredded, counts: dict[str, int]
) -> Erasure:
    whole = {"contacts": len(person.ids), "cards": shredded.cards, "scans": len(shredded.scan_ids), **counts}
    files = sorted(shredded.files)
    erasure = Erasure(contact_id=person.id, user_id=user_id, reason=reason, counts=whole, files=files)
    session.add(erasure)
    session.flush()
    publish(session, ErasureRecorded(erasure.id))
    return erasure
