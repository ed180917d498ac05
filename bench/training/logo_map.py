"""Learns the map of where logos lie (`ocr.logo.likely`) from what the network that finds text sees of a card.

The numbers of each inner map are made fewer and alike by their principal components, which are taken from drawn cards
without looking at their logos. A ridge regression on them, on the chance of text and on the place on the card tells the
share of a cell that logos cover. All of it is linear, so what ships is one weight a channel.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from operator import add
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.training.logo_cards import LogoCard
from ocr.engines.ppocr import CELL, in_cells, look
from ocr.logo.likely import LogoMap, as_map, places
from ocr.types import Polygon

Floats = NDArray[np.float64]

COMPONENTS = (60, 60, 140, 160)
"""How many of each inner map's principal components are looked at."""
SAMPLED, LEARNED = 60, 600
"""Cells of a card that components and that weights are learned from."""
RIDGE = 0.1
"""The penalty of a weight, as a share of the mean square of what it weighs."""
DRAWN_WEIGHT = 0.05
"""Of a drawn card's cell beside a real one's."""
PLACE_WEIGHT = np.array((1.0, 2, 2, 2, 2, 2, 2, 2))
"""How much the numbers of the place are stretched, so that they bear less of the penalty."""
FINER = 4
"""Points of the truth along the side of a cell."""

Components = tuple[tuple[Floats, Floats], ...]
"""Of each inner map the mean of its channels, and channels x components."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the map of one card is made of, and what it should tell."""

    numbers: NDArray[np.float16]
    """Rows x columns x (chance of text, components): a thousand cards of them are held."""
    truth: Floats
    """The share of each cell that logos cover."""
    counts: NDArray[np.bool_]
    """The cells that are on the card and not on a mark which counts neither way."""
    margin: tuple[float, float]
    seed: int
    """Which of its cells are learned from."""

    def table(self) -> Floats:
        """Cells x numbers, row by row."""
        height, width, count = self.numbers.shape
        where = places((width, height), self.margin).reshape(height * width, -1)
        return np.hstack([self.numbers.reshape(-1, count).astype(np.float64), where * PLACE_WEIGHT])

    def sums(self) -> Sums:
        """Its part of the normal equations; some of its cells tell enough."""
        rng = np.random.default_rng(self.seed)
        some = rng.permutation(np.flatnonzero(self.counts))[:LEARNED]
        table, truth = self.table()[some], self.truth.ravel()[some]
        return Sums(table.T @ table, table.T @ truth)

    def map(self, weights: Floats) -> LogoMap:
        """What a regression's weights say of it."""
        height, width = self.truth.shape
        return as_map(self.table().dot(weights).reshape(height, width), self.margin)


@dataclass(frozen=True, slots=True)
class Sums:
    """The normal equations of a regression, which add up."""

    squares: Floats
    answers: Floats

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.squares + other.squares, self.answers + other.answers)

    def __mul__(self, weight: float) -> Sums:
        return Sums(self.squares * weight, self.answers * weight)

    def solve(self) -> Floats:
        """The weights."""
        count = len(self.answers)
        penalty = RIDGE * np.trace(self.squares) / count * np.eye(count)
        return np.asarray(np.linalg.solve(self.squares + penalty, self.answers))


def components(cards: Sequence[LogoCard]) -> Components:
    """Principal components, each of the same spread, of what is seen of cards."""
    rng = np.random.default_rng(0)
    samples: list[list[Floats]] = [[] for _ in COMPONENTS]
    for searched in (card.searched for card in cards):
        for kept, seen in zip(samples, look(searched.image)[1] if searched else (), strict=False):
            flat = seen.reshape(len(seen), -1)
            kept.append(flat[:, rng.integers(0, flat.shape[1], SAMPLED)].T.astype(np.float64))
    return tuple(_components(np.vstack(kept), count) for kept, count in zip(samples, COMPONENTS, strict=True))


def _components(table: Floats, count: int) -> tuple[Floats, Floats]:
    mean = table.mean(axis=0)
    directions, spread, _ = np.linalg.svd(np.cov(table - mean, rowvar=False))
    return mean, directions[:, :count] / np.sqrt(spread[:count] + 1e-4 * spread[0])


def seen(card: LogoCard, basis: Components) -> Seen | None:
    """What the network sees of a card; None when it was found in a whole frame."""
    if card.searched is None:
        return None
    chances, inner = look(card.searched.image)
    size = chances.shape[1] // CELL, chances.shape[0] // CELL
    layers = [in_cells(chances, size)]
    for (mean, directions), channels in zip(basis, inner, strict=True):
        centred = channels - mean.astype(np.float32)[:, None, None]
        layers += [in_cells(one, size) for one in np.tensordot(directions.T.astype(np.float32), centred, 1)]
    numbers = np.stack(layers, axis=-1).astype(np.float16)
    return Seen(numbers, *_covered(card, card.searched.margin, size), card.searched.margin, crc32(card.name.encode()))


Margin = tuple[float, float]


def _covered(card: LogoCard, margin: Margin, size: tuple[int, int]) -> tuple[Floats, NDArray[np.bool_]]:
    fine = size[0] * FINER, size[1] * FINER
    logos, free = (np.zeros(fine[::-1], np.uint8) for _ in range(2))
    for forms in card.logos:
        cv2.fillPoly(logos, [_placed(card, forms[0], margin, fine)], 1)
    for mark in card.optional:
        cv2.fillPoly(free, [_placed(card, mark, margin, fine)], 1)
    x, y = np.moveaxis(places(size, margin)[..., 1:3], -1, 0)
    inside = (np.abs(x - 0.5) < 0.5) & (np.abs(y - 0.5) < 0.5)
    return in_cells(logos.astype(np.float32), size).astype(np.float64), inside & (in_cells(free, size) == 0)


def _placed(card: LogoCard, polygon: Polygon, margin: Margin, size: tuple[int, int]) -> NDArray[np.int32]:
    height, width = card.image.shape[:2]
    edge, shares = np.array(margin), np.array(polygon) / (width, height)
    return np.round((edge + shares * (1 - 2 * edge)) * size).astype(np.int32)


def learn(cards: Iterable[Seen], drawn: Iterable[Seen]) -> Floats:
    """The weights of a map that has learned from `cards`, and a little from `drawn` ones."""
    real, others = (card.sums() for card in cards), (card.sums() * DRAWN_WEIGHT for card in drawn)
    return reduce(add, chain(real, others)).solve()


def as_json(weights: Floats, basis: Components) -> str:
    """The same weights of channels instead of components, for `ocr.logo.likely.parse_view`."""
    text, *inner, place = np.split(weights, np.cumsum((1, *COMPONENTS)))
    of_channels = [directions @ some for (_, directions), some in zip(basis, inner, strict=True)]
    place = place * PLACE_WEIGHT
    place[0] -= sum(float(mean @ some) for (mean, _), some in zip(basis, of_channels, strict=True))
    inner_rows = [_rounded(row) for row in of_channels]
    rows = {"text": _rounded(text)[0], "inner": inner_rows, "place": _rounded(place)}
    return json.dumps(rows, separators=(",", ":"))


def _rounded(values: Floats) -> list[float]:
    return [float(f"{value:.5g}") for value in values]
