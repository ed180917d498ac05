"""Give and get: what the reps of two companies did for each other, by pair of reps and in all. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from app.alliances.scoring import DIRECTED, MODEL, Model
from app.alliances.terms import Kind, Side, Signal

Reps = tuple[UUID | None, UUID | None]
"""The rep of company a and that of company b; None where the person is no longer known."""


@dataclass(frozen=True, slots=True)
class Account:
    """What went which way."""

    by_a: Mapping[Kind, int]
    by_b: Mapping[Kind, int]
    balance: float
    """2·min/(sum) of the two sides' worth, 0..1: 1 when both gave as much, 0 when only one did."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """All accounts of a pair of companies."""

    total: Account
    lines: Mapping[Reps, Account]


def make_ledger(signals: Iterable[Signal], model: Model = MODEL) -> Ledger:
    """Add up introductions, referrals and wins, whenever they were."""
    given = [signal for signal in signals if signal.kind in DIRECTED and signal.giver is not None]
    by_reps: dict[Reps, list[Signal]] = defaultdict(list)
    for signal in given:
        by_reps[signal.rep_a, signal.rep_b].append(signal)
    return Ledger(_account(given, model), {reps: _account(some, model) for reps, some in by_reps.items()})


def _account(signals: Iterable[Signal], model: Model) -> Account:
    counts: dict[Side, Counter[Kind]] = {side: Counter() for side in Side}
    for signal in signals:
        if signal.giver is not None:
            counts[signal.giver][signal.kind] += 1
    worths = [sum(model.kinds[kind].fresh * number for kind, number in counts[side].items()) for side in Side]
    balance = 2 * min(worths) / sum(worths) if any(worths) else 0.0
    return Account(counts[Side.A], counts[Side.B], balance)
