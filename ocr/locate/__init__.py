"""Where the cards are: four corners each, and how sure we are of them.

network   what a small network sees: insides, outlines, and where each place believes its card's corners to be
votes     those beliefs counted: one rough quad a card
refine    each side of a rough quad moved to the picture's own edge
evidence  what speaks for the result, and the chance that it is right
search    the three in a row
"""

from __future__ import annotations

from dataclasses import dataclass

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


def find_cards(photo: Image) -> tuple[Candidate, ...]:
    """Cards in an upright photo (BGR), the surest first; none when nothing looks like a card."""
    weighed = [(chance(found.evidence), found.quad) for found in search(photo)]
    kept: list[tuple[float, Quad]] = []
    for confidence, quad in sorted(weighed, key=lambda pair: -pair[0]):
        if confidence >= LEAST and all(_apart(quad, other) for _, other in kept):
            kept.append((confidence, quad))
    return tuple(Candidate(_as_polygon(quad), round(confidence, 3)) for confidence, quad in kept)


def _apart(one: Quad, other: Quad) -> bool:
    return max(inside_share(one, other), inside_share(other, one)) < SAME


def _as_polygon(quad: Quad) -> Polygon:
    return tuple((float(x), float(y)) for x, y in in_order(quad))
