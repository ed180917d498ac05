"""Which parts of a photo are read as cards.

Two measured facts decide. A wrong crop costs more than none, so a card is cut out only when its corners are sure; else
the whole frame is read. And text near the edge of a picture is missed, so a card is read with a margin around it, even
when its corners are exact; what turns out to stand in the margin belongs to something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocr.engines.strips import Box
from ocr.locate import Candidate
from ocr.locate.quads import in_order
from ocr.rectify import CARD_SIDE, Flat, flatten, outline, turn, whole
from ocr.types import Image, Line, Point, Polygon, Word

SURE = 0.6
"""Confidence from which a candidate's corners are trusted enough to cut the card out."""
MARGIN = 0.1
"""Around a card, in widths and heights of it."""
OVERHANG = 0.02
"""A line belongs to the card if its middle is no further outside than this share of the card's longest side."""
CARD_TEXT_SIDE = 640
"""Longest side, in pixels, at which a card with its margin is searched for text."""
FRAME_TEXT_SIDE = 960
"""The same for a whole frame, where cards are smaller."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the photo to read as one card."""

    wide: Flat
    """The card flattened, with a margin around it; or the whole frame."""
    margin: tuple[int, int]
    """Pixels of `wide` left and right of the card, and above and below it."""
    quad: Polygon
    """Where the card is, photo pixels; the best guess even when the region is the whole frame."""
    confidence: float
    """Of the quad, 0 to 1."""
    turned: int = 0
    """Degrees clockwise that `wide` has been turned by."""

    @property
    def text_side(self) -> int:
        """Longest side, in pixels, at which to search for text."""
        return CARD_TEXT_SIDE if any(self.margin) else FRAME_TEXT_SIDE

    def turn(self, degrees: int) -> Region:
        """The same region turned clockwise; its quad starts at the corner that is then the top left."""
        steps = degrees // 90
        quad = self.quad[-steps:] + self.quad[:-steps] if steps else self.quad
        margin = self.margin[::-1] if steps % 2 else self.margin
        return replace(self, wide=turn(self.wide, degrees), margin=margin, quad=quad, turned=self.turned + degrees)

    def text_in_wide(self, text: Sequence[Box]) -> tuple[Box, ...]:
        """Those of the boxes of text in the photo that lie on the card (else all of them), in pixels of `wide`."""
        inside = [box for box in text if _holds(self.quad, box)] or text
        from_photo = np.linalg.inv(self.wide.to_photo)
        moved = (cv2.perspectiveTransform(box.reshape(1, 4, 2), from_photo)[0] for box in inside)
        return tuple(in_order(corners).astype(np.float32) for corners in moved)

    def card(self) -> Flat:
        """The card without its margin."""
        x, y = self.margin
        height, width = self.wide.image.shape[:2]
        shift = np.array([(1, 0, x), (0, 1, y), (0, 0, 1)], np.float64)
        return Flat(np.ascontiguousarray(self.wide.image[y : height - y, x : width - x]), self.wide.to_photo @ shift)

    def on_card(self, lines: Sequence[Line]) -> tuple[Line, ...]:
        """Lines read in `wide` as lines of `card()`, without those that stand in the margin."""
        height, width = self.wide.image.shape[:2]
        x, y = self.margin
        width, height = width - 2 * x, height - 2 * y
        slack = OVERHANG * max(width, height)
        moved = (_move(line, -x, -y) for line in lines)
        return tuple(line for line in moved if _inside(_middle(line.polygon), width, height, slack))


def choose_regions(photo: Image, candidates: Sequence[Candidate], text: Sequence[Box], most: int) -> tuple[Region, ...]:
    """Cut out the cards that are sure, or else take the whole frame for one card; none in a photo without text."""
    if not text:
        return ()
    sure = [c for c in candidates if c.confidence >= SURE and any(_holds(c.quad, box) for box in text)]
    if sure:
        return tuple(_cut(photo, candidate) for candidate in sure[:most])
    frame = whole(photo)
    if candidates:
        return (Region(frame, (0, 0), candidates[0].quad, candidates[0].confidence),)
    return (Region(frame, (0, 0), outline(frame), 0.0),)


def _cut(photo: Image, card: Candidate) -> Region:
    whole_share = 1 + 2 * MARGIN
    wide = flatten(photo, _widened(card.quad), longest=round(CARD_SIDE * whole_share))
    height, width = wide.image.shape[:2]
    margin = round(width * MARGIN / whole_share), round(height * MARGIN / whole_share)
    return Region(wide, margin, card.quad, card.confidence)


def _widened(quad: Polygon) -> Polygon:
    """The quad of a card and its margin, in the card's own perspective."""
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    wider = unit * (1 + 2 * MARGIN) - MARGIN
    homography = cv2.getPerspectiveTransform(unit, np.array(quad, np.float32))
    points = cv2.perspectiveTransform(wider.reshape(-1, 1, 2), homography)
    return tuple((float(x), float(y)) for x, y in points[:, 0])


def _holds(quad: Polygon, box: Box) -> bool:
    """Whether the middle of a box lies inside a quad."""
    x, y = (float(value) for value in box.mean(axis=0))
    return cv2.pointPolygonTest(np.array(quad, np.float32), (x, y), False) >= 0


def as_polygon(box: Box) -> Polygon:
    """A box as plain points."""
    return tuple((float(x), float(y)) for x, y in box)


def _move(line: Line, right: float, down: float) -> Line:
    def moved(polygon: Polygon) -> Polygon:
        return tuple((x + right, y + down) for x, y in polygon)

    words = tuple(Word(word.text, word.confidence, moved(word.polygon)) for word in line.words)
    return replace(line, polygon=moved(line.polygon), words=words)


def _middle(polygon: Polygon) -> Point:
    return sum(x for x, _ in polygon) / len(polygon), sum(y for _, y in polygon) / len(polygon)


def _inside(point: Point, width: float, height: float, slack: float) -> bool:
    return -slack <= point[0] <= width + slack and -slack <= point[1] <= height + slack
