"""Hides a part of the word lists while a model learns, so that it does not trust them more than real cards allow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch
from zlib import crc32

from lexicon import names, vocabulary
from lexicon.bloom import holds
from lexicon.wordlists import word_set

KEPT = {"given": 0.7, "family": 0.7, "jobs": 0.85, "departments": 0.85, "trades": 0.8, "organisations": 0.8}
"""Shares of the lists that stay. Drawn cards take their names from one of the lists' own sources, where each would be
known; of the names on real cards three in four are."""
KNOWN = 0.92
"""Share of names that are known at all, counting the rare ones."""


@contextmanager
def masked_words() -> Iterator[None]:
    """Within it the lexicon knows only a fixed part of its words."""
    parts = patch.object(names, "word_set", _part), patch.object(vocabulary, "word_set", _part)
    with parts[0], parts[1], patch.object(names, "holds", _holds):
        yield


_parts: dict[str, frozenset[str]] = {}


def _part(name: str) -> frozenset[str]:
    if name not in _parts:
        share = KEPT.get(name, 1.0)
        _parts[name] = frozenset(word for word in word_set(name) if crc32(word.encode()) % 1000 < share * 1000)
    return _parts[name]


def _holds(packed: bytes, word: str) -> bool:
    hidden = word in word_set("given") or word in word_set("family")
    return crc32(word.encode()) % 1000 < KNOWN * 1000 if hidden else holds(packed, word)
