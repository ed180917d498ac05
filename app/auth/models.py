"""Organizations, their users, the users' API keys and logins, and who is invited."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.clock import now
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
    audit_days: Mapped[int] = mapped_column(default=1095, server_default="1095")
    """How long it is kept who saw and changed what; 0: for ever."""
    version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[datetime | None] = mapped_column(onupdate=now, sort_order=91)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class User(Scoped, Base):
    """A rep or administrator of an organization."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("organization_id", "email"),)

    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[Role] = mapped_column(String(10))
    deactivated_at: Mapped[datetime | None]
    """Since then no key and no login of theirs is good for anything; what they brought in stays."""


class Identity(Scoped, Base):
    """A login at an issuer of bearer tokens that is a user's. One login is one user's, in one organization."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))

    user: Mapped[User] = relationship(lazy="raise")


class Invitation(Scoped, Base):
    """Somebody who may become a user. Only the digest of the token is kept, and it is good for once."""

    __tablename__ = "invitations"
    __table_args__ = (
        Index(
            "uq_invitations_open",
            "organization_id",
            "email",
            unique=True,
            sqlite_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
            postgresql_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
        ),
        Index("ix_invitations_email", "email"),
    )

    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """Who they became."""
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


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
