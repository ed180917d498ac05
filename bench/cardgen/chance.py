"""Seeded choices. One seed, one card: nothing here looks at the clock, the hash seed or the order of a dict."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar
from zlib import crc32

import numpy as np

Seed = int | str
T = TypeVar("T")


class Dice:
    """Draws from a PCG64 stream named by its seeds; `sub` opens an independent stream with a longer name.

    A stream for each thing drawn (person, company, photo, ...) means that a new draw in one place moves no other.
    """

    def __init__(self, *names: Seed) -> None:
        self.names = names
        self.rng = np.random.default_rng([crc32(str(name).encode()) for name in names])

    def sub(self, *names: Seed) -> Dice:
        """An independent stream."""
        return Dice(*self.names, *names)

    def chance(self, probability: float) -> bool:
        """True with `probability`."""
        return bool(self.rng.random() < probability)

    def between(self, low: float, high: float) -> float:
        """Uniform in [low, high)."""
        return low + (high - low) * float(self.rng.random())

    def whole(self, low: int, high: int) -> int:
        """Uniform whole number, both ends included."""
        return low + int((high - low + 1) * self.rng.random())

    def around(self, mean: float, deviation: float) -> float:
        """Normal, never more than two deviations away."""
        return mean + deviation * float(np.clip(self.rng.standard_normal(), -2, 2))

    def pick(self, items: Sequence[T]) -> T:
        """One of `items`, each as likely."""
        return items[int(len(items) * self.rng.random())]

    def weigh(self, weights: Mapping[T, float]) -> T:
        """One of the keys, as likely as its weight says."""
        left = float(self.rng.random()) * sum(weights.values())
        items = list(weights.items())
        for item, weight in items:
            left -= weight
            if left < 0:
                return item
        return items[-1][0]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """`count` different ones of `items` (all of them if there are fewer), shuffled."""
        order = self.rng.permutation(len(items))[:count]
        return [items[int(i)] for i in order]

    def digits(self, pattern: str) -> str:
        """`pattern` with each # replaced by a digit."""
        return re.sub("#", lambda _: str(self.whole(0, 9)), pattern)
