"""Selects over the members of an address book. What the session may not see is no member."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from app.companies.models import Company
from app.contacts.models import Contact, ContactTombstone, Employment

_MEMBER = Contact.merged_into_id.is_(None)
_AT_WORK = (Employment.contact_id == Contact.id) & Employment.current

_Member = Select[UUID, datetime, int, datetime | None]


def members() -> _Member:
    """Id, last change and version of each member, and when a present company of it was last changed."""
    named = (
        select(func.max(Company.updated_at))
        .join(Employment, Employment.company_id == Company.id)
        .where(_AT_WORK)
        .correlate(Contact)
        .scalar_subquery()
    )
    return select(Contact.id, Contact.updated_at, Contact.version, named).where(_MEMBER).order_by(Contact.id)


def changed_since(moment: datetime) -> _Member:
    """Those that changed after that, or whose present company did."""
    return members().where(or_(Contact.updated_at > moment, _company_changed_after(moment)))


def with_ids(ids: Collection[UUID]) -> _Member:
    """Those of these that are members."""
    return members().where(Contact.id.in_(ids))


def merged_since(moment: datetime) -> Select[UUID, datetime]:
    """Id and beginning of those that became part of another one after that."""
    return select(Contact.id, Contact.created_at).where(~_MEMBER, Contact.updated_at > moment)


def deleted_since(moment: datetime) -> Select[UUID]:
    """Ids of those that were deleted or erased after that."""
    return select(ContactTombstone.contact_id).where(ContactTombstone.created_at > moment)


def last_changes() -> tuple[Select[Any], ...]:
    """When anything that a member shows was last changed."""
    changed = (Contact.updated_at, Company.updated_at, ContactTombstone.created_at)
    return tuple(select(func.max(column)) for column in changed)


def count_made_by(moment: datetime) -> Select[int]:
    """How many of the members were made by then."""
    return select(func.count(Contact.id)).where(_MEMBER, Contact.created_at <= moment)


def _company_changed_after(moment: datetime) -> Any:
    changed = select(Company.id).where(Company.updated_at > moment)
    return select(Employment.id).where(_AT_WORK, Employment.company_id.in_(changed)).correlate(Contact).exists()
