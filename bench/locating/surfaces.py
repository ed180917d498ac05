"""What cards lie on, drawn from noise.

Each function gives a picture of `size` (width, height): BGR, float32, 0 to 255.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.locating.print_marks import paragraph, word_shapes

Picture = NDArray[np.float32]
Size = tuple[int, int]


def surface(rng: Generator, size: Size) -> Picture:
    """Any of the surfaces, now and then two of them side by side."""
    picture = _one(rng, size)
    if rng.random() < 0.22:
        picture = _beside(rng, picture, _one(rng, size))
    return picture


def _one(rng: Generator, size: Size) -> Picture:
    kinds = list(KINDS)
    weights = np.array([KINDS[kind] for kind in kinds])
    return kinds[int(rng.choice(len(kinds), p=weights / weights.sum()))](rng, size)


def _beside(rng: Generator, one: Picture, other: Picture) -> Picture:
    """Two surfaces that meet along a line: the edge of a table, of a book, of a mat."""
    height, width = one.shape[:2]
    angle = rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.25)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    offset = rng.uniform(0.1, 0.45) * rng.choice([-1, 1])
    side = (x / width - 0.5) * np.cos(angle) + (y / height - 0.5) * np.sin(angle) - offset
    mask = np.clip(side * max(size_of(one)) / rng.uniform(1, 5) + 0.5, 0, 1)[..., None].astype(np.float32)
    shade = 1 - rng.uniform(0, 0.5) * np.exp(-np.maximum(side, 0) * rng.uniform(15, 60))[..., None].astype(np.float32)
    return np.asarray(one * (1 - mask) + other * shade * mask, np.float32)


def size_of(picture: NDArray[Any]) -> Size:
    """Width and height."""
    return picture.shape[1], picture.shape[0]


def noise(rng: Generator, size: Size, cells: float, octaves: int = 1, stretch: float = 1.0) -> Picture:
    """Smooth noise, one channel, 0 to 1: `cells` humps along the longest side, finer ones added by octave."""
    width, height = size
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        count = cells * 2**octave / max(size)
        cell_counts = (max(2, round(count * height)), max(2, round(count * width * stretch)))
        fine = rng.random(cell_counts, np.float32)
        total += cv2.resize(fine, size, interpolation=cv2.INTER_CUBIC) * 0.55**octave
    low, high = float(total.min()), float(total.max())
    return np.asarray((total - low) / (high - low + 1e-6), np.float32)


def colour(rng: Generator, *, value: tuple[float, float] = (0.05, 1.0), saturation: float | None = None) -> Picture:
    """One BGR colour, 0 to 255: mostly muted, as things are."""
    hue = rng.uniform(0, 180)
    strong = rng.beta(1.2, 2.2) if saturation is None else saturation
    hsv = np.array([[[hue, 255 * strong, 255 * rng.uniform(*value)]]], np.float32).astype(np.uint8)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)[0, 0], np.float32)


def warm(rng: Generator) -> Picture:
    """A colour of wood, leather or skin."""
    hsv = np.array([[[rng.uniform(3, 22), rng.uniform(40, 200), rng.uniform(30, 240)]]], np.float32).astype(np.uint8)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)[0, 0], np.float32)


def blend(first: Picture, second: Picture, share: Picture) -> Picture:
    """Two colours or pictures mixed by a one-channel share."""
    return np.asarray(first * (1 - share[..., None]) + second * share[..., None], np.float32)


def plain(rng: Generator, size: Size) -> Picture:
    """Nearly one colour, as desks, walls and laptops are."""
    base = colour(rng, saturation=float(rng.beta(1, 5)))
    other = np.clip(base + rng.normal(0, 14, 3), 0, 255).astype(np.float32)
    grain = (noise(rng, size, max(size) / rng.uniform(1, 3)) - 0.5)[..., None] * rng.uniform(0, 16)
    return blend(base, other, noise(rng, size, 2)) + grain


def mottled(rng: Generator, size: Size) -> Picture:
    """Stone, concrete, carpet."""
    rough = noise(rng, size, rng.uniform(3, 200), int(rng.integers(2, 6)))
    rough = np.clip((rough - 0.5) * rng.uniform(0.6, 3) + 0.5, 0, 1).astype(np.float32)
    base = colour(rng)
    return blend(base, np.clip(base * rng.uniform(0.4, 1.7) + rng.normal(0, 15, 3), 0, 255).astype(np.float32), rough)


def wood(rng: Generator, size: Size) -> Picture:
    """Grain along one direction, sometimes in boards."""
    width, height = size
    across = np.mgrid[:height, :width][0].astype(np.float32) / height
    drift = noise(rng, size, rng.uniform(1, 4), 2)
    rings = 0.5 + 0.5 * np.sin((across * rng.uniform(4, 40) + drift * rng.uniform(1, 8)) * 6.28)
    streaks = noise(rng, size, max(size) / 2, 1, stretch=float(rng.uniform(0.01, 0.08)))
    share = np.clip(rng.uniform(0, 0.7) * rings + rng.uniform(0.2, 1) * streaks, 0, 1).astype(np.float32)
    light = warm(rng)
    picture = blend(light, light * np.float32(rng.uniform(0.45, 0.9)), share)
    if rng.random() < 0.4:
        for y in np.arange(rng.uniform(0, 0.3), 1, rng.uniform(0.12, 0.6)):
            picture[int(y * height) : int(y * height) + int(rng.integers(1, 4))] *= rng.uniform(0.3, 0.8)
    return _turned(rng, picture, size)


def leather(rng: Generator, size: Size) -> Picture:
    """Small cells lit from one side."""
    bumps = noise(rng, size, max(size) / rng.uniform(4, 14), 2)
    lit = cv2.Sobel(bumps, cv2.CV_32F, 1, 1, ksize=3)
    relief = np.clip(lit * rng.uniform(0.5, 3), -0.5, 0.5)[..., None]
    base = warm(rng) * rng.uniform(0.15, 0.8) if rng.random() < 0.7 else colour(rng, value=(0.05, 0.5))
    return np.asarray(np.clip(base * (1 + relief), 0, 255), np.float32)


def cloth(rng: Generator, size: Size) -> Picture:
    """A weave, often with stripes or checks."""
    width, height = size
    y, x = np.mgrid[:height, :width].astype(np.float32)
    pitch = rng.uniform(2.2, 7)
    weave = np.sin(x * 6.28 / pitch) * np.sin(y * 6.28 / pitch) * rng.uniform(0, 18)
    picture = colour(rng) + np.zeros((height, width, 3), np.float32)
    for axis in (x, y)[: int(rng.integers(0, 3))]:
        stripes = (np.sin(axis * 6.28 / rng.uniform(20, 150) + rng.uniform(0, 6)) > rng.uniform(-0.5, 0.9)).astype(
            np.float32
        )
        picture = blend(picture, colour(rng), stripes * np.float32(rng.uniform(0.2, 0.9)))
    return _turned(rng, np.asarray(picture + weave[..., None], np.float32), size)


def page(rng: Generator, size: Size) -> Picture:
    """Printed paper: columns of text and a few pictures, lying any way round."""
    width, height = size
    paper = colour(rng, value=(0.75, 1.0), saturation=float(rng.beta(1, 9)))
    ink = colour(rng, value=(0.0, 0.35))
    picture = paper + np.zeros((height, width, 3), np.float32)
    columns = int(rng.integers(1, 5))
    gap, step = width / columns, float(rng.uniform(5, 20))
    for column in range(columns):
        y = rng.uniform(-0.1, 0.1) * height
        while y < height:
            block = float(rng.uniform(0.08, 0.5)) * height
            box = (int(column * gap + 0.06 * gap), int(y), int((column + 0.94) * gap), int(min(y + block, height)))
            _print_block(rng, picture, box, ink, step)
            y += block + step
    return _turned(rng, picture, size)


def _print_block(rng: Generator, picture: Picture, box: tuple[int, int, int, int], ink: Picture, step: float) -> None:
    left, top, right, bottom = box
    if right - left < 8 or bottom - max(top, 0) < 8:
        return
    if rng.random() < 0.2:
        area = picture[max(top, 0) : bottom, left:right]
        area[:] = blobs(rng, size_of(area))
    elif rng.random() < 0.15:
        word_shapes(rng, picture, (left, top, right, bottom), ink, 3 * step)
    else:
        paragraph(rng, picture, box, ink, step)


def magazine(rng: Generator, size: Size) -> Picture:
    """A cover: strong colours, huge letters, shapes, pictures."""
    picture = blobs(rng, size) if rng.random() < 0.5 else blend(colour(rng), colour(rng), noise(rng, size, 2))
    width, height = size
    for _ in range(int(rng.integers(2, 9))):
        tall = float(rng.uniform(0.04, 0.35)) * height
        x, y = rng.uniform(-0.3, 0.8) * width, rng.uniform(0, 0.9) * height
        word_shapes(rng, picture, (int(x), int(y), int(x + width), int(y + tall)), colour(rng), tall)
    for _ in range(int(rng.integers(0, 20))):
        ends = rng.uniform(-0.2, 1.2, (2, 2)) * size
        cv2.line(picture, _at(ends[0]), _at(ends[1]), colour(rng).tolist(), int(rng.integers(1, 4)), cv2.LINE_AA)
    return _turned(rng, picture, size)


def blobs(rng: Generator, size: Size) -> Picture:
    """Dead leaves: discs, boxes and triangles of falling size, as any picture of things is made (Ruderman, 1997)."""
    width, height = size
    picture = colour(rng) + np.zeros((height, width, 3), np.float32)
    for radius in np.sort(rng.pareto(1.5, int(rng.integers(15, 90))) + 0.3)[::-1] * 0.05 * max(size):
        centre, paint = rng.uniform(-0.1, 1.1, 2) * size, colour(rng).tolist()
        if rng.random() < 0.5:
            cv2.circle(picture, _at(centre), max(1, int(min(radius, max(size)))), paint, -1, cv2.LINE_AA)
        else:
            corners = rng.normal(0, min(radius, max(size)), (int(rng.integers(3, 5)), 2)) + centre
            cv2.fillConvexPoly(picture, cv2.convexHull(corners.astype(np.int32)), paint, cv2.LINE_AA)
    shade = noise(rng, size, 6, 3)[..., None] * rng.uniform(0, 60)
    blur = float(rng.choice([0.0, 1.0, 4.0, 12.0]))
    done = cv2.GaussianBlur(picture, (0, 0), blur) if blur else picture
    return np.asarray(np.clip(done + shade - 20, 0, 255), np.float32)


def grid(rng: Generator, size: Size) -> Picture:
    """Keys of a keyboard, tiles, bricks."""
    width, height = size
    key = float(rng.uniform(0.05, 0.3)) * max(size)
    wide, joint = key * rng.uniform(1, 2), max(1.0, key * rng.uniform(0.03, 0.2))
    picture = colour(rng) + np.zeros((height, width, 3), np.float32)
    face, rows = colour(rng), np.arange(-key, height, key)
    for number, y in enumerate(rows):
        shift = rng.uniform(0, wide) if rng.random() < 0.7 else (number % 2) * wide / 2
        for x in np.arange(-wide + shift - wide, width, wide):
            paint = np.clip(face + rng.normal(0, 6), 0, 255).tolist()
            cv2.rectangle(picture, _at((x, y)), _at((x + wide - joint, y + key - joint)), paint, -1, cv2.LINE_AA)
    return _turned(rng, picture, size)


def _turned(rng: Generator, picture: Picture, size: Size) -> Picture:
    """Lay it any way round, most often squarely, in some perspective, filling the frame."""
    width, height = size
    angle = float(rng.choice([0, 90, 180, 270])) + rng.normal(0, 12)
    if rng.random() < 0.25:
        angle = float(rng.uniform(0, 360))
    matrix = np.eye(3)
    matrix[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), angle, float(rng.uniform(0.8, 2.2)))
    tilt = np.eye(3)
    tilt[2, :2] = rng.normal(0, 0.25, 2) / (width, height)
    done = cv2.warpPerspective(picture, tilt @ matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(done, np.float32)


def _at(point: Any) -> tuple[int, int]:
    return int(point[0]), int(point[1])


KINDS: dict[Callable[[Generator, Size], Picture], float] = {
    plain: 3, mottled: 2, wood: 4, leather: 2, cloth: 2, page: 3, magazine: 2.5, blobs: 2.5, grid: 1.5,
}  # fmt: skip
"""How often each is drawn."""
