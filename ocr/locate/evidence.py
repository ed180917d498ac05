"""What speaks for a quad being the outline of a card, as figures, and the chance that follows from them.

The weights are fitted by `python -m bench.locating.fit` on drawn scenes.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from functools import lru_cache
from importlib.resources import files

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.locate.network import Grid, Seen
from ocr.locate.quads import Quad, area, side_lengths
from ocr.locate.votes import Vote
from ocr.rectify import aspect_of

PER_SIDE = 24
"""Places looked at along each side."""
RING = 0.07
"""Width of the ring around a card that must not be card, in widths and heights of it."""
USUAL = (1.38, 1.9)
"""Long side by short of the cards that are handed out."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Figures for one quad; lengths are in square roots of its area."""

    inside: float
    """Mean chance of being on a card, within."""
    around: float
    """The same in a ring around it, as far as that is in the picture."""
    weakest_outline: float
    """Chance of an outline along the side where it is least."""
    outline: float
    """The same over all sides."""
    weakest_edge: float
    """Strength of the picture's own edge under the weakest side."""
    edge: float
    """The same over all sides."""
    spread: float
    """Error that the votes expect, logarithm."""
    agreement: float
    """Share of the places inside that voted for it."""
    moved: float
    """How far the precise corners are from the voted ones."""
    misshapen: float
    """How much longer or shorter than usual cards it is, logarithm."""
    crooked: float
    """Largest cosine between neighbouring sides."""
    beyond: float
    """Share of its outline outside the picture."""
    size: float
    """Logarithm of its area's share of the picture."""


def gather(seen: Seen, quad: Quad, vote: Vote, edges: NDArray[np.float64], size: tuple[int, int]) -> Evidence:
    """Evidence for a quad.

    Args:
        seen: the network's view.
        quad: pixels of what the network was shown.
        vote: where the quad began.
        edges: strengths of the four edges, from `refine`.
        size: width and height of what the network was shown, pixels.
    """
    unit = np.sqrt(area(quad)) + 1e-6
    outline, beyond = _along_sides(seen, quad, size)
    sides = np.roll(quad, -1, axis=0) - quad
    directions = sides / (side_lengths(quad)[:, None] + 1e-9)
    aspect = aspect_of(quad, size)
    long = float(np.log(max(aspect, 1 / aspect)))
    low, high = np.log(USUAL)
    return Evidence(
        inside=_mean(seen.inside, _spread_over(quad, 0.04)),
        around=_around(seen, quad, size),
        weakest_outline=float(outline.min()),
        outline=float(outline.mean()),
        weakest_edge=float(edges.min()),
        edge=float(edges.mean()),
        spread=float(np.log(vote.spread / unit + 1e-3)),
        agreement=vote.agreement,
        moved=float(np.linalg.norm(quad - vote.quad, axis=1).mean() / unit),
        misshapen=max(0.0, low - long, long - high),
        crooked=float(np.abs((directions * np.roll(directions, 1, axis=0)).sum(axis=1)).max()),
        beyond=beyond,
        size=float(np.log(area(quad) / (size[0] * size[1]) + 1e-6)),
    )


def chance(evidence: Evidence) -> float:
    """That the quad overlaps the true card by 0.9 or more (IoU)."""
    model = _model()
    figures = np.clip((np.array(astuple(evidence)) - model.mean) / model.scale, -4, 4)
    logit = float(model.bias + np.concatenate((figures, figures**2)) @ model.weights)
    return float(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


@dataclass(frozen=True, slots=True)
class _Model:
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float


@lru_cache(maxsize=1)
def _model() -> _Model:
    stored = json.loads((files("ocr") / "models" / "corners.json").read_text())
    mean, scale, weights = (np.array(stored[name]) for name in ("mean", "scale", "weights"))
    return _Model(mean, scale, weights, stored["bias"])


def _spread_over(quad: Quad, inset: float) -> NDArray[np.float32]:
    """144 places evenly inside the quad, in perspective; outside with a negative inset."""
    shares = np.linspace(inset, 1 - inset, 12)
    grid = np.stack(np.meshgrid(shares, shares), axis=-1).reshape(-1, 1, 2)
    return np.asarray(cv2.perspectiveTransform(grid, _from_unit(quad)), np.float32)


def _around(seen: Seen, quad: Quad, size: tuple[int, int]) -> float:
    shares = np.linspace(0, 1, PER_SIDE)
    low, high = np.full(PER_SIDE, -RING), np.full(PER_SIDE, 1 + RING)
    ring = np.concatenate(
        [np.stack(pair, axis=1) for pair in ((shares, low), (shares, high), (low, shares), (high, shares))]
    )
    places = cv2.perspectiveTransform(ring.reshape(-1, 1, 2), _from_unit(quad))[:, 0]
    within = places[_in_picture(np.asarray(places, np.float64), size)]
    return _mean(seen.inside, within.astype(np.float32)[:, None]) if len(within) else 0.0


def _along_sides(seen: Seen, quad: Quad, size: tuple[int, int]) -> tuple[NDArray[np.float64], float]:
    """Chance of an outline along each side (1 for a side outside the picture), and the share of all outside."""
    shares = np.linspace(0.03, 0.97, PER_SIDE)[:, None]
    chances, outside = np.ones(4), 0.0
    for number in range(4):
        places = quad[number] + shares * (quad[(number + 1) % 4] - quad[number])
        within = _in_picture(places, size)
        outside += float((~within).mean()) / 4
        if within.sum() >= 4:
            chances[number] = _mean(seen.outline, places[within].astype(np.float32)[:, None])
    return chances, outside


def _in_picture(places: NDArray[np.floating], size: tuple[int, int]) -> NDArray[np.bool_]:
    return np.asarray(((places >= 0) & (places <= np.array(size) - 1)).all(axis=1), bool)


def _mean(grid: Grid, places: NDArray[np.float32]) -> float:
    """Mean of a map with four pixels to a cell at places of the picture."""
    x, y = (places[..., 0] + 0.5) / 4 - 0.5, (places[..., 1] + 0.5) / 4 - 0.5
    return float(cv2.remap(grid, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).mean())


def _from_unit(quad: Quad) -> NDArray[np.float64]:
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(unit, quad.astype(np.float32)), np.float64)
