"""The record that somebody was erased, which names nobody."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Scoped


class Reason(StrEnum):
    """Why somebody was erased."""

    REQUESTED = "requested"
    RETENTION = "retention"
    """The time was over for which the data was to be held."""


class Erasure(Scoped, Base):
    """A contact was erased at `created_at`."""

    __tablename__ = "erasures"
    __table_args__ = (UniqueConstraint("organization_id", "contact_id"),)

    contact_id: Mapped[UUID]
    """What it was; nothing has this id any more."""
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """Who asked for it."""
    reason: Mapped[Reason] = mapped_column(String(10))
    counts: Mapped[dict[str, Any]]
    """How many things went, by kind."""
    files: Mapped[list[str]]
    """Keys of files that are still to be deleted."""
    finished_at: Mapped[datetime | None]
    """When the files, and what the database had kept of deleted rows, were gone too."""
