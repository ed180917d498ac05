"""Connections to CRMs, and what each of our objects is in each of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.crm.talk import Kind
from app.kit.clock import now
from app.kit.db import Base, Scoped


class ClosedReason(StrEnum):
    """Why nothing is pushed."""

    BY_USER = "by_user"
    FAILING = "failing"
    """It failed for days."""


class OnErasure(StrEnum):
    """What becomes of a contact in the CRM when it is erased here."""

    DELETE = "delete"
    KEEP = "keep"


class LinkStatus(StrEnum):
    """Where a push is on its way."""

    PENDING = "pending"
    WAITING = "waiting"
    """For the contact that a note is about."""
    PUSHED = "pushed"
    REFUSED = "refused"
    """The CRM does not take it as it is; the next change is tried again."""
    FAILED = "failed"
    """Every attempt of the schedule failed."""
    GONE = "gone"
    """There is nothing more to say of it; never seen outside of the transaction that deletes it."""


class Connection(Scoped, Base):
    """A CRM that an organization's contacts are brought to."""

    __tablename__ = "crm_connections"

    connector: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(100))
    url: Mapped[str] = mapped_column(Text)
    settings: Mapped[dict[str, Any]]
    sealed: Mapped[str] = mapped_column(Text)
    """The credentials as JSON, encrypted."""
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By kind, where it differs from the connector's: `{"contact": {"Email": "email"}}`."""
    companies: Mapped[bool] = mapped_column(default=True)
    """Whether companies are pushed."""
    notes: Mapped[bool] = mapped_column(default=True)
    """Whether exchanges are pushed as notes."""
    on_erasure: Mapped[OnErasure] = mapped_column(String(10), default=OnErasure.DELETE)
    prepared_at: Mapped[datetime | None]
    """When what the connector needs there was made."""
    max_per_second: Mapped[float | None]
    """Requests; null: what the CRM allows to everybody."""
    closed_reason: Mapped[ClosedReason | None] = mapped_column(String(10))
    closed_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    """First failure since the last success."""
    failures: Mapped[int] = mapped_column(default=0)
    """Failures since the last success."""
    paused_until: Mapped[datetime | None]
    """Nothing is sent before: it asked for that, or failed several times in a row."""
    last_error: Mapped[str | None] = mapped_column(String(100))
    """Stable code of the last failure."""
    tally: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How many pushes ended how, ever: `{"pushed": 120, "refused": 3}`."""
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=91)

    @property
    def is_open(self) -> bool:
        return self.closed_reason is None


class Link(Scoped, Base):
    """What one of our objects is in one CRM, and what the CRM is still owed of it.

    It names its object and yet does not depend on it: what was erased here has to be erased there as well.
    """

    __tablename__ = "crm_links"
    __table_args__ = (
        UniqueConstraint("connection_id", "kind", "object_id"),
        Index("ix_crm_links_due", "connection_id", "status", "kind", "next_at"),
    )

    connection_id: Mapped[UUID] = mapped_column(ForeignKey("crm_connections.id", ondelete="CASCADE"))
    kind: Mapped[Kind] = mapped_column(String(10))
    object_id: Mapped[UUID] = mapped_column(index=True)
    parent_id: Mapped[UUID | None] = mapped_column(index=True)
    """Of a note: the contact that it is about."""
    remote_id: Mapped[str | None] = mapped_column(String(200))
    """The CRM's id; null while it is not known."""
    is_ours: Mapped[bool] = mapped_column(default=False)
    """The record was made by a push, not found there."""
    status: Mapped[LinkStatus] = mapped_column(String(10), default=LinkStatus.PENDING)
    asked: Mapped[int] = mapped_column(default=1)
    """How often a push was asked for: one that was asked for while another was under way is not forgotten."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Since it was last asked for."""
    next_at: Mapped[datetime]
    """Of a pending one: when it is due. Of another: when it was settled."""
    error: Mapped[str | None] = mapped_column(String(100))
    """Stable code of what was wrong last."""
    detail: Mapped[str | None] = mapped_column(Text)
    """What the CRM said then, our values left out."""
    digest: Mapped[str | None] = mapped_column(String(64))
    """Of what was pushed last: what is the same is not sent again."""
    filled: Mapped[list[str]] = mapped_column(default=list)
    """The CRM's fields that have a value from us."""
    memory: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the connector keeps: ids of parts of the record."""
    pushed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=91)
