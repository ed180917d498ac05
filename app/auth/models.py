"""Organizations, their users, and the users' API keys."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.db import Base, Identified, Scoped, Visibility


class Role(StrEnum):
    """What a user may do."""

    MEMBER = "member"
    ADMIN = "admin"


class Organization(Identified, Base):
    """A tenant: the home company and its users."""

    __tablename__ = "organizations"

    name: Mapped[str] = mapped_column(String(200))
    region: Mapped[str] = mapped_column(String(2))
    """ISO 3166 country that a phone number without one belongs to."""
    default_visibility: Mapped[Visibility] = mapped_column(String(10), default=Visibility.TEAM)
    """Of what a user brings in without saying whom it is for."""


class User(Scoped, Base):
    """A rep or administrator of an organization."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("organization_id", "email"),)

    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[Role] = mapped_column(String(10))


class ApiKey(Scoped, Base):
    """Lets a program act as a user. Only the digest of the key is kept."""

    __tablename__ = "api_keys"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(20), unique=True)
    """The public beginning, by which a key is found and told apart."""
    digest: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[str] | None]
    """What it is good for; null for everything that its user may do."""
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="raise")
