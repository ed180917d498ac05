"""Names alone, on pairs that others have labelled: F1 of our likeness beside three yardsticks."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from rapidfuzz import fuzz

from app.companies.normal import company_key
from app.contacts.normal import name_key
from bench.matching import logic_v2
from bench.matching.judging import F1, judge
from lexicon.likeness import company_likeness, person_likeness

Measure = Callable[[str, str], float]
Pair = tuple[str, str, str, bool]
"""Schema, name, name, and whether they are one."""

KINDS = {"companies": ("Company", "Organization", "LegalEntity"), "people": ("Person",)}


def opensanctions(path: Path) -> dict[str, list[Pair]]:
    """The labelled pairs, by kind."""
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {
        kind: [
            (row["schema"], row["name1"], row["name2"], row["is_match"] == "true")
            for row in rows
            if row["schema"] in schemas
        ]
        for kind, schemas in KINDS.items()
    }


def compared(path: Path, nomenklatura: Path | None) -> Iterator[tuple[str, str, F1]]:
    """Kind, measure and how good it is."""
    for kind, pairs in opensanctions(path).items():
        same = [yes for *_, yes in pairs]
        own, key = (company_likeness, company_key) if kind == "companies" else (person_likeness, name_key)
        for name, measure in _measures(own, key).items():
            yield kind, name, judge([measure(one, two) for _, one, two, _ in pairs], same)
        if nomenklatura:
            named = ((schema, {"name": one}, {"name": two}) for schema, one, two, _ in pairs)
            yield kind, "nomenklatura LogicV2", judge(logic_v2.scores(nomenklatura, named), same)


def _measures(own: Measure, key: Callable[[str], str]) -> dict[str, Measure]:
    return {
        "ours": own,
        "rapidfuzz WRatio on our keys": lambda one, two: fuzz.WRatio(key(one), key(two)) / 100,
        "equal keys": lambda one, two: float(key(one) == key(two)),
    }
