"""The words of this feature as types: kinds of evidence, states, decisions, and the case of a pair."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.books.terms import Relation


class Kind(StrEnum):
    """What a piece of evidence is."""

    CARD_RECEIVED = "card_received"
    MUTUAL_EXCHANGE = "mutual_exchange"
    MET_AT_EVENT = "met_at_event"
    MEETING = "meeting"
    MESSAGE = "message"
    SEEN_AT_CUSTOMER = "seen_at_customer"
    INTRODUCTION = "introduction"
    """One that was accepted."""
    REFERRAL = "referral"
    """One that was accepted."""
    JOINT_WIN = "joint_win"
    """A deal won together, or a referral that was won; the giver is the side it is credited to."""
    BOOKS_MATCHED = "books_matched"
    """Two reps found in private that their books share accounts, without telling which."""


REPORTED = frozenset({Kind.MEETING, Kind.MESSAGE, Kind.SEEN_AT_CUSTOMER})
"""Kinds that no photo and no dealing tells: a user reports them."""


class Side(StrEnum):
    """Which company of a pair, in the order the pair is stored."""

    A = "a"
    B = "b"

    @property
    def other(self) -> Side:
        return Side.B if self is Side.A else Side.A


class State(StrEnum):
    """How far a pair has come."""

    AWARE = "aware"
    ACQUAINTED = "acquainted"
    COLLABORATING = "collaborating"
    PRODUCING = "producing"
    SPREADING = "spreading"
    PROPOSED = "proposed"
    FORMAL = "formal"
    DORMANT = "dormant"
    DECLINED = "declined"
    CONFLICT = "conflict"


class Decision(StrEnum):
    """What a person decided about a pair and has not taken back."""

    PROPOSED = "proposed"
    DECLINED = "declined"


class Choice(StrEnum):
    """What a person can decide about a pair."""

    PROPOSE = "propose"
    DECLINE = "decline"
    REOPEN = "reopen"
    """Takes a proposal or a refusal back."""
    STAY_INFORMAL = "stay_informal"
    CONSIDER_PAPER = "consider_paper"
    DECLARE_COMPETITORS = "declare_competitors"
    RETRACT_COMPETITORS = "retract_competitors"


class Favour(StrEnum):
    """What one rep does for another: bring two people together, or hand a lead over."""

    INTRODUCTION = "introduction"
    REFERRAL = "referral"


class Answer(StrEnum):
    """What became of a favour that was asked or offered."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Outcome(StrEnum):
    """How the business that came of a favour ended."""

    WON = "won"
    LOST = "lost"


class AgreementKind(StrEnum):
    """What a pair can put on paper."""

    REFERRAL = "referral"
    RESELLER = "reseller"
    TECHNOLOGY_INTEGRATION = "technology_integration"


@dataclass(frozen=True, slots=True)
class Signal:
    """One piece of evidence as the rules see it."""

    id: UUID
    kind: Kind
    at: datetime
    """Aware. Evidence dated in the future counts as if it were of today."""
    confidence: float = 1.0
    """Of its source, 0..1."""
    giver: Side | None = None
    """Of an introduction or referral who gave it, of a win who is credited; None for what has no direction."""
    rep_a: UUID | None = None
    rep_b: UUID | None = None
    """The reps it happened between, where they are known."""
    accounts: int = 0
    """Of a match of two books: how many accounts both share, at least."""
    relations: tuple[Relation, ...] = ()
    """Of a match: how the two sell into them."""


@dataclass(frozen=True, slots=True)
class SharedAccount:
    """A customer that both companies sell into, seen by one pair of reps."""

    id: UUID
    """Of the account: several pairs of reps may share the same one."""
    relation_a: Relation
    relation_b: Relation
    confirmed_at: datetime
    """Aware; when it was last confirmed."""
    idf: float = 1.0
    """How rare its sellers are, 0..1: see `scoring.rarity`."""
    by_both: bool = False
    """Whether both sides have confirmed it."""


@dataclass(frozen=True, slots=True)
class KeptAccount:
    """The same summed up over the pairs of reps, as it is kept with the pair of companies."""

    id: UUID
    """Of the account."""
    worth: float
    """Of its best match, as of `scoring.EPOCH`, without its idf."""
    idf: float
    confirmed_at: datetime
    by_both: bool = False


@dataclass(frozen=True, slots=True)
class Overlap:
    """All shared accounts of a pair in two figures."""

    count: int
    worth: float
    """The sum of worth times idf, as of `scoring.EPOCH`."""
    matched: float = 0.0
    """The same of what the best private match of two books has found, which may be these accounts or others."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of one company of the pair, normalised for comparison."""

    category: str | None = None
    """Product category."""
    buyers: frozenset[str] = frozenset()
    """Industries it sells to."""
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """All that bears on the score of a pair."""

    signals: tuple[Signal, ...] = ()
    shared: tuple[SharedAccount, ...] = ()
    a: Profile = Profile()
    b: Profile = Profile()
    declared_competitors: bool = False
    overlap: Overlap | None = None
    """What `shared` comes to, in place of it."""


def age_days(at: datetime, now: datetime) -> float:
    """Days from `at` to `now`, never below 0."""
    return max(0.0, (now - at).total_seconds() / 86_400)


def active_pairs(signals: Iterable[Signal], now: datetime, days: float) -> frozenset[tuple[UUID, UUID]]:
    """The pairs of reps between whom something happened in the last `days`."""
    return frozenset(
        (signal.rep_a, signal.rep_b)
        for signal in signals
        if signal.rep_a is not None and signal.rep_b is not None and age_days(signal.at, now) <= days
    )
