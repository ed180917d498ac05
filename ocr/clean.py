"""Light and polarity: what is printed becomes dark on white, whatever the card's colours and shadows."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.types import Image

WINDOW = 0.05
"""Side of the window whose median is taken for the paper, in longest sides: wider than a letter, narrower than most
fields of colour."""
SHRINK = 4
"""The median is taken on a picture this much smaller: paper has no detail, and it costs a sixteenth."""
FULL_INK = 0.99
"""Quantile of the distance from the paper that is shown black."""
FAINTEST = 40.0
"""Grey levels. Fainter marks are not stretched to black, lest an empty card's grain be read."""


def grey(card: Image) -> Image:
    """Brightness, 0 to 255."""
    return card if card.ndim == 2 else np.asarray(cv2.cvtColor(card, cv2.COLOR_BGR2GRAY), np.uint8)


def ink(card: Image) -> Image:
    """Local polarity: how far each pixel is from the paper around it, lighter or darker alike, dark on white.

    White on blue and blue on white beside each other both come out dark on white; soft shadows vanish.
    """
    light = grey(card)
    difference = cv2.absdiff(light, paper(light))
    strongest = max(FAINTEST, *levels(np.asarray(difference, np.uint8), FULL_INK))
    shades = np.clip(255 - np.arange(256) * (255 / strongest), 0, 255).round().astype(np.uint8)
    return np.asarray(cv2.LUT(difference, shades), np.uint8)


def paper(light: Image) -> Image:
    """The brightness of what is printed upon: the local median."""
    small = cv2.resize(light, None, fx=1 / SHRINK, fy=1 / SHRINK, interpolation=cv2.INTER_AREA)
    side = max(3, round(WINDOW * max(small.shape)) | 1)
    full = cv2.resize(cv2.medianBlur(small, side), (light.shape[1], light.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(full, np.uint8)


def middle(plane: Image) -> float:
    """Median of H x W bytes."""
    return levels(plane, 0.5)[0]


def levels(plane: Image, *shares: float) -> tuple[float, ...]:
    """Quantiles of H x W bytes, by counting them, which is forty times faster than sorting."""
    counts = np.asarray(cv2.calcHist([np.ascontiguousarray(plane)], [0], None, [256], [0, 256])).cumsum()
    return tuple(map(float, counts.searchsorted(counts[-1] * np.array(shares))))
