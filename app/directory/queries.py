"""Selects over the contacts that a client may want. Each gives columns, not objects: making objects is the cost."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.companies.models import Company
from app.contacts.indexing import holding, matching
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
_WITHIN_AN_ID = timedelta(milliseconds=1)
"""Ids made in one of these are not in the order in which their rows were made."""

NEAR, FAR = 2_000, 20_000
"""So many contacts are looked at for a page: first, and at most."""

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


_WEIGHED: tuple[InstrumentedAttribute[Any], ...] = (
    Contact.id,
    Contact.owner_id,
    Contact.organization_id,
    Contact.audience_id,
    Contact.needs_review,
    Contact.created_at,
    Contact.updated_at,
    Contact.search,
    Contact.remarks,
)
"""By which it is told whether a contact is wanted."""

_IN_USE = Contact.merged_into_id.is_(None)


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

    def only(self, *names: str) -> Wanted:
        """Of what is asked this."""
        return Wanted(**{name: getattr(self, name) for name in names})

    def without(self, other: Wanted) -> Wanted:
        """What is asked beyond `other`."""
        given = {each.name for each in fields(other) if getattr(other, each.name) not in (None, ())}
        return self.only(*(each.name for each in fields(self) if each.name not in given))


ALL = Wanted()


def along_an_index(wanted: Wanted, order: str) -> Wanted:
    """What of it an index gives in this order (`created`, `updated` or `name`), so that a page is read and no more."""
    if order == "updated":
        return wanted.only("updated_since")
    if order != "created":
        return ALL
    narrow = ("tag", "owner_id", *(("needs_review",) if wanted.needs_review else ()))
    given = [name for name in narrow if getattr(wanted, name) is not None]
    return wanted.only("created_since", "created_before", *given[:1])


def contacts(wanted: Wanted) -> tuple[Columns, ColumnElement[Any]]:
    """Contacts that are in use, and the column that says how new one is and is read in order."""
    return _ordered(CONTACT, wanted)


def stretch(wanted: Wanted) -> tuple[Columns, ColumnElement[Any]]:
    """The same, of each no more than tells whether it is wanted."""
    return _ordered(_WEIGHED, wanted)


def _ordered(columns: Sequence[InstrumentedAttribute[Any]], wanted: Wanted) -> tuple[Columns, ColumnElement[Any]]:
    found = select(*columns).where(_IN_USE, *_conditions(replace(wanted, tag=None)))
    if wanted.tag is None:
        return found, Contact.__table__.c.id
    tagged = found.join(ContactTag, ContactTag.contact_id == Contact.id)
    return tagged.where(ContactTag.key == wanted.tag.casefold()), ContactTag.__table__.c.contact_id


def among(some: Columns, wanted: Wanted, last: tuple[Any, UUID] | None, *, descending: bool) -> Select[UUID]:
    """Ids of the wanted ones of some contacts that have what `stretch` gives and a `position`, in that order."""
    rows = some.subquery()
    near = aliased(Contact, rows)
    found = select(near.id).where(*_conditions(wanted, near))
    return after(found, rows.c.position, rows.c.id, last, descending=descending)


def having(some: Columns, words: Sequence[str]) -> Select[*tuple[int, ...]]:
    """How many of some contacts that have what `stretch` gives have each of these words."""
    near = aliased(Contact, some.subquery())
    return select(*(func.count(near.id).filter(holding(near, (word,))) for word in words))


def narrowed(wanted: Wanted, words: Sequence[str], dialect: str) -> Iterator[tuple[Columns, int]]:
    """For each thing that is asked the contacts in use of which it holds, found by its index, in no order; and how many
    of them are worth reading.

    Args:
        wanted: what is asked.
        words: those of it that the index is to be asked for, the rarest first. One alone often tells enough; of several
            at once the index reads all that it has of each.
        dialect: of the database.
    """
    found = select(*_WEIGHED).where(_IN_USE)
    flags = (("needs_review",),) if wanted.needs_review else ()
    each = [(name,) for name in ("company_id", "event", "tag", "owner_id", "updated_since")]
    for names in (*each, ("created_since", "created_before"), *flags):
        asked = wanted.only(*names)
        if asked != ALL:
            yield found.where(*_conditions(asked)), FAR
    for word in words if len(words) > 1 else ():
        yield matching(dialect, found, (word,)), FAR // 4
    if words:
        yield matching(dialect, found, words), FAR


def cut(some: Columns, count: int, dialect: str) -> Columns:
    """So many of what an index finds.

    PostgreSQL, which knows little of how many contacts have a word, would for some of them rather read the table.
    """
    if dialect == "sqlite":
        return some.limit(count)
    return select(some.cte().prefix_with("MATERIALIZED")).limit(count)


def count(some: Columns) -> Select[int]:
    """How many these are."""
    return select(func.count()).select_from(some.subquery())


def these(ids: Collection[UUID]) -> Columns:
    """Contacts by their ids."""
    return select(*CONTACT).where(Contact.id.in_(ids))


def _conditions(wanted: Wanted, contact: type[Contact] = Contact) -> Iterator[ColumnElement[bool]]:
    """What must hold of a contact."""
    if wanted.company_id is not None:
        yield contact.id.in_(_people_of(wanted.company_id))
    if wanted.event is not None:
        yield contact.id.in_(select(Exchange.contact_id).where(Exchange.event == wanted.event))
    if wanted.tag is not None:
        yield contact.id.in_(select(ContactTag.contact_id).where(ContactTag.key == wanted.tag.casefold()))
    if wanted.needs_review is not None:
        yield and_(contact.needs_review) if wanted.needs_review else contact.needs_review.is_(False)
    if wanted.owner_id is not None:
        yield contact.owner_id == wanted.owner_id
    yield from _moments(wanted, contact)
    if wanted.words:
        yield holding(contact, wanted.words)


def _moments(wanted: Wanted, contact: type[Contact]) -> Iterator[ColumnElement[bool]]:
    if wanted.created_since is not None:
        earliest = first_id_at(wanted.created_since - _BETWEEN_ID_AND_ROW)
        yield and_(contact.id >= earliest, contact.created_at >= wanted.created_since)
    if wanted.created_before is not None:
        latest = first_id_at(wanted.created_before + _WITHIN_AN_ID)
        yield and_(contact.id < latest, contact.created_at < wanted.created_before)
    if wanted.updated_since is not None:
        yield contact.updated_at >= wanted.updated_since


def _people_of(company_id: UUID) -> Select[UUID]:
    return select(Employment.contact_id).where(Employment.company_id == company_id)


def changed(wanted: Wanted) -> Columns:
    """Contacts that were changed since then, those that were merged into others among them."""
    return select(*CONTACT).where(*_conditions(wanted))


def deleted(since: datetime) -> Columns:
    """Contacts that were deleted since then: id and moment."""
    columns = (ContactTombstone.contact_id.label("id"), ContactTombstone.created_at.label("updated_at"))
    return select(*columns).where(ContactTombstone.created_at >= since)


def after(
    rows: Columns, key: ColumnElement[Any], tie: ColumnElement[Any], last: tuple[Any, UUID] | None, *, descending: bool
) -> Columns:
    """What follows the last row of the page before, in the order of `key` and then of `tie`."""
    if key.compare(tie):
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
