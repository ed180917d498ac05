"""From a photo to quads with their evidence: votes give rough ones, the picture's edges make them precise."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.locate.evidence import Evidence, gather
from ocr.locate.network import Seen, look
from ocr.locate.quads import Quad, is_convex
from ocr.locate.refine import Strip, gradients, refine
from ocr.locate.votes import Vote, count
from ocr.shrink import shrink
from ocr.types import Image

SIDE = 640
"""Pixels on the longest side of the picture in which edges are sought."""
ERRORS = 3.0
"""How many of the errors that votes expect a side may be moved."""
REACH = (5.0, 30.0)
"""The least and the most of that, pixels of that picture."""


@dataclass(frozen=True, slots=True)
class Found:
    """One quad that may be a card."""

    quad: Quad
    """Pixels of the photo."""
    evidence: Evidence


def search(photo: Image) -> tuple[Found, ...]:
    """All quads worth a thought, about 25 ms of one core; those the votes are surest of first."""
    scale = SIDE / max(photo.shape[:2])
    size = (max(1, round(photo.shape[1] * scale)), max(1, round(photo.shape[0] * scale)))
    small = shrink(photo, size)
    seen = look(small)
    votes = count(seen.places, seen.corners)
    if not votes:
        return ()
    lab, outline = gradients(small), _enlarged(seen, size)
    found = (_settle(seen, vote, lab, outline, 1 / seen.scale) for vote in votes)
    return tuple(Found(each.quad / scale, each.evidence) for each in found)


def _settle(seen: Seen, vote: Vote, lab: Strip, outline: Strip, larger: float) -> Found:
    """Make one vote precise; `larger` is the scale from what the network was shown to the picture with the edges."""
    reach = float(np.clip(ERRORS * vote.spread * larger, *REACH))
    quad, edges = refine(lab, vote.quad * larger, reach, outline)
    if not is_convex(quad):
        quad = vote.quad * larger
    height, width = lab.shape[:2]
    shown = (round(width / larger), round(height / larger))
    return Found(quad, gather(seen, quad / larger, vote, edges, shown))


def _enlarged(seen: Seen, size: tuple[int, int]) -> Strip:
    """The map of outlines at the scale of the picture with the edges."""
    step = 4 / seen.scale
    matrix = np.array([(step, 0, step / 2 - 0.5), (0, step, step / 2 - 0.5)], np.float32)
    enlarged = cv2.warpAffine(seen.outline, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(enlarged, np.float32)
