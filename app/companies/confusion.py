"""Letters that readers of print confuse, lose or see twice. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from app.companies.wording import in_full

_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("ri", "n"))
_SINGLES = str.maketrans("01l5869qzhuceytfj", "oiisbbggzbvccvffi")
_TWICE = re.compile(r"(.)\1+")
_NUMBER = re.compile(r"\d+|(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3})")
"""Arabic, or Roman below forty."""

_LONG_WORD = 7
"""Letters of a word that is still the same word when one of them is lost."""
_LONG_NAME = 12
_LONG_ENOUGH = 6
_ROUND = frozenset("aoc")
"""The shapes of the letters a, o and e."""


@lru_cache(maxsize=8192)
def shape(word: str) -> str:
    """`word` with one letter for all that look alike, and doubled letters once; a number stays as it is.

    Two readings of one print mostly have one shape.
    """
    if _NUMBER.fullmatch(word):
        return word
    word = word.replace("1", "l")
    for pair, letter in _PAIRS:
        word = word.replace(pair, letter)
    return _TWICE.sub(r"\1", word.translate(_SINGLES))


@lru_cache(maxsize=8192)
def shapes(key: str) -> tuple[str, ...]:
    """The shape of each word of a key, what is usually shortened in full."""
    return tuple(shape(in_full(word)) for word in key.split())


def same_shape(key: str, other: str) -> bool:
    """Whether both may be readings of one print, blanks aside."""
    return "".join(shapes(key)) == "".join(shapes(other))


@lru_cache(maxsize=8192)
def numbers(key: str) -> tuple[str, ...]:
    """The numbers in a key, in order: `Fund II` is not `Fund III`."""
    return tuple(word for word in key.split()[1:] if _NUMBER.fullmatch(word))


def is_number(word: str) -> bool:
    """Whether `word` is a number, in Roman letters at most 39."""
    return _NUMBER.fullmatch(word) is not None


def lost_a_letter(key: str, other: str) -> bool:
    """Whether the words are the same but for one or two long ones, which lack a letter in one of the names.

    Where a blank was lost as well, the whole counts as one word, and has to be longer.
    """
    one, two = shapes(key), shapes(other)
    if len(one) != len(two):
        close = OSA.distance(key.replace(" ", ""), other.replace(" ", "")) <= 2
        return close and _lacks_a_letter("".join(one), "".join(two), _LONG_NAME)
    differing = [pair for pair in zip(one, two, strict=True) if pair[0] != pair[1]]
    if not 0 < len(differing) <= 2 or OSA.distance(key, other) > 2 * len(differing):
        return False
    return all(_lacks_a_letter(*pair, _LONG_WORD) for pair in differing)


def misread_a_vowel(key: str, other: str) -> bool:
    """Whether the shapes are the same but for one round vowel, in a name long enough for that to be no other name."""
    one, two = "".join(shapes(key)), "".join(shapes(other))
    if len(one) != len(two) or len(one) < _LONG_ENOUGH:
        return False
    differing = [{mine, theirs} for mine, theirs in zip(one, two, strict=True) if mine != theirs]
    return len(differing) == 1 and differing[0] <= _ROUND


def _lacks_a_letter(one: str, two: str, least: int) -> bool:
    shorter, longer = sorted((one, two), key=len)
    if len(longer) != len(shorter) + 1 or len(longer) < least:
        return False
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
