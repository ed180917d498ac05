"""Fits the curves of `ocr/fields/calibration.py`: from what a value scores to how often such values are right."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

GRID = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.94, 0.97, 0.99, 0.999)
STEADY = 2.0
"""How strongly a curve is held to the straight one, in values."""
CAUTION = 0.25
"""Taken off every logit: what is called sure should be right a little more often than it says, not less."""
ENOUGH = 20
"""Faces from which a kind may be called surer than the share of its values that was right."""
Curve = tuple[list[float], list[float]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One value given on a card not learned from."""

    kind: str
    face: str
    score: float
    right: bool
    weight: float


def curve(outcomes: Sequence[Outcome]) -> Curve:
    """A logistic curve through the outcomes (Platt scaling), as points on GRID."""
    x = _logit(np.array([outcome.score for outcome in outcomes]))
    y = np.array([outcome.right for outcome in outcomes], float)
    weight = np.array([outcome.weight for outcome in outcomes])
    slope, shift = 1.0, 0.0
    for _ in range(60):  # Newton's method
        p = 1 / (1 + np.exp(-(slope * x + shift)))
        gradient = np.array(
            [(weight * (p - y) * x).sum() + STEADY * (slope - 1), (weight * (p - y)).sum() + STEADY * shift]
        )
        spread = weight * p * (1 - p)
        hessian = np.array(
            [[(spread * x * x).sum() + STEADY, (spread * x).sum()], [(spread * x).sum(), spread.sum() + STEADY]]
        )
        step = np.linalg.solve(hessian, gradient)
        slope, shift = slope - float(step[0]), shift - float(step[1])
    chances = 1 / (1 + np.exp(-(max(0.2, slope) * _logit(np.array(GRID)) + shift - CAUTION)))
    most = _most(outcomes)
    return list(GRID), np.round(np.minimum(chances, most), 4).tolist()


def _most(outcomes: Sequence[Outcome]) -> float:
    """How sure a kind may be: of few faces, as sure as the share of them that was right (rule of succession)."""
    faces: dict[str, list[bool]] = {}
    for outcome in outcomes:
        faces.setdefault(outcome.face, []).append(outcome.right)
    right = sum(sum(answers) / len(answers) for answers in faces.values())
    return 1.0 if len(faces) >= ENOUGH else (right + 1) / (len(faces) + 2)


def _logit(p: np.ndarray) -> np.ndarray:
    p = np.clip(p, 0.005, 0.9995)
    return np.asarray(np.log(p / (1 - p)))


def curves(outcomes: Sequence[Outcome]) -> dict[str, Curve]:
    """One curve a kind."""
    kinds = sorted({outcome.kind for outcome in outcomes})
    return {kind: curve([outcome for outcome in outcomes if outcome.kind == kind]) for kind in kinds}


def save(made: Mapping[str, Curve], path: Path) -> None:
    """Write curves as `ocr/fields/calibration.py` reads them."""
    path.write_text(json.dumps(made, indent=1) + "\n", "utf-8")


def calibration_error(confidences: Sequence[float], right: Sequence[float], weights: Sequence[float]) -> float:
    """Expected calibration error over ten bins of confidence, 0 to 1."""
    c, r, w = np.array(confidences), np.array(right, float), np.array(weights)
    bins = np.minimum(9, (c * 10).astype(int))
    gaps = [abs((w[bins == b] * (c - r)[bins == b]).sum()) for b in range(10)]
    return float(sum(gaps) / w.sum())
