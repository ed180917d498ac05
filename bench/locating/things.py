"""What else lies about: sheets, telephones, discs, pens and fingers, beside the cards and on them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.locating import surfaces
from bench.locating.surfaces import Picture, colour, size_of, warm


def scatter(rng: Generator, ground: Picture) -> None:
    """Up to four things on the ground, drawn in place; cards come on top of them."""
    for _ in range(int(rng.choice([0, 1, 2, 4], p=[0.5, 0.25, 0.15, 0.1]))):
        [_sheet, _sheet, _device, _disc, _pen][int(rng.integers(0, 5))](rng, ground)


def lay_over(rng: Generator, picture: Picture, quads: NDArray[np.float32]) -> None:
    """A pen across a corner, fingers that hold the card's edge."""
    if len(quads) and rng.random() < 0.12:
        quad = quads[int(rng.integers(0, len(quads)))]
        corner = int(rng.integers(0, 4))
        place = quad[corner] + (quad[(corner + 1) % 4] - quad[corner]) * rng.uniform(0, 1)
        outward = place - quad.mean(axis=0)
        for finger in range(int(rng.integers(1, 4))):
            along = (quad[(corner + 1) % 4] - quad[corner]) * 0.16 * finger
            _finger(rng, picture, place + along, outward / (np.linalg.norm(outward) + 1e-6))
    if rng.random() < 0.05:
        _pen(rng, picture)


def _paste(picture: Picture, patch: Picture, quad: NDArray[np.float64]) -> None:
    """Lay a flat thing so that its corners come to `quad`, with a faint shadow."""
    size = size_of(picture)
    width, height = size_of(patch)
    frame = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(frame, quad.astype(np.float32))
    seen = cv2.warpPerspective(patch, matrix, size)
    alpha = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, size)
    shadow = cv2.GaussianBlur(alpha, (0, 0), 5) * 0.3 * (1 - alpha)
    picture *= (1 - shadow)[..., None]
    picture[:] = picture * (1 - alpha[..., None]) + seen * alpha[..., None]


def _sheet(rng: Generator, ground: Picture) -> None:
    """Printed or blank paper, larger than a card or of another shape, mostly running out of the picture."""
    size = np.array(size_of(ground))
    patch = surfaces.page(rng, (360, 480)) if rng.random() < 0.6 else surfaces.plain(rng, (360, 480))
    centre = rng.choice([-0.1, 0.5, 1.1], 2) * size + rng.normal(0, 0.12, 2) * size
    half = np.array([(-1, -1.4), (1, -1.4), (1, 1.4), (-1, 1.4)]) * rng.uniform(0.25, 0.7) * size[0]
    _paste(ground, patch, _turned(rng, half) + centre)


def _device(rng: Generator, ground: Picture) -> None:
    """A telephone: a dark slab with a lit or dark screen, longer than any card."""
    size = np.array(size_of(ground))
    patch = colour(rng, value=(0.02, 0.3)) + np.zeros((400, 200, 3), np.float32)
    patch[24:-24, 8:-8] = surfaces.blobs(rng, (184, 352)) if rng.random() < 0.5 else colour(rng, value=(0.0, 0.2))
    centre = rng.choice([0.0, 1.0], 2) * size + rng.normal(0, 0.08, 2) * size
    half = np.array([(-1, -2.05), (1, -2.05), (1, 2.05), (-1, 2.05)]) * rng.uniform(0.1, 0.22) * size[0]
    _paste(ground, patch, _turned(rng, half) + centre)


def _turned(rng: Generator, points: NDArray[np.float64]) -> NDArray[np.float64]:
    angle = rng.uniform(0, 2 * np.pi)
    turn = np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))])
    return np.asarray(points @ turn.T + rng.normal(0, 6, points.shape), np.float64)


def _disc(rng: Generator, ground: Picture) -> None:
    """A cup, a plate, a compact disc."""
    width, height = size_of(ground)
    centre = int(rng.uniform(0, 1) * width), int(rng.uniform(0, 1) * height)
    radius = int(rng.uniform(0.08, 0.4) * width)
    axes = (radius, int(radius * rng.uniform(0.6, 1)))
    for share in np.sort(rng.uniform(0.1, 1, int(rng.integers(1, 5))))[::-1]:
        ring = (int(axes[0] * share), int(axes[1] * share))
        cv2.ellipse(ground, centre, ring, 0, 0, 360, colour(rng).tolist(), -1, cv2.LINE_AA)


def _pen(rng: Generator, picture: Picture) -> None:
    """A round stick, lit along its middle."""
    size = np.array(size_of(picture))
    start = rng.uniform(-0.1, 1.1, 2) * size
    angle, length = rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 0.9) * size[0]
    end = start + length * np.array([np.cos(angle), np.sin(angle)])
    weight, base = int(rng.uniform(8, 26)), colour(rng)
    for share in np.linspace(1, 0.15, 5):
        paint = np.clip(base * (1.5 - 0.8 * share), 0, 255).tolist()
        ends = (int(start[0]), int(start[1])), (int(end[0]), int(end[1]))
        cv2.line(picture, *ends, paint, max(1, int(weight * share)), cv2.LINE_AA)


def _finger(rng: Generator, picture: Picture, tip: NDArray[np.float64], outward: NDArray[np.float64]) -> None:
    """A capsule of skin that reaches over the edge a little and comes from outside."""
    weight = int(rng.uniform(26, 70))
    start = tip - outward * rng.uniform(0, 0.7) * weight
    end = tip + outward * 700 + rng.normal(0, 60, 2)
    base = warm(rng)
    for share in np.linspace(1, 0.2, 6):
        paint = np.clip(base * (1.15 - 0.3 * share), 0, 255).tolist()
        ends = (int(start[0]), int(start[1])), (int(end[0]), int(end[1]))
        cv2.line(picture, *ends, paint, max(1, int(weight * share)), cv2.LINE_AA)
