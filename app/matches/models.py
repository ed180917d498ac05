"""Matches between two reps, who may belong to two organizations, and the sealed messages that wait for the other end.

A match lies between organizations, so it is no `Scoped` row. A rep's right to see it is: a `Seat`, in the rep's own
organization. Every query for a match goes through the caller's seat, and what only one side may know is kept in it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.clock import now
from app.kit.db import Base, Identified, Scoped
from app.matches.terms import Band, Depth, Reason, Side, State, Step


class Match(Identified, Base):
    """Two reps find what their books share. What both may see of it."""

    __tablename__ = "matches"
    __table_args__ = (Index("ix_matches_upkeep", "state", "expires_at"),)

    proposed_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    joined_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    state: Mapped[State] = mapped_column(String(20), default=State.PROPOSED)
    depth: Mapped[Depth] = mapped_column(String(10))
    """How far both want to go at most."""
    band: Mapped[Band | None] = mapped_column(String(5))
    """How much is shared, once both ends have found the same."""
    token_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    """SHA-256 of the token that opens the invitation, in hex; null once it was used."""
    expires_at: Mapped[datetime]
    """When the match ends by itself."""
    accepted_at: Mapped[datetime | None]
    """When both agreed: from then on it counts."""
    confirmed_at: Mapped[datetime | None]
    """When both had found the same accounts."""
    ended_at: Mapped[datetime | None]
    reason: Mapped[Reason | None] = mapped_column(String(20))
    """Why it ended."""

    sides: Mapped[list[MatchSide]] = relationship(lazy="raise", order_by="MatchSide.side", passive_deletes=True)


class MatchSide(Identified, Base):
    """One of the two reps of a match, as the other may see them, and what they have said."""

    __tablename__ = "match_sides"
    __table_args__ = (UniqueConstraint("match_id", "side"),)

    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"))
    side: Mapped[Side] = mapped_column(String(1))
    relations: Mapped[list[str]]
    """Which accounts of this side take part."""
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    """Null until somebody has joined."""
    in_organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organizations.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    organization_name: Mapped[str | None] = mapped_column(String(200))
    size: Mapped[int | None]
    """Of the padded list; null until this side has accepted."""
    accepted_at: Mapped[datetime | None]
    limits: Mapped[dict[str, Any] | None]
    """What this side allows, as it was when it accepted; never shown to the other."""
    band: Mapped[Band | None] = mapped_column(String(5))
    """What this end has found."""
    goes_to: Mapped[Depth] = mapped_column(String(10), default=Depth.BAND)
    """How far this side has agreed to go."""
    digest: Mapped[str | None] = mapped_column(String(64))
    """Of the shared accounts this end has found, under a key that the server has not."""
    done_at: Mapped[datetime | None]


class Seat(Scoped, Base):
    """A user takes part in a match: nobody without a seat finds it."""

    __tablename__ = "match_seats"
    __table_args__ = (UniqueConstraint("match_id", "side"), UniqueConstraint("match_id", "user_id"))

    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    side: Mapped[Side] = mapped_column(String(1))
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    """The other rep, as this organization knows them."""


class MatchMessage(Identified, Base):
    """A sealed message that waits for the other end. Deleted when its round is over."""

    __tablename__ = "match_messages"
    __table_args__ = (UniqueConstraint("match_id", "side", "step"),)

    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"))
    side: Mapped[Side] = mapped_column(String(1))
    """Who sent it."""
    step: Mapped[Step] = mapped_column(String(10))
    body: Mapped[bytes] = mapped_column(LargeBinary)


class MatchMove(Identified, Base):
    """A match went from one state to another."""

    __tablename__ = "match_moves"

    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"), index=True)
    before: Mapped[State | None] = mapped_column(String(20))
    after: Mapped[State] = mapped_column(String(20))
    side: Mapped[Side | None] = mapped_column(String(1))
    """Whose word was the last; null when time ran out."""
    reason: Mapped[Reason] = mapped_column(String(20))


class MatchPolicy(Scoped, Base):
    """What a rep, or the whole organization, allows of matching."""

    __tablename__ = "match_policies"
    __table_args__ = (UniqueConstraint("organization_id", "holder_id"),)

    holder_id: Mapped[UUID]
    """The user's id, or the organization's."""
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    enabled: Mapped[bool]
    relations: Mapped[list[str]]
    depth: Mapped[Depth] = mapped_column(String(10))
    least_accounts: Mapped[int]
    largest_size: Mapped[int]
    monthly: Mapped[int]
    cool_down_days: Mapped[float]
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=91)
