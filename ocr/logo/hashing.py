"""A perceptual hash that recognises the same logo on another photo, another camera or another card.

The crop is trimmed to where its outlines are, so that a slightly wider or tighter box gives the same picture. Of the
outlines four maps are made, one for each direction of the gradient (its sign does not count: white on blue equals blue
on white), and of each map the `KEPT` lowest coefficients of its cosine transform are kept. Centred and scaled by what
is usual among logos (`hash.json`, written by `python -m bench.training.logo_model`), each becomes one hexadecimal
digit; the last four digits are the shape of the trimmed box.

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

SAME_LOGO = 0.13
"""Two hashes closer than this show the same logo: about one in a thousand pairs of different ones is."""

SIDE = 64
CELLS = 16
DIRECTIONS = 4
KEPT = 15
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
    centre, spread = _usual()
    unusual = (spectrum - centre) / spread
    unusual /= max(1e-9, float(np.linalg.norm(unusual))) / np.sqrt(len(unusual))
    digits = np.clip(np.floor(unusual * STEPS) + 8, 0, 15).astype(int)
    return "".join(f"{digit:x}" for digit in digits) + f"{round(np.clip(shape + 8, 0, 15.99) * 4096):04x}"


def hash_distance(first: str, second: str) -> float:
    """0 for the same picture, about 0.5 for different ones, at most 1; below `SAME_LOGO` they are taken as one logo.

    Half of one minus the cosine between the two outline spectra, plus a little for another shape of the box.

    Raises:
        ValueError: one of the two is not a logo hash.
    """
    (a, shape_a), (b, shape_b) = _parse(first), _parse(second)
    cosine = float(a @ b) / float(np.linalg.norm(a) * np.linalg.norm(b))
    return min(1.0, (1 - cosine) / 2 + SHAPE_WEIGHT * min(1.0, abs(shape_a - shape_b)))


def outline_spectrum(crop: Image) -> tuple[Vector, float]:
    """What a hash is made of: `DIRECTIONS * KEPT` numbers of unit length, and the log of width by height."""
    colour = np.asarray(cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR) if crop.ndim == 2 else crop, np.uint8)
    trimmed = _trim(colour)
    across, down = _gradient(trimmed)
    strength = np.hypot(across, down)
    strength = np.minimum(strength, np.quantile(strength, 0.95))
    direction = np.mod(np.arctan2(down, across), np.pi) / np.pi * DIRECTIONS
    low = sorted(((i, j) for i in range(CELLS) for j in range(CELLS)), key=lambda at: (sum(at), at[0]))[:KEPT]
    kept = []
    for number in range(DIRECTIONS):
        apart = np.abs((direction - number + DIRECTIONS / 2) % DIRECTIONS - DIRECTIONS / 2)
        cells = cv2.resize(strength * np.maximum(0, 1 - apart), (CELLS, CELLS), interpolation=cv2.INTER_AREA)
        cosines = cv2.dct(cells)
        kept += [float(cosines[at]) for at in low]
    spectrum = np.array(kept) / max(1e-9, float(np.linalg.norm(kept)))
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
    most = (across**2 + down**2).argmax(axis=2)[..., None]
    return np.take_along_axis(across, most, 2)[..., 0], np.take_along_axis(down, most, 2)[..., 0]


@cache
def _usual() -> tuple[Vector, Vector]:
    """Centre and spread of each number of a spectrum among logos."""
    data = json.loads((files("ocr.logo") / "hash.json").read_text())
    return np.array(data["centre"], np.float64), np.array(data["spread"], np.float64)


def _parse(text: str) -> tuple[Vector, float]:
    digits = DIRECTIONS * KEPT
    if len(text) != digits + 4:
        raise ValueError(f"not a logo hash: {text!r}")
    return np.array([int(digit, 16) - 7.5 for digit in text[:digits]]), int(text[digits:], 16) / 4096 - 8
