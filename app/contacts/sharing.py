"""A contact or scan goes from its owner alone to the whole team, or back, with all that hangs on it.

What is private lives in its owner's room: its companies are there too, apart from the team's companies of the same
name. So a contact that is shared is given the team's company in place of its own, found or made as from a card.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Column, delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.companies import branding
from app.companies import queries as company_queries
from app.companies.events import CompanyLeft
from app.companies.models import Company
from app.companies.provenance import Stated, fill
from app.companies.resolution import Sighting, resolve, wait_for_turn
from app.contacts import queries, service
from app.contacts.doubting import ask_anew
from app.contacts.events import ContactShared, ContactWithdrawn
from app.contacts.models import Contact
from app.contacts.resolution import refresh
from app.kit import journal
from app.kit.clock import now
from app.kit.db import in_room
from app.kit.errors import AppError, Conflict, NotFound
from app.kit.queue import publish
from app.scans import queries as scan_queries
from app.scans.events import ScanWithdrawn
from app.scans.models import Scan

_KNOWN_OF_A_COMPANY = ("place", "industry", "product_category")
_SURENESS = 0.9
"""Of a domain that a company is known to use."""


class NotTheOwner(AppError):
    """Only who brought it in may say who sees it."""

    status, code = 403, "not_the_owner"


class MetByOthers(Conflict):
    """Colleagues have met this contact as well: it cannot become yours alone."""

    code = "met_by_others"


def share(session: Session, user_id: UUID, contact_id: UUID) -> Contact:
    """Let everybody in the organization see a contact. A second time changes nothing.

    A scan of it is shared along once everybody on it is shared.

    Raises:
        NotFound: no such contact, or not yours.
        Merged: it is part of another one now.
        NotTheOwner: it is a colleague's.
    """
    contact = _own(session, user_id, contact_id)
    if contact.audience_id != contact.organization_id:
        _share(session, contact)
    return contact


def unshare(session: Session, user_id: UUID, contact_id: UUID) -> Contact:
    """Keep a contact for its owner alone, with the scans that it is on. A second time changes nothing.

    Raises:
        NotFound: no such contact, or not yours.
        Merged: it is part of another one now.
        NotTheOwner: it is a colleague's.
        MetByOthers: colleagues have met it.
    """
    contact = _own(session, user_id, contact_id)
    if contact.audience_id == user_id:
        return contact
    ids = with_merged(session, contact.id)
    if session.scalar(queries.met_by_others(_references("users"), ids, user_id)):
        raise MetByOthers
    move(session, ids, user_id)
    for scan in session.scalars(scan_queries.scans_of_contacts(ids)):
        _withdraw(session, scan)
    session.flush()
    publish(session, ContactWithdrawn(contact.id))
    return contact


def share_scan(session: Session, user_id: UUID, scan_id: UUID) -> Scan:
    """Let everybody see a scan, and the contacts on it. A second time changes nothing.

    Raises:
        NotFound: no such scan, or not yours.
        NotTheOwner: it is a colleague's.
    """
    scan = _own_scan(session, user_id, scan_id)
    for contact in session.scalars(queries.private_contacts_on(scan.id)):
        _share(session, contact)
    scan.audience_id = scan.organization_id
    session.flush()
    return scan


def unshare_scan(session: Session, user_id: UUID, scan_id: UUID) -> Scan:
    """Keep the photo of a scan, and what was read from it, for its owner alone; contacts stay as they are.

    Raises:
        NotFound: no such scan, or not yours.
        NotTheOwner: it is a colleague's.
    """
    scan = _own_scan(session, user_id, scan_id)
    _withdraw(session, scan)
    session.flush()
    return scan


def _withdraw(session: Session, scan: Scan) -> None:
    if scan.audience_id != scan.user_id:
        scan.audience_id = scan.user_id
        publish(session, ScanWithdrawn(scan.id))


def _own(session: Session, user_id: UUID, contact_id: UUID) -> Contact:
    wait_for_turn(session)
    contact = service.get(session, contact_id)
    if contact.owner_id != user_id:
        raise NotTheOwner
    return contact


def _own_scan(session: Session, user_id: UUID, scan_id: UUID) -> Scan:
    wait_for_turn(session)
    scan = session.scalars(scan_queries.scan_to_change(scan_id)).one_or_none()
    if scan is None:
        raise NotFound
    if scan.user_id != user_id:
        raise NotTheOwner
    return scan


def _share(session: Session, contact: Contact) -> None:
    ids = with_merged(session, contact.id)
    move(session, ids, contact.organization_id)
    for scan in session.scalars(scan_queries.scans_of_contacts(ids)):
        if session.scalar(queries.private_contacts_on(scan.id).limit(1)) is None:
            scan.audience_id = scan.organization_id
    session.flush()
    publish(session, ContactShared(contact.id))


def with_merged(session: Session, contact_id: UUID) -> list[UUID]:
    """The contact and those that became part of it: they go where it goes."""
    ids, more = [contact_id], [contact_id]
    while more := list(session.scalars(queries.merged_into(more))):
        ids += more
    return ids


def move(session: Session, ids: Collection[UUID], audience_id: UUID) -> None:
    """Let these contacts be seen by this audience alone, each with the companies that it has there."""
    for contact in session.scalars(queries.contacts_to_move(ids)):
        if contact.audience_id == contact.organization_id != audience_id:
            contact.withdrawn_at = now()
        contact.audience_id = audience_id
    session.flush()
    columns = list(_references("companies"))
    used = {company_id for column in columns for company_id in session.scalars(queries.named_by(column, ids))}
    left = {}
    for company in session.scalars(company_queries.companies_with_ids(used)).all():
        if company.audience_id != audience_id and not company.is_home:
            left[company.id] = _counterpart(session, company, audience_id)
    for column in columns:
        _repoint(session, column, ids, left)
    session.expire_all()
    for contact in session.scalars(queries.whole(ids)):
        refresh(contact)  # its company may be called otherwise there
    session.flush()
    ask_anew(session, ids)
    for company_id in left:
        publish(session, CompanyLeft(company_id))


def _references(table: str) -> Iterator[Column[Any]]:
    """Columns of any feature that refer to `table`, in rows that belong to a contact."""
    for column in journal.pointing_at(Contact.metadata.tables[table]):
        if "contact_id" in column.table.c and column.table.c.contact_id.foreign_keys:
            yield column


def _counterpart(session: Session, company: Company, audience_id: UUID) -> UUID | None:
    """The same company among what `audience_id` has."""
    domains = tuple(Stated(known.domain, _SURENESS, "shared") for known in company.domains)
    logos = tuple(known.hash for known in company.logos)
    seen = Sighting(_stated(company, "name"), domains, logos, _stated(company, "place"))
    with in_room(session, audience_id):
        found = resolve(session, seen)
        if found is not None and found.audience_id == audience_id:
            for column in _KNOWN_OF_A_COMPANY:
                if getattr(found, column) is None:
                    fill(found, column, _stated(company, column))
            branding.copy(session, found, company)
    return found.id if found is not None else None


def _stated(company: Company, column: str) -> Stated | None:
    value, said = getattr(company, column), company.provenance.get(column)
    if value is None:
        return None
    return Stated(value, said["confidence"], said["source"]) if said else Stated(value, company.confidence, "shared")


def _repoint(session: Session, column: Column[Any], ids: Collection[UUID], left: Mapping[UUID, UUID | None]) -> None:
    table = column.table
    for old, new in left.items():
        theirs = (table.c.contact_id.in_(ids), column == old)
        try:
            with session.begin_nested():
                session.execute(update(table).where(*theirs).values({column: new}))
        except IntegrityError:  # the row says what another one of the contact says of the same company
            session.execute(delete(table).where(*theirs))
