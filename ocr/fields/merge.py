"""Two sides of one card made one set of fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz.fuzz import ratio

from lexicon.folding import squeeze
from lexicon.legal_forms import without_legal_form
from ocr.types import Alternative, Field, FieldKind

_ONE = frozenset({FieldKind.NAME, FieldKind.NAME_PREFIX, FieldKind.NAME_SUFFIX, FieldKind.COMPANY})
_ALIKE = 88
"""Least likeness, 0 to 100, at which two titles or addresses are taken for one value read twice."""


def merge_sides(front: Sequence[Field], back: Sequence[Field]) -> tuple[Field, ...]:
    """The fields of a card from both of its sides; polygons stay those of the side a value is kept from.

    A value on both sides is kept once, surer than on either. Of names and companies that differ the surer stays, with
    the other as its alternative.
    """
    merged = list(front)
    for field in back:
        at = next((index for index, other in enumerate(merged) if same_value(field, other)), None)
        if at is not None:
            merged[at] = _agreed(merged[at], field)
            continue
        at = (
            next((i for i, other in enumerate(merged) if other.kind is field.kind), None)
            if field.kind in _ONE
            else None
        )
        if at is None:
            merged.append(field)
        else:
            merged[at] = _contested(merged[at], field)
    return tuple(merged)


def same_value(a: Field, b: Field) -> bool:
    """Whether two fields are the same value, however it is spelled."""
    if a.kind is not b.kind:
        return False
    if a.kind is FieldKind.PHONE:
        short, long = sorted((re.sub(r"\D", "", a.value), re.sub(r"\D", "", b.value)), key=len)
        return len(short) >= 7 and long.endswith(short.lstrip("0"))
    if a.kind is FieldKind.COMPANY:
        return squeeze(without_legal_form(a.value)) == squeeze(without_legal_form(b.value))
    if a.kind in (FieldKind.TITLE, FieldKind.DEPARTMENT, FieldKind.ADDRESS):
        return ratio(squeeze(a.value), squeeze(b.value)) >= _ALIKE
    return squeeze(a.value.removeprefix("www.")) == squeeze(b.value.removeprefix("www."))


def _agreed(a: Field, b: Field) -> Field:
    kept, other = (a, b) if a.confidence >= b.confidence else (b, a)
    sources = "+".join(dict.fromkeys([*kept.source.split("+"), *other.source.split("+")]))
    together = 1 - (1 - a.confidence) * (1 - b.confidence)
    return replace(
        kept,
        confidence=together,
        source=sources,
        type=kept.type or other.type,
        extension=kept.extension or other.extension,
    )


def _contested(a: Field, b: Field) -> Field:
    kept, other = (a, b) if a.confidence >= b.confidence else (b, a)
    loser = Alternative(other.value, other.confidence, other.source)
    return replace(kept, alternatives=(loser, *kept.alternatives))
