"""Pairs of companies, the evidence for a tie between them, and every move of their state."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.alliances.terms import AgreementKind, Answer, Decision, Favour, Kind, Outcome, Side, State
from app.companies.models import Company
from app.kit.clock import now
from app.kit.db import Base, Personal, Scoped


class Alliance(Personal, Base):
    """A candidate: two companies, stored once, the smaller id first."""

    __tablename__ = "alliances"
    __table_args__ = (
        UniqueConstraint("company_a_id", "company_b_id"),
        CheckConstraint("company_a_id < company_b_id", name="order"),
        Index("ix_alliances_ranking", "organization_id", "score", "id"),
        Index("ix_alliances_audience", "audience_id", "score", "id"),
        Index("ix_alliances_ageing", "organization_id", "scored_on"),
        Index("ix_alliances_covered", "organization_id", "coverage", "id"),
        Index("ix_alliances_recent", "organization_id", "last_evidence_at", "id"),
    )

    # The home company has a pair with nearly every other: by both ends a pair is found, hardly by one.
    company_a_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), info={"agreeing": 1000})
    company_b_id: Mapped[UUID] = mapped_column(
        ForeignKey("companies.id", ondelete="CASCADE"), index=True, info={"agreeing": 1000}
    )
    state: Mapped[State] = mapped_column(String(15), default=State.AWARE)
    score: Mapped[float] = mapped_column(default=0.0)
    """0..100."""
    coverage: Mapped[float] = mapped_column(default=0.0)
    """Share of the score's weights, 0..1, that rests on evidence."""
    parts: Mapped[list[Any]] = mapped_column(default=list)
    """`{"name", "points", "max", "known"}` of each part; what they rest on follows from the evidence."""
    conflicts: Mapped[list[str]] = mapped_column(default=list)
    """Stable codes of what speaks against the pair."""
    model_version: Mapped[str] = mapped_column(String(20))
    """Of the weights that made the score."""
    scored_on: Mapped[date]
    """The score is as of the beginning of this day, UTC: the same evidence scores the same all day."""
    last_evidence_at: Mapped[datetime | None]
    """Of evidence and shared accounts; null when nothing is left of either."""
    informal_by_choice: Mapped[bool] = mapped_column(default=False)
    """It works without paper, and nobody should ask for any."""
    decision: Mapped[Decision | None] = mapped_column(String(10))
    """What a person decided and has not taken back."""
    decided_at: Mapped[datetime | None]
    """When a person last decided anything about the pair."""
    proposed_kind: Mapped[AgreementKind | None] = mapped_column(String(30))
    """The agreement that was proposed."""
    declared_competitors: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A person said that the two compete, whatever their categories are."""
    matched_worth: Mapped[float] = mapped_column(default=0.0, server_default="0")
    """Of the best private match of two books, as of the epoch of the scores."""
    announced_score: Mapped[float] = mapped_column(default=0.0)
    """The score when it was last announced."""
    shared_worth: Mapped[float] = mapped_column(default=0.0, server_default="0")
    """Sum of worth times idf of the accounts that are kept for the pair."""
    shared_count: Mapped[int] = mapped_column(default=0, server_default="0")
    shared_both: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many of them both sides have confirmed."""
    shared_at: Mapped[datetime | None]
    """When the last of them was last confirmed."""
    books_read_on: Mapped[date | None]
    """When both books were last read in full; what changed since was followed account by account."""
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=91)

    company_a: Mapped[Company] = relationship(lazy="raise", foreign_keys=company_a_id)
    company_b: Mapped[Company] = relationship(lazy="raise", foreign_keys=company_b_id)


class SharedAccountRow(Base):
    """An account that both companies of a pair sell into, kept so that neither's whole book need be read again.

    It says nothing that the accounts do not say, and is made anew from them.
    """

    __tablename__ = "shared_accounts"
    __table_args__ = (
        Index("ix_shared_accounts_account_id", "account_id", "alliance_id"),
        {"sqlite_with_rowid": False},
    )

    alliance_id: Mapped[UUID] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The customer."""
    worth: Mapped[float]
    """Of its best match, as of the model's epoch."""
    idf: Mapped[float]
    confirmed_at: Mapped[datetime]
    by_both: Mapped[bool]


class CompanyBuyers(Base):
    """The industries that a company is known to sell into, as its pairs were last scored with."""

    __tablename__ = "company_buyers"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True)
    industries: Mapped[list[str]]
    """As they are compared, in order."""


class Evidence(Scoped, Base):
    """One dated reason for a tie between the two companies of a pair. Scoring ages it and never deletes it."""

    __tablename__ = "evidence"
    seen_through = ("alliance_id",)
    __table_args__ = (
        UniqueConstraint("alliance_id", "source_key"),
        Index("ix_evidence_timeline", "alliance_id", "at"),
        Index("ix_evidence_kinds", "alliance_id", "kind", "at"),
        Index("ix_evidence_source_key", "source_key"),
    )

    # Large partners have much of it, a contact or an exchange a piece or two.
    alliance_id: Mapped[UUID] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), info={"agreeing": 100})
    kind: Mapped[Kind] = mapped_column(String(20))
    at: Mapped[datetime]
    giver: Mapped[Side | None] = mapped_column(String(1))
    """Of an introduction or referral who gave it, of a win who is credited."""
    confidence: Mapped[float] = mapped_column(default=1.0)
    """Of the source, 0..1."""
    source: Mapped[str] = mapped_column(String(20))
    """What it was taken from: `exchange`, `dealing`, `report` or `match`."""
    source_key: Mapped[str] = mapped_column(String(100))
    """Names the source and the piece of it: a reaction that runs twice adds nothing."""
    exchange_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("exchanges.id", ondelete="CASCADE"), index=True, info={"agreeing": 2}
    )
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    contact_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("contacts.id", ondelete="SET NULL"), index=True, info={"agreeing": 5}
    )
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"), index=True)
    """Of a report the partner; after a merge of companies the survivor, whose pair it then belongs to."""
    note: Mapped[str | None] = mapped_column(Text)
    """Of a report."""
    accounts: Mapped[int | None]
    """Of a match of two books: the least number of accounts that both share."""
    relations: Mapped[list[str] | None]
    """Of a match: how the two sell into them, the least that its terms allow."""


class Agreement(Scoped, Base):
    """What the two companies put on paper."""

    __tablename__ = "agreements"
    seen_through = ("alliance_id",)

    alliance_id: Mapped[UUID] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"), index=True)
    """The partner; after a merge of companies the survivor, whose pair it then belongs to."""
    kind: Mapped[AgreementKind] = mapped_column(String(30))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    """Its last day; null when it is open-ended."""
    note: Mapped[str | None] = mapped_column(Text)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """Who recorded it."""


class Introduction(Scoped, Base):
    """One rep leads another to a customer, or is asked to. Evidence once it is accepted."""

    __tablename__ = "introductions"
    seen_through = ("alliance_id", "contact_id")

    alliance_id: Mapped[UUID] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"), index=True)
    """The partner; after a merge of companies the survivor, whose pair it then belongs to."""
    kind: Mapped[Favour] = mapped_column(String(15))
    giver: Mapped[Side] = mapped_column(String(1))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    """The home company's rep."""
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    """The partner's rep."""
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"), index=True)
    asked_at: Mapped[datetime]
    answer: Mapped[Answer] = mapped_column(String(10), default=Answer.ASKED)
    answered_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(String(5))
    because_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("evidence.id", ondelete="SET NULL"))
    """The earlier win of others that made these two try."""
    note: Mapped[str | None] = mapped_column(Text)


class Win(Scoped, Base):
    """A deal that two reps won together, or that came of a referral."""

    __tablename__ = "wins"
    seen_through = ("alliance_id", "contact_id")

    alliance_id: Mapped[UUID] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"), index=True)
    """The partner; after a merge of companies the survivor, whose pair it then belongs to."""
    credited: Mapped[Side] = mapped_column(String(1))
    """The side that gave."""
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"), index=True)
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"), index=True)
    won_at: Mapped[datetime]
    introduction_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("introductions.id", ondelete="CASCADE"), unique=True
    )
    """The favour that it came of."""
    because_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("evidence.id", ondelete="SET NULL"))
    """The earlier win of others that made these two try."""
    note: Mapped[str | None] = mapped_column(Text)


class Followed(Scoped, Base):
    """A row that went along when a company of its pair turned out to be another one, and how it comes back."""

    __tablename__ = "followed"
    seen_through = ("origin_id",)
    __table_args__ = (UniqueConstraint("row_id"),)

    origin_id: Mapped[UUID] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"), index=True)
    """The pair that it was recorded for."""
    row_table: Mapped[str] = mapped_column(String(20))
    row_id: Mapped[UUID]
    turned: Mapped[bool] = mapped_column(default=False)
    """Whether the sides are the other way round where it is now."""


class StateMove(Scoped, Base):
    """A pair went from one state to another."""

    __tablename__ = "state_moves"
    seen_through = ("alliance_id",)
    __table_args__ = (Index("ix_state_moves_timeline", "alliance_id", "at"),)

    alliance_id: Mapped[UUID] = mapped_column(ForeignKey("alliances.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    before: Mapped[State | None] = mapped_column(String(15))
    after: Mapped[State] = mapped_column(String(15))
    reason: Mapped[str] = mapped_column(String(50))
    """Stable code."""
    evidence_ids: Mapped[list[str]]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """Who decided; null when the rules did."""
    note: Mapped[str | None] = mapped_column(Text)
