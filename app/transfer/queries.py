"""Selects over imports, and over contacts that leave."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, func, select

from app.auth.models import Organization, User
from app.contacts.models import Contact, ContactNote
from app.transfer.models import Import, ImportReport


def imports() -> Select[Import]:
    """Imports of the caller."""
    return select(Import)


def import_(import_id: UUID) -> Select[Import]:
    """One import."""
    return select(Import).where(Import.id == import_id)


def import_to_change(import_id: UUID) -> Select[Import]:
    """One import, locked until the transaction ends."""
    return import_(import_id).with_for_update()


def report_after(import_id: UUID, number: int) -> Select[ImportReport]:
    """The next part of a report."""
    later = select(ImportReport).where(ImportReport.import_id == import_id, ImportReport.number > number)
    return later.order_by(ImportReport.number).limit(1)


def reports(import_id: UUID) -> Select[int]:
    """How many parts a report has."""
    return select(func.count()).select_from(ImportReport).where(ImportReport.import_id == import_id)


def author(user_id: UUID) -> Select[User, Organization]:
    """A user and the organization."""
    return (
        select(User, Organization).join(Organization, Organization.id == User.organization_id).where(User.id == user_id)
    )


def users_by_email(email: str) -> Select[UUID, UUID]:
    """Id and organization of whoever has this address, in any organization."""
    users = User.__table__.c
    return select(users.id, users.organization_id).where(users.email == email.casefold())


def ids_after(contact_id: UUID | None, limit: int) -> Select[UUID]:
    """The next contacts to leave, in the order in which they were made."""
    ids = select(Contact.id).where(Contact.merged_into_id.is_(None)).order_by(Contact.id).limit(limit)
    return ids if contact_id is None else ids.where(Contact.id > contact_id)


def leaving() -> Select[int]:
    """How many contacts leave."""
    return select(func.count(Contact.id)).where(Contact.merged_into_id.is_(None))


def notes_of(contact_ids: Collection[UUID]) -> Select[ContactNote]:
    """What users wrote about these contacts, oldest first."""
    return select(ContactNote).where(ContactNote.contact_id.in_(contact_ids)).order_by(ContactNote.id)
