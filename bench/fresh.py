"""How well cards are read that nobody has seen: drawn from a seed, photographed, read by the whole pipeline, judged."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

import ocr
from bench.cardgen import make_set
from ocr.truth import KINDS, Verdict, best_card, is_whole, judge_card
from ocr.types import FieldKind

ROUNDS = 400
"""Drawings of faces for an interval."""
Counts = tuple[int, int, int]
"""Values right, wrong and missed."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One card of one photo against its truth."""

    face: str
    verdicts: Mapping[FieldKind, Verdict]


def read_fresh(seed: int, count: int, engine: str) -> Iterator[Judged]:
    """Draw `count` photos of the set `seed`, read each and judge every card on it."""
    reader = ocr.make_engine(engine)
    for photo in make_set(f"fresh/{seed}", count):
        reading = ocr.read_photo(photo.jpeg, engine=reader)
        for truth in photo.truth:
            yield Judged(truth["face"], judge_card(best_card(reading.cards, truth), truth))


def counts(cards: Sequence[Judged], kinds: Sequence[FieldKind]) -> Counts:
    """Values right, wrong and missed of some kinds."""
    verdicts = [card.verdicts[kind] for card in cards for kind in kinds]
    return (
        sum(len(v.right) for v in verdicts),
        sum(len(v.wrong) for v in verdicts),
        sum(len(v.missed) for v in verdicts),
    )


def f1(found: Counts) -> float:
    """Harmonic mean of precision and recall, 0 to 1."""
    right, wrong, missed = found
    return 2 * right / (2 * right + wrong + missed) if right else 0.0


def interval(cards: Sequence[Judged]) -> tuple[float, float]:
    """90 % bootstrap interval of the F1 of all fields, drawing faces."""
    by_face: dict[str, list[Judged]] = defaultdict(list)
    for card in cards:
        by_face[card.face].append(card)
    rng, faces = random.Random(0), list(by_face.values())
    drawn = ([card for face in rng.choices(faces, k=len(faces)) for card in face] for _ in range(ROUNDS))
    scores = sorted(f1(counts(some, tuple(KINDS))) for some in drawn)
    return scores[int(0.05 * ROUNDS)], scores[int(0.95 * ROUNDS)]


def score_table(title: str, cards: Sequence[Judged]) -> Table:
    """Precision, recall and F1 of each field, as `python -m bench.fields score` prints them."""
    table = Table(title=f"{title}: {len(cards)} cards, {len({card.face for card in cards})} faces")
    for column in ("field", "precision", "recall", "F1", "true"):
        table.add_column(column, justify="left" if column == "field" else "right")
    for name, kinds in [*((KINDS[kind], (kind,)) for kind in KINDS), ("all fields", tuple(KINDS))]:
        right, wrong, missed = found = counts(cards, kinds)
        precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
        table.add_row(name, f"{precision:.3f}", f"{recall:.3f}", f"{f1(found):.3f}", str(right + missed))
    table.add_row("whole card", "", "", f"{sum(is_whole(card.verdicts) for card in cards) / len(cards):.3f}", "")
    low, high = interval(cards)
    table.caption = f"all fields, 90 % interval over faces: {low:.3f} to {high:.3f}"
    return table
