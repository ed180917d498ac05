"""Exchanges: the edges between two people and two companies; and the events at which people met."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.clock import now
from app.kit.db import Base, Identified, Personal, Scoped


class Direction(StrEnum):
    """Which cards changed hands."""

    MUTUAL = "mutual"
    RECEIVED = "received"
    GIVEN = "given"


class MetEvent(Personal, Base):
    """An event at which people were met: a trade fair, a chamber evening, or a place on one day.

    Its audience is that of the contacts who were met there: what is private is gathered apart.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_days", "organization_id", "starts_at"),
        Index("ix_events_audience", "audience_id", "id"),
        CheckConstraint("starts_at <= ends_at", name="days"),
    )

    name: Mapped[str | None] = mapped_column(String(200))
    """As somebody called it; null where several were met at one place and nobody said what that was."""
    key: Mapped[str] = mapped_column(String(200))
    """The name as it is compared; empty without one."""
    place: Mapped[str | None] = mapped_column(String(200))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    """Of the first photo that said so, degrees (WGS 84)."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """Of the first and of the last card."""
    version: Mapped[int] = mapped_column()
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=91)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Exchange(Scoped, Base):
    """A user met a contact."""

    __tablename__ = "exchanges"
    seen_through = ("contact_id",)
    __table_args__ = (
        Index("ix_exchanges_met", "organization_id", "met_at"),
        Index("ix_exchanges_event", "organization_id", "event", "contact_id"),
        Index("ix_exchanges_users", "user_id", "met_at", "company_id"),
        Index("ix_exchanges_companies", "company_id", "user_id", "met_at"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"))
    """The contact's company at that time."""
    scan_id: Mapped[UUID | None] = mapped_column(ForeignKey("scans.id", ondelete="SET NULL"), index=True)
    card_id: Mapped[UUID | None] = mapped_column(ForeignKey("cards.id", ondelete="SET NULL"), unique=True)
    """The contact's card; one card is one exchange."""
    own_card_id: Mapped[UUID | None] = mapped_column(ForeignKey("cards.id", ondelete="SET NULL"))
    """The user's own card, where both were photographed."""
    direction: Mapped[Direction] = mapped_column(String(10))
    met_at: Mapped[datetime]
    """Never later than the photo was uploaded."""
    event: Mapped[str | None] = mapped_column(String(200))
    """What the user called it."""
    place: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("events.id", ondelete="SET NULL"), index=True)
    """The event that it was at, as the user said or as place and time tell."""
    version: Mapped[int] = mapped_column(server_default=text("1"))

    met_event: Mapped[MetEvent | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ProvenDomain(Identified, Base):
    """A mail domain that the operator of the server knows to be an organization's; nobody else can claim it."""

    __tablename__ = "proven_domains"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    domain: Mapped[str] = mapped_column(String(253), unique=True)


class ConfirmationPolicy(Scoped, Base):
    """Whether an organization lets other organizations' users learn that a card they gave was photographed."""

    __tablename__ = "confirmation_policies"
    __table_args__ = (UniqueConstraint("organization_id"),)

    confirms: Mapped[bool]


class Handshake(Identified, Base):
    """One half of a meeting, where the other organization's half can find it, for as long as it may come.

    It names nobody: `key` and `wanted` are digests of who scanned whom, in either order.
    """

    __tablename__ = "handshakes"
    __table_args__ = (UniqueConstraint("exchange_id", "key"), Index("ix_handshakes_key", "key"))

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    exchange_id: Mapped[UUID] = mapped_column(ForeignKey("exchanges.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    wanted: Mapped[str] = mapped_column(String(64))
    met_at: Mapped[datetime] = mapped_column(index=True)
