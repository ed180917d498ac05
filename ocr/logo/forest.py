"""A small gradient-boosted forest, read from plain JSON and evaluated with numpy alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Forest:
    """Regression trees whose leaves add up to a log-odds.

    Nodes of all trees lie in one table; a leaf points to itself, so a walk may go on past it unharmed.
    """

    features: tuple[str, ...]
    """Columns the trees look at, in the order of their index in `feature`."""
    roots: NDArray[np.intp]
    feature: NDArray[np.intp]
    threshold: NDArray[np.float64]
    left: NDArray[np.intp]
    right: NDArray[np.intp]
    value: NDArray[np.float64]
    depth: int
    bias: float

    def probability(self, columns: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Chance of N rows, 0 to 1; every column has N numbers."""
        table = np.column_stack([columns[name] for name in self.features])
        rows = np.arange(len(table))[:, None]
        node = np.broadcast_to(self.roots, (len(table), len(self.roots)))
        for _ in range(self.depth):
            goes_left = table[rows, self.feature[node]] <= self.threshold[node]
            node = np.where(goes_left, self.left[node], self.right[node])
        odds = self.bias + self.value[node].sum(axis=1)
        return np.asarray(1 / (1 + np.exp(-odds)))


def parse_forest(text: str) -> Forest:
    """Read what `python -m bench.training.logo_model` writes: trees as `[column, threshold, left, right]` or a leaf.

    Raises:
        KeyError, ValueError: the text is not such a forest.
    """
    data = json.loads(text)
    rows: list[tuple[int, float, int, int, float]] = []
    depth = 0

    def add(tree: list[object] | float, level: int) -> int:
        nonlocal depth
        depth = max(depth, level)
        here = len(rows)
        if not isinstance(tree, list):
            rows.append((0, 0.0, here, here, float(tree)))
            return here
        column, threshold, left, right = tree
        rows.append((0, 0.0, here, here, 0.0))
        first, second = add(left, level + 1), add(right, level + 1)  # type: ignore[arg-type]
        rows[here] = (int(column), float(threshold), first, second, 0.0)  # type: ignore[call-overload, arg-type]
        return here

    roots = [add(tree, 0) for tree in data["trees"]]
    feature, threshold, left, right, value = (np.array(column) for column in zip(*rows, strict=True))
    names = tuple(data["features"])
    return Forest(names, np.array(roots), feature, threshold, left, right, value, depth, float(data["bias"]))


@cache
def logo_forest() -> Forest:
    """The committed model that tells logos from other groups of marks."""
    return parse_forest((files("ocr.logo") / "model.json").read_text())
