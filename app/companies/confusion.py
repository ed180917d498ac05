"""Letters that readers of print confuse, lose or see twice. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("ri", "n"))
_SINGLES = str.maketrans("01l5869qzhuceytfj", "oiisbbggzbvccvffi")
_TWICE = re.compile(r"(.)\1+")
_NUMBER = re.compile(r"\d+|(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3})")
"""Arabic, or Roman below forty."""

_LONG_WORD = 7
"""Letters of a word that is still the same word when one of them is lost."""
_LONG_NAME = 12


@lru_cache(maxsize=65536)
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


@lru_cache(maxsize=65536)
def shapes(key: str) -> tuple[str, ...]:
    """The shape of each word of a key."""
    return tuple(map(shape, key.split()))


@lru_cache(maxsize=65536)
def numbers(key: str) -> tuple[str, ...]:
    """The numbers in a key, in order: `Fund II` is not `Fund III`."""
    return tuple(word for word in key.split()[1:] if _NUMBER.fullmatch(word))


def lost_a_letter(key: str, other: str) -> bool:
    """Whether the words are the same but for one or two long ones, which lack a letter in one of the names.

    Where a blank was lost as well, the whole counts as one word, and has to be longer.
    """
    one, two = shapes(key), shapes(other)
    if len(one) != len(two):
        return _lacks_a_letter("".join(one), "".join(two), _LONG_NAME)
    differing = [pair for pair in zip(one, two, strict=True) if pair[0] != pair[1]]
    if not 0 < len(differing) <= 2 or OSA.distance(key, other) > 2 * len(differing):
        return False
    return all(_lacks_a_letter(*pair, _LONG_WORD) for pair in differing)


def _lacks_a_letter(one: str, two: str, least: int) -> bool:
    shorter, longer = sorted((one, two), key=len)
    if len(longer) != len(shorter) + 1 or len(longer) < least:
        return False
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
