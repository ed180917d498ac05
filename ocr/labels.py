"""Where labels stand on a picture: beside what they name, within it, on as little print and as few others as can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np

from ocr.types import Point, Polygon

CELLS = 400
"""Of the grid that keeps what is covered, along the picture's longest side."""
PRINT, LABEL = 1.0, 3.0
"""What it costs to stand on either, per cell."""
ASIDE = 0.015
"""What it costs, as a share of standing wholly on print, to take the next place round an outline and not this one."""


class Labels:
    """Finds a place for one label after the other.

    Args:
        size: width and height of the picture, in any unit; the same for all that follows.
        outlines: what is printed, rather not to be covered.
    """

    def __init__(self, size: tuple[float, float], outlines: Iterable[Polygon]) -> None:
        self._size = size
        self._cell = max(size) / CELLS
        self._covered = np.zeros((self._cells(size[1]), self._cells(size[0])), np.float32)
        for outline in outlines:
            points = np.array(outline, np.float64) / self._cell
            cv2.fillPoly(self._covered, [points.round().astype(np.int32)], PRINT)

    def place(self, outline: Polygon, width: float, height: float, gap: float) -> Point:
        """The top left corner of the best place beside an outline; it is taken from then on."""
        places = [self._inside(at, width, height) for at in _around(outline, width, height, gap)]
        costs = [self._cost(at, width, height) + ASIDE * rank for rank, at in enumerate(places)]
        best = places[int(np.argmin(costs))]
        self._covered[self._window(best, width, height)] += LABEL
        return best

    def _inside(self, at: Point, width: float, height: float) -> Point:
        x, y = at
        return min(max(0.0, x), max(0.0, self._size[0] - width)), min(max(0.0, y), max(0.0, self._size[1] - height))

    def _cost(self, at: Point, width: float, height: float) -> float:
        return float(self._covered[self._window(at, width, height)].mean())

    def _window(self, at: Point, width: float, height: float) -> tuple[slice, slice]:
        left, top = (int(part / self._cell) for part in at)
        left, top = min(left, self._covered.shape[1] - 1), min(top, self._covered.shape[0] - 1)
        return slice(top, top + self._cells(height)), slice(left, left + self._cells(width))

    def _cells(self, length: float) -> int:
        return max(1, int(np.ceil(length / self._cell)))


def _around(outline: Polygon, width: float, height: float, gap: float) -> Iterator[Point]:
    """Places that touch an outline: before it, behind it, then at its corners, over and under each."""
    by_x = sorted(outline)
    first, last = by_x[:2], by_x[-2:]
    yield min(x for x, _ in first) - gap - width, sum(y for _, y in first) / 2 - height / 2
    yield max(x for x, _ in last) + gap, sum(y for _, y in last) / 2 - height / 2
    for x, y in sorted(outline, key=lambda point: point[0] + 2 * point[1]):
        for left in (x, x - width):
            yield left, y - gap - height
            yield left, y + gap
