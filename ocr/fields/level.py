"""Lines as they would stand on a card that lies straight.

Bent cards and cards cut out roughly have lines that run up or down. Upright boxes around such lines are too high and
overlap one another; each line's own length and thickness, level around its turned middle, tell how large its letters
are and what stands above what.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from ocr.types import Line, Logo, Point, Polygon

STEEPEST = math.radians(30)
"""Lines that run at a larger angle to the others, written upwards for example, keep the box around them."""
SHORTEST = 2.5
"""Lengths by thickness from which a line has a direction."""


def tilt_of(lines: Sequence[Line]) -> float:
    """The angle at which most of the text runs, radians, positive downwards to the right; 0 without text."""
    angles = sorted(
        (angle, length) for angle, length, thickness in map(_measures, lines) if length > SHORTEST * thickness
    )
    angles = [(angle, length) for angle, length in angles if abs(angle) < STEEPEST]
    half = sum(length for _, length in angles) / 2
    for angle, length in angles:
        half -= length
        if half <= 0:
            return angle
    return 0.0


def level(lines: Sequence[Line], tilt: float, size: tuple[int, int]) -> list[Line]:
    """The lines turned back by `tilt` around the middle of the card, each made level."""
    return [replace(line, polygon=_level(line, tilt, size)) for line in lines]


def level_logos(logos: Sequence[Logo], tilt: float, size: tuple[int, int]) -> list[Logo]:
    """Logos moved with the lines; their boxes keep their size."""
    made = []
    for logo in logos:
        xs, ys = [x for x, _ in logo.polygon], [y for _, y in logo.polygon]
        middle = _turned(((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2), tilt, size)
        made.append(replace(logo, polygon=_rectangle(middle, max(xs) - min(xs), max(ys) - min(ys))))
    return made


def _measures(line: Line) -> tuple[float, float, float]:
    """Angle, length and thickness of a line."""
    if len(line.polygon) != 4:
        return 0.0, 0.0, 0.0
    a, b, c, d = line.polygon
    length = (math.dist(a, b) + math.dist(d, c)) / 2
    thickness = (math.dist(a, d) + math.dist(b, c)) / 2
    return math.atan2(b[1] - a[1] + c[1] - d[1], b[0] - a[0] + c[0] - d[0]), length, thickness


def _level(line: Line, tilt: float, size: tuple[int, int]) -> Polygon:
    angle, length, thickness = _measures(line)
    turned = [_turned(point, tilt, size) for point in line.polygon]
    if length <= SHORTEST * thickness or abs(math.remainder(angle - tilt, math.tau)) > STEEPEST:
        return tuple(turned)
    middle = sum(x for x, _ in turned) / len(turned), sum(y for _, y in turned) / len(turned)
    return _rectangle(middle, length, thickness)


def _turned(point: Point, tilt: float, size: tuple[int, int]) -> Point:
    x, y = point[0] - size[0] / 2, point[1] - size[1] / 2
    cos, sin = math.cos(tilt), math.sin(tilt)
    return x * cos + y * sin + size[0] / 2, y * cos - x * sin + size[1] / 2


def _rectangle(middle: Point, width: float, height: float) -> Polygon:
    left, right = middle[0] - width / 2, middle[0] + width / 2
    top, bottom = middle[1] - height / 2, middle[1] + height / 2
    return (left, top), (right, top), (right, bottom), (left, bottom)
