"""How alike two names are, of companies or of people, 0 to 1.

Names are taken apart by rigour, called through `rigour._core`: the Python modules around it import ICU, which has no
wheel. Of a company's words rigour knows what they mean (trades, places, numbers, legal forms, the usual short forms);
words that mean the same are paired, the rest is measured by an edit distance that forgives what readers confuse. A
person's words are paired by spelling, as nicknames or as initials: rigour's table of personal names takes 400 MB and
reaches no more on the public OpenSanctions pairs. `python -m bench.matching` shows what both reach there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

from rapidfuzz.distance import OSA
from rigour import _core

from lexicon.wordlists import groups

_Part = Any
_Name = Any
_Evidence = tuple[float, float]
"""How well some words of the two names agree, 0 to 1, and how much that counts."""

_Kind = _core.SymbolCategory
_Tag = _core.NamePartTag

_SAME_MEANING = 0.95
_WEIGHT = {_Kind.ORG_CLASS: 0.3, _Kind.SYMBOL: 0.5, _Kind.DOMAIN: 0.7, _Kind.LOCATION: 0.9}
"""How much a word of a kind tells of a company; 1 for all others."""
_STOP_WEIGHT = 0.2
_LEFT_OUT_OF_COMPANY = 0.8

_NICKNAME = 0.85
_INITIAL = 0.8
_LEAST_ALIKE = 0.6
"""Share of letters that two words of a person's name have in order to be one word, spelled or read in two ways."""
_LEFT_OUT_OF_PERSON = 0.2
"""People leave out a second name more often than companies leave out a word."""
_LEFT_OUT_INITIAL = 0.1


def company_likeness(name: str, other: str) -> float:
    """How alike two names of companies are, 0 to 1; which comes first does not matter."""
    one, two = (_company(each) for each in sorted((name, other)))
    if one is None or two is None:
        return 0.0
    pairings: Sequence[Sequence[Any]] = _core.pair_symbols(one, two) or [()]
    return max(_average(_company_evidence(one, two, pairing)) for pairing in pairings)


def person_likeness(name: str, other: str) -> float:
    """How alike two names of people are, 0 to 1; neither the order of the two nor that of their words matters."""
    one, two = sorted((_person(name), _person(other)))
    if not one or not two:
        return 0.0
    if "".join(sorted(one)) == "".join(sorted(two)):
        return 1.0
    return _average(_person_evidence(list(one), list(two)))


def _average(evidence: Iterable[_Evidence]) -> float:
    found = list(evidence)
    total = sum(weight for _, weight in found)
    return sum(agreement * weight for agreement, weight in found) / total if total else 0.0


@lru_cache(maxsize=2048)
def _company(name: str) -> _Name | None:
    return next(iter(_core.analyze_names(_core.NameTypeTag.ORG, [name], phonetics=False)), None)


def _company_evidence(one: _Name, two: _Name, pairing: Sequence[Any]) -> Iterator[_Evidence]:
    for pair in pairing:
        agreement = 1.0 if pair.qstr == pair.rstr else _SAME_MEANING
        yield agreement, max(_weight(one, pair.qps), _weight(two, pair.rps))
    rest = _unpaired(one, [pair.qps for pair in pairing])
    other_rest = _unpaired(two, [pair.rps for pair in pairing])
    for pair in _core.compare_parts(rest, other_rest):
        weights = _weight(one, pair.qps), _weight(two, pair.rps)
        agreement = _SAME_MEANING if pair.score < _SAME_MEANING and _abbreviates(pair.qps, pair.rps) else pair.score
        yield agreement, max(weights) if all(weights) else max(weights) * _LEFT_OUT_OF_COMPANY


def _abbreviates(one: Sequence[_Part], two: Sequence[_Part]) -> bool:
    """Whether one is a word, not the first of its name, and the other the letters that it is shortened to: mgmt."""
    if len(one) != 1 or len(two) != 1 or not (one[0].index and two[0].index):
        return False
    short, full = sorted((one[0].comparable, two[0].comparable), key=len)
    letters = iter(full)
    return 3 <= len(short) <= 0.7 * len(full) and short[0] == full[0] and all(letter in letters for letter in short)


def _unpaired(name: _Name, groups: Iterable[Iterable[_Part]]) -> list[_Part]:
    paired = {part.index for group in groups for part in group}
    return [part for part in name.parts if part.index not in paired]


def _weight(name: _Name, parts: Iterable[_Part]) -> float:
    return sum(_part_weight(name, part) for part in parts)


def _part_weight(name: _Name, part: _Part) -> float:
    if part.tag == _Tag.STOP:
        return _STOP_WEIGHT
    kinds = [span.symbol.category for span in name.spans if part in span.parts]
    legal = [_WEIGHT[_Kind.ORG_CLASS]] if part.tag == _Tag.LEGAL else []
    return min([1.0, *legal, *(_WEIGHT.get(kind, 1.0) for kind in kinds)])


@lru_cache(maxsize=2048)
def _person(name: str) -> tuple[str, ...]:
    """The words of a personal name in Latin letters, without honorifics."""
    kind = _core.NameTypeTag.PER
    found = next(iter(_core.analyze_names(kind, [name], symbols=False, phonetics=False)), None)
    return tuple(part.comparable for part in found.parts) if found else ()


def _person_evidence(one: list[str], two: list[str]) -> Iterator[_Evidence]:
    pairs = ((_agreement(mine, theirs), i, j) for i, mine in enumerate(one) for j, theirs in enumerate(two))
    for agreement, i, j in sorted(pairs, reverse=True):
        if agreement and one[i] and two[j]:
            one[i] = two[j] = ""
            yield agreement, 1.0
    left, other_left = [word for word in one if word], [word for word in two if word]
    contradicted = min(len(left), len(other_left))
    yield from [(0.0, 1.0)] * contradicted
    for word in left[contradicted:] + other_left[contradicted:]:
        yield 0.0, _LEFT_OUT_OF_PERSON if len(word) > 1 else _LEFT_OUT_INITIAL


def _agreement(word: str, other: str) -> float:
    if word == other:
        return 1.0
    if min(len(word), len(other)) == 1:
        return _INITIAL if word[0] == other[0] else 0.0
    if _forms().get(word, _NONE) & _forms().get(other, _NONE):
        return _NICKNAME
    alike: float = OSA.normalized_similarity(word, other)
    return alike if alike >= _LEAST_ALIKE else 0.0


_NONE: frozenset[int] = frozenset()


@cache
def _forms() -> dict[str, frozenset[int]]:
    """For each given name the numbers of the names that it is a form of."""
    numbers: dict[str, set[int]] = {}
    for number, forms in enumerate(groups("nicknames")):
        for form in forms:
            numbers.setdefault(form, set()).add(number)
    return {form: frozenset(those) for form, those in numbers.items()}
