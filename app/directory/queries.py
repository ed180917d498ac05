"""Selects over the contacts that a client may want. Each gives columns, not objects: making objects is the cost."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.companies.models import Company
from app.contacts.indexing import matching
from app.contacts.models import (
    IN_CRMS,
    NAMED_THERE,
    Contact,
    ContactMerge,
    ContactNote,
    ContactPoint,
    ContactTag,
    ContactTombstone,
    Employment,
    ExternalId,
)
from app.exchanges.models import Exchange
from app.kit.ids import first_id_at

_BETWEEN_ID_AND_ROW = timedelta(minutes=1)
"""An id is made at most so long before its row."""

Columns = Select[*tuple[Any, ...]]

CONTACT: tuple[InstrumentedAttribute[Any], ...] = (
    Contact.id,
    Contact.owner_id,
    Contact.organization_id,
    Contact.audience_id,
    Contact.name,
    Contact.name_prefix,
    Contact.name_suffix,
    Contact.confidence,
    Contact.needs_review,
    Contact.review,
    Contact.provenance,
    Contact.created_at,
    Contact.updated_at,
    Contact.version,
    Contact.merged_into_id,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which contacts; what is None is not asked."""

    words: tuple[str, ...] = ()
    company_id: UUID | None = None
    owner_id: UUID | None = None
    tag: str | None = None
    event: str | None = None
    needs_review: bool | None = None
    created_since: datetime | None = None
    created_before: datetime | None = None
    updated_since: datetime | None = None


def contacts(wanted: Wanted, dialect: str) -> tuple[Columns, ColumnElement[Any]]:
    """Contacts that are in use, and the column that says how new one is and is read in order."""
    found = _filtered(select(*CONTACT).where(Contact.merged_into_id.is_(None)), wanted)
    if wanted.words:
        return matching(dialect, found, wanted.words)
    if wanted.tag is not None:
        tagged = found.join(ContactTag, ContactTag.contact_id == Contact.id)
        return tagged.where(ContactTag.key == wanted.tag.casefold()), ContactTag.__table__.c.contact_id
    return found, Contact.__table__.c.id


def hits(wanted: Wanted, dialect: str) -> Select[UUID]:
    """Ids of the contacts in use that a search finds, in no order."""
    found, _ = matching(dialect, select(Contact.id).where(Contact.merged_into_id.is_(None)), wanted.words)
    return _filtered(found, wanted)


def these(ids: Collection[UUID]) -> Columns:
    """Contacts by their ids."""
    return select(*CONTACT).where(Contact.id.in_(ids))


def _filtered(found: Columns, wanted: Wanted) -> Columns:
    if wanted.company_id is not None:
        found = found.where(Contact.id.in_(_people_of(wanted.company_id)))
    if wanted.event is not None:
        found = found.where(Contact.id.in_(select(Exchange.contact_id).where(Exchange.event == wanted.event)))
    if wanted.words and wanted.tag is not None:
        found = found.where(
            Contact.id.in_(select(ContactTag.contact_id).where(ContactTag.key == wanted.tag.casefold()))
        )
    if wanted.needs_review is not None:
        found = found.where(Contact.needs_review if wanted.needs_review else Contact.needs_review.is_(False))
    if wanted.owner_id is not None:
        found = found.where(Contact.owner_id == wanted.owner_id)
    if wanted.created_since is not None:
        earliest = first_id_at(wanted.created_since - _BETWEEN_ID_AND_ROW)
        found = found.where(Contact.id >= earliest, Contact.created_at >= wanted.created_since)
    if wanted.created_before is not None:
        latest = first_id_at(wanted.created_before)
        found = found.where(Contact.id < latest, Contact.created_at < wanted.created_before)
    return found if wanted.updated_since is None else found.where(Contact.updated_at >= wanted.updated_since)


def _people_of(company_id: UUID) -> Select[UUID]:
    return select(Employment.contact_id).where(Employment.company_id == company_id)


def changed(wanted: Wanted) -> Columns:
    """Contacts that were changed since then, those that were merged into others among them."""
    return _filtered(select(*CONTACT), wanted)


def deleted(since: datetime) -> Columns:
    """Contacts that were deleted since then: id and moment."""
    columns = (ContactTombstone.contact_id.label("id"), ContactTombstone.created_at.label("updated_at"))
    return select(*columns).where(ContactTombstone.created_at >= since)


def after(
    rows: Columns, key: ColumnElement[Any], tie: ColumnElement[Any], last: tuple[Any, UUID] | None, *, descending: bool
) -> Columns:
    """What follows the last row of the page before, in the order of `key` and then of `tie`."""
    if key.compare(tie) or key.key == "rowid":
        if last is not None:
            rows = rows.where(key < last[0] if descending else key > last[0])
        return rows.order_by(key.desc() if descending else key.asc())
    if last is not None:
        here, there = tuple_(key, tie), tuple_(*last, types=[key.type, tie.type])
        rows = rows.where(here < there if descending else here > there)
    return rows.order_by(*((key.desc(), tie.desc()) if descending else (key.asc(), tie.asc())))


# Parts of contacts that a scoped select found: who may see the contact may see these, so only the ids are asked.

_points, _jobs = ContactPoint.__table__.c, Employment.__table__.c
_tags, _named = ContactTag.__table__.c, ExternalId.__table__.c


def points(ids: Collection[UUID]) -> Columns:
    """Addresses and numbers of these contacts."""
    of = (_points.contact_id, _points.kind, _points.value, _points.type, _points.extension)
    by = (_points.confidence, _points.source, _points.field_id)
    mine = _points.contact_id.in_(ids), _points.removed.is_(False)
    return select(*of, *by).where(*mine).order_by(_points.id)


def jobs(ids: Collection[UUID]) -> Columns:
    """Employments of these contacts, present ones first, with the company's name where the caller may see it."""
    of = (_jobs.contact_id, _jobs.id, _jobs.company_id, Company.name, _jobs.title, _jobs.department, _jobs.current)
    when = (_jobs.started_on, _jobs.ended_on, _jobs.seen_at, _jobs.provenance)
    found = select(*of, *when).select_from(Employment.__table__).outerjoin(Company, Company.id == _jobs.company_id)
    return found.where(_jobs.contact_id.in_(ids)).order_by(_jobs.current.desc(), _jobs.seen_at.desc())


def tags(ids: Collection[UUID]) -> Columns:
    """Tags of these contacts."""
    return select(_tags.contact_id, _tags.tag).where(_tags.contact_id.in_(ids)).order_by(_tags.key)


def external_ids(ids: Collection[UUID]) -> Columns:
    """What other systems call these contacts."""
    return select(_named.contact_id, _named.value).where(_named.contact_id.in_(ids)).order_by(_named.value)


def crm_ids(ids: Collection[UUID]) -> Columns:
    """Where these contacts are in CRMs."""
    link = IN_CRMS.c
    of = link.object_id.label("contact_id"), link.connection_id, link.remote_id
    return select(*of).where(link.object_id.in_(ids), NAMED_THERE).order_by(link.id)


def notes(ids: Collection[UUID]) -> Select[ContactNote]:
    """Notes about these contacts, newest first."""
    return select(ContactNote).where(ContactNote.contact_id.in_(ids)).order_by(ContactNote.id.desc())


def exchanges(ids: Collection[UUID]) -> Select[Exchange]:
    """When these contacts were met, last meeting first."""
    return select(Exchange).where(Exchange.contact_id.in_(ids)).order_by(Exchange.met_at.desc(), Exchange.id)


def companies(ids: Collection[UUID]) -> Columns:
    """What is most asked of these companies."""
    what = (Company.id, Company.name, Company.industry, Company.product_category, Company.place, Company.is_home)
    return select(*what).where(Company.id.in_(ids))


def merges(contact_id: UUID) -> Select[ContactMerge]:
    """Merges that a contact came out of."""
    return select(ContactMerge).where(ContactMerge.survivor_id == contact_id)
