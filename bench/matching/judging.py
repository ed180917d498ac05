"""F1 of a measure whose threshold is chosen on pairs other than those that it is judged on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

_FOLDS = 5


@dataclass(frozen=True, slots=True)
class F1:
    """How well pairs are told, all folds together."""

    f1: float
    precision: float
    recall: float
    best: float
    """F1 at the threshold that is best for all pairs at once, which nobody knows beforehand."""


def judge(scores: Sequence[float], same: Sequence[bool], missing: int = 0) -> F1:
    """Five folds, drawn at random: in each the threshold that is best in the other four.

    Args:
        scores: of pairs, higher for more alike.
        same: whether they are.
        missing: pairs that are the same and were not scored; they count as not found.
    """
    folds = [number % _FOLDS for number in range(len(scores))]
    random.Random(3).shuffle(folds)
    right = found = 0
    for fold in range(_FOLDS):
        threshold = _best([(s, y) for s, y, f in zip(scores, same, folds, strict=True) if f != fold], 0)[1]
        chosen = [y for s, y, f in zip(scores, same, folds, strict=True) if f == fold and s >= threshold]
        right, found = right + sum(chosen), found + len(chosen)
    there = sum(same) + missing
    best = _best(list(zip(scores, same, strict=True)), missing)[0]
    return F1(2 * right / (found + there), right / found if found else 0.0, right / there, best)


def _best(pairs: list[tuple[float, bool]], missing: int) -> tuple[float, float]:
    """The highest F1 of all thresholds, and that threshold."""
    there, right, best = sum(same for _, same in pairs) + missing, 0, (0.0, 1.0)
    ranked = sorted(pairs, reverse=True)
    for number, (score, same) in enumerate(ranked, start=1):
        right += same
        if score <= 0 or (number < len(ranked) and ranked[number][0] == score):
            continue
        best = max(best, (2 * right / (number + there), score))
    return best
