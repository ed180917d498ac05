"""Deciding by weighted reasons that add up, for companies and people alike. Pure.

A ladder is one aspect (the name, the e-mail); the first of its rungs that holds counts. Weights are bits: how much
likelier the rung is, as a power of two, when both are one than when they are two. They add, and each shows its share.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_CLEARLY = 1.0
"""By so many bits the best has to lead the second."""


class Verdict(StrEnum):
    """What follows."""

    SAME = "same"
    ASK = "ask"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Rung(Generic[T]):
    """One step of a ladder."""

    code: str
    holds: Callable[[T, T], bool]
    bits: float


Ladders = tuple[tuple[Rung[T], ...], ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two may be one, or may not."""

    code: str
    bits: float


@dataclass(frozen=True, slots=True)
class Match:
    """How one that is known compares with what was seen."""

    number: int
    """Its position among those compared."""
    reasons: tuple[Reason, ...]

    @property
    def bits(self) -> float:
        return sum(reason.bits for reason in self.reasons)

    def documents(self) -> list[dict[str, Any]]:
        """The reasons as they are kept: `[{"code": "same_name", "bits": 8.0}, …]`."""
        return [asdict(reason) for reason in self.reasons]


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do. `matches` are those worth a look, best first; of `SAME` the first is meant."""

    verdict: Verdict
    matches: tuple[Match, ...] = ()


def always(_seen: object, _known: object) -> bool:
    """The last rung of a ladder."""
    return True


def compare(ladders: Ladders[T], seen: T, known: T) -> tuple[Reason, ...]:
    """The rung of each ladder that holds; those without weight are left out."""
    rungs = (next((rung for rung in ladder if rung.holds(seen, known)), None) for ladder in ladders)
    return tuple(Reason(rung.code, rung.bits) for rung in rungs if rung is not None and rung.bits)


def decide(ladders: Ladders[T], seen: T, known: Sequence[T], *, same: float, ask: float) -> Decision:
    """Whether `seen` is one of `known` (from `same` bits on, clearly ahead), is new, or somebody has to say."""
    matches = (Match(number, compare(ladders, seen, other)) for number, other in enumerate(known))
    near = sorted((match for match in matches if match.bits >= ask), key=lambda match: -match.bits)
    if not near:
        return Decision(Verdict.NEW)
    clear = len(near) == 1 or near[0].bits - near[1].bits >= _CLEARLY
    return Decision(Verdict.SAME if near[0].bits >= same and clear else Verdict.ASK, tuple(near))
