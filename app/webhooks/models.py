"""Endpoints and their secrets, messages, and what is owed to whom."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.clock import now
from app.kit.db import Base, Scoped


class DisabledReason(StrEnum):
    """Why an endpoint gets nothing."""

    BY_USER = "by_user"
    GONE = "gone"
    """It answered 410."""
    FAILING = "failing"
    """It failed for days."""


class DeliveryStatus(StrEnum):
    """Where a delivery is on its way."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Every attempt of the schedule failed."""


class Endpoint(Scoped, Base):
    """A URL that wants to know."""

    __tablename__ = "webhook_endpoints"

    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(String(200), default="")
    event_types: Mapped[list[str]]
    """Empty: all of them."""
    concurrency: Mapped[int] = mapped_column(default=4)
    """Deliveries under way at once."""
    max_per_second: Mapped[float | None]
    disabled_reason: Mapped[DisabledReason | None] = mapped_column(String(10))
    disabled_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    """First failure since the last success."""
    failures: Mapped[int] = mapped_column(default=0)
    """Failed attempts since the last success."""
    paused_until: Mapped[datetime | None]
    """Nothing is sent before: it failed several times in a row, or has its rate for now."""
    tally: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """How many attempts ended how, ever: `{"2xx": 120, "timeout": 3}`."""
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=91)

    secrets: Mapped[list[EndpointSecret]] = relationship(
        lazy="raise", order_by="EndpointSecret.id.desc()", passive_deletes=True
    )

    @property
    def is_enabled(self) -> bool:
        return self.disabled_reason is None

    def wants(self, event_type: str) -> bool:
        return not self.event_types or event_type in self.event_types


class EndpointSecret(Scoped, Base):
    """What an endpoint's deliveries are signed with. Two are live while one is being rotated out."""

    __tablename__ = "webhook_secrets"

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), index=True)
    sealed: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime | None]
    """Null: it is the present one."""


class Sequence(Scoped, Base):
    """How many messages there were about an object: later ones show a later state."""

    __tablename__ = "webhook_sequences"
    __table_args__ = (UniqueConstraint("organization_id", "object_id"),)

    object_id: Mapped[UUID]
    last: Mapped[int]


class Message(Scoped, Base):
    """One thing that happened, its body frozen. Its id is that of the job that announced it."""

    __tablename__ = "webhook_messages"

    type: Mapped[str] = mapped_column(String(50))
    object_id: Mapped[UUID] = mapped_column(index=True)
    sequence: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    """The very text that is signed and sent, as UTF-8."""

    @property
    def public_id(self) -> str:
        """What receivers know it by, in `webhook-id`."""
        return public_id(self.id)


def public_id(message_id: UUID) -> str:
    """`msg_` and 32 hexadecimal digits."""
    return f"msg_{message_id.hex}"


class Delivery(Scoped, Base):
    """A message owed to an endpoint."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "message_id"),
        Index("ix_webhook_deliveries_due", "endpoint_id", "status", "next_at"),
    )

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_messages.id", ondelete="CASCADE"), index=True)
    status: Mapped[DeliveryStatus] = mapped_column(String(10), default=DeliveryStatus.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    """Since it was last asked for: a replay starts anew."""
    next_at: Mapped[datetime]
    """Of a pending one: when it is due. Of another: when it was settled."""

    message: Mapped[Message] = relationship(lazy="raise")
    tries: Mapped[list[Attempt]] = relationship(lazy="raise", order_by="Attempt.id", passive_deletes=True)


class Attempt(Scoped, Base):
    """One try to deliver."""

    __tablename__ = "webhook_attempts"

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime]
    milliseconds: Mapped[int]
    status_code: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(String(50))
    """Stable code of why no status came."""
    response: Mapped[str] = mapped_column(Text)
    """Beginning of what was answered, at most 4 KB."""
