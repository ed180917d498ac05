"""Imports and what became of their rows."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.clock import now
from app.kit.db import Base, Personal, Scoped


class ImportState(StrEnum):
    """Where an import is on its way."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Import(Personal, Base):
    """A file of people that a user brings in."""

    __tablename__ = "imports"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    state: Mapped[ImportState] = mapped_column(String(10), default=ImportState.RUNNING)
    error: Mapped[str | None] = mapped_column(String(50))
    """Stable code of why nothing of it could be read."""
    format: Mapped[str] = mapped_column(String(10))
    preset: Mapped[str | None] = mapped_column(String(20))
    """Of CSV whose columns; null until the file says."""
    dry_run: Mapped[bool]
    source_file: Mapped[str | None] = mapped_column(String(120))
    """In the file store, until the import ends; null where a command reads a file of its own."""
    size: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    """Octets in all and done."""
    headers: Mapped[list[Any]] = mapped_column(default=list)
    """Of CSV: the separator and then the headers; empty until they were read."""
    rows: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=91)
    finished_at: Mapped[datetime | None]


class ImportReport(Scoped, Base):
    """What became of some rows of an import, a JSON object a line: ids and codes, no values."""

    __tablename__ = "import_reports"
    seen_through = ("import_id",)
    __table_args__ = (UniqueConstraint("import_id", "number"),)

    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    number: Mapped[int]
    lines: Mapped[str] = mapped_column(Text)
