"""A small gradient-boosted forest, read from plain JSON and evaluated with numpy alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

AT_ONCE = 32
"""Rows walked together: what is written on the way stays in the processor's cache, which takes half the time."""


@dataclass(frozen=True, slots=True)
class Forest:
    """Regression trees whose leaves add up to a log-odds.

    Nodes of all trees lie in one table, brothers side by side; a leaf points to itself, so a walk may go on past it.
    """

    features: tuple[str, ...]
    """Columns the trees look at, in the order of their index in `feature`."""
    roots: NDArray[np.intp]
    feature: NDArray[np.intp]
    threshold: NDArray[np.float64]
    left: NDArray[np.intp]
    """The right one follows it; a leaf's threshold keeps every row at the left one, itself."""
    value: NDArray[np.float64]
    deeper: tuple[int, ...]
    """How many trees are deeper than 0, 1, 2, ...; the deepest tree is the first."""
    bias: float

    def probability(self, columns: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Chance of N rows, 0 to 1; every column has N numbers."""
        table = np.column_stack([columns[name] for name in self.features])
        some = [table[start : start + AT_ONCE] for start in range(0, len(table), AT_ONCE)]
        odds = np.concatenate([self._odds(rows) for rows in some]) if some else np.zeros(0)
        return np.asarray(1 / (1 + np.exp(-odds)))

    def _odds(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        cells, row = table.ravel(), (np.arange(len(table)) * table.shape[1])[:, None]
        node = np.tile(self.roots, (len(table), 1))
        for count in self.deeper:
            on = node[:, :count]
            goes_right = cells.take(row + self.feature.take(on)) > self.threshold.take(on)
            node[:, :count] = self.left.take(on) + goes_right
        return np.asarray(self.bias + self.value.take(node).sum(axis=1))


def parse_forest(text: str) -> Forest:
    """Read what `python -m bench.training.logo_model` writes: trees as `[column, threshold, left, right]` or a leaf.

    Raises:
        KeyError, ValueError: the text is not such a forest.
    """
    data = json.loads(text)
    rows: list[tuple[int, float, int, float]] = []
    level: list[Any] = sorted(data["trees"], key=_depth, reverse=True)
    depths = np.array([_depth(tree) for tree in level])
    while level:
        below: list[Any] = []
        follows = len(rows) + len(level)
        for here, tree in enumerate(level, start=len(rows)):
            if isinstance(tree, list):
                column, threshold, left, right = tree
                rows.append((int(column), float(threshold), follows + len(below), 0.0))
                below += [left, right]
            else:
                rows.append((0, np.inf, here, float(tree)))
        level = below
    feature, threshold, left, value = (np.array(column) for column in zip(*rows, strict=True))
    roots = np.arange(len(data["trees"]))
    deeper = tuple(int((depths > step).sum()) for step in range(depths.max(initial=0)))
    return Forest(tuple(data["features"]), roots, feature, threshold, left, value, deeper, float(data["bias"]))


def _depth(tree: Any) -> int:
    return 1 + max(map(_depth, tree[2:])) if isinstance(tree, list) else 0


@cache
def logo_forest() -> Forest:
    """The committed model that tells logos from other groups of marks."""
    return parse_forest((files("ocr.logo") / "model.json").read_text())
