"""A perceptual hash that recognises the same logo on another photo, another camera or another card.

The crop is trimmed to where its outlines are, so that a slightly wider or tighter box gives the same picture. Of the
outlines four maps are made, one for each direction of the gradient (its sign does not count: white on blue equals blue
on white), and of each map the `KEPT` lowest coefficients of its cosine transform are kept. Centred and scaled by what
is usual among logos (`hash.json`, written by `python -m bench.training.logo_model`), each becomes one hexadecimal
digit; the last four digits are the shape of the trimmed box. Two whole pictures are compared by `picture_distance`,
logos, which may be cut out a little too wide or too narrow, by `ocr.logo.cuts.hash_distance`.

`python -m bench.logos` measures it beside pHash, dHash and aHash.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.types import Image

SIDE = 64
CELLS = 16
DIRECTIONS = 4
KEPT = 15
LOWEST = sorted(((i, j) for i in range(CELLS) for j in range(CELLS)), key=lambda at: (sum(at), at[0]))[:KEPT]
"""The kept coefficients: waves down and across the box."""

TRIM = 0.05
"""Share of the outlines that may be cut off at each side, so that specks do not count."""

STEPS = 2.6
"""Steps of a digit per standard deviation: three deviations fit on either side."""

SHAPE_WEIGHT = 0.075
"""What a difference in width by height of the factor e adds to a distance."""

Vector = NDArray[np.float64]


def logo_hash(crop: Image) -> str:
    """Hash of an upright crop of a logo (BGR or grey, at least 1 x 1): 64 hexadecimal digits for `hash_distance`."""
    spectrum, shape = outline_spectrum(crop)
    digits = (digits_of(spectrum) + 7.5).astype(int)
    return "".join(f"{digit:x}" for digit in digits) + f"{round(np.clip(shape + 8, 0, 15.99) * 4096):04x}"


def picture_distance(first: str, second: str) -> float:
    """Between hashes of whole pictures: 0 for the same one, about 0.5 for different ones, at most 1.

    Half of one minus the cosine between the two outline spectra, plus a little for another shape of the box.

    Raises:
        ValueError: one of the two is not a hash.
    """
    (a, shape_a), (b, shape_b) = parse_hash(first), parse_hash(second)
    cosine = float(a @ b) / float(np.linalg.norm(a) * np.linalg.norm(b))
    return min(1.0, (1 - cosine) / 2 + SHAPE_WEIGHT * min(1.0, abs(shape_a - shape_b)))


def digits_of(spectra: Vector) -> Vector:
    """How unusual each number of some spectra (last axis) is among logos: halves from -7.5 to 7.5, as hashes hold."""
    centre, spread = usual()
    unusual = (spectra - centre) / spread
    unusual /= np.maximum(1e-9, np.linalg.norm(unusual, axis=-1, keepdims=True)) / np.sqrt(len(centre))
    return np.asarray(np.clip(np.floor(unusual * STEPS), -8, 7) + 0.5)


def outline_spectrum(crop: Image) -> tuple[Vector, float]:
    """What a hash is made of: `DIRECTIONS * KEPT` numbers of unit length, and the log of width by height."""
    colour = np.asarray(cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR) if crop.ndim == 2 else crop, np.uint8)
    trimmed = _trim(colour)
    across, down = _gradient(trimmed)
    strength = np.hypot(across, down)
    strength = np.minimum(strength, np.quantile(strength, 0.95))
    direction = np.mod(np.arctan2(down, across), np.pi) / np.pi * DIRECTIONS
    kept = []
    for number in range(DIRECTIONS):
        apart = np.abs((direction - number + DIRECTIONS / 2) % DIRECTIONS - DIRECTIONS / 2)
        cells = cv2.resize(strength * np.maximum(0, 1 - apart), (CELLS, CELLS), interpolation=cv2.INTER_AREA)
        kept.append(cv2.dct(cells)[tuple(np.transpose(LOWEST))])
    spectrum = np.concatenate(kept).astype(np.float64)
    spectrum /= max(1e-9, float(np.linalg.norm(spectrum)))
    height, width = trimmed.shape[:2]
    return spectrum, float(np.log(width / height))


def _trim(crop: Image) -> Image:
    """Cut the crop down to the middle of its outlines, `TRIM` of them left out at each side."""
    height, width = crop.shape[:2]
    strength = np.hypot(*_gradient(crop)) + 1e-6
    (left, right), (top, bottom) = (_middle(strength.sum(axis=axis)) for axis in (0, 1))
    x0, y0 = int(left * width / SIDE), int(top * height / SIDE)
    x1 = max(x0 + 1, int((right + 1) * width / SIDE))
    y1 = max(y0 + 1, int((bottom + 1) * height / SIDE))
    return crop[y0:y1, x0:x1]


def _middle(profile: NDArray[np.float32]) -> tuple[int, int]:
    reached = np.cumsum(profile) / profile.sum()
    first, last = np.searchsorted(reached, [TRIM, 1 - TRIM])
    return int(first), int(last)


def _gradient(crop: Image) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Of the crop squeezed to `SIDE` x `SIDE`: in each pixel that of the Lab channel that changes most."""
    small = cv2.GaussianBlur(cv2.resize(crop, (SIDE, SIDE), interpolation=cv2.INTER_AREA), (0, 0), 1.0)
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2Lab)
    across, down = (np.asarray(cv2.Sobel(lab, cv2.CV_32F, *way), np.float32) for way in ((1, 0), (0, 1)))
    strength = across * across + down * down
    most = np.arange(SIDE * SIDE) * 3 + strength.argmax(axis=2).ravel()
    return across.take(most).reshape(SIDE, SIDE), down.take(most).reshape(SIDE, SIDE)


@cache
def usual() -> tuple[Vector, Vector]:
    """Centre and spread of each number of a spectrum among logos."""
    data = json.loads((files("ocr.logo") / "hash.json").read_text())
    return np.array(data["centre"], np.float64), np.array(data["spread"], np.float64)


def parse_hash(text: str) -> tuple[Vector, float]:
    """The digits of a hash, as `digits_of` gives them, and the log of width by height; `ValueError` if it is none."""
    digits = DIRECTIONS * KEPT
    if len(text) != digits + 4:
        raise ValueError(f"not a logo hash: {text!r}")
    return np.array([int(digit, 16) - 7.5 for digit in text[:digits]]), int(text[digits:], 16) / 4096 - 8
