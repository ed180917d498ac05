"""How an alliance spreads: which win led to which new pair of reps, and who alone links two companies. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.alliances.scoring import tie
from app.alliances.terms import Kind, Signal, active_pairs

WINDOW = timedelta(days=60)
"""A pair of reps that meets so soon after a colleague's win is taken to have met because of it."""
_ACTIVE_DAYS = 180

RepPair = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Sprout:
    """A pair of reps, and the win that it came of."""

    reps: RepPair
    since: datetime
    wins: int
    because_of: UUID | None
    """A win's evidence; None for a pair that came by itself."""
    named: bool
    """Whether a person named the win, or only the time speaks for it."""
    tie: float
    """How strong what links the two is, 0..1."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The tree of a pair of companies."""

    sprouts: tuple[Sprout, ...]
    """Oldest first."""
    reproduction: float | None
    """New pairs of reps for each pair that has won; None before any win. Above 1 it spreads by itself."""
    bridge_a: UUID | None
    """The only rep of company a with an active counterpart: without them the tie is gone."""
    bridge_b: UUID | None


def make_spread(signals: Iterable[Signal], named: Mapping[RepPair, UUID], now: datetime) -> Spread:
    """The spread tree as of `now`; `named` says which win people gave as a pair's reason.

    A pair comes of a win of an older pair, never of its own: so it is a tree, whatever people name.
    """
    known = sorted((s for s in signals if s.rep_a and s.rep_b), key=lambda signal: (signal.at, signal.id))
    first: dict[RepPair, datetime] = {}
    for signal in known:
        first.setdefault(_reps(signal), signal.at)
    won = [signal for signal in known if signal.kind is Kind.JOINT_WIN]
    order = {reps: number for number, reps in enumerate(first)}
    between: dict[RepPair, list[Signal]] = defaultdict(list)
    for signal in known:
        between[_reps(signal)].append(signal)
    sprouts = tuple(
        _sprout(reps, between[reps], [w for w in won if order[_reps(w)] < order[reps]], named.get(reps), now)
        for reps in first
    )
    winners = sum(sprout.wins > 0 for sprout in sprouts)
    led = sum(sprout.because_of is not None for sprout in sprouts)
    active = active_pairs(known, now, _ACTIVE_DAYS)
    return Spread(sprouts, led / winners if winners else None, _only(a for a, _ in active), _only(b for _, b in active))


def active_since(now: datetime) -> datetime:
    """Two reps between whom anything happened since then are active."""
    return now - timedelta(days=_ACTIVE_DAYS)


def _reps(signal: Signal) -> RepPair:
    assert signal.rep_a is not None  # noqa: S101  only signals with both come here
    assert signal.rep_b is not None  # noqa: S101
    return signal.rep_a, signal.rep_b


def _sprout(reps: RepPair, own: list[Signal], elders: list[Signal], named: UUID | None, now: datetime) -> Sprout:
    """The pair with its own signals; `elders` are the wins of older pairs."""
    since = own[0].at
    before = [win.id for win in elders if since - WINDOW <= win.at < since]
    reason = next((win.id for win in elders if win.id == named), None)
    guessed = before[-1] if before else None
    wins = sum(signal.kind is Kind.JOINT_WIN for signal in own)
    return Sprout(reps, since, wins, reason or guessed, named=reason is not None, tie=tie(own, now))


def _only(reps: Iterable[UUID]) -> UUID | None:
    different = set(reps)
    return different.pop() if len(different) == 1 else None
