"""The model that says of each piece of a line what it is, and its figures on cards that it has not seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.training.blending import blend
from bench.training.boosting import Plan, train
from bench.training.masking import masked_words
from bench.training.samples import FOLDS, Sample, drawn, fold_of, recorded
from bench.training.truth import LABELS, label_of
from ocr.fields.features import Features, of_segments, text_features
from ocr.fields.scene import see
from ocr.fields.trees import Trees, softmax

DRAWN, DRAWN_WEIGHT = 10500, 0.17
PLAN = Plan(trees=150, leaves=15, fewest=3.0)
PLACES = ("x", "y", "width", "contact_gap", "below_contacts")
"""Where a piece stands, which differs most from one stack of cards to the next."""
LOOKS = (
    *PLACES,
    "height",
    "height_of_card",
    "height_rank",
    "height_lead",
    "segments",
    "confidence",
    "logo",
    "beside",
    "alike",
)
AROUND = ("above_", "below_", "beside_")
"""What is said of the neighbours begins so."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The pieces of one card with what each is."""

    sample: Sample
    rows: list[Features]
    labels: list[int]


def labelled(samples: Iterable[Sample]) -> list[Labelled]:
    """Features and labels of every piece of every card."""
    made = []
    for sample in samples:
        scene = see(sample.lines, sample.size, sample.logos)
        labels = [LABELS.index(label_of(segment.text, sample.fields)) for segment in scene.segments]
        if scene.segments:
            made.append(Labelled(sample, of_segments(scene, text_features), labels))
    return made


def fit(cards: Sequence[Labelled], plan: Plan = PLAN) -> Trees:
    """One model from many cards: the mean of one that sees all, one blind to places and one that only reads the words.

    The three err on different cards; alone, the first believes too much in where things usually stand.
    """
    labels = [label for card in cards for label in card.labels]
    weights = [card.sample.weight for card in cards for _ in card.labels]
    names = sorted(cards[0].rows[0])
    unplaced = [name for name in names if name not in PLACES]
    worded = [name for name in names if name not in LOOKS and not name.startswith(AROUND)]
    fewer = replace(plan, trees=round(plan.trees * 0.75))
    views = ((names, plan), (unplaced, replace(fewer, seed=2)), (worded, replace(fewer, seed=3)))
    models = []
    for view, own in views:
        rows = [{name: row[name] for name in view} for card in cards for row in card.rows]
        models.append(train(rows, labels, weights, len(LABELS), own))
    return blend(models)


def held_out(real: Sequence[Labelled], made: Sequence[Labelled], plan: Plan = PLAN) -> list[Trees]:
    """One model a fold, each trained without that fold's faces."""
    return [fit([*(c for c in real if fold_of(c.sample.face) != fold), *made], plan) for fold in range(FOLDS)]


def report(real: Sequence[Labelled], models: Sequence[Trees]) -> str:
    """Precision, recall and F1 of each label over pieces of cards not learned from."""
    hits = np.zeros((len(LABELS), len(LABELS)), int)
    for card in real:
        guess = softmax(models[fold_of(card.sample.face)].scores(card.rows)).argmax(axis=1)
        np.add.at(hits, (np.array(card.labels), guess), 1)
    lines = [f"{'label':<12}{'precision':>10}{'recall':>8}{'F1':>7}{'pieces':>8}"]
    for index, label in enumerate(LABELS):
        right, claimed, true = hits[index, index], hits[:, index].sum(), hits[index].sum()
        lines.append(
            f"{label:<12}{right / max(1, claimed):>10.3f}{right / max(1, true):>8.3f}"
            f"{2 * right / max(1, claimed + true):>7.3f}{true:>8}"
        )
    return "\n".join([*lines, f"all right {hits.trace() / hits.sum():.3f}"])


def load(records: Sequence[Path], cards: Path) -> tuple[list[Labelled], list[Labelled]]:
    """Recorded and drawn cards, the latter seen with a part of the word lists hidden."""
    samples = [sample for record in records for sample in recorded(record, cards, 1.0)]
    faces: dict[str, int] = {}
    for sample in samples:
        faces[sample.face] = faces.get(sample.face, 0) + 1
    even = [Sample(s.name, s.face, s.lines, s.size, s.logos, s.fields, 6.0 / faces[s.face]) for s in samples]
    with masked_words():
        made = labelled(drawn("fields", range(DRAWN), DRAWN_WEIGHT))
    return labelled(even), made
