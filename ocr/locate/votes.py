"""Every place on a card says where it believes the card's corners are; those that agree are one card."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.locate.quads import Quad, area, in_order, is_convex

Grid = NDArray[np.float32]
Floats = NDArray[np.float64]

CELL = 8
"""Pixels from one voting place to the next."""
REACH = 100.0
"""Pixels in a unit of the network's offsets."""
AGREE = 0.2
"""Mean distance of corners, in square roots of the card's area, within which two votes are for the same card."""
FEWEST = 6
"""Places that a card must be seen from."""
MOST = 12
"""Cards in one photo."""


@dataclass(frozen=True, slots=True)
class Vote:
    """The corners that many places agree on."""

    quad: Quad
    spread: float
    """Error to expect of a corner, pixels, as the places themselves state it."""
    agreement: float
    """Share of the places inside the quad that voted for it, 0 to 1."""


def count(inside: Grid, corners: Grid) -> tuple[Vote, ...]:
    """Cards by votes, the surest first.

    Args:
        inside: h x w, chance that a place lies on a card, 0 to 1.
        corners: 12 x h x w. For each corner dx, dy from the place in units of `REACH` (8), then the logarithm of
            the error to expect of each in the same units (4).
    """
    rows, columns = np.nonzero(inside > 0.5)
    places = np.stack((columns, rows), axis=1).astype(np.float64) * CELL + CELL / 2
    quads = places[:, None] + corners[:8, rows, columns].T.reshape(-1, 4, 2).astype(np.float64) * REACH
    errors = np.exp(corners[8:, rows, columns].T.astype(np.float64)) * REACH
    votes: list[Vote] = []
    while len(places) >= FEWEST and len(votes) < MOST:
        leader = int(errors.mean(axis=1).argmin())
        agreeing, aligned = _alike(quads, quads[leader])
        quad = in_order(_weighted_median(aligned[agreeing], 1 / errors[agreeing] ** 2))
        held = agreeing | _holds(quad, places)
        if agreeing.sum() >= FEWEST and is_convex(quad):
            spread = float(np.median(errors[agreeing].mean(axis=1)))
            votes.append(Vote(quad, spread, float(agreeing.sum() / held.sum())))
        places, quads, errors = places[~held], quads[~held], errors[~held]
    return tuple(sorted(votes, key=lambda vote: vote.spread))


def _alike(quads: Floats, leader: Quad) -> tuple[NDArray[np.bool_], Floats]:
    """Which quads are much the same as `leader`, and all of them starting at the corner that fits it best."""
    turned = np.stack([np.roll(quads, turn, axis=1) for turn in range(4)])
    distances = np.linalg.norm(turned - leader, axis=3).mean(axis=2)
    best = distances.argmin(axis=0)
    each = np.arange(len(quads))
    return distances[best, each] < AGREE * np.sqrt(area(leader)) + 1e-6, turned[best, each]


def _weighted_median(quads: Floats, weights: Floats) -> Quad:
    """For each coordinate of n quads with n x 4 weights."""
    flat = quads.reshape(len(quads), 8)
    each = np.repeat(weights, 2, axis=1)
    order = flat.argsort(axis=0)
    rising = np.take_along_axis(each, order, axis=0).cumsum(axis=0)
    middle = (rising < rising[-1] / 2).sum(axis=0)
    return np.asarray(np.take_along_axis(flat, order, axis=0)[middle, np.arange(8)].reshape(4, 2), np.float64)


def _holds(quad: Quad, places: Floats) -> NDArray[np.bool_]:
    """Which places lie inside a clockwise quad."""
    sides = np.roll(quad, -1, axis=0) - quad
    towards = places[:, None] - quad
    return np.asarray((sides[:, 0] * towards[..., 1] - sides[:, 1] * towards[..., 0] >= 0).all(axis=1), bool)
