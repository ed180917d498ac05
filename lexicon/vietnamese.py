"""Vietnamese names of which a text reader lost letters: `Nguyn Vn Trung` is Nguyễn Văn Trung.

Readers whose alphabet lacks letters with two signs (ễ, ạ, ị) leave them out or give a letter alike, in nearly every
Vietnamese name. A handful of family and middle names make up nearly all of them.
"""

from __future__ import annotations

from functools import cache

from lexicon.folding import fold
from lexicon.wordlists import table

_VOWELS = frozenset("aeiouy")
_LEAST = 2
"""Letters left of a name that can be restored."""


def restored(words: list[str]) -> list[str]:
    """`words` of a Vietnamese name, family name first, with what is plainly a mutilated family or middle name whole."""
    if not 2 <= len(words) <= 5:
        return words
    kinds = ["family", *["middle"] * (len(words) - 2), "given"]
    return [_whole(word, kind) for word, kind in zip(words, kinds, strict=True)]


def _whole(word: str, kind: str) -> str:
    own = fold(word)
    if kind == "given" or own in _known() or len(own) < _LEAST or not own.isalpha():
        return word
    found = [name for name in table("vietnamese")[kind] if _is_mutilated(own, fold(name))]
    if not found:
        return word
    return found[0].upper() if word.isupper() else found[0]


@cache
def _known() -> frozenset[str]:
    return frozenset(fold(name) for names in table("vietnamese").values() for name in names)


def _is_mutilated(own: str, name: str) -> bool:
    """Whether `own` is `name` without one of its vowels, or of a name of four letters and more with one changed."""
    for at, letter in enumerate(name):
        if letter not in _VOWELS:
            continue
        before, after = name[:at], name[at + 1 :]
        if own == before + after:
            return True
        changed = len(own) == len(name) and own[at] in _VOWELS and len(name) > 3
        if changed and own[:at] == before and own[at + 1 :] == after:
            return True
    return False
