"""A card that a picture probably shows: its logos are looked for on it, flattened.

Where no corners are sure enough, the whole frame is read, for lines of text lost to a wrong crop are worse than a
slanted card. A logo is told by its size, its place and its form, which only a flattened card has; there the best guess
is better than the frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.logo.likely import LogoMap
from ocr.types import Image, Line, Logo, Polygon

OVERHANG = 0.02
"""A line belongs to the card if its middle is no further outside than this share of the card's sides."""


@dataclass(frozen=True, slots=True)
class CardInside:
    """A flattened, upright card, and how to get there from the picture that it is in."""

    card: Image
    to_card: NDArray[np.float64]
    """3 x 3 homography: pixel of the picture to pixel of `card`."""
    likely: LogoMap | None
    """Where on the card logos may be."""

    def lines(self, lines: Sequence[Line]) -> tuple[Line, ...]:
        """Those of the picture's lines that stand on the card, in its pixels; without their words."""
        moved = (replace(line, polygon=_moved(line.polygon, self.to_card), words=()) for line in lines)
        return tuple(line for line in moved if self._holds(line.polygon))

    def back(self, logo: Logo) -> Logo:
        """A logo on the card as one in the picture, where it is slanted as the card is."""
        return replace(logo, polygon=_moved(logo.polygon, np.linalg.inv(self.to_card)))

    def _holds(self, polygon: Polygon) -> bool:
        middle = np.mean(polygon, axis=0) / self.card.shape[1::-1]
        return bool((np.abs(middle - 0.5) <= 0.5 + OVERHANG).all())


def _moved(polygon: Polygon, way: NDArray[np.floating]) -> Polygon:
    points = cv2.perspectiveTransform(np.array([polygon], np.float64), way)[0]
    return tuple((float(x), float(y)) for x, y in points)
