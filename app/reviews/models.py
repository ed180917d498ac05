"""A card that a person should look at."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.db import Base, Scoped
from app.scans.models import Card


class ReviewState(StrEnum):
    """Where a review is."""

    OPEN = "open"
    RESOLVED = "resolved"
    SKIPPED = "skipped"
    """Put aside; it can still be resolved."""


class Review(Scoped, Base):
    """A card that a person should look at; it goes with the card, and whoever sees the card sees it."""

    __tablename__ = "reviews"
    seen_through = ("card_id",)
    __table_args__ = (Index("ix_reviews_state", "organization_id", "state", "id"),)

    card_id: Mapped[UUID] = mapped_column(ForeignKey("cards.id", ondelete="CASCADE"), unique=True)
    reasons: Mapped[list[str]]
    state: Mapped[ReviewState] = mapped_column(String(10))
    claimed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    claimed_until: Mapped[datetime | None]
    resolved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    resolved_at: Mapped[datetime | None]
    printed: Mapped[dict[str, Any]]
    """What is on the card, as a person confirmed or corrected it; empty until then."""

    card: Mapped[Card] = relationship(lazy="raise")
