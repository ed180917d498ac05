"""Trains the models that say of each candidate value how likely it is right, on top of the piece model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bench.training.blending import blend
from bench.training.boosting import Plan, train
from bench.training.piece_model import Labelled
from bench.training.samples import Sample
from bench.training.truth import is_right, values
from ocr.fields.features import Features, text_features
from ocr.fields.group_features import of_groups
from ocr.fields.groups import LABELS, Group, carried, groups_of, without_notes
from ocr.fields.scene import see
from ocr.fields.trees import Trees, softmax

PLAN = Plan(trees=90, leaves=8, fewest=4.0)
SEEDS = (1, 2)
"""Each label's model is the mean of one a seed: the real cards are few, and each is left to chance."""
KINDS = LABELS[:-1]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of one label on one card."""

    sample: Sample
    label: str
    groups: list[Group]
    rows: list[Features]
    right: list[int]


def candidates(card: Labelled, model: Trees) -> Iterator[Candidates]:
    """Candidates of every label by the chances that `model` gives the pieces."""
    sample = card.sample
    scene = see(sample.lines, sample.size, sample.logos)
    chances = without_notes(carried(softmax(model.scores(card.rows)), scene), scene)
    for label in KINDS:
        groups = groups_of(label, scene, chances)
        truth = values(sample.fields, label)
        if groups:
            right = [int(is_right(label, group.text, truth)) for group in groups]
            yield Candidates(sample, label, groups, of_groups(groups, scene, card.rows, chances, text_features), right)


def fit_groups(found: Sequence[Candidates], plan: Plan = PLAN) -> Mapping[str, Trees]:
    """One yes-or-no model a label, the mean of several."""
    models = {}
    for label in KINDS:
        mine = [one for one in found if one.label == label]
        rows = [row for one in mine for row in one.rows]
        right = [answer for one in mine for answer in one.right]
        weights = [one.sample.weight for one in mine for _ in one.right]
        models[label] = blend([train(rows, right, weights, 1, replace(plan, seed=seed)) for seed in SEEDS])
    return models
