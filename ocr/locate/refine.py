"""Four rough sides become four precise ones: each slides and tilts to where the picture's edge is strongest.

A side is described by how far its two ends move across it. All pairs of moves are tried at once on a strip of the
picture straightened along the side, so one strong speck or letter cannot pull the line away.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.locate.quads import Quad
from ocr.types import Image

Strip = NDArray[np.float32]

ALONG = 48
"""Places along a side at which it is compared with the picture."""
ENDS = 0.04
"""Share of a side left out at each end: corners are round, thumbs hold them."""
FINE = 2
"""Steps across per pixel."""
HALF_FULL = 10.0
"""Change of colour across an edge, in Lab units per pixel, that counts half as much as the strongest possible one."""

UNKNOWN = 0.1
"""Strength that is taken to hold outside the picture, where a card that it cuts off may have its edge."""
STAY = 0.04
"""What an end must gain in strength to be moved as far as it may be."""


def gradients(small: Image) -> Strip:
    """A picture ready to be searched: Lab, smoothed, H x W x 3."""
    smooth = cv2.GaussianBlur(small, (0, 0), 1.0)
    return np.asarray(cv2.cvtColor(smooth.astype(np.float32) / 255, cv2.COLOR_BGR2Lab), np.float32)


def refine(lab: Strip, quad: Quad, reach: float, outline: Strip | None = None) -> tuple[Quad, NDArray[np.float64]]:
    """Move each side by at most `reach` pixels to the strongest line nearby.

    Args:
        lab: from `gradients`.
        quad: clockwise, pixels of `lab`.
        reach: how far the rough sides may be off, pixels.
        outline: chance that a card's outline is here, same size as `lab`, if something knows.

    Returns:
        The quad, and for each side the mean strength of the edge under it, 0 to 1.
    """
    lines, strengths = [], []
    for number in range(4):
        start, end = quad[number], quad[(number + 1) % 4]
        line, strength = _best_line(lab, start, end, reach, outline)
        lines.append(line)
        strengths.append(strength)
    corners = [_crossing(lines[number - 1], lines[number]) for number in range(4)]
    moved = np.array([corner if corner is not None else quad[n] for n, corner in enumerate(corners)])
    too_far = np.linalg.norm(moved - quad, axis=1) > 4 * reach
    moved[too_far] = quad[too_far]
    return moved, np.array(strengths)


def _best_line(
    lab: Strip, start: NDArray[np.float64], end: NDArray[np.float64], reach: float, outline: Strip | None
) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], float]:
    """Two points of the best line, and how strong it is."""
    direction = end - start
    length = float(np.linalg.norm(direction))
    if length < 2:
        return (start, end), 0.0
    across = np.array([direction[1], -direction[0]]) / length
    shares = np.linspace(ENDS, 1 - ENDS, ALONG)
    moves = np.arange(-reach, reach + 1e-6, 1 / FINE)
    places = (start + shares[:, None] * direction)[:, None] + moves[:, None] * across
    strength = _strength(lab, places, outline)
    first, last = _search(strength, shares, moves, reach)
    line = (start + across * first, end + across * last)
    return line, _under(strength, shares, moves, first, last)


def _strength(lab: Strip, places: NDArray[np.float64], outline: Strip | None) -> Strip:
    """ALONG x moves: how much the colour changes across the side here, 0 to 1."""
    x, y = places[..., 0].astype(np.float32), places[..., 1].astype(np.float32)
    strip = cv2.remap(lab, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    change = np.gradient(strip, 1 / FINE, axis=1)
    size = np.sqrt((change**2).sum(axis=2))
    known = (x >= 0) & (y >= 0) & (x <= lab.shape[1] - 1) & (y <= lab.shape[0] - 1)
    strength = size / (size + HALF_FULL)
    if outline is not None:
        chance = cv2.remap(outline, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        strength = strength * (0.4 + 0.6 * chance) + 0.5 * chance
    return np.asarray(np.where(known, strength, UNKNOWN), np.float32)


def _search(
    strength: Strip, shares: NDArray[np.float64], moves: NDArray[np.float64], reach: float
) -> tuple[float, float]:
    """The pair of moves of the two ends that gathers most strength; small moves are likelier than large ones."""
    coarse = moves[::FINE]
    first, last = np.meshgrid(coarse, coarse, indexing="ij")
    best = strength.ravel().take(_crossed(len(coarse), len(moves))).mean(axis=-1, dtype=np.float64)
    best -= STAY * ((first / reach) ** 2 + (last / reach) ** 2)
    row, column = np.unravel_index(int(best.argmax()), best.shape)
    near = np.arange(-1, 1.01, 0.25)
    fine_first, fine_last = np.meshgrid(coarse[row] + near, coarse[column] + near, indexing="ij")
    best = _gathered(strength, shares, moves, fine_first, fine_last)
    row, column = np.unravel_index(int(best.argmax()), best.shape)
    return float(fine_first[row, column]), float(fine_last[row, column])


@lru_cache(maxsize=12)
def _crossed(count: int, columns: int) -> NDArray[np.intp]:
    """What lines from each of `count` whole moves of one end to each of the other cross in a strip of so many columns.

    Indices into the strip laid out flat, count x count x `ALONG`.
    """
    shares = np.linspace(ENDS, 1 - ENDS, ALONG)
    ends = np.arange(count)
    crossed = (FINE * (ends[:, None, None] * (1 - shares) + ends[None, :, None] * shares)).round().astype(np.intp)
    return np.asarray(crossed + columns * np.arange(ALONG), np.intp)


def _gathered(
    strength: Strip,
    shares: NDArray[np.float64],
    moves: NDArray[np.float64],
    first: NDArray[np.float64],
    last: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Mean strength under each line of a grid of lines."""
    move = first[..., None] * (1 - shares) + last[..., None] * shares
    column = np.clip(((move - moves[0]) * FINE).round().astype(int), 0, len(moves) - 1)
    return np.asarray(strength[np.arange(len(shares)), column].mean(axis=-1), np.float64)


def _under(
    strength: Strip, shares: NDArray[np.float64], moves: NDArray[np.float64], first: float, last: float
) -> float:
    return float(_gathered(strength, shares, moves, np.array(first), np.array(last)))


def _crossing(
    one: tuple[NDArray[np.float64], NDArray[np.float64]], other: tuple[NDArray[np.float64], NDArray[np.float64]]
) -> NDArray[np.float64] | None:
    """Where two lines meet; None when they are all but parallel."""
    (a, b), (c, d) = one, other
    along, along_other = b - a, d - c
    turn = along[0] * along_other[1] - along[1] * along_other[0]
    if abs(turn) < 0.05 * np.linalg.norm(along) * np.linalg.norm(along_other):
        return None
    share = ((c[0] - a[0]) * along_other[1] - (c[1] - a[1]) * along_other[0]) / turn
    return np.asarray(a + share * along, np.float64)
