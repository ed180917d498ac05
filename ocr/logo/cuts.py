"""Logos are known again although one of them was cut out a little too narrow, or with print beside it.

Two photos of a card give boxes that differ: one has the line under a symbol, the other has not. What a hash keeps are
the low frequencies of a few maps, and from these follow those of the same maps with a side cut off (the cosine
transform is linear). So of each of two logos the hashes that it would have without an eighth or a quarter of it, at
one side, are reckoned, and what counts is the nearest pair of a whole one and a whole or cut one. Nothing of that is
stored: it holds for every hash there is.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ocr.logo.hashing import CELLS, DIRECTIONS, KEPT, LOWEST, SHAPE_WEIGHT, Vector, digits_of, parse_hash, usual

SAME_LOGO = 0.15
"""Two hashes closer than this show the same logo: less than one in a thousand pairs of different ones is."""

CUTS = (1 / 8, 1 / 4)
"""Shares of a logo's width or height that one of two boxes may lack at one side."""

MOST_UNUSUAL = 2.5
"""Digits beyond this are taken as this: a pair of logos is told by many numbers, and not by the few that stand out."""


def hash_distance(first: str, second: str) -> float:
    """0 for the same logo, about 0.4 for different ones, at most 1; below `SAME_LOGO` they are taken as one.

    Half of one minus the cosine between the two outline spectra, plus a little for another shape of the box; the least
    of that over the pairs of a whole logo and the other, whole or cut.

    Raises:
        ValueError: one of the two is not a logo hash.
    """
    a, b = _views(first), _views(second)
    return min(1.0, _nearest(a, b), _nearest(b, a))


Views = tuple[NDArray[np.float64], Vector]
"""Of a logo, whole and cut: N x numbers of a spectrum, each row of unit length, and N logs of width by height."""


def _nearest(one: Views, other: Views) -> float:
    """Between the whole of one logo and whatever of the other is nearest to it."""
    (spectra, shapes), (others, their_shapes) = one, other
    apart = (1 - others @ spectra[0]) / 2 + SHAPE_WEIGHT * np.minimum(1, np.abs(their_shapes - shapes[0]))
    return float(apart.min())


@lru_cache(maxsize=2048)
def _views(text: str) -> Views:
    digits, shape = parse_hash(text)
    maps = _spectrum(digits).reshape(DIRECTIONS, KEPT)
    cut = np.einsum("kij,dj->kdi", _CUT, maps).reshape(len(_CUT), -1)
    spectra = np.clip(np.vstack([digits, digits_of(cut)]), -MOST_UNUSUAL, MOST_UNUSUAL)
    return spectra / np.linalg.norm(spectra, axis=1, keepdims=True), shape + np.array([0.0, *_SHAPES])


def _spectrum(digits: Vector) -> Vector:
    """The spectrum that has these digits: `digits_of` leaves its distance from the usual out, but it has unit length.

    The usual one is a mean of such and shorter, so there is one point of unit length in every direction from it.
    """
    centre, spread = usual()
    way = digits * spread
    square, along, short = float(way @ way), float(way @ centre), float(centre @ centre) - 1
    return np.asarray(centre + way * (np.sqrt(along**2 - square * short) - along) / square)


def _waves(places: Vector) -> NDArray[np.float64]:
    """The cosines of `cv2.dct` at places from 0 to 1 of a box's side: CELLS x places."""
    number = np.arange(CELLS)[:, None]
    return np.asarray(np.sqrt((1 + (number > 0)) / CELLS) * np.cos(np.pi * number * places))


def _window(left: float, top: float, right: float, bottom: float) -> NDArray[np.float64]:
    """KEPT x KEPT: what the kept coefficients are once these shares of the box are cut off at its sides."""
    middles = (np.arange(CELLS) + 0.5) / CELLS
    whole = _waves(middles)
    down, across = (
        whole @ _waves(start + middles * (1 - start - end)).T for start, end in ((top, bottom), (left, right))
    )
    rows, columns = np.array(LOWEST).T
    return np.asarray(down[np.ix_(rows, rows)] * across[np.ix_(columns, columns)])


_SIDES = [tuple(share * (side == cut) for side in range(4)) for share in CUTS for cut in range(4)]
_CUT = np.stack([_window(*sides) for sides in _SIDES])
_SHAPES = [float(np.log((1 - left - right) / (1 - top - bottom))) for left, top, right, bottom in _SIDES]
