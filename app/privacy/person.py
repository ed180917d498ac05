"""Who is meant by a contact: its ids, those of what it was once merged with, and the words that name the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.contacts import queries as contacts
from app.contacts.models import Contact, PointKind
from app.kit.db import Visibility
from app.privacy import queries

_TELLING = (PointKind.EMAIL, PointKind.PHONE, PointKind.SOCIAL)
_SHORTEST = 5
"""Letters. A shorter name is found in other words as well."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person, under every id they have here."""

    id: UUID
    ids: frozenset[UUID]
    """Of the contact and of those that became part of it."""
    mixed_with: frozenset[UUID]
    """Contacts that were parted from it again: what was said of them meanwhile told of the person too."""
    names: frozenset[str]
    told_ids: frozenset[UUID]
    """Of those of its contacts that everybody sees, or saw before they were withdrawn."""
    telling: frozenset[str]
    """Names of several words, addresses and numbers: where one of them stands, the person is meant."""


def person_of(session: Session, contact_id: UUID) -> Person:
    """Everything that a contact stands for."""
    ids = {contact_id}
    while more := set(session.scalars(queries.merged_into(ids))) - ids:
        ids |= more
    parted = {each for pair in session.execute(queries.once_merged_with(ids)) for each in pair} - ids
    found: Sequence[Contact] = session.scalars(contacts.whole(ids)).all()
    names = {contact.name for contact in found if contact.name}
    points = {point.value for contact in found for point in contact.points if point.kind in _TELLING}
    full = {name for name in names if len(name.split()) > 1 and len(name) >= _SHORTEST}
    return Person(
        id=contact_id,
        ids=frozenset(ids),
        mixed_with=frozenset(parted),
        names=frozenset(names),
        told_ids=frozenset(each.id for each in found if each.visibility == Visibility.TEAM or each.withdrawn_at),
        telling=frozenset(full | points),
    )
