"""Which wins go back to where two reps met: their own, and those of the pairs of reps that these led to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.alliances.spreading import RepPair, Spread
from app.alliances.terms import Kind, Signal


class Way(StrEnum):
    """How a win goes back to a meeting."""

    MET = "met"
    """The two who won had met there before."""
    LED = "led"
    """They are a pair because of a win that goes back there."""


def trace(signals: Iterable[Signal], spread: Spread, met: Mapping[RepPair, datetime]) -> dict[UUID, Way]:
    """The joint wins that go back to meetings of these pairs of reps, each with when it was; by evidence.

    A win goes back to every meeting before it, so it may be counted for several.
    """
    won: dict[RepPair, list[Signal]] = {}
    for signal in signals:
        if signal.kind is Kind.JOINT_WIN and signal.rep_a is not None and signal.rep_b is not None:
            won.setdefault((signal.rep_a, signal.rep_b), []).append(signal)
    found = {win.id: Way.MET for reps, at in met.items() for win in won.get(reps, ()) if win.at >= at}
    for sprout in spread.sprouts:  # oldest first: whatever led to a pair was traced before
        if sprout.because_of in found:
            for win in won.get(sprout.reps, ()):
                found.setdefault(win.id, Way.LED)
    return found
