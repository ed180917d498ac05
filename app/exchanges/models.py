"""Exchanges: the edges between two people and two companies."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Scoped


class Direction(StrEnum):
    """Which cards changed hands."""

    MUTUAL = "mutual"
    RECEIVED = "received"
    GIVEN = "given"


class Exchange(Scoped, Base):
    """A user met a contact."""

    __tablename__ = "exchanges"
    seen_through = ("contact_id",)
    __table_args__ = (Index("ix_exchanges_met", "organization_id", "met_at"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"), index=True)
    """The contact's company at that time."""
    scan_id: Mapped[UUID | None] = mapped_column(ForeignKey("scans.id", ondelete="SET NULL"), index=True)
    card_id: Mapped[UUID | None] = mapped_column(ForeignKey("cards.id", ondelete="SET NULL"), unique=True)
    """The contact's card; one card is one exchange."""
    own_card_id: Mapped[UUID | None] = mapped_column(ForeignKey("cards.id", ondelete="SET NULL"))
    """The user's own card, where both were photographed."""
    direction: Mapped[Direction] = mapped_column(String(10))
    met_at: Mapped[datetime]
    event: Mapped[str | None] = mapped_column(String(200))
    place: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)
