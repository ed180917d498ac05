"""Turns what a model or rule says into the measured chance of being right."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from pathlib import Path

Curves = Mapping[str, tuple[list[float], list[float]]]
"""By kind: scores, rising, and the share of values so scored that were right."""


def load_curves(path: Path) -> Curves:
    """The curves of one file."""
    return {kind: (xs, ys) for kind, (xs, ys) in json.loads(path.read_text("utf-8")).items()}


def calibrated(curves: Curves, kind: str, score: float) -> float:
    """The chance that a value of `kind` so scored is right: on a straight line between measured points."""
    if kind not in curves:
        return score
    xs, ys = curves[kind]
    at = bisect_right(xs, score)
    if at in (0, len(xs)):
        return ys[min(at, len(xs) - 1)]
    share = (score - xs[at - 1]) / max(1e-9, xs[at] - xs[at - 1])
    return ys[at - 1] + share * (ys[at] - ys[at - 1])
