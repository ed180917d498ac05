"""An organization's policy; where it says nothing, the settings of the service hold."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.clock import now
from app.kit.db import Base, Scoped


class Policy(Scoped, Base):
    """What an organization says itself; null: what the settings say."""

    __tablename__ = "policies"
    __table_args__ = (Index("uq_policies_organization_id", "organization_id", unique=True),)

    controller: Mapped[str | None] = mapped_column(String(300))
    """Name and address of who is responsible."""
    contact: Mapped[str | None] = mapped_column(String(300))
    """Where people write to about their data."""
    purpose: Mapped[str | None] = mapped_column(Text)
    legal_basis: Mapped[str | None] = mapped_column(Text)
    recipients: Mapped[str | None] = mapped_column(Text)
    contact_days: Mapped[int | None]
    """A contact that was not met or changed for so long is erased; 0: never."""
    photo_days: Mapped[int | None]
    """Photos and crops are deleted when so old; 0: never."""
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=91)
