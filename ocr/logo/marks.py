"""What is printed on a card besides its background: connected marks, and the text lines that claim some of them.

Everything here happens on a copy of the card whose longest side is `WORK` pixels: a logo is found by its outline, not
by its details, and the cost stays at a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.clean import middle
from ocr.shrink import shrink
from ocr.types import Image, Line

WORK = 480
"""Longest side of the working copy, pixels."""

MAX_MARKS = 90
"""Marks beyond this many, smallest first, are forgotten: they are texture."""

SPECKS = 0.005
"""Share of a line's edges that may lie beyond each side of its box."""

Boxes = NDArray[np.float64]
"""N x 4: left, top, right, bottom in pixels of the working copy; right and bottom exclusive."""

Mask = NDArray[np.uint8]
"""H x W, 0 or 1."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The card taken apart. Line boxes come first in `boxes`, then the marks that no line explains."""

    lab: NDArray[np.uint8]
    """H x W x 3 working copy in OpenCV's 8-bit Lab."""
    edges: Mask
    text_edges: Mask
    """Those edges that belong to a mark which a text line explains."""
    scale: float
    """Pixels of the working copy per pixel of the card."""
    lines: tuple[Line, ...]
    boxes: Boxes

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the working copy, pixels."""
        height, width = self.edges.shape
        return width, height

    @property
    def line_boxes(self) -> Boxes:
        return self.boxes[: len(self.lines)]

    @property
    def graphic_boxes(self) -> Boxes:
        return self.boxes[len(self.lines) :]


def take_apart(card: Image, lines: Sequence[Line]) -> Marks:
    """Find the marks of a flattened, upright card (BGR or grey); lines in its pixels."""
    colour = np.asarray(cv2.cvtColor(card, cv2.COLOR_GRAY2BGR), np.uint8) if card.ndim == 2 else card
    scale = WORK / max(colour.shape[:2])
    size = (max(1, round(colour.shape[1] * scale)), max(1, round(colour.shape[0] * scale)))
    small = shrink(colour, size)
    lab = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2Lab), dtype=np.uint8)
    edges = _without_rules(_edges(lab))
    # no picture of this size has more marks than two bytes can count, with which it takes half the time
    count, labels, found, _ = cv2.connectedComponentsWithStats(edges, connectivity=8, ltype=cv2.CV_16U)
    stats = np.asarray(found, np.int_)
    line_boxes = _boxes_of(lines, scale)
    boxes = np.asarray(stats[:, :2], np.float64)
    boxes = np.hstack([boxes, boxes + stats[:, 2:4]])
    explained = _explained(boxes, line_boxes)
    wanted = _wanted(stats, size) & ~explained
    graphic = boxes[wanted]
    if len(graphic) > MAX_MARKS:
        area = (graphic[:, 2] - graphic[:, 0]) * (graphic[:, 3] - graphic[:, 1])
        graphic = graphic[np.sort(np.argsort(-area, kind="stable")[:MAX_MARKS])]
    of_text = np.zeros(count, np.uint8)
    of_text[explained] = 1
    of_text[0] = 0
    tight = np.array([_tightened(edges, box) for box in line_boxes.tolist()]).reshape(-1, 4)
    return Marks(lab, edges, of_text[labels], scale, tuple(lines), np.vstack([tight, graphic]))


def _tightened(edges: Mask, box: Sequence[float]) -> Sequence[float]:
    """A line's box, pixels of `edges`, cut down to its print: readers leave a margin, outlines of logos do not."""
    left, top, right, bottom = (max(0, round(side)) for side in box)
    part = edges[top:bottom, left:right]
    if not part.any():
        return box
    (first, last), (upper, lower) = (_extent(part.sum(axis=axis)) for axis in (0, 1))
    return left + first, top + upper, left + last, top + lower


def _extent(profile: NDArray[np.integer]) -> tuple[int, int]:
    """Where a profile begins and ends (exclusive), without the specks at both ends."""
    sums = profile.cumsum()
    first, last = sums.searchsorted((SPECKS * sums[-1], (1 - SPECKS) * sums[-1]))
    return int(first), int(last) + 1


def _edges(lab: NDArray[np.uint8]) -> Mask:
    """Where lightness or colour changes clearly more than the card's own grain does."""
    light, green, blue = cv2.split(cv2.morphologyEx(lab, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)))
    strength = np.asarray(cv2.max(light, cv2.convertScaleAbs(cv2.max(green, blue), alpha=1.5)), np.uint8)
    centre = middle(strength)
    spread = middle(np.asarray(cv2.absdiff(strength, np.full_like(strength, centre)), np.uint8))
    threshold = min(60.0, max(18.0, centre + 9 * spread))
    return (strength > np.uint8(threshold)).view(np.uint8)


def _without_rules(edges: Mask) -> Mask:
    """Take away long straight lines: rules and the rims of panels, which would glue marks together."""
    height, width = edges.shape
    kept = edges
    for shape in ((1, max(3, int(0.3 * width))), (max(3, int(0.4 * height)), 1)):
        long = cv2.morphologyEx(kept, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        kept = np.asarray(cv2.subtract(kept, cv2.dilate(long, np.ones((3, 3), np.uint8))), np.uint8)
    return kept


def _boxes_of(lines: Sequence[Line], scale: float) -> Boxes:
    corners = [np.asarray(line.polygon, np.float64) * scale for line in lines]
    boxes = [np.concatenate([points.min(axis=0), points.max(axis=0)]) for points in corners]
    return np.array(boxes, np.float64).reshape(-1, 4)


def _explained(boxes: Boxes, line_boxes: Boxes) -> NDArray[np.bool_]:
    """Marks of which more than 60 % lie in one line's box."""
    if not len(line_boxes):
        return np.zeros(len(boxes), bool)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    shared = intersection(boxes, line_boxes) / np.maximum(1, area)[:, None]
    return np.asarray(shared.max(axis=1) > 0.6)


def _wanted(stats: NDArray[np.int_], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Marks that are neither grain, nor the whole card, nor the sliver of desk along its rim."""
    width, height = size
    x, y, w, h, pixels = stats.T
    card = (w > 0.9 * width) | (h > 0.9 * height)
    side = ((x <= 1) | (x + w >= width - 1)) & (w < 0.02 * width)
    rim = ((y <= 1) | (y + h >= height - 1)) & (h < 0.03 * height)
    wanted = (pixels >= 12) & ~card & ~side & ~rim
    wanted[0] = False
    return np.asarray(wanted)


def intersection(boxes: Boxes, others: Boxes) -> NDArray[np.float64]:
    """N x M areas shared by each of N boxes with each of M others."""
    across, down = _apart(boxes, others)
    return np.asarray(np.minimum(across, 0) * np.minimum(down, 0))


def gaps(boxes: Boxes, others: Boxes) -> NDArray[np.float64]:
    """N x M distances between boxes, pixels; 0 where they touch."""
    across, down = _apart(boxes, others)
    return np.hypot(np.maximum(across, 0), np.maximum(down, 0))


def _apart(boxes: Boxes, others: Boxes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """N x M distances across and down, below 0 where boxes overlap."""
    (left, top, right, bottom), (x0, y0, x1, y1) = boxes.T[:, :, None], others.T[:, None, :]
    return np.maximum(left, x0) - np.minimum(right, x1), np.maximum(top, y0) - np.minimum(bottom, y1)
