"""How much the letters of a word look like a personal name's, for names that no list holds.

A logistic model over hashed runs of two to four letters, trained by `bench/training/name_letters.py` on the project's
word lists: names against English words, places and the words of jobs, trades, streets and slogans.
"""

from __future__ import annotations

import math
from array import array
from functools import cache, lru_cache
from importlib.resources import files
from zlib import crc32

from lexicon.folding import fold

SLOTS = 1 << 14
SCALE = 32.0
"""Weights are stored as signed bytes of 1/32."""


def slots(word: str) -> list[int]:
    """The model's inputs: where the letter runs of the folded `word` are hashed to."""
    framed = f"^{word}$"
    return [
        crc32(framed[at : at + length].encode()) % SLOTS
        for length in (2, 3, 4)
        for at in range(max(0, len(framed) - length + 1))
    ]


@cache
def _weights() -> array[int]:
    return array("b", (files("lexicon") / "data" / "name_letters.bin").read_bytes())


@lru_cache(maxsize=16384)
def namelike(word: str) -> float:
    """0 to 1: how much more often words of such letters are names than not; 0.5 knows nothing."""
    folded = fold(word)
    inputs = slots(folded)
    weights = _weights()
    score = sum(weights[slot] for slot in inputs) / SCALE / math.sqrt(max(1, len(inputs))) + weights[SLOTS] / SCALE
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
