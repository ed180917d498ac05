"""Which state a pair of companies is in: a pure function of what is known, the moment and the state before.

A pair rises as soon as the facts allow it and falls later than it rose: it is `dormant` only after a long quiet, and
stays `spreading` for a while after the third pair of reps has fallen silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.alliances.terms import Decision, KeptAccount, Kind, SharedAccount, Signal, State, active_pairs, age_days


@dataclass(frozen=True, slots=True)
class Rules:
    """Thresholds of the states."""

    quiet_days: float = 180
    """Without any evidence for so long, a pair is dormant."""
    active_days: float = 180
    """A pair of reps counts for rising to `spreading` as long after its last evidence, …"""
    still_active_days: float = 270
    """… and so long for staying there."""
    spreading_pairs: int = 3
    spreading_wins: int = 2
    spreading_reps: int = 2
    """Different reps on one side who won."""


RULES = Rules()


class Paper(StrEnum):
    """What became of the agreement between the two."""

    IN_FORCE = "in_force"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that bears on the state of a pair."""

    signals: tuple[Signal, ...] = ()
    shared: tuple[SharedAccount | KeptAccount, ...] = ()
    competitors: bool = False
    decision: Decision | None = None
    decided_at: datetime | None = None
    """When a person last decided anything about the pair: that breaks the quiet, too."""
    paper: Paper | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state, the stable code of why, and the evidence it rests on."""

    state: State
    reason: str
    evidence_ids: tuple[UUID, ...] = ()


def settle(before: State | None, facts: Facts, now: datetime, rules: Rules = RULES) -> Verdict:
    """The state of a pair as of `now` (aware), given the one it is in; settling again changes nothing."""
    if facts.competitors:
        return Verdict(State.CONFLICT, "competitors")
    if facts.decision is Decision.DECLINED:
        return Verdict(State.DECLINED, "declined")
    if _is_quiet(facts, now, rules):
        return Verdict(State.DORMANT, "quiet")
    if facts.paper is Paper.IN_FORCE:
        return Verdict(State.FORMAL, "agreement")
    if facts.decision is Decision.PROPOSED:
        return Verdict(State.PROPOSED, "proposed")
    return _by_evidence(before, facts, now, rules)


def _is_quiet(facts: Facts, now: datetime, rules: Rules) -> bool:
    moments = [signal.at for signal in facts.signals] + [account.confirmed_at for account in facts.shared]
    moments += [facts.decided_at] if facts.decided_at else []
    return bool(moments) and age_days(max(moments), now) >= rules.quiet_days


def _by_evidence(before: State | None, facts: Facts, now: datetime, rules: Rules) -> Verdict:
    wins = _of(facts, Kind.JOINT_WIN)
    if _spreads(wins, before, facts, now, rules):
        return Verdict(State.SPREADING, "wins_by_several_reps", _ids(wins))
    if wins:
        return Verdict(State.PRODUCING, "win", _ids(wins))
    if facts.paper is Paper.ENDED:
        return Verdict(State.PRODUCING, "agreement_ended")
    return _before_any_win(facts)


def _before_any_win(facts: Facts) -> Verdict:
    if introduced := _of(facts, Kind.INTRODUCTION, Kind.REFERRAL):
        return Verdict(State.COLLABORATING, "introduction", _ids(introduced))
    if any(account.by_both for account in facts.shared):
        return Verdict(State.COLLABORATING, "shared_accounts", tuple(sorted({a.id for a in facts.shared if a.by_both})))
    if matched := _of(facts, Kind.BOOKS_MATCHED):
        return Verdict(State.COLLABORATING, "shared_accounts", _ids(matched))
    if met := _of(facts, Kind.MUTUAL_EXCHANGE, Kind.MEETING):
        return Verdict(State.ACQUAINTED, "met", _ids(met))
    return Verdict(State.AWARE, "card" if facts.signals else "known", _ids(list(facts.signals)))


def _spreads(wins: list[Signal], before: State | None, facts: Facts, now: datetime, rules: Rules) -> bool:
    days = rules.still_active_days if before is State.SPREADING else rules.active_days
    winners = max(len({win.rep_a for win in wins if win.rep_a}), len({win.rep_b for win in wins if win.rep_b}))
    return (
        len(active_pairs(facts.signals, now, days)) >= rules.spreading_pairs
        and len(wins) >= rules.spreading_wins
        and winners >= rules.spreading_reps
    )


def _of(facts: Facts, *kinds: Kind) -> list[Signal]:
    return [signal for signal in facts.signals if signal.kind in kinds]


def _ids(signals: list[Signal]) -> tuple[UUID, ...]:
    return tuple(sorted(signal.id for signal in signals))
