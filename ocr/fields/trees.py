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
        leaves = self._paths.leaves(table).reshape(-1, self.classes, len(table))
        return np.asarray(leaves.sum(axis=0, dtype=np.float64).T)


_NODE = np.dtype([("left", np.intp), ("column", np.int32), ("threshold", np.float32)])
_FIRST, _THEN = 4, 2
"""Levels that are gone down before it is looked who has arrived, and before each further look."""


@dataclass(frozen=True, slots=True)
class _Paths:
    """The same trees, their nodes in the order in which they are come upon: level by level, brothers side by side.

    All rows go down all trees at once, the rows of one tree together: nodes that are met together stand together and
    stay in the processor's cache, and all there is to know of a node is read at one place.
    """

    roots: NDArray[np.intp]
    nodes: NDArray[np.void]
    """The right one follows the left one. A leaf is its own left one, has its value for a threshold, and looks at the
    column behind the last, where nothing is greater."""

    @classmethod
    def of(cls, trees: Trees) -> _Paths:
        levels = [trees.roots.astype(np.intp)]
        while len(levels[-1]):
            inner = levels[-1][trees.feature[levels[-1]] >= 0]
            levels.append(np.column_stack((trees.left[inner], trees.right[inner])).ravel().astype(np.intp))
        order = np.concatenate(levels)
        place = np.empty(len(trees.feature), np.intp)
        place[order] = np.arange(len(order))
        nodes, leaf = np.empty(len(order), _NODE), trees.feature[order] < 0
        nodes["left"] = np.where(leaf, np.arange(len(order)), place[trees.left[order]])
        nodes["column"] = np.where(leaf, len(trees.names), trees.feature[order])
        nodes["threshold"] = np.where(leaf, trees.value[order], trees.threshold[order])
        return cls(place[trees.roots], nodes)

    def leaves(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """The value of the leaf to which each row of a table comes in each tree: trees x rows."""
        cells = np.column_stack((table, np.full(len(table), -np.inf, np.float32)))
        row = np.tile(np.arange(len(cells)) * cells.shape[1], len(self.roots))
        found = self._arrive(cells.ravel(), row, np.repeat(self.roots, len(table)), _FIRST)
        return found.reshape(len(self.roots), -1)

    def _arrive(
        self, cells: NDArray[np.float32], row: NDArray[np.intp], at: NDArray[np.intp], steps: int
    ) -> NDArray[np.float32]:
        """The values of the leaves below some nodes, each with the cell at which its row begins."""
        for _ in range(steps):
            node = self.nodes.take(at)
            at = node["left"] + (cells.take(row + node["column"]) > node["threshold"])
        node = self.nodes.take(at)
        values = node["threshold"].copy()
        inner = np.flatnonzero(node["left"] != at)
        if len(inner):
            values[inner] = self._arrive(cells, row.take(inner), at.take(inner), _THEN)
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
