"""Scans, their cards, and the fields and logo regions of those."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.db import Base, Personal, Scoped


class ScanStatus(StrEnum):
    """Where a scan is on its way."""

    QUEUED = "queued"
    READ = "read"
    """Its cards are known, its contacts not yet."""
    DONE = "done"
    NO_CARD = "no_card"
    FAILED = "failed"


DELETED = ""
"""Stands for the key of a picture that was there and is no more."""

FINISHED = (ScanStatus.DONE, ScanStatus.NO_CARD, ScanStatus.FAILED)


class Scan(Personal, Base):
    """One uploaded photo, or two of the same card: front and back."""

    __tablename__ = "scans"
    __table_args__ = (Index("ix_scans_audience", "audience_id", "id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    status: Mapped[ScanStatus] = mapped_column(String(10), default=ScanStatus.QUEUED)
    error: Mapped[str | None] = mapped_column(String(50))
    """Stable code of why it failed."""
    front_file: Mapped[str] = mapped_column(String(120))
    back_file: Mapped[str | None] = mapped_column(String(120))
    event: Mapped[str | None] = mapped_column(String(200))
    place: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)
    captured_at: Mapped[datetime]
    client_id: Mapped[str | None] = mapped_column(String(200))
    latitude: Mapped[float | None]
    """Of where the photo was taken, as the client says on purpose; degrees, WGS 84."""
    longitude: Mapped[float | None]
    mutual: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The client says that both gave a card."""
    engine: Mapped[str | None] = mapped_column(String(50))
    width: Mapped[int | None]
    height: Mapped[int | None]
    """Of the upright front photo, pixels."""
    seconds: Mapped[float | None]
    """What the reading took."""
    finished_at: Mapped[datetime | None]

    @property
    def photo_expired(self) -> bool:
        """Whether its photo was deleted: its time was over, or somebody on it was erased."""
        return self.front_file == DELETED

    cards: Mapped[list[Card]] = relationship(
        lazy="raise",
        back_populates="scan",
        order_by="Card.position",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )


class Card(Scoped, Base):
    """One card found in a scan."""

    __tablename__ = "cards"
    seen_through = ("scan_id",)
    __table_args__ = (UniqueConstraint("scan_id", "position"),)

    scan_id: Mapped[UUID] = mapped_column(ForeignKey("scans.id", ondelete="CASCADE"))
    position: Mapped[int]
    contact_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("contacts.id", ondelete="SET NULL"), index=True, info={"agreeing": 10}
    )
    quad: Mapped[list[Any]]
    """Corners in fractions of the front photo, top left first as the card reads upright."""
    quad_confidence: Mapped[float]
    turn: Mapped[int]
    image_file: Mapped[str] = mapped_column(String(120))
    """The flattened card, JPEG."""
    image_hash: Mapped[str | None] = mapped_column(String(64))
    """Perceptual hash of that picture, by which a card is known that was photographed before."""
    lines: Mapped[list[Any]]
    quality: Mapped[dict[str, Any]]
    review: Mapped[list[str]]
    """Why a person should look; empty when nobody needs to."""

    scan: Mapped[Scan] = relationship(lazy="raise", back_populates="cards")
    fields: Mapped[list[CardField]] = relationship(
        lazy="raise", order_by="CardField.position", cascade="all, delete-orphan", passive_deletes=True
    )
    logos: Mapped[list[CardLogo]] = relationship(
        lazy="raise", order_by="CardLogo.position", cascade="all, delete-orphan", passive_deletes=True
    )


class CardField(Scoped, Base):
    """One value on a card."""

    __tablename__ = "card_fields"
    seen_through = ("card_id",)
    __table_args__ = (UniqueConstraint("card_id", "position"),)

    card_id: Mapped[UUID] = mapped_column(ForeignKey("cards.id", ondelete="CASCADE"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    side: Mapped[str] = mapped_column(String(5))
    """`front` or `back`: the photo that `polygon` is in."""
    value: Mapped[str] = mapped_column(Text)
    raw: Mapped[str] = mapped_column(Text)
    confidence: Mapped[float]
    polygon: Mapped[list[Any]]
    source: Mapped[str] = mapped_column(String(60))
    type: Mapped[str | None] = mapped_column(String(20))
    extension: Mapped[str | None] = mapped_column(String(20))
    repairs: Mapped[list[str]]
    alternatives: Mapped[list[Any]]


class CardLogo(Scoped, Base):
    """One logo region on a card."""

    __tablename__ = "card_logos"
    seen_through = ("card_id",)
    __table_args__ = (UniqueConstraint("card_id", "position"),)

    card_id: Mapped[UUID] = mapped_column(ForeignKey("cards.id", ondelete="CASCADE"))
    position: Mapped[int]
    side: Mapped[str] = mapped_column(String(5))
    polygon: Mapped[list[Any]]
    confidence: Mapped[float]
    hash: Mapped[str] = mapped_column(String(128), index=True)
    image_file: Mapped[str] = mapped_column(String(120))
