"""Evaluates boosted decision trees that were trained elsewhere and stored as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees over named features; tree `t` adds its leaf's value to the score of class `t % classes`.

    The nodes of all trees stand in one row: `left` and `right` are indices into it, `feature` is -1 at a leaf, and a
    row goes left where its feature is at most `threshold`.
    """

    names: tuple[str, ...]
    """Of the features, in the order of the columns."""
    classes: int
    roots: NDArray[np.int32]
    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float32]

    def scores(self, rows: Sequence[Mapping[str, float]]) -> Floats:
        """Raw scores, one row a sample and one column a class."""
        table = np.array([[row[name] for name in self.names] for row in rows], np.float32).reshape(-1, len(self.names))
        starts = (np.arange(len(table)) * len(self.names))[:, None]
        at = np.repeat(self.roots[None].astype(np.intp), len(table), axis=0)
        # All trees at once, one level a round; a leaf leads to itself, whatever it is compared with.
        while (asked := self.feature.take(at)).max(initial=-1) >= 0:
            low = table.take(starts + asked) <= self.threshold.take(at)
            at = np.where(low, self.left.take(at), self.right.take(at)).astype(np.intp)
        leaves = self.value[at].astype(np.float64)
        return np.asarray(leaves.reshape(len(table), -1, self.classes).sum(axis=1))


def load_trees(path: Path) -> Trees:
    """The trees of one file."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {key: stored[key] for key in ("roots", "feature", "threshold", "left", "right", "value")}
        return Trees(tuple(map(str, stored["names"])), int(stored["classes"]), **arrays)


def softmax(scores: Floats) -> Floats:
    """Scores to chances that sum to 1 in each row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def sigmoid(scores: Floats) -> Floats:
    """Scores to chances, each by itself."""
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -30, 30))))
