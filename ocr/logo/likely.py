"""How likely a logo lies at each place of a card, by what the network that finds text sees besides text.

The network was never taught logos, but what it has to tell apart to find text tells of them too: a weighted sum of its
inner maps, which are there anyway, and of the place on the card says of every cell what share of it logos cover.
`python -m bench.training.logo_model` learns the weights.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from ocr.engines.ppocr import Floats as Seen
from ocr.engines.ppocr import View

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LogoView:
    """The weights of the sum."""

    seen: View
    place: Floats
    """Of the numbers that `places` gives."""


@dataclass(frozen=True, slots=True)
class LogoMap:
    """The share that logos cover, cell by cell, of a picture with a card in it."""

    shares: Floats
    """Rows x columns, 0 to 1."""
    card: Floats
    """Left, top, right and bottom of the card, in cells."""

    def fit(self, boxes: Floats) -> Floats:
        """How well each of N boxes (left, top, right, bottom as shares of the card) holds the map's logo, 0 to 1.

        The map's sum inside a box, over what the box's area and the map's sum cover together.
        """
        sums = np.zeros(np.add(self.shares.shape, 1))
        sums[1:, 1:] = self.shares.cumsum(axis=0).cumsum(axis=1)
        corner, size = self.card[:2], self.card[2:] - self.card[:2]
        boxes = np.vstack((boxes, (0, 0, 1, 1)))
        left, top, right, bottom = (np.tile(corner, 2) + boxes * np.tile(size, 2)).T
        inside = _at(sums, right, bottom) - _at(sums, left, bottom) - _at(sums, right, top) + _at(sums, left, top)
        everything = inside[-1]
        return np.asarray(inside / np.maximum(1e-6, (right - left) * (bottom - top) + everything - inside))[:-1]


def _at(sums: Floats, x: Floats, y: Floats) -> Floats:
    """A table of sums between its points."""
    height, width = sums.shape
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    left, top = np.minimum(x.astype(int), width - 2), np.minimum(y.astype(int), height - 2)
    u, v = x - left, y - top
    above = (1 - u) * sums[top, left] + u * sums[top, left + 1]
    below = (1 - u) * sums[top + 1, left] + u * sums[top + 1, left + 1]
    return np.asarray((1 - v) * above + v * below)


def logo_map(view: LogoView, seen: Seen, margin: tuple[float, float]) -> LogoMap:
    """The map of a picture of which this was seen with `view`.

    Args:
        view: the weights.
        seen: the weighted sum, as `ocr.engines.ppocr.search` gives it for them.
        margin: left and right of the card, and above and below it, as shares of the picture's width and height.
    """
    return as_map(seen + places((seen.shape[1], seen.shape[0]), margin) @ view.place, margin)


def as_map(told: Floats, margin: tuple[float, float]) -> LogoMap:
    """The map of a picture in whose cells the regression tells so much."""
    height, width = told.shape
    card = np.array((*margin, 1 - margin[0], 1 - margin[1])) * (width, height, width, height)
    return LogoMap(np.clip(told, 0, 1), card)


def places(size: tuple[int, int], margin: tuple[float, float]) -> Floats:
    """Numbers that tell where on the card each cell lies: rows x columns x numbers, the first of them always 1."""
    across, down = (
        ((np.arange(count) + 0.5) / count - edge) / (1 - 2 * edge) for count, edge in zip(size, margin, strict=True)
    )
    x, y = np.meshgrid(across, down)
    aspect = size[0] * (1 - 2 * margin[0]) / (size[1] * (1 - 2 * margin[1]))
    return np.stack((np.ones_like(x), x, y, x * x, y * y, np.abs(x - 0.5), x * y, np.full_like(x, aspect)), axis=-1)


def parse_view(text: str) -> LogoView:
    """Read what `python -m bench.training.logo_model` writes.

    Raises:
        KeyError, ValueError: the text is none.
    """
    data = json.loads(text)
    inner: Sequence[Sequence[float]] = data["inner"]
    return LogoView(
        View(float(data["text"]), tuple(np.array(weights, np.float32) for weights in inner)),
        np.array(data["place"], np.float64),
    )


@cache
def logo_view() -> LogoView:
    """The weights that ship."""
    return parse_view((files("ocr.logo") / "map.json").read_text())
