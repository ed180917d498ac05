"""Where the cards are: four corners each, and how sure we are of them.

network   what a small network sees: insides, outlines, and where each place believes its card's corners to be
votes     those beliefs counted: one rough quad a card
refine    each side of a rough quad moved to the picture's own edge
evidence  what speaks for the result, and the chance that it is right
search    the three in a row
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ocr.locate.evidence import chance
from ocr.locate.quads import Quad, in_order, inside_share
from ocr.locate.search import search
from ocr.types import Image, Polygon

LEAST = 0.02
"""Candidates with a smaller chance are not worth naming."""
SAME = 0.15
"""Overlap (of the smaller quad) from which two candidates are about the same card."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A card that may be in the photo."""

    quad: Polygon
    """Pixels of the photo, clockwise, starting at the corner nearest the photo's top left; outside it where the frame
    cuts the card off."""
    confidence: float
    """Chance that the quad overlaps the true card by 0.9 or more (intersection over union), 0 to 1."""


def find_cards(photo: Image, text: Sequence[Polygon] = ()) -> tuple[Candidate, ...]:
    """Cards in a photo, the surest first; none when nothing looks like a card.

    Args:
        photo: upright, BGR.
        text: boxes of text known to be in the photo, pixels. A side that cuts through text is no card's edge.
    """
    boxes = [np.array(polygon, np.float64) for polygon in text]
    weighed = [(chance(found.evidence) * _spares_text(found.quad, boxes), found.quad) for found in search(photo)]
    kept: list[tuple[float, Quad]] = []
    for confidence, quad in sorted(weighed, key=lambda pair: -pair[0]):
        if confidence >= LEAST and all(_apart(quad, other) for _, other in kept):
            kept.append((confidence, quad))
    return tuple(Candidate(_as_polygon(quad), round(confidence, 3)) for confidence, quad in kept)


def _spares_text(quad: Quad, boxes: Sequence[Quad]) -> float:
    """1 when no box of text is cut by the quad's outline, down to 0.4 when many are."""
    shares = [share for box in boxes if (share := inside_share(box, quad)) > 0.2]
    cut = sum(share < 0.8 for share in shares) / max(1, len(shares))
    return 1 - min(0.6, 1.2 * cut)


def _apart(one: Quad, other: Quad) -> bool:
    return max(inside_share(one, other), inside_share(other, one)) < SAME


def _as_polygon(quad: Quad) -> Polygon:
    return tuple((float(x), float(y)) for x, y in in_order(quad))
