"""Names alone, on pairs that others have labelled: F1 at the best threshold, beside two yardsticks."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz

from app.companies.normal import company_key
from app.contacts.normal import name_key
from lexicon.likeness import company_likeness, person_likeness

Measure = Callable[[str, str], float]

KINDS = {"companies": ("Company", "Organization", "LegalEntity"), "people": ("Person",)}


@dataclass(frozen=True, slots=True)
class Best:
    """The threshold with the highest F1, and what it gives there."""

    f1: float
    threshold: float
    precision: float
    recall: float


def opensanctions(path: Path) -> dict[str, list[tuple[str, str, bool]]]:
    """Name, name and whether they are one, by kind."""
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {
        kind: [(row["name1"], row["name2"], row["is_match"] == "true") for row in rows if row["schema"] in schemas]
        for kind, schemas in KINDS.items()
    }


def compared(path: Path) -> Iterator[tuple[str, str, Best]]:
    """Kind, measure and its best F1."""
    for kind, pairs in opensanctions(path).items():
        own, key = (company_likeness, company_key) if kind == "companies" else (person_likeness, name_key)
        for name, measure in _measures(own, key).items():
            scores = [measure(one, two) for one, two, _ in pairs]
            yield kind, name, best(scores, [same for _, _, same in pairs])


def _measures(own: Measure, key: Callable[[str], str]) -> dict[str, Measure]:
    return {
        "ours": own,
        "rapidfuzz WRatio on our keys": lambda one, two: fuzz.WRatio(key(one), key(two)) / 100,
        "equal keys": lambda one, two: float(key(one) == key(two)),
    }


def best(scores: Sequence[float], same: Sequence[bool]) -> Best:
    """The best of all thresholds that are scores."""
    return max((_at(threshold, scores, same) for threshold in set(scores) if threshold), key=lambda each: each.f1)


def _at(threshold: float, scores: Sequence[float], same: Sequence[bool]) -> Best:
    right = sum(score >= threshold and yes for score, yes in zip(scores, same, strict=True))
    found, there = sum(score >= threshold for score in scores), sum(same)
    return Best(2 * right / (found + there), threshold, right / found, right / there)
