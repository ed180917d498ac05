"""Small drawn signs that stand before a phone number, an address or a site."""

from __future__ import annotations

from bench.cardgen.design import Colour, Shape
from bench.cardgen.kinds import Point

HANDSET = ((0.08, 0.2), (0.3, 0.06), (0.42, 0.32), (0.3, 0.42), (0.58, 0.7), (0.7, 0.58), (0.94, 0.7), (0.8, 0.94),
           (0.52, 0.86), (0.16, 0.5))  # fmt: skip


def draw_icon(name: str, at: Point, size: float, colour: Colour) -> list[Shape]:
    """The sign `name` with its top left at `at`, `size` mm square; an unknown name gives a dot."""
    unit: dict[str, tuple[tuple[str, tuple[Point, ...], float], ...]] = {
        "email": (
            ("line", ((0.02, 0.2), (0.98, 0.2), (0.98, 0.8), (0.02, 0.8), (0.02, 0.2)), 0.09),
            ("line", ((0.02, 0.2), (0.5, 0.55), (0.98, 0.2)), 0.09),
        ),
        "website": (
            ("ellipse", ((0.05, 0.05), (0.95, 0.95)), 0.09),
            ("ellipse", ((0.32, 0.05), (0.68, 0.95)), 0.08),
            ("line", ((0.05, 0.5), (0.95, 0.5)), 0.08),
        ),
        "address": (
            ("ellipse", ((0.22, 0.02), (0.78, 0.58)), 0.14),
            ("polygon", ((0.26, 0.42), (0.74, 0.42), (0.5, 1.0)), 0.0),
        ),
        "mobile": (
            ("line", ((0.28, 0.04), (0.72, 0.04), (0.72, 0.96), (0.28, 0.96), (0.28, 0.04)), 0.1),
            ("line", ((0.44, 0.82), (0.56, 0.82)), 0.08),
        ),
        "fax": (
            ("polygon", ((0.05, 0.4), (0.95, 0.4), (0.95, 0.8), (0.05, 0.8)), 0.0),
            ("line", ((0.25, 0.4), (0.25, 0.08), (0.75, 0.08), (0.75, 0.4)), 0.08),
        ),
        "work": (
            ("polygon", HANDSET, 0.0),
        ),
        "social": (("ellipse", ((0.2, 0.2), (0.8, 0.8)), 0.12),),
    }  # fmt: skip
    parts = unit.get(name, (("ellipse", ((0.3, 0.3), (0.7, 0.7)), 0.0),))
    return [
        Shape(kind, tuple((at[0] + x * size, at[1] + y * size) for x, y in points), colour, width * size)
        for kind, points, width in parts
    ]
