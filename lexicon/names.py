"""Personal names: given names, family names, particles, honorifics and degrees."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from lexicon.bloom import holds
from lexicon.folding import fold
from lexicon.wordlists import word_set

PARTICLES = word_set("particles")
"""Words that may stand between a given and a family name, folded."""

PREFIXES = word_set("honorifics")
"""Honorifics and academic titles before a name, folded and without dots."""

SUFFIXES = word_set("degrees")
"""Degrees, honours and generations after a name, folded and without dots."""


def is_given(word: str) -> bool:
    """Whether `word` is known as a given name, in any spelling of its accents."""
    return fold(word) in word_set("given")


def is_family(word: str) -> bool:
    """Whether `word` is known as a family name, in any spelling of its accents."""
    return fold(word) in word_set("family")


@lru_cache(maxsize=16384)
def is_name(word: str) -> bool:
    """Whether `word` is a given or family name of the lists, or one of some 280,000 rarer ones.

    The rarer names include many words that are seldom names, and one wrong word in 120.
    """
    if is_given(word) or is_family(word) or holds(_rare(), fold(word)):
        return True
    elided = re.fullmatch(r"(?:d|o|l|m|dell|dall)['’](\w{3,})", fold(word))  # D'Auria, O'Brien
    return elided is not None and is_name(elided[1])


@cache
def _rare() -> bytes:
    return (files("lexicon") / "data" / "names.bloom").read_bytes()


def is_prefix(word: str) -> bool:
    """Whether `word` is an honorific or academic title: `Dr.`, `Ing.`."""
    return fold(word).replace(".", "") in PREFIXES


def is_suffix(word: str) -> bool:
    """Whether `word` is a degree, honour or generation: `Ph.D.`, `Jr.`."""
    return fold(word).replace(".", "").strip(",()") in SUFFIXES
