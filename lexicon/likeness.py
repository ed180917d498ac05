"""How alike two names are, of companies or of people, 0 to 1.

rigour takes a name apart and knows what its words mean (nicknames, initials, spellings of one given name in several
scripts, trades, places, numbers, legal forms), pairs the words of two names that mean the same, and measures the rest
by an edit distance that forgives what readers confuse. What is decided here is how much each kind of agreement counts
and how much each kind of word weighs. The figures are round and untuned; `python -m bench.matching` shows what they
reach on the public OpenSanctions pairs. `rigour._core` is called directly: the modules around it import ICU, which has
no wheel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rigour import _core

_Part = Any
_Name = Any
_Kind = _core.SymbolCategory
_Tag = _core.NamePartTag

_AGREEMENT = {
    _Kind.NAME: 0.95,
    _Kind.NICK: 0.75,
    _Kind.INITIAL: 0.8,
    _Kind.ORG_CLASS: 0.95,
    _Kind.SYMBOL: 0.95,
    _Kind.DOMAIN: 0.95,
    _Kind.LOCATION: 0.95,
    _Kind.NUMERIC: 1.0,
    _Kind.PHONETIC: 0.8,
}
"""What two different words are worth that mean the same; 1 for equal words."""

_WEIGHT = {
    _Kind.ORG_CLASS: 0.3,
    _Kind.SYMBOL: 0.5,
    _Kind.DOMAIN: 0.7,
    _Kind.LOCATION: 0.9,
    _Kind.INITIAL: 0.6,
}
"""How much a word of a kind tells; 1 for all others."""

_STOP_WEIGHT = 0.2
_LEFT_OUT_OF_PERSON = 0.5
"""People leave out a second name more often than companies leave out a word."""
_LEFT_OUT_OF_COMPANY = 0.8
_LEFT_OUT_INITIAL = 0.3


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Some words of one name, some of the other, and how well they agree."""

    agreement: float
    weight: float


def company_likeness(name: str, other: str) -> float:
    """How alike two names of companies are, 0 to 1; their order does not matter."""
    return _likeness(name, other, False)


def person_likeness(name: str, other: str) -> float:
    """How alike two names of people are, 0 to 1; neither the order of the two nor that of their words matters."""
    return _likeness(name, other, True)


def _likeness(name: str, other: str, is_person: bool) -> float:
    name, other = sorted((name, other))
    pairs = ((one, two) for one in _names(name, is_person) for two in _names(other, is_person))
    return max((_compare(one, two, is_person) for one, two in pairs), default=0.0)


@lru_cache(maxsize=16384)
def _names(name: str, is_person: bool) -> tuple[_Name, ...]:
    kind = _core.NameTypeTag.PER if is_person else _core.NameTypeTag.ORG
    return tuple(_core.analyze_names(kind, [name], infer_initials=True, phonetics=False))


def _compare(one: _Name, two: _Name, is_person: bool) -> float:
    pairings: Sequence[Sequence[Any]] = _core.pair_symbols(one, two) or [()]
    return max(_average(_evidence(one, two, pairing, is_person)) for pairing in pairings)


def _average(evidence: Iterable[_Evidence]) -> float:
    found = list(evidence)
    total = sum(each.weight for each in found)
    return sum(each.agreement * each.weight for each in found) / total if total else 0.0


def _evidence(one: _Name, two: _Name, pairing: Sequence[Any], is_person: bool) -> Iterator[_Evidence]:
    for pair in pairing:
        agreement = 1.0 if pair.qstr == pair.rstr else _AGREEMENT[pair.symbol.category]
        yield _Evidence(agreement, max(_weight(one, pair.qps), _weight(two, pair.rps)))
    rest = _unpaired(one, [pair.qps for pair in pairing])
    other_rest = _unpaired(two, [pair.rps for pair in pairing])
    if is_person:
        rest, other_rest = _core.align_person_name_order(rest, other_rest)
    lonely: list[Any] = []
    for pair in _core.compare_parts(rest, other_rest):
        if pair.qps and pair.rps:
            agreement = _AGREEMENT[_Kind.INITIAL] if is_person and _abbreviates(pair.qstr, pair.rstr) else pair.score
            yield _Evidence(agreement, max(_weight(one, pair.qps), _weight(two, pair.rps)))
        else:
            lonely.append(pair)
    yield from _left_over(one, two, lonely, is_person)


def _left_over(one: _Name, two: _Name, lonely: Sequence[Any], is_person: bool) -> Iterator[_Evidence]:
    """Words without a counterpart; for people an initial pairs with a name that begins with it."""
    mine = [pair for pair in lonely if pair.qps]
    theirs = [pair for pair in lonely if pair.rps]
    for pair in list(mine) if is_person else ():
        other = next((other for other in theirs if _abbreviates(pair.qstr, other.rstr)), None)
        if other is not None:
            mine.remove(pair)
            theirs.remove(other)
            yield _Evidence(_AGREEMENT[_Kind.INITIAL], 1.0)
    for weight, words in [(_weight(one, p.qps), p.qstr) for p in mine] + [
        (_weight(two, p.rps), p.rstr) for p in theirs
    ]:
        share = _LEFT_OUT_OF_PERSON if is_person else _LEFT_OUT_OF_COMPANY
        yield _Evidence(0.0, weight * (_LEFT_OUT_INITIAL if is_person and len(words) == 1 else share))


def _abbreviates(one: str, two: str) -> bool:
    return min(len(one), len(two)) == 1 and one[:1] == two[:1]


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
