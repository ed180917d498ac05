"""The trail: who saw and who changed what is said of people. Entries are only ever added.

An entry names things by their ids and what changed of them by the names of fields; it holds no value, so nothing of it
has to go when a person is erased. The database itself refuses to change an entry, and to delete one before its last day
unless the whole organization goes (triggers in `migrations/versions/0151_access_trail.py`).

Changes are noted as a session writes them and recorded in the same transaction; what is written without objects
(`session.execute(delete(...))`) has to be noted by hand. Reads are recorded by `app.audit.reading`, those of
commands by `record_shown`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Index, Select, String, event, insert, inspect, select, text
from sqlalchemy.orm import Mapped, Session, SessionTransaction, UOWTransaction, mapped_column

from app.kit.actor import NOBODY, Actor
from app.kit.clock import now
from app.kit.db import Base, OrganizationSession, Personal, Scoped, model_of
from app.kit.ids import new_id


class Action(StrEnum):
    """What somebody did."""

    READ = "read"
    LISTED = "listed"
    EXPORTED = "exported"
    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    ERASED = "erased"


class AuditEntry(Scoped, Base):
    """Somebody saw or changed something. `created_at` says when."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(
            "ix_audit_entries_object",
            "organization_id",
            "object_id",
            "id",
            sqlite_where=text("object_id IS NOT NULL"),
            postgresql_where=text("object_id IS NOT NULL"),
        ),
        Index("ix_audit_entries_user", "organization_id", "user_id", "id"),
    )

    user_id: Mapped[UUID | None]
    """Null where the service did it by itself, or whoever had a link."""
    key_id: Mapped[UUID | None]
    """The API key; null for whoever came by a login service."""
    program: Mapped[str | None] = mapped_column(String(100))
    """The reaction or chore that did it."""
    request_id: Mapped[UUID | None]
    action: Mapped[Action] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(30))
    """Of the object: `contact`, `scan`, …"""
    object_id: Mapped[UUID | None]
    """Null for a list."""
    audience_id: Mapped[UUID]
    """Who sees the object, at that time: the organization's id or that of one user."""
    fields: Mapped[list[str]]
    """Names of what was changed, or of the part that was read."""
    count: Mapped[int | None]
    """Rows that a list showed."""
    keep_until: Mapped[date | None] = mapped_column(index=True)
    """The last day on which nobody can delete it; null: for ever."""


KINDS = {
    "contacts": "contact",
    "scans": "scan",
    "imports": "import",
    "users": "user",
    "api_keys": "api_key",
    "identities": "login",
    "invitations": "invitation",
    "organizations": "organization",
    "policies": "privacy_policy",
    "webhook_endpoints": "webhook_endpoint",
    "crm_connections": "crm_connection",
}
"""What an object is called, by its table: people, those who may see them, and where they are sent."""
PARTS = {
    "employments": ("contacts", "contact_id"),
    "contact_points": ("contacts", "contact_id"),
    "contact_tags": ("contacts", "contact_id"),
    "contact_notes": ("contacts", "contact_id"),
    "contact_external_ids": ("contacts", "contact_id"),
    "contact_pictures": ("contacts", "contact_id"),
    "exchanges": ("contacts", "contact_id"),
    "introductions": ("contacts", "contact_id"),
    "wins": ("contacts", "contact_id"),
    "cards": ("scans", "scan_id"),
}
"""Tables whose rows are parts of an object: its table, and the column that names it."""
_BY_USERS_ONLY = {"webhook_endpoints", "crm_connections"}
"""Their rows also keep account of what is sent, which is no change that anybody made."""
_SILENT = {
    "version",
    "updated_at",
    "last_used_at",
    "search",
    "remarks",
    "sort_key",
    "name_key",
    "provenance",
    "confidence",
}
"""Columns that follow from others."""


@dataclass(slots=True)
class _Noted:
    action: Action
    fields: set[str] = field(default_factory=set)
    audience_id: UUID | None = None


_Trail = dict[tuple[str, UUID], _Noted]
"""What a transaction did so far, by table and id."""


def note(session: Session, action: Action, table: str, object_id: UUID, fields: Iterable[str] = ()) -> None:
    """Let the transaction record that it did this."""
    _note(session, action, table, object_id, fields, _audience_now(session, table, object_id))


def record_shown(
    session: Session, action: Action, kind: str, *, count: int | None = None, part: str | None = None
) -> None:
    """Record that things of a kind are shown to whoever acts; of requests `app.audit.reading` does so.

    Nothing may be shown before the transaction is committed.
    """
    organization_id: UUID = session.info["organization_id"]
    entry = about(organization_id, _actor(session), kept_until(session, organization_id))
    seen = {"id": new_id(), "action": action, "kind": kind, "object_id": None, "audience_id": organization_id}
    said = {"fields": [part] if part else [], "count": count}
    session.execute(insert(AuditEntry), [entry | seen | said])


def _note(
    session: Session, action: Action, table: str, object_id: UUID, fields: Iterable[str], audience_id: UUID | None
) -> None:
    trail: _Trail = session.info.setdefault("trail", {})
    noted = trail.setdefault((table, object_id), _Noted(action))
    if action is not Action.CHANGED and noted.action is not Action.ERASED:
        noted.action = action
    noted.fields |= set(fields)
    noted.audience_id = audience_id or noted.audience_id


@event.listens_for(OrganizationSession, "after_flush")
def note_changes(session: Session, _flush: UOWTransaction) -> None:
    """Note what the session has just written."""
    for rows, action in (
        (session.new, Action.CREATED),
        (session.dirty, Action.CHANGED),
        (session.deleted, Action.DELETED),
    ):
        for row in rows:
            _note_row(session, action, row)


def _note_row(session: Session, action: Action, row: Any) -> None:
    table: str = row.__tablename__
    if table in _BY_USERS_ONLY and _actor(session).user_id is None:
        return
    if table in KINDS:
        fields = _changed(row) if action is Action.CHANGED else ()
        if fields or action is not Action.CHANGED:
            _note(session, action, table, row.id, fields, row.audience_id if isinstance(row, Personal) else None)
    elif table in PARTS and (action is not Action.CHANGED or _changed(row)):
        whole, column = PARTS[table]
        if getattr(row, column) is not None:
            _note(session, Action.CHANGED, whole, getattr(row, column), [table.removeprefix("contact_")], None)


def _changed(row: Any) -> list[str]:
    state = inspect(row)
    names = (column.key for column in state.mapper.column_attrs if column.key not in _SILENT)
    return [name for name in names if state.attrs[name].history.has_changes()]


@event.listens_for(OrganizationSession, "before_commit")
def _record(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    trail: _Trail = session.info.pop("trail", {})
    if trail:
        session.execute(insert(AuditEntry), list(_entries(session, trail)))


@event.listens_for(OrganizationSession, "after_transaction_create")
def _remember(session: Session, transaction: SessionTransaction) -> None:
    """What a savepoint takes back did not happen; what came before it did."""
    if transaction.nested:
        trail: _Trail = session.info.get("trail", {})
        kept = {key: replace(noted, fields=set(noted.fields)) for key, noted in trail.items()}
        session.info.setdefault("trails", {})[transaction] = kept


@event.listens_for(OrganizationSession, "after_soft_rollback")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    trails: dict[SessionTransaction, _Trail] = session.info.get("trails", {})
    ended: SessionTransaction | None = transaction
    while ended is not None and ended not in trails:  # a flush that failed ends the savepoint around it
        ended = ended.parent
    session.info["trail"] = trails[ended] if ended is not None else {}


@event.listens_for(OrganizationSession, "after_transaction_end")
def _settle(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop("trails", None)


def _entries(session: Session, trail: _Trail) -> Iterator[dict[str, Any]]:
    organization_id: UUID = session.info["organization_id"]
    common = about(organization_id, _actor(session), kept_until(session, organization_id))
    known = _audiences(session, trail)
    for (table, object_id), noted in trail.items():
        yield common | {
            "id": new_id(),
            "action": noted.action,
            "kind": KINDS[table],
            "object_id": object_id,
            "audience_id": known.get(object_id) or noted.audience_id or organization_id,
            "fields": sorted(noted.fields),
        }


def about(organization_id: UUID, actor: Actor, keep_until: date | None) -> dict[str, Any]:
    """What entries that are recorded now have in common."""
    return {
        "organization_id": organization_id,
        "created_at": now(),
        "user_id": actor.user_id,
        "key_id": actor.key_id,
        "program": actor.program,
        "request_id": _request_id(),
        "count": None,
        "keep_until": keep_until,
    }


def _actor(session: Session) -> Actor:
    actor: Actor = session.info.get("actor", NOBODY)
    return actor


def _request_id() -> UUID | None:
    bound = structlog.contextvars.get_contextvars().get("request_id")
    return UUID(bound) if bound else None


def last_day(days: int) -> date | None:
    """The last day of an entry that is kept for so many days; 0: for ever."""
    return now().date() + timedelta(days=days) if days else None


def kept_until(session: Session, organization_id: UUID) -> date | None:
    """The last day of an entry that an organization's users cause now."""
    organizations = Base.metadata.tables["organizations"]
    days = session.scalar(select(organizations.c.audit_days).where(organizations.c.id == organization_id))
    return last_day(days or 0)


def _audiences(session: Session, trail: Mapping[tuple[str, UUID], _Noted]) -> dict[UUID, UUID]:
    """Who sees those objects now that are still there and do not belong to everybody."""
    found: dict[UUID, UUID] = {}
    for table in sorted({table for table, _ in trail}):
        columns = Base.metadata.tables[table].c
        if "audience_id" in columns:
            ids = [object_id for kind, object_id in trail if kind == table]
            for first in range(0, len(ids), 500):
                some = select(columns.id, columns.audience_id).where(columns.id.in_(ids[first : first + 500]))
                found |= dict(session.execute(some).all())
    return found


def _audience_now(session: Session, table: str, object_id: UUID) -> UUID | None:
    return session.scalar(audience_of(table, object_id))


def audience_of(table: str, object_id: UUID) -> Select[UUID]:
    """Who sees a row: itself or what it is seen through says so; of what belongs to everybody, the organization."""
    start = Base.metadata.tables[table]
    model, where = model_of(start), start.c.id == object_id
    rows: Any = start
    source: Any = start
    while not issubclass(model, Personal) and model.seen_through:
        [key] = rows.c[model.seen_through[0]].foreign_keys
        parent = key.column.table.alias()
        source = source.join(parent, parent.c.id == rows.c[model.seen_through[0]])
        model, rows = model_of(key.column.table), parent
    audience = rows.c.audience_id if issubclass(model, Personal) else rows.c.organization_id
    return select(audience).select_from(source).where(where)
