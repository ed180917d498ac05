"""What contacts announce."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kit.events import Event


@dataclass(frozen=True, slots=True)
class ContactCreated(Event):
    """A person that was not known before."""

    contact_id: UUID


@dataclass(frozen=True, slots=True)
class ContactsMerged(Event):
    """Two contacts became one."""

    merge_id: UUID


@dataclass(frozen=True, slots=True)
class ContactsParted(Event):
    """A merge was undone."""

    merge_id: UUID


@dataclass(frozen=True, slots=True)
class ContactShared(Event):
    """What one user saw alone, everybody in the organization sees now."""

    contact_id: UUID


@dataclass(frozen=True, slots=True)
class ContactWithdrawn(Event):
    """What everybody saw, its owner sees alone now."""

    contact_id: UUID


@dataclass(frozen=True, slots=True)
class ContactUpdated(Event):
    """Something about a known person changed: a value, an employment, a review."""

    contact_id: UUID


@dataclass(frozen=True, slots=True)
class ContactDeleted(Event):
    """A person is not kept any more."""

    contact_id: UUID


@dataclass(frozen=True, slots=True)
class ContactErased(Event):
    """A person was erased: nothing is known of this id any more."""

    contact_id: UUID


@dataclass(frozen=True, slots=True)
class JobChanged(Event):
    """A card showed a person in another job than the one that they had."""

    contact_id: UUID
    began_id: UUID
    ended_id: UUID


@dataclass(frozen=True, slots=True)
class HandoverDue(Event):
    """What a user who was deactivated kept private goes to somebody else."""

    user_id: UUID
    to_user_id: UUID
