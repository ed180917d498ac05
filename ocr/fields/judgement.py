"""The trained models: how likely each piece is of each label, and each candidate value right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from ocr.fields.calibration import Curves, load_curves
from ocr.fields.features import of_segments, text_features
from ocr.fields.group_features import of_groups
from ocr.fields.groups import LABELS, Group, carried, groups_of, without_notes
from ocr.fields.scene import Scene
from ocr.fields.trees import Trees, load_trees, sigmoid, softmax


@dataclass(frozen=True, slots=True)
class Judgement:
    """One set of models that belong together."""

    pieces: Trees
    groups: Mapping[str, Trees]
    """By label, without `other`."""
    curves: Curves
    """From score to measured chance, by field kind."""

    @classmethod
    def load(cls, folder: Path) -> Judgement:
        """Models from `pieces.npz`, one file a label, and `calibration.json`, where it is there."""
        curves = folder / "calibration.json"
        groups = {label: load_trees(folder / f"{label}.npz") for label in LABELS[:-1]}
        return cls(load_trees(folder / "pieces.npz"), groups, load_curves(curves) if curves.exists() else {})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group of pieces with the chance that it is a value of its label, all of it and nothing else."""

    group: Group
    chance: float


@cache
def shipped() -> Judgement:
    """The models that come with the project."""
    with as_file(files("ocr.fields") / "models") as folder:
        return Judgement.load(folder)


def judge(scene: Scene, judgement: Judgement) -> dict[str, list[Candidate]]:
    """The candidates of every label, best first."""
    if not scene.segments:
        return {label: [] for label in judgement.groups}
    tell = cache(text_features)
    pieces = of_segments(scene, tell)
    chances = without_notes(carried(softmax(judgement.pieces.scores(pieces)), scene), scene)
    found = {}
    for label, trees in judgement.groups.items():
        groups = groups_of(label, scene, chances)
        rows = of_groups(groups, scene, pieces, chances, tell)
        right = sigmoid(trees.scores(rows))[:, 0].tolist() if rows else []
        candidates = [Candidate(group, chance) for group, chance in zip(groups, right, strict=True)]
        found[label] = sorted(candidates, key=lambda candidate: -candidate.chance)
    return found
