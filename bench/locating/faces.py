"""What a card looks like from three steps away: paper, fields of colour, frames, a mark, blocks of print."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.locating import surfaces
from bench.locating.print_marks import paragraph, word_shapes
from bench.locating.surfaces import blend, colour, noise

Picture = NDArray[np.float32]

HEIGHT = 300
ASPECTS = ((85, 55), (89, 51), (91, 55), (90, 50), (85.6, 54), (90, 55), (55, 55), (100, 50))
"""Millimetres: Europe, North America, Japan, China, ISO 7810 ID-1, Latin America and India, square, long."""
SHARES = (0.27, 0.27, 0.1, 0.14, 0.1, 0.08, 0.02, 0.02)


def face(rng: Generator) -> tuple[Picture, Picture]:
    """A printed card lying on its long side: BGR 0 to 255 and its shape (alpha, 0 to 1), `HEIGHT` pixels high."""
    wide, high = ASPECTS[int(rng.choice(len(ASPECTS), p=SHARES))]
    width = round(HEIGHT * wide / high)
    vertical = rng.random() < 0.18
    size = (HEIGHT, width) if vertical else (width, HEIGHT)
    picture, light = _paper(rng, size)
    picture, light = _fields_of_colour(rng, picture, light)
    _frames(rng, picture)
    for _ in range(int(rng.integers(1, 5))):
        _text_block(rng, picture, light)
    if rng.random() < 0.75:
        _mark(rng, picture, light)
    if vertical:
        picture = np.ascontiguousarray(np.rot90(picture))
    return np.clip(picture, 0, 255), _shape(rng, picture.shape[1], picture.shape[0])


def _paper(rng: Generator, size: tuple[int, int]) -> tuple[Picture, bool]:
    """The stock, and whether it is light."""
    kind, bright = rng.random(), rng.random() < 0.5
    if kind < 0.52:
        base, bright = colour(rng, value=(0.86, 1.0), saturation=float(rng.beta(1, 14))), True
    elif kind < 0.62:
        base, bright = colour(rng, value=(0.7, 1.0), saturation=float(rng.uniform(0.05, 0.3))), True
    elif kind < 0.74:
        base, bright = colour(rng, value=(0.02, 0.3)), False
    elif kind < 0.86:
        base, bright = colour(rng, value=(0.3, 1.0), saturation=float(rng.uniform(0.4, 1.0))), rng.random() < 0.4
    else:
        picture = surfaces.surface(rng, size)
        washed = 255.0 if bright else 0.0
        return np.asarray(picture + (washed - picture) * rng.uniform(0, 0.8), np.float32), bright
    picture = base + np.zeros((size[1], size[0], 3), np.float32)
    if rng.random() < 0.2:
        picture = blend(base, colour(rng, value=(0.6, 1.0) if bright else (0.0, 0.4)), noise(rng, size, 1.5))
    if rng.random() < 0.3:
        picture = picture + (noise(rng, size, HEIGHT / rng.uniform(2, 6))[..., None] - 0.5) * rng.uniform(2, 22)
    return np.asarray(picture, np.float32), bright


def _fields_of_colour(rng: Generator, picture: Picture, light: bool) -> tuple[Picture, bool]:
    """Bands, corners, waves and photographs that run to the card's edge."""
    size = surfaces.size_of(picture)
    for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.45, 0.33, 0.15, 0.07]))):
        mask = _region(rng, size)
        paint = surfaces.blobs(rng, size) if rng.random() < 0.25 else colour(rng)
        picture = blend(picture, paint, mask)
    return picture, light


def _region(rng: Generator, size: tuple[int, int]) -> Picture:
    """Mask of one region, 0 to 1, touching one side or more."""
    width, height = size
    y, x = np.mgrid[:height, :width].astype(np.float32)
    u, v = x / width, y / height
    if rng.random() < 0.5:
        u = 1 - u
    if rng.random() < 0.5:
        v = 1 - v
    kind, edge = rng.integers(0, 5), rng.uniform(0.08, 0.55)
    if kind == 0:
        inside = u - edge
    elif kind == 1:
        inside = v - edge
    elif kind == 2:
        inside = u * rng.uniform(0.3, 1.2) + v - edge * 1.4
    elif kind == 3:
        inside = v - edge - rng.uniform(0.03, 0.15) * np.sin(u * rng.uniform(2, 9) + rng.uniform(0, 6))
    else:
        inside = np.hypot(u - rng.uniform(-0.2, 0.3), v - rng.uniform(-0.2, 0.3)) - edge * 1.3
    return np.asarray(np.clip(-inside * height / 1.5 + 0.5, 0, 1), np.float32)


def _frames(rng: Generator, picture: Picture) -> None:
    """Lines that a finder must not take for the card's own edges."""
    height, width = picture.shape[:2]
    if rng.random() < 0.14:
        inset = float(rng.uniform(0.02, 0.12)) * min(width, height)
        cut = (int(inset), int(inset)), (int(width - inset), int(height - inset))
        cv2.rectangle(picture, *cut, colour(rng).tolist(), int(rng.integers(1, 6)), cv2.LINE_AA)
    for _ in range(int(rng.choice([0, 1, 2, 6], p=[0.6, 0.25, 0.1, 0.05]))):
        start = rng.uniform(0.03, 0.7, 2) * (width, height)
        length, weight = float(rng.uniform(0.2, 0.95)), int(rng.integers(1, 5))
        along = (length * width, 0) if rng.random() < 0.65 else (0, length * height)
        end = start + along
        cv2.line(picture, _at(start), _at(end), colour(rng).tolist(), weight, cv2.LINE_AA)


def _text_block(rng: Generator, picture: Picture, light: bool) -> None:
    height, width = picture.shape[:2]
    ink = colour(rng, value=(0.0, 0.45)) if light else colour(rng, value=(0.7, 1.0), saturation=float(rng.beta(1, 4)))
    left, top = rng.uniform(0.04, 0.55) * width, rng.uniform(0.05, 0.75) * height
    right, bottom = left + rng.uniform(0.25, 0.9) * width, top + rng.uniform(0.1, 0.6) * height
    box = (int(left), int(top), int(min(right, 0.97 * width)), int(min(bottom, 0.95 * height)))
    align = str(rng.choice(["left", "right", "centre"], p=[0.6, 0.2, 0.2]))
    paragraph(rng, picture, box, ink, float(rng.uniform(13, 34)), align=align)


def _mark(rng: Generator, picture: Picture, light: bool) -> None:
    """A logo: a disc, a box, a triangle, a large word."""
    height, width = picture.shape[:2]
    size = float(rng.uniform(0.08, 0.35)) * height
    centre = rng.uniform(0.12, 0.88, 2) * (width, height)
    paint = colour(rng, saturation=float(rng.uniform(0.2, 1)))
    kind = rng.random()
    if kind < 0.3:
        cv2.circle(picture, _at(centre), int(size), paint.tolist(), int(rng.choice([-1, 3, 6])), cv2.LINE_AA)
    elif kind < 0.65:
        corners = rng.normal(0, size * 0.7, (int(rng.integers(3, 7)), 2)) + centre
        cv2.fillPoly(picture, [corners.astype(np.int32)], paint.tolist(), cv2.LINE_AA)
    if kind > 0.5:
        left, top = _at(centre - (size, size / 2))
        ink = paint if rng.random() < 0.5 else colour(rng, value=(0.0, 0.4) if light else (0.7, 1.0))
        word_shapes(rng, picture, (left, top, int(0.97 * width), height), ink, max(10.0, size * 0.8))


def _shape(rng: Generator, width: int, height: int) -> Picture:
    """Mostly square corners; some round, a few very round."""
    alpha = np.ones((height, width), np.float32)
    radius = int(rng.choice([0, 0, 0, 0.05, 0.08, 0.13]) * height)
    if radius:
        y, x = np.mgrid[:height, :width].astype(np.float32)
        out_x = np.maximum(np.maximum(radius - x, x - (width - 1 - radius)), 0)
        out_y = np.maximum(np.maximum(radius - y, y - (height - 1 - radius)), 0)
        alpha = np.clip(radius - np.hypot(out_x, out_y) + 0.5, 0, 1).astype(np.float32)
    return alpha


def _at(point: Any) -> tuple[int, int]:
    return int(point[0]), int(point[1])
