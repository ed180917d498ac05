"""Light that burnt print away: blown-out spots among a card's lines.

A reflection is told from white paper, white panels and white print by its rim: light fades, ink and paper end.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.shrink import shrink
from ocr.types import Image, Line

SIDE = 320
"""Longest side, pixels, of what is looked at: a reflection is large and soft."""
BURNT = 252
"""Level that every colour has to reach. Of white paper in ordinary light little does."""
FADING, FADES = 30, 0.6
"""Within two pixels of a reflection the light has not fallen by more than so many levels, along so much of its rim."""
PRINT = 9
"""Pixels. Print is less wide and goes unheeded between paper."""
LEAST = 12
"""Pixels. Smaller spots are specks."""
MOST = 0.6
"""Share of the picture from which what is burnt is its paper."""


def burnt_print(card: Image, lines: Sequence[Line]) -> float:
    """Radius of the largest burnt spot among the lines of a card (BGR, lines in its pixels), in heights of a line.

    From about half on a spot may hide a letter, and nothing tells what stood there; 0 without lines on the card.
    """
    if not lines:
        return 0.0
    heights = [float(np.linalg.norm(np.subtract(line.polygon[3], line.polygon[0]))) for line in lines]
    height = max(1.0, float(np.median(heights)))
    points = np.array([point for line in lines for point in line.polygon])
    left, top = np.maximum(points.min(axis=0) - height, 0).astype(int)
    right, bottom = np.maximum(np.ceil(points.max(axis=0) + height), 0).astype(int)
    printed = card[top:bottom, left:right]
    if not printed.size:
        return 0.0
    scale: float = min(1.0, SIDE / max(printed.shape[:2]))
    size = (max(1, round(printed.shape[1] * scale)), max(1, round(printed.shape[0] * scale)))
    reflections = _reflections(shrink(printed, size))
    radius = float(cv2.distanceTransform(reflections, cv2.DIST_L2, 3).max())
    return radius / (height * scale)


def _reflections(small: Image) -> NDArray[np.uint8]:
    """Mask, 0 or 1, of the burnt spots that fade at their rims."""
    paper = _paper(small)
    burnt = np.asarray(paper >= BURNT, np.uint8)
    found = np.zeros_like(burnt)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(burnt, connectivity=4)
    for number in range(1, count):
        left, top, width, height, area = (int(figure) for figure in stats[number])
        if LEAST <= area <= MOST * burnt.size:
            around = slice(max(0, top - 2), top + height + 2), slice(max(0, left - 2), left + width + 2)
            spot = np.asarray(labels[around] == number, np.uint8)
            if _fades(paper[around], spot):
                found[around] |= spot
    return found


def _fades(paper: NDArray[np.uint8], spot: NDArray[np.uint8]) -> bool:
    """Whether the light falls slowly where a spot ends."""
    rim = paper[cv2.dilate(spot, np.ones((5, 5), np.uint8)) > spot]
    return len(rim) > 0 and bool((rim >= BURNT - FADING).mean() >= FADES)


def _paper(small: Image) -> NDArray[np.uint8]:
    """The darkest colour of each pixel, without print."""
    darkest = np.asarray(reduce(cv2.min, cv2.split(small)), np.uint8)
    if cv2.minMaxLoc(darkest)[1] < BURNT:
        return darkest
    spot = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (PRINT, PRINT))
    return np.asarray(cv2.morphologyEx(cv2.medianBlur(darkest, 3), cv2.MORPH_CLOSE, spot), np.uint8)
