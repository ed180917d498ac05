"""The logo region of a card, and a hash that recognises the same logo again.

A card is taken apart into text lines and marks (`marks`), neighbours are grouped into nested boxes (`proposals`), each
box is described by numbers (`features`) and judged by a small forest (`forest`), by how well it holds what the network
that finds text sees of logos (`likely`), and by what these say of the boxes like it; the best that do not overlap are
the logos.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.logo.cuts import SAME_LOGO, hash_distance
from ocr.logo.features import describe
from ocr.logo.forest import logo_forest
from ocr.logo.hashing import logo_hash, picture_distance
from ocr.logo.inside import CardInside
from ocr.logo.likely import LogoMap
from ocr.logo.marks import Boxes, intersection, take_apart
from ocr.logo.proposals import propose
from ocr.types import Image, Line, Logo

__all__ = ["SAME_LOGO", "find_logos", "hash_distance", "logo_hash", "picture_distance"]

MAX_LOGOS = 3
TRUST, LIKENESS = 0.5, 2
"""How much of a box's chance is its neighbours' word, and the power of their overlap by which they are weighed."""
LEAST_CONFIDENCE = 0.35
"""In cross-validation by card face F1 is the same from 0.3 to 0.4 (`python -m bench.training.logo_model fit`)."""
MAPPED, STRETCH = 0.5, 1.3
"""How much of a box's chance is the map's word, if there is a map, and what that is multiplied by."""
LEAST_MAPPED = 0.3
"""`LEAST_CONFIDENCE` where there is a map."""


def find_logos(card: Image, lines: Sequence[Line], likely: LogoMap | CardInside | None = None) -> tuple[Logo, ...]:
    """Graphic marks and stylised word-marks on a flattened, upright card, most likely first.

    Args:
        card: H x W x 3 (BGR) or H x W; any size, the card filling the picture, or being somewhere inside it.
        lines: its text lines in the card's pixels, as any engine read them; may be empty.
        likely: where on it logos may be, as far as the search for text tells; or the card that is inside the picture.

    Returns:
        At most `MAX_LOGOS` logos that do not overlap; polygons are boxes in the card's pixels, clockwise from the top
        left, upright unless the card is inside the picture; confidence is the chance, 0 to 1, that the box is a
        logo's.
    """
    if isinstance(likely, CardInside):
        found = find_logos(likely.card, likely.lines(lines), likely.likely)
        return tuple(map(likely.back, found))
    marks = take_apart(card, lines)
    boxes = propose(marks)
    if not len(boxes):
        return ()
    chances = logo_forest().probability(describe(marks, boxes))
    if likely:
        chances = mapped(chances, likely.fit(boxes / np.tile(marks.size, 2)))
    chances = agreed(boxes, chances)
    chosen = choose(boxes, chances, LEAST_MAPPED if likely else LEAST_CONFIDENCE)
    return tuple(_logo(card, boxes[i] / marks.scale, float(chances[i])) for i in chosen)


def mapped(chances: NDArray[np.float64], fits: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the forest and the map say together of N boxes."""
    return np.asarray((1 - MAPPED) * chances + MAPPED * np.clip(STRETCH * fits, 0, 1))


def agreed(boxes: Boxes, chances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chances of N boxes, each made the mean of its own and of what the boxes like it are given.

    A logo is proposed many times, a little wider or narrower, and the forest errs on each by itself.
    """
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    shared = intersection(boxes, boxes)
    alike = (shared / np.maximum(1e-9, area[:, None] + area[None, :] - shared)) ** LIKENESS
    return np.asarray((1 - TRUST) * chances + TRUST * (alike @ chances) / alike.sum(axis=1))


def choose(boxes: Boxes, chances: NDArray[np.float64], least: float = LEAST_CONFIDENCE) -> list[int]:
    """Indices of the likeliest of N boxes, best first, none sharing over 30 % of the smaller's area with another."""
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    overlap = intersection(boxes, boxes) / np.maximum(1, np.minimum(area[:, None], area[None, :]))
    chosen: list[int] = []
    for i in np.argsort(-chances, kind="stable"):
        if chances[i] < least or len(chosen) == MAX_LOGOS:
            break
        if all(overlap[i, other] <= 0.3 for other in chosen):
            chosen.append(int(i))
    return chosen


def _logo(card: Image, box: NDArray[np.float64], confidence: float) -> Logo:
    height, width = card.shape[:2]
    x0, x1 = (min(float(width), max(0.0, float(value))) for value in (box[0], box[2]))
    y0, y1 = (min(float(height), max(0.0, float(value))) for value in (box[1], box[3]))
    crop = card[int(y0) : max(int(y0) + 1, round(y1)), int(x0) : max(int(x0) + 1, round(x1))]
    return Logo(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), confidence, logo_hash(crop), crop)
