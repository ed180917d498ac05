"""Selects over the trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Delete, Select, delete, select

from app.auth.models import Organization
from app.kit.ids import first_id_at
from app.kit.trail import Action, AuditEntry


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; None: any."""

    kind: str | None = None
    object_id: UUID | None = None
    user_id: UUID | None = None
    action: Action | None = None
    since: datetime | None = None
    before: datetime | None = None


def entries(wanted: Wanted, organization_id: UUID, reader_id: UUID) -> Select[AuditEntry]:
    """Those that are wanted. Who asks for one object finds entries of what they might see themselves."""
    found = select(AuditEntry)
    for name in ("kind", "user_id", "action"):
        if getattr(wanted, name) is not None:
            found = found.where(getattr(AuditEntry, name) == getattr(wanted, name))
    if wanted.object_id is not None:
        seen = AuditEntry.audience_id.in_((organization_id, reader_id))
        found = found.where(AuditEntry.object_id == wanted.object_id, seen)
    if wanted.since is not None:
        found = found.where(AuditEntry.id >= first_id_at(wanted.since))
    if wanted.before is not None:
        found = found.where(AuditEntry.id < first_id_at(wanted.before))
    return found


def over(day: date, limit: int) -> Delete:
    """Deletes some entries of the organization whose last day was before `day`."""
    some = select(AuditEntry.id).where(AuditEntry.keep_until < day).limit(limit)
    return delete(AuditEntry).where(AuditEntry.id.in_(some)).execution_options(synchronize_session=False)


def organizations() -> Select[UUID]:
    """Every organization there is."""
    return select(Organization.id).order_by(Organization.id)
