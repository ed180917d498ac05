"""Where the cards are: four corners each, and how sure we are of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.types import Image, Polygon

WORK_SIDE = 640
"""Pixels on the longest side of the picture that is searched."""

Quad = NDArray[np.float32]
"""4 x 2, pixels, clockwise on screen from the corner nearest the top left of the picture."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A card that may be in the photo."""

    quad: Polygon
    """Pixels of the photo, clockwise, starting at the corner nearest the photo's top left."""
    confidence: float
    """Chance that flattening this quad gives the whole card and little else, 0 to 1."""


def find_cards(photo: Image, text: Sequence[Polygon] = ()) -> tuple[Candidate, ...]:
    """Cards in a photo, the surest first; none when nothing looks like a card.

    Args:
        photo: upright, BGR.
        text: boxes of text known to be in the photo, pixels. A card holds its text.
    """
    scale = WORK_SIDE / max(photo.shape[:2])
    small = np.asarray(cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    boxes = [np.array(polygon, np.float32) * scale for polygon in text]
    scored = sorted(((_score(small, quad, boxes), quad) for quad in _quads(small)), key=lambda pair: -pair[0])
    kept: list[Candidate] = []
    taken = np.zeros(small.shape[:2], np.uint8)
    for score, quad in scored:
        mask = _filled(quad, taken.shape)
        if score > 0 and cv2.countNonZero(mask & taken) < 0.1 * cv2.countNonZero(mask):
            taken |= mask
            kept.append(Candidate(tuple((float(x), float(y)) for x, y in quad / scale), round(score, 3)))
    return tuple(kept)


def _quads(small: Image) -> list[Quad]:
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (5, 5), 0), cv2.COLOR_BGR2Lab)
    hsv = cv2.cvtColor(cv2.GaussianBlur(small, (5, 5), 0), cv2.COLOR_BGR2HSV)
    masks = []
    for channel in (*cv2.split(lab), hsv[:, :, 1], hsv[:, :, 2]):
        _, mask = cv2.threshold(channel, 0, 255, cv2.THRESH_OTSU)
        masks += [mask, cv2.bitwise_not(mask)]
    edges = cv2.Canny(cv2.GaussianBlur(small, (5, 5), 0), 30, 90)
    masks.append(cv2.dilate(edges, np.ones((5, 5), np.uint8)))
    return [quad for mask in masks for quad in _quads_of_mask(np.asarray(mask, np.uint8))]


def _quads_of_mask(mask: Image) -> list[Quad]:
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    contours, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:3]:
        if cv2.contourArea(contour) < 0.03 * mask.size:
            continue
        hull = cv2.convexHull(contour)
        corners = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, True), True)
        quad = corners if len(corners) == 4 else cv2.boxPoints(cv2.minAreaRect(hull))
        found.append(in_order(np.asarray(quad, np.float32).reshape(4, 2)))
    return found


def in_order(quad: Quad) -> Quad:
    """Clockwise on screen, from the corner nearest the top left."""
    centre = quad.mean(axis=0)
    angles = np.arctan2(quad[:, 1] - centre[1], quad[:, 0] - centre[0])
    clockwise = quad[np.argsort(angles)]
    return np.roll(clockwise, -int(np.argmin(clockwise.sum(axis=1))), axis=0)


def _filled(quad: Quad, shape: tuple[int, ...]) -> Image:
    blank = np.zeros(shape[:2], np.uint8)
    return np.asarray(cv2.fillConvexPoly(blank, quad.round().astype(np.int32), 1), np.uint8)


def _score(small: Image, quad: Quad, boxes: Sequence[Quad]) -> float:
    """Edge support along the four sides, 0 to 1; nothing for shapes no card shows."""
    sides = np.linalg.norm(quad - np.roll(quad, -1, axis=0), axis=1)
    long, short = max(sides[0] + sides[2], sides[1] + sides[3]), min(sides[0] + sides[2], sides[1] + sides[3])
    if short < 1 or not 1.1 < long / short < 2.6:
        return 0.0
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    strength = cv2.dilate(cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)), np.ones((3, 3)))
    outline = cv2.polylines(np.zeros_like(grey), [quad.round().astype(np.int32)], True, 255, 1)
    support = float((strength[outline > 0] > 20).mean())
    if boxes:
        mask = _filled(quad, grey.shape)
        inside = [mask[int(min(y, len(mask) - 1)), int(min(x, mask.shape[1] - 1))] for x, y in _centres(boxes)]
        support *= 0.3 + 0.7 * float(np.mean(inside))
    return support


def _centres(boxes: Sequence[Quad]) -> list[tuple[float, float]]:
    return [(float(max(0, x)), float(max(0, y))) for x, y in (box.mean(axis=0) for box in boxes)]
