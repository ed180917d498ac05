"""How well a card can be read at all, and why a person should look at it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.clean import grey
from ocr.glare import burnt_print
from ocr.rectify import Flat, outline
from ocr.types import Image, Line, Polygon, Quality

CRISP, SOFT = 2.4, 6.6
"""Thousandths of a card's width. The print of a focused photo of 3 megapixels and more has edges of 2.5 to 3.5; from
about 5 on small print runs together."""
OUT_OF_FOCUS = 4.5
"""Thousandths of the longest side of what is printed: where edges are wider, sharper pictures are read too. All such
cards are called blurred, so that a person looks at what came of it."""
DOUBT = 0.2
"""How much lower the log-odds are that a value is right, for each thousandth that edges are wider than that."""
MARKED = 40
"""Grey levels between the two sides of an edge that is looked at."""
MARGIN = 0.12
"""Blank paper around a card's text, in widths of the text."""
LIMIT = 0.5
"""Figures of `Quality` below this call for review."""
BLURRED = "blurred"
PHOTO_REASONS = (BLURRED, "glare", "low_resolution", "cut_off")
"""What `review_reasons` may find."""


@dataclass(frozen=True, slots=True)
class Edges:
    """How wide the sharper quarter of a picture's marked edges are, from dark to light."""

    pixels: float
    share: float
    """Thousandths of the longest side of what is printed."""

    @property
    def sharpness(self) -> float:
        """1 when they take `CRISP` or less, 0 at `SOFT`."""
        return float(np.clip((SOFT - self.share) / (SOFT - CRISP), 0, 1))

    def chance(self, in_focus: float) -> float:
        """The chance, 0 to 1, that a value is right here which would be right with another one on a card in focus."""
        doubted = in_focus * math.exp(-DOUBT * max(0.0, self.share - OUT_OF_FOCUS))
        return doubted / (1 - in_focus + doubted)


def judge(card: Flat, lines: Sequence[Line], focus: Edges | None) -> Quality:
    """Sharpness, freedom from glare, and resolution of a flattened card, 0 (useless) to 1 (fine).

    Args:
        card: flattened, upright.
        lines: its text, pixels of the flat picture.
        focus: the card's edges, as `edges` finds them; None for a card without a mark.
    """
    return Quality(
        sharpness=round(focus.sharpness, 3) if focus else 0.0,
        glare=round(1 - min(1.0, burnt_print(card.image, lines)), 3),
        resolution=round(_resolution(card, lines), 3),
    )


def review_reasons(quality: Quality, quad: Polygon, photo_size: tuple[int, int]) -> tuple[str, ...]:
    """Which of `PHOTO_REASONS` hold.

    Args:
        quality: of the flattened card.
        quad: the card's corners, photo pixels.
        photo_size: width and height, pixels.
    """
    reasons = []
    if quality.sharpness < LIMIT:
        reasons.append(BLURRED)
    if quality.glare < LIMIT:
        reasons.append("glare")
    if quality.resolution < LIMIT:
        reasons.append("low_resolution")
    if is_cut_off(quad, photo_size):
        reasons.append("cut_off")
    return tuple(reasons)


def is_cut_off(quad: Polygon, photo_size: tuple[int, int], slack: float = 0.02) -> bool:
    """Whether a corner lies outside the photo by more than `slack` of its longest side."""
    margin = slack * max(photo_size)
    return any(not -margin <= p <= side + margin for point in quad for p, side in zip(point, photo_size, strict=True))


def edges(card: Image, text: Sequence[Polygon]) -> Edges | None:
    """The edges of what is printed; None for a card without a mark.

    Args:
        card: a flattened card or a whole frame.
        text: where its text is, pixels of the picture.
    """
    printed = _printed(card, text)
    width = edge_width(printed)
    return None if width is None else Edges(width * max(printed.shape) / 1000, width)


def _printed(card: Image, text: Sequence[Polygon]) -> Image:
    """The part that text takes up, with the margin a card has: all of a card, less of a whole photo."""
    points = np.array([point for polygon in text for point in polygon], np.float64).reshape(-1, 2)
    if not len(points):
        return card
    low, high = points.min(axis=0), points.max(axis=0)
    margin = MARGIN * (high - low).max()
    left, top = np.maximum(low - margin, 0).astype(int)
    right, bottom = np.minimum(high + margin, (card.shape[1], card.shape[0])).astype(int)
    return card[top:bottom, left:right] if right - left >= 32 and bottom - top >= 16 else card


def edge_width(card: Image) -> float | None:
    """Thousandths of the card's longest side from dark to light, for the sharper quarter of its marked edges.

    The contrast in a small window over the steepest slope in it; None for a card without a mark.
    """
    light = grey(card)
    scale = 1000 / max(light.shape)
    seen = cv2.resize(light, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    window = np.ones((25, 25), np.uint8)
    contrast = np.asarray(cv2.morphologyEx(seen, cv2.MORPH_GRADIENT, window), np.uint8)
    # Whole numbers until the root is taken: OpenCV's own root rounds by where in memory a pixel is, and parts equals.
    across, down = (np.asarray(cv2.Sobel(seen, cv2.CV_32F, *axis, ksize=3)) for axis in ((1, 0), (0, 1)))
    steep = across * across + down * down
    steepest = steep >= cv2.dilate(steep, np.ones((9, 9), np.uint8))
    slope = np.sqrt(steep) / 8
    marked = steepest & (contrast > MARKED) & (slope > 1)
    if marked.sum() < 50:
        return None
    return float(np.percentile(contrast[marked] / slope[marked], 25))


def _resolution(card: Flat, lines: Sequence[Line]) -> float:
    """1 when the card has 900 pixels of the photo across and its small print lines 16 high; half of either, 0.5."""
    corners = np.array(outline(card))
    across = float(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1).max())
    figures = [1.0, across / 900]
    if lines:
        heights = [min(_sides(line.polygon)) * across / max(card.image.shape[:2]) for line in lines]
        figures.append(float(np.percentile(heights, 25)) / 16)
    return min(figures)


def _sides(polygon: Polygon) -> tuple[float, float]:
    (_, size, _) = cv2.minAreaRect(np.array(polygon, np.float32))
    return float(size[0]), float(size[1])
