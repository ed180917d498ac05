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
        every = np.arange(len(table))[:, None]
        at = np.broadcast_to(self.roots, (len(table), len(self.roots)))
        while (self.feature[at] >= 0).any():  # all trees at once, one level a round; a leaf leads to itself
            low = table[every, self.feature[at]] <= self.threshold[at]
            at = np.where(low, self.left[at], self.right[at])
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
