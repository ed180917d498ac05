"""Evaluates boosted decision trees that were trained elsewhere and stored as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
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
    _paths: _Paths = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_paths", _Paths.of(self))

    def scores(self, rows: Sequence[Mapping[str, float]]) -> Floats:
        """Raw scores, one row a sample and one column a class."""
        pick = itemgetter(*self.names)
        table = np.array([pick(row) for row in rows], np.float32).reshape(-1, len(self.names))
        return np.asarray(self._paths.leaves(table).reshape(len(table), -1, self.classes).sum(axis=1))


@dataclass(frozen=True, slots=True)
class _Paths:
    """The same trees, their nodes in the order in which they are come upon: level by level, brothers side by side.

    All rows go down all trees at once. Nodes that are met together stand together and stay in the processor's cache,
    which takes a quarter of the time.
    """

    roots: NDArray[np.intp]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float32]
    left: NDArray[np.intp]
    """The right one follows it."""
    value: Floats

    @classmethod
    def of(cls, trees: Trees) -> _Paths:
        levels = [trees.roots.astype(np.intp)]
        while len(levels[-1]):
            inner = levels[-1][trees.feature[levels[-1]] >= 0]
            levels.append(np.column_stack((trees.left[inner], trees.right[inner])).ravel().astype(np.intp))
        order = np.concatenate(levels)
        place = np.empty(len(trees.feature), np.intp)
        place[order] = np.arange(len(order))
        return cls(
            place[trees.roots],
            trees.feature[order].astype(np.int32),
            trees.threshold[order],
            place[trees.left[order]],
            trees.value[order].astype(np.float64),
        )

    def leaves(self, table: NDArray[np.float32]) -> Floats:
        """The value of the leaf that each row of a table comes to in each tree, row by row."""
        cells = table.ravel()
        at = np.tile(self.roots, len(table))
        row = np.repeat(np.arange(len(table)) * table.shape[1], len(self.roots))
        values = np.empty(len(at))
        on_the_way = np.arange(len(at))
        while len(at):
            column = self.feature.take(at)
            inner = np.flatnonzero(column >= 0)
            if len(inner) < len(at):
                values[on_the_way] = self.value.take(at)
                on_the_way, at, row, column = on_the_way[inner], at[inner], row[inner], column[inner]
            at = self.left.take(at) + (cells.take(row + column) > self.threshold.take(at))
        return values


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
