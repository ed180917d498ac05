"""Which parts of a photo are read as cards.

A wrong crop costs more than none: measured end to end, readers lose a tenth of the text to bad corners and nothing to
clutter around a card. So a card is cut out only when its corners are sure; else the whole frame is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.engines.ppocr import Box
from ocr.locate import Candidate
from ocr.rectify import Flat, flatten, outline, whole
from ocr.types import Image, Polygon

SURE = 0.6
"""Confidence from which a candidate's corners are trusted enough to cut the card out."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the photo to read as one card."""

    flat: Flat
    quad: Polygon
    """Where the card is, photo pixels; the best guess even when the region is the whole frame."""
    confidence: float
    """Of the quad, 0 to 1."""

    def quad_turned(self, degrees: int) -> Polygon:
        """The quad with the corner first that is the top left once the card is turned clockwise by `degrees`."""
        steps = degrees // 90
        return self.quad[-steps:] + self.quad[:-steps] if steps else self.quad


def choose_regions(photo: Image, candidates: Sequence[Candidate], text: Sequence[Box], most: int) -> tuple[Region, ...]:
    """Cut out the cards that are sure, or else take the whole frame for one card; none in a photo without text."""
    if not text:
        return ()
    sure = [c for c in candidates if c.confidence >= SURE and _holds_text(c.quad, text)]
    if sure:
        return tuple(Region(flatten(photo, c.quad), c.quad, c.confidence) for c in sure[:most])
    frame = whole(photo)
    if candidates:
        return (Region(frame, candidates[0].quad, candidates[0].confidence),)
    return (Region(frame, outline(frame), 0.0),)


def _holds_text(quad: Polygon, text: Sequence[Box]) -> bool:
    outer = np.array(quad, np.float32)
    return any(cv2.pointPolygonTest(outer, tuple(map(float, box.mean(axis=0))), False) >= 0 for box in text)


def as_polygon(box: Box) -> Polygon:
    """A box as plain points."""
    return tuple((float(x), float(y)) for x, y in box)
