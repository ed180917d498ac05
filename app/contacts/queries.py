"""Selects over people."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Select, Table, exists, false, func, or_, select
from sqlalchemy.orm import selectinload

from app.companies.models import DoubtState
from app.contacts.models import (
    Contact,
    ContactDoubt,
    ContactMerge,
    ContactNote,
    ContactPicture,
    ContactPoint,
    ContactTombstone,
    Employment,
    ExternalId,
    PointKind,
)
from app.scans.models import Card, Scan

_WHOLE = (
    selectinload(Contact.points),
    selectinload(Contact.employments).selectinload(Employment.company),
    selectinload(Contact.tags),
    selectinload(Contact.external_ids),
)

_IN_USE = Contact.merged_into_id.is_(None)

_MOST_PICTURES = 100
"""Cards that one is compared with to see whether it was photographed before."""
_MOST_OF_ONE_KEY = 200
"""People of one name, address or number that one is compared with: what more than these have tells nobody apart."""
_MOST_OF_KEYS = 10_000
"""The same of all the keys of cards that are taken in together, if that is fewer of each: they are held in memory."""
_MOST_COLLEAGUES = 2000
"""People of one company that a name is compared with."""
_MOST_AT_COMPANIES = 50_000
"""The same of all their companies."""


def contact(contact_id: UUID) -> Select[Contact]:
    """One contact with its points and employments, and where it is in CRMs, as it is shown."""
    return select(Contact).where(Contact.id == contact_id).options(*_WHOLE, selectinload(Contact.crm_ids))


def with_ids(ids: Collection[UUID]) -> Select[Contact]:
    """These contacts with points and employments, in the order in which they were made."""
    return select(Contact).where(Contact.id.in_(ids), _IN_USE).order_by(Contact.id).options(*_WHOLE)


def whole(ids: Collection[UUID]) -> Select[Contact]:
    """These contacts with points and employments, merged ones as well."""
    return select(Contact).where(Contact.id.in_(ids)).options(*_WHOLE)


def ids_by_points(kind: PointKind, keys: Collection[str]) -> Select[str, UUID]:
    """Each of these addresses or numbers, and who has it: the oldest."""
    has_it = (ContactPoint.kind == kind, ContactPoint.key.in_(keys))
    return _oldest(len(keys), ContactPoint.key, ContactPoint.contact_id, *has_it)


def ids_by_names(name_keys: Collection[str]) -> Select[str, UUID]:
    """Each of these names, and who has it, or had before contacts were merged: the oldest."""
    whom = func.coalesce(Contact.merged_into_id, Contact.id)
    return _oldest(len(name_keys), Contact.name_key, whom, Contact.name_key.in_(name_keys))


def _oldest(keys: int, key: Any, contact_id: Any, *has_it: ColumnElement[bool]) -> Select[str, UUID]:
    place = func.row_number().over(partition_by=key, order_by=contact_id)
    ranked = select(key.label("key"), contact_id.label("contact_id"), place.label("place")).where(*has_it).subquery()
    most = min(_MOST_OF_ONE_KEY, max(1, _MOST_OF_KEYS // max(1, keys)))
    return select(ranked.c.key, ranked.c.contact_id).where(ranked.c.place <= most)


def names_of(ids: Collection[UUID]) -> Select[UUID, str | None]:
    """Id and name of those of these contacts that are in use."""
    return select(Contact.id, Contact.name).where(Contact.id.in_(ids), _IN_USE)


def points_of(ids: Collection[UUID]) -> Select[UUID, PointKind, str, str | None]:
    """The addresses and numbers of these contacts: kind, key and type."""
    said = select(ContactPoint.contact_id, ContactPoint.kind, ContactPoint.key, ContactPoint.type)
    return said.where(ContactPoint.contact_id.in_(ids))


def companies_of(ids: Collection[UUID]) -> Select[UUID, Any]:
    """Where these contacts work and worked."""
    jobs = select(Employment.contact_id, Employment.company_id)
    return jobs.where(Employment.contact_id.in_(ids), Employment.company_id.is_not(None))


def pictures_of(ids: Collection[UUID]) -> Select[Any, str | None]:
    """For each of these contacts the hashes of the cards that it was read from."""
    return select(Card.contact_id, Card.image_hash).where(Card.contact_id.in_(ids), Card.image_hash.is_not(None))


def recent_pictures(user_id: UUID) -> Select[Any, str | None]:
    """The contacts of the newest cards of a user, and the hashes of these."""
    found = select(Card.contact_id, Card.image_hash).join(Scan, Scan.id == Card.scan_id)
    found = found.where(Scan.user_id == user_id, Card.contact_id.is_not(None), Card.image_hash.is_not(None))
    return found.order_by(Card.id.desc()).limit(_MOST_PICTURES)


def names_of_merged(ids: Collection[UUID]) -> Select[Any, str | None]:
    """For each of these contacts the names of those that were merged into it."""
    merged = select(Contact.merged_into_id, Contact.name)
    return merged.where(Contact.merged_into_id.in_(ids), Contact.name.is_not(None))


def names_at(company_ids: Collection[UUID]) -> Select[Any, UUID, str]:
    """Company, id and name of the people of these companies, past and present: of each company the newest."""
    place = func.row_number().over(partition_by=Employment.company_id, order_by=Employment.contact_id.desc())
    jobs = select(Employment.company_id, Employment.contact_id, place.label("place"))
    newest = jobs.where(Employment.company_id.in_(company_ids)).subquery()
    people = select(newest.c.company_id, Contact.id, Contact.name).join(newest, newest.c.contact_id == Contact.id)
    most = min(_MOST_COLLEAGUES, max(1, _MOST_AT_COMPANIES // max(1, len(company_ids))))
    return people.where(newest.c.place <= most, Contact.name.is_not(None))


def duplicates() -> Select[ContactDoubt]:
    """Open questions whether two contacts are one person, both of which are still there."""
    there = select(Contact.id).where(_IN_USE)
    is_open = ContactDoubt.state == DoubtState.OPEN
    return select(ContactDoubt).where(is_open, ContactDoubt.contact_id.in_(there), ContactDoubt.other_id.in_(there))


def doubt(doubt_id: UUID) -> Select[ContactDoubt]:
    """One question."""
    return select(ContactDoubt).where(ContactDoubt.id == doubt_id)


def doubts_between(one_id: UUID, two_id: UUID) -> Select[ContactDoubt]:
    """Questions whether these two are one person."""
    pair = (one_id, two_id)
    return select(ContactDoubt).where(ContactDoubt.contact_id.in_(pair), ContactDoubt.other_id.in_(pair))


def doubts_about(contact_ids: Collection[UUID]) -> Select[ContactDoubt]:
    """All questions about these contacts, whatever became of them."""
    either = ContactDoubt.contact_id.in_(contact_ids) | ContactDoubt.other_id.in_(contact_ids)
    return select(ContactDoubt).where(either).order_by(ContactDoubt.id)


def open_doubts(contact_id: UUID) -> Select[ContactDoubt]:
    """Open questions about one contact."""
    return duplicates().where((ContactDoubt.contact_id == contact_id) | (ContactDoubt.other_id == contact_id))


def merges() -> Table:
    """Of all organizations."""
    return cast("Table", ContactMerge.__table__)


def merge(merge_id: UUID) -> Select[ContactMerge]:
    """One merge."""
    return select(ContactMerge).where(ContactMerge.id == merge_id)


def notes(contact_ids: Collection[UUID]) -> Select[ContactNote]:
    """What users wrote about these contacts, newest first."""
    return select(ContactNote).where(ContactNote.contact_id.in_(contact_ids)).order_by(ContactNote.id.desc())


def note(contact_id: UUID, note_id: UUID) -> Select[ContactNote]:
    """One note about a contact."""
    return select(ContactNote).where(ContactNote.contact_id == contact_id, ContactNote.id == note_id)


def brought_pictures(contact_ids: Collection[UUID]) -> Select[ContactPicture]:
    """The pictures that came with these contacts."""
    return select(ContactPicture).where(ContactPicture.contact_id.in_(contact_ids))


def ids_by_external(external_ids: Collection[str]) -> Select[UUID, str]:
    """Which contact, one that was merged left out, another system calls so: id and that name."""
    named = select(ExternalId.contact_id, ExternalId.value).where(ExternalId.value.in_(external_ids))
    return named.join(Contact, Contact.id == ExternalId.contact_id).where(_IN_USE)


def people_of(company_id: UUID) -> Select[UUID]:
    """Who works or worked at a company."""
    return select(Employment.contact_id).where(Employment.company_id == company_id).distinct()


def contacts_to_move(ids: Collection[UUID]) -> Select[Contact]:
    """These contacts, merged ones as well, locked until the transaction ends."""
    return select(Contact).where(Contact.id.in_(ids)).order_by(Contact.id).with_for_update()


def merged_into(ids: Collection[UUID]) -> Select[UUID]:
    """Those that became part of one of these."""
    return select(Contact.id).where(Contact.merged_into_id.in_(ids))


def withdrawal_of(contact_id: UUID) -> Select[datetime | None]:
    """When a contact that is gone, and that its owner alone saw in the end, was withdrawn from the team."""
    gone = select(ContactTombstone.withdrawn_at).where(ContactTombstone.contact_id == contact_id)
    return gone.where(ContactTombstone.audience_id != ContactTombstone.organization_id)


def private_contacts_on(scan_id: UUID) -> Select[Contact]:
    """The contacts read from a scan that not everybody sees."""
    on_it = select(Card.contact_id).where(Card.scan_id == scan_id)
    return select(Contact).where(Contact.id.in_(on_it), Contact.audience_id != Contact.organization_id)


def named_by(column: Column[Any], contact_ids: Collection[UUID]) -> Select[UUID]:
    """What the rows of these contacts name in a column of theirs."""
    return select(column).where(column.table.c.contact_id.in_(contact_ids), column.is_not(None)).distinct()


def met_by_others(columns: Iterable[Column[Any]], contact_ids: Collection[UUID], user_id: UUID) -> Select[bool]:
    """Whether rows of these contacts name, in one of these columns, another user."""
    theirs = [
        exists().where(column.table.c.contact_id.in_(contact_ids), column.is_not(None), column != user_id)
        for column in columns
    ]
    return select(or_(false(), *theirs))


def private_to(user_id: UUID, limit: int) -> Select[Contact]:
    """Some of the contacts that a user alone sees; those that became part of others go with these."""
    theirs = (Contact.audience_id == user_id, Contact.merged_into_id.is_(None))
    return select(Contact).where(*theirs).order_by(Contact.id).limit(limit).with_for_update()
