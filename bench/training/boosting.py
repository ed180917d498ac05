"""Trains boosted trees and writes them as the plain arrays that `ocr/fields/trees.py` reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from ocr.fields.trees import Trees


@dataclass(frozen=True, slots=True)
class Plan:
    """How much a model may learn."""

    trees: int
    leaves: int
    fewest: float
    """Least sum of hessians in a leaf; larger is smoother."""
    rate: float = 0.06
    seed: int = 1


def train(
    rows: Sequence[Mapping[str, float]], labels: Sequence[int], weights: Sequence[float], classes: int, plan: Plan
) -> Trees:
    """Boost trees for `classes` classes (1 for a yes-or-no question)."""
    names = tuple(sorted(rows[0]))
    table = np.array([[row[name] for name in names] for row in rows], np.float32)
    options: dict[str, Any] = {
        "objective": "multiclass" if classes > 1 else "binary",
        "num_leaves": plan.leaves,
        "learning_rate": plan.rate,
        "min_sum_hessian_in_leaf": plan.fewest,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 5.0,
        "max_bin": 63,
        "num_threads": 1,
        "seed": plan.seed,
        "deterministic": True,
        "verbosity": -1,
    }
    if classes > 1:
        options["num_class"] = classes
    data = lightgbm.Dataset(table, np.array(labels), weight=np.array(weights))
    return _flat(lightgbm.train(options, data, plan.trees), names, classes)


def _flat(booster: Any, names: tuple[str, ...], classes: int) -> Trees:
    nodes: list[tuple[int, float, int, int, float]] = []

    def add(node: Mapping[str, Any]) -> int:
        at = len(nodes)
        if "leaf_value" in node:
            nodes.append((-1, 0.0, at, at, float(node["leaf_value"])))
            return at
        nodes.append((0, 0.0, 0, 0, 0.0))
        left, right = add(node["left_child"]), add(node["right_child"])
        nodes[at] = (int(node["split_feature"]), float(node["threshold"]), left, right, 0.0)
        return at

    roots = [add(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    feature, threshold, left, right, value = zip(*nodes, strict=True)
    return Trees(
        names,
        classes,
        np.array(roots, np.int32),
        np.array(feature, np.int16),
        _not_above(threshold),
        np.array(left, np.int32),
        np.array(right, np.int32),
        np.array(value, np.float32),
    )


def _not_above(thresholds: Sequence[float]) -> NDArray[np.float32]:
    """Single-precision thresholds that put every single-precision feature on the side the double one did."""
    single = np.array(thresholds, np.float32)
    return np.where(single.astype(np.float64) > thresholds, np.nextafter(single, np.float32(-np.inf)), single)


def save(trees: Trees, path: Path) -> None:
    """Write trees as `ocr/fields/trees.py` reads them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        names=np.array(trees.names),
        classes=np.array(trees.classes),
        roots=trees.roots,
        feature=trees.feature,
        threshold=trees.threshold,
        left=trees.left,
        right=trees.right,
        value=trees.value,
    )
