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
FLAT, DIM = 80, 128
"""Grey levels. With less from the darkest to the lightest, or nothing as light as `DIM`, a picture was taken in bad
light. A higher limit takes in what is merely out of focus, and there the grain grows with the print."""
EXTREMES = 0.002, 0.998
"""Quantiles taken for the darkest and the lightest; a short line of small print takes up as much of a card."""
DARK, LIGHT = 10, 245
"""What they become; light that did not burn the print stays below what is called burnt."""
FLATTEST = 16
"""Grey levels. Less is taken for as much, lest the grain of a photo of nothing be read."""
EVERY = 4
"""Of so many rows and columns one is looked at."""


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


def with_contrast(picture: Image, part: Image | None = None) -> Image:
    """The picture (H x W x 3) with the contrast of ordinary light, if `part` of it, or all, was taken in bad light.

    Print that is dim or pale is found and placed worse; what finds it was taught in ordinary light.
    """
    seen = (picture if part is None else part)[::EVERY, ::EVERY]
    low, high = levels(grey(np.ascontiguousarray(seen)), *EXTREMES)
    if high - low >= FLAT and high >= DIM:
        return picture
    dark, light = min(DARK, low), max(LIGHT, high)
    shades = (np.arange(256) - low) * ((light - dark) / max(FLATTEST, high - low)) + dark
    return np.asarray(cv2.LUT(picture, np.clip(shades, 0, light).round().astype(np.uint8)), np.uint8)


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
