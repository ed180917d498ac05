"""Puts back blanks that a text reader or a domain name has lost: `seniormanager` is `senior manager`."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from lexicon.folding import fold
from lexicon.names import is_family, is_given, is_name
from lexicon.vocabulary import is_department, is_english, is_job, is_trade
from lexicon.wordlists import table

_LONGEST = 18
_UNKNOWN = 3.2
"""Cost of a letter that belongs to no known word."""
_SHORT = {1: 6.0, 2: 3.5, 3: 2.2}
"""Cost of a short word; chance finds many in any text."""
_COMMON = frozenset(
    ("la", "le", "el", "los", "las", "da", "de", "do", "di", "of", "and", "the", "by", "my", "our", "at", "in", "on")
)


def _cost(word: str) -> float | None:
    if word in _COMMON:
        return 2.6
    known = is_trade(word) or is_job(word) or is_department(word)
    if len(word) >= 3 and (known or is_english(word) or is_given(word) or is_family(word) or word in table("cities")):
        return _SHORT.get(len(word), 1.6) - (0.3 if known else 0.0)
    return None


def unglued(text: str) -> str:
    """`text` with blanks put back into words that are known only when cut: `SeniorManager` is `Senior Manager`.

    Words of up to seven letters stay, such as are known whole, and such as only names would make up.
    """
    return " ".join(" ".join(split_words(word)) if _is_glued(word) else word for word in text.split())


def unglued_english(text: str) -> str:
    """The same, but only where all the words are English; other languages print compounds in one word on purpose."""
    return " ".join(
        unglued(word) if all(is_english(fold(part)) for part in unglued(word).split()) else word
        for word in text.split()
    )


def _is_glued(word: str) -> bool:
    if len(word) < 8 or not word.isalpha():
        return False
    folded = fold(word)
    if _cost(folded) is not None or is_name(folded):
        return False
    return all(_is_plain(part) for part in split_words(folded))


def _is_plain(word: str) -> bool:
    return word in _COMMON or is_english(word) or is_trade(word) or is_job(word) or is_department(word)


@lru_cache(maxsize=4096)
def split_words(text: str) -> tuple[str, ...]:
    """`text`, letters without blanks, cut into known words; whole where that explains it better.

    The cheapest cut wins: a known word costs little, the less the longer it is, an unknown letter much.
    """
    folded = fold(text)
    if len(folded) != len(text) or not folded.isalpha():
        return (text,)
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for end in range(1, len(folded) + 1):
        before, cuts = best[end - 1]
        choice = (before + _UNKNOWN, cuts)
        for start in range(max(0, end - _LONGEST), end - 1):
            cost = _cost(folded[start:end])
            if cost is not None and best[start][0] + cost < choice[0]:
                choice = (best[start][0] + cost, (*best[start][1], start, end))
        best.append(choice)
    edges = sorted({0, len(text), *best[-1][1]})
    words = tuple(text[a:b] for a, b in pairwise(edges))
    unknown = [word for word in words if _cost(fold(word)) is None]
    scraps = any(len(word) < 4 for word in unknown) or sum(len(word) for word in unknown) > len(text) / 2
    whole = scraps or fold(words[-1]) in _COMMON
    return (text,) if whole else words
