"""From a scene to a photo: light falls on it, a lens blurs it, a sensor and a file format spoil it."""

from __future__ import annotations

from io import BytesIO

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image as Pillow

from bench.locating.surfaces import Picture, noise, size_of


def seen(rng: Generator, picture: Picture) -> NDArray[np.uint8]:
    """The photo, half the picture's size, BGR."""
    lit = _lit(rng, picture)
    small = cv2.resize(lit, (picture.shape[1] // 2, picture.shape[0] // 2), interpolation=cv2.INTER_AREA)
    small = _focused(rng, _exposed(rng, np.asarray(small, np.float32)))
    small = small + rng.standard_normal(small.shape, np.float32) * float(rng.exponential(2.5))
    return _stored(rng, np.clip(small, 0, 255).astype(np.uint8))


def _lit(rng: Generator, picture: Picture) -> Picture:
    """Uneven light, shadows of hands and phones, the glare of a lamp or a flash."""
    size = size_of(picture)
    falloff = 1 + (noise(rng, size, float(rng.uniform(0.5, 2.5))) - 0.5) * float(rng.uniform(0, 0.9))
    lit = picture * falloff[..., None]
    if rng.random() < 0.15:
        corners = (rng.uniform(-0.5, 1.5, (4, 2)) * size).astype(np.int32)
        shade = cv2.fillConvexPoly(np.zeros(picture.shape[:2], np.float32), cv2.convexHull(corners), 1.0)
        shade = cv2.GaussianBlur(shade, (0, 0), float(rng.uniform(2, 30)))
        lit = lit * (1 - float(rng.uniform(0.1, 0.55)) * shade[..., None])
    for _ in range(int(rng.choice([0, 1, 2], p=[0.8, 0.14, 0.06]))):
        y, x = np.mgrid[: size[1], : size[0]].astype(np.float32)
        place, spread = rng.uniform(0, 1, 2) * size, rng.uniform(0.03, 0.3, 2) * size[0]
        spot = np.exp(-(((x - place[0]) / spread[0]) ** 2) - ((y - place[1]) / spread[1]) ** 2)
        lit = lit + (spot * float(rng.uniform(40, 320)))[..., None]
    return np.asarray(lit, np.float32)


def _exposed(rng: Generator, picture: Picture) -> Picture:
    """White balance, exposure that may burn, contrast, saturation."""
    balanced = picture * rng.normal(1, 0.07, 3).astype(np.float32)
    bright = float(np.percentile(balanced, 97)) + 1
    exposed = np.clip(balanced * (rng.triangular(110, 235, 310) / bright), 0, 255)
    curved = 255 * (exposed / 255) ** float(rng.uniform(0.65, 1.35))
    grey = curved.mean(axis=2, keepdims=True)
    coloured = grey + (curved - grey) * float(rng.uniform(0.35, 1.3))
    return np.asarray(coloured * rng.uniform(0.85, 1.0) + rng.uniform(0, 25), np.float32)


def _focused(rng: Generator, picture: Picture) -> Picture:
    """Out of focus, shaken, or sharpened by the camera."""
    sigma = float(rng.exponential(0.55))
    if sigma > 0.3:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), min(sigma, 3.0)), np.float32)
    if rng.random() < 0.08:
        length, angle = int(rng.integers(3, 9)), rng.uniform(0, np.pi)
        kernel = np.zeros((length, length), np.float32)
        half = length / 2 - 0.5
        reach = np.array([np.cos(angle), np.sin(angle)]) * half
        start, end = (half - reach).round().astype(int).tolist(), (half + reach).round().astype(int).tolist()
        cv2.line(kernel, start, end, 1.0)
        picture = np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.float32)
    if rng.random() < 0.25:
        softer = cv2.GaussianBlur(picture, (0, 0), 1.2)
        picture = np.asarray(picture + (picture - softer) * float(rng.uniform(0.2, 1.5)), np.float32)
    return picture


def _stored(rng: Generator, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if rng.random() < 0.5:
        return picture
    stream = BytesIO()
    Pillow.fromarray(picture).save(stream, "JPEG", quality=int(rng.integers(25, 95)))
    return np.asarray(Pillow.open(stream), np.uint8)
