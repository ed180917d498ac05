"""Four corners: their order, their overlap, their lines. All in pixels, all 4 x 2."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.types import Image

Quad = NDArray[np.float64]
"""4 x 2, clockwise on screen."""


def in_order(quad: NDArray[np.floating]) -> Quad:
    """Clockwise on screen, from the corner nearest the top left."""
    centre = quad.mean(axis=0)
    angles = np.arctan2(quad[:, 1] - centre[1], quad[:, 0] - centre[0])
    clockwise = quad[np.argsort(angles)]
    return np.asarray(np.roll(clockwise, -int(np.argmin(clockwise.sum(axis=1))), axis=0), np.float64)


def overlap(one: Quad, other: Quad) -> float:
    """Intersection over union of two convex quads, 0 to 1."""
    common = cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))[0]
    return float(common / max(area(one) + area(other) - common, 1e-9))


def inside_share(one: Quad, other: Quad) -> float:
    """Share of `one` that lies in `other`, both convex, 0 to 1."""
    common = cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))[0]
    return float(common / max(area(one), 1e-9))


def area(quad: Quad) -> float:
    """Square pixels, positive."""
    return abs(float(cv2.contourArea(quad.astype(np.float32))))


def side_lengths(quad: Quad) -> NDArray[np.float64]:
    """From each corner to the next."""
    return np.asarray(np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1), np.float64)


def is_convex(quad: Quad) -> bool:
    """Whether the corners turn the same way all round."""
    sides = np.roll(quad, -1, axis=0) - quad
    following = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    return bool((turns > 0).all())


def filled(quad: Quad, shape: tuple[int, ...]) -> Image:
    """Mask of the quad in a picture of this height and width, 1 inside, 0 outside."""
    blank = np.zeros(shape[:2], np.uint8)
    return np.asarray(cv2.fillConvexPoly(blank, quad.round().astype(np.int32), 1), np.uint8)
