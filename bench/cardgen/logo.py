"""Invented logos: geometric marks, monograms, emblems and word-marks, drawn from shapes. No real company's mark."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bench.cardgen.chance import Dice
from bench.cardgen.design import Box, Colour, Run, Shape
from bench.cardgen.fonts import ink
from bench.cardgen.kinds import Point
from bench.cardgen.style import Style, light, mix


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo with its top left at the origin, mm."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    runs: tuple[Run, ...]
    """Letters that are part of the mark: a monogram."""
    words: tuple[tuple[str, tuple[Run, ...]], ...]
    """The lines of its word, each with its runs; empty for a mark alone."""
    mark: Box | None
    """Where the mark without its word is; None for a word-mark."""


def polygon(count: int, centre: Point, radius: float, start: float = -90.0) -> tuple[Point, ...]:
    """Corners of a regular polygon; `start` is the angle of the first in degrees."""
    angles = [math.radians(start + 360 * i / count) for i in range(count)]
    return tuple((centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles)


def disc(centre: Point, radius: float, colour: Colour, width: float = 0.0) -> Shape:
    """A circle, filled or as a ring."""
    box = ((centre[0] - radius, centre[1] - radius), (centre[0] + radius, centre[1] + radius))
    return Shape("ellipse", box, colour, width)


def draw_mark(size: float, style: Style, dice: Dice, letters: str) -> tuple[tuple[Shape, ...], tuple[Run, ...]]:
    """A mark of `size` mm square: its shapes, and the letters of a monogram as runs."""
    first, second = style.accent, dice.pick((style.accent2, mix(style.accent, style.paper, 0.45), style.ink))
    if letters and dice.chance(0.3):
        return _monogram(size, style, dice, letters)
    return MARKS[dice.pick(sorted(MARKS))](size, first, second, dice), ()


def _monogram(size: float, style: Style, dice: Dice, letters: str) -> tuple[tuple[Shape, ...], tuple[Run, ...]]:
    text = letters[: dice.whole(1, 2)].upper()
    face = f"{style.logo_family.name}-{style.logo_family.bold}"
    left, top, right, bottom = ink(face, text)
    em = 0.62 * size / max(right - left, bottom - top, 0.4)
    x = size / 2 - em * (left + right) / 2
    y = size / 2 - em * (top + bottom) / 2
    ground = dice.pick(("disc", "square", "rounded", "hexagon", "ring"))
    middle, paint = (size / 2, size / 2), style.accent
    shapes = {
        "disc": disc(middle, size / 2, paint),
        "ring": disc(middle, size / 2, paint, size * 0.06),
        "square": Shape("polygon", ((0, 0), (size, 0), (size, size), (0, size)), paint),
        "rounded": Shape("rounded", ((0, 0), (size, size)), paint, size * 0.2),
        "hexagon": Shape("polygon", polygon(6, middle, size / 2), paint),
    }
    letter = paint if ground == "ring" else ((255, 255, 255) if light(paint) < 0.6 else (20, 20, 20))
    return (shapes[ground],), (Run(text, face, em, x, y, letter),)


def _bars(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    count, gap = dice.whole(3, 5), 0.35
    step, rising = size / count, dice.chance(0.6)
    bars = []
    for i in range(count):
        top = size * (1 - (i + 1) / count) if rising else size * dice.between(0, 0.6)
        left, right = i * step, (i + 1 - gap) * step
        bars.append(
            Shape("polygon", ((left, top), (right, top), (right, size), (left, size)), first if i % 2 else second)
        )
    return tuple(bars)


def _rings(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    radius = size * 0.3
    places = ((radius, radius), (size - radius, radius), (size / 2, size - radius))
    colours = (first, second, mix(first, second, 0.5))
    width = size * dice.between(0.05, 0.1)
    return tuple(disc(place, radius, colour, width) for place, colour in zip(places, colours, strict=True))


def _orbit(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    middle = (size / 2, size / 2)
    planet = (size * dice.between(0.7, 0.85), size * dice.between(0.15, 0.3))
    return (
        disc(middle, size * 0.28, first),
        disc(middle, size * 0.48, second, size * 0.05),
        disc(planet, size * 0.1, first),
    )


def _peaks(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    low = size * dice.between(0.25, 0.45)
    return (
        Shape("polygon", ((0, size * 0.9), (size * 0.38, size * 0.1), (size * 0.76, size * 0.9)), first),
        Shape("polygon", ((size * 0.4, size * 0.9), (size * 0.7, low), (size, size * 0.9)), second),
    )


def _petals(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    count, middle = dice.whole(5, 8), (size / 2, size / 2)
    tips = polygon(count, middle, size * 0.3)
    return (
        *(disc(tip, size * 0.19, first if i % 2 else second) for i, tip in enumerate(tips)),
        disc(middle, size * 0.12, first),
    )


def _squares(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    cell, gap = size / 2, size * 0.04
    colours = dice.some([first, second, mix(first, second, 0.5), first], 4)
    skip = dice.whole(0, 5)
    found = []
    for i, colour in enumerate(colours):
        x, y = (i % 2) * cell, (i // 2) * cell
        if i != skip:
            found.append(
                Shape(
                    "polygon",
                    (
                        (x + gap, y + gap),
                        (x + cell - gap, y + gap),
                        (x + cell - gap, y + cell - gap),
                        (x + gap, y + cell - gap),
                    ),
                    colour,
                )
            )
    return tuple(found)


def _star(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    count, middle = dice.whole(4, 8), (size / 2, size / 2)
    outer, inner = (
        polygon(count, middle, size / 2),
        polygon(count, middle, size * dice.between(0.18, 0.28), -90 + 180 / count),
    )
    star = tuple(point for pair in zip(outer, inner, strict=True) for point in pair)
    return Shape("polygon", star, first), disc(middle, size * 0.09, second)


def _chevrons(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    thick, found = size * 0.28, []
    for i, colour in enumerate((first, second)):
        x = i * size * dice.between(0.36, 0.42)
        found.append(
            Shape(
                "polygon",
                (
                    (x, 0),
                    (x + thick, 0),
                    (x + thick + size * 0.3, size / 2),
                    (x + thick, size),
                    (x, size),
                    (x + size * 0.3, size / 2),
                ),
                colour,
            )
        )
    return tuple(found)


def _leaf(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    bend = dice.between(0.3, 0.5)
    steps = [i / 12 for i in range(13)]
    up = [(t * size, size - t * size - bend * size * math.sin(math.pi * t)) for t in steps]
    down = [
        (
            t * size + bend * size * 0.6 * math.sin(math.pi * t),
            size - t * size + bend * size * 0.4 * math.sin(math.pi * t),
        )
        for t in reversed(steps)
    ]
    blade = tuple((min(max(x, 0), size), min(max(y, 0), size)) for x, y in up + down)
    return Shape("polygon", blade, first), Shape("line", ((0, size), (size * 0.8, size * 0.2)), second, size * 0.035)


def _wave(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    found, count = [], dice.whole(2, 4)
    for i in range(count):
        base = size * (0.2 + 0.6 * i / max(count - 1, 1))
        points = tuple((size * t / 16, base + size * 0.1 * math.sin(2 * math.pi * t / 16 + i)) for t in range(17))
        found.append(Shape("line", points, first if i % 2 == 0 else second, size * 0.09))
    return tuple(found)


def _hexagons(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    radius = size * 0.25
    places = [(size * 0.27, size * 0.28), (size * 0.73, size * 0.28), (size * 0.5, size * 0.72)]
    return tuple(
        Shape("polygon", polygon(6, p, radius * dice.between(0.9, 1)), (first, second, first)[i])
        for i, p in enumerate(places)
    )


def _network(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    nodes = [(size * dice.between(0.1, 0.9), size * dice.between(0.1, 0.9)) for _ in range(5)]
    edges = [Shape("line", (nodes[0], node), second, size * 0.035) for node in nodes[1:]]
    return (*edges, *(disc(node, size * dice.between(0.07, 0.12), first) for node in nodes))


def ring_points(size: float, angles: list[float], radii: list[float]) -> list[Point]:
    """Points about the middle of a square, radii in shares of its side."""
    return [
        (size / 2 + size * r * math.cos(a), size / 2 + size * r * math.sin(a))
        for a, r in zip(angles, radii, strict=True)
    ]


def _crescent(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    found = []
    for colour, start in ((first, dice.between(0, 360)), (second, dice.between(0, 360))):
        angles = [math.radians(start + 200 * i / 20) for i in range(21)]
        outer = ring_points(size, angles, [0.5] * 21)
        inner = ring_points(size, angles, [0.5 - 0.18 * math.sin(math.pi * i / 20) for i in range(21)])
        found.append(Shape("polygon", (*outer, *reversed(inner)), colour))
    return tuple(found)


def _shield(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    waist = dice.between(0.5, 0.62)
    half = ((0.97, 0.03), (0.97, waist), (0.72, 0.84), (0.5, 0.97), (0.28, 0.84), (0.03, waist), (0.03, 0.03))
    bar = ((0.4, 0.2), (0.6, 0.2), (0.6, 0.75), (0.4, 0.75))
    return tuple(
        Shape("polygon", tuple((x * size, y * size) for x, y in points), colour)
        for points, colour in ((half, first), (bar, second))
    )


def _gear(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    count = dice.whole(7, 11)
    steps = [
        (i + part, radius) for i in range(count) for part, radius in ((0, 0.5), (0.45, 0.5), (0.55, 0.39), (0.95, 0.39))
    ]
    teeth = ring_points(size, [2 * math.pi * at / count for at, _ in steps], [radius for _, radius in steps])
    return Shape("polygon", tuple(teeth), first), disc((size / 2, size / 2), size * 0.2, second)


def _cube(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    corners, middle = polygon(6, (size / 2, size / 2), size / 2), (size / 2, size / 2)
    tones = dice.some([first, second, mix(first, second, 0.5)], 3)
    faces = zip(((0, 1), (2, 3), (4, 5)), tones, strict=True)
    return tuple(Shape("polygon", (corners[a - 1], corners[a], corners[b], middle), tone) for (a, b), tone in faces)


def _drop(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    radius = size * 0.32
    at = (size / 2, size - radius)
    cheek = dice.between(0.82, 0.95) * radius
    tip = ((at[0], 0.0), (at[0] + cheek, at[1] - radius * 0.3), (at[0] - cheek, at[1] - radius * 0.3))
    return (
        Shape("polygon", tip, first),
        disc(at, radius, first),
        disc((at[0] - radius * 0.3, at[1]), radius * 0.35, second),
    )


def _arrows(size: float, first: Colour, second: Colour, dice: Dice) -> tuple[Shape, ...]:
    shaft, head = dice.between(0.07, 0.12), 0.24
    half = ((0, -shaft), (1 - head, -shaft), (1 - head, -head), (1, 0), (1 - head, head), (1 - head, shaft), (0, shaft))
    there = tuple((x * size, (0.28 + y) * size) for x, y in half)
    back = tuple(((1 - x) * size, (0.74 + y) * size) for x, y in half)
    return Shape("polygon", there, first), Shape("polygon", back, second)


MARKS = {
    "bars": _bars,
    "rings": _rings,
    "orbit": _orbit,
    "peaks": _peaks,
    "petals": _petals,
    "squares": _squares,
    "star": _star,
    "chevrons": _chevrons,
    "leaf": _leaf,
    "wave": _wave,
    "hexagons": _hexagons,
    "network": _network,
    "crescent": _crescent,
    "shield": _shield,
    "gear": _gear,
    "cube": _cube,
    "drop": _drop,
    "arrows": _arrows,
}
