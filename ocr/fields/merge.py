"""Two sides of one card made one set of fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz.fuzz import ratio

from lexicon.folding import squeeze
from lexicon.legal_forms import without_legal_form
from ocr.types import Alternative, Field, FieldKind

Side = Literal["front", "back"]

_ONE = frozenset({FieldKind.NAME, FieldKind.NAME_PREFIX, FieldKind.NAME_SUFFIX, FieldKind.COMPANY})
_ALIKE = 88
"""Least likeness, 0 to 100, at which two titles or addresses are taken for one value read twice."""


@dataclass(frozen=True, slots=True)
class Sided:
    """A field of a card that was photographed on both sides."""

    field: Field
    side: Side
    """The photo that the field's value was kept from and its polygon is in."""


def merge_sides(front: Sequence[Field], back: Sequence[Field]) -> tuple[Sided, ...]:
    """The fields of a card from both of its sides, each with the side that it is kept from.

    A value on both sides is kept once, surer than on either. Of names and companies that differ the surer stays, with
    the other as its alternative.
    """
    merged = [Sided(field, "front") for field in front]
    for field in back:
        new = Sided(field, "back")
        at = next((index for index, old in enumerate(merged) if same_value(field, old.field)), None)
        if at is not None:
            merged[at] = _agreed(merged[at], new)
            continue
        at = _rival(merged, field.kind)
        if at is None:
            merged.append(new)
        else:
            merged[at] = _contested(merged[at], new)
    return tuple(merged)


def _rival(merged: Sequence[Sided], kind: FieldKind) -> int | None:
    """Where the one value stands that a card may have of this kind."""
    if kind not in _ONE:
        return None
    return next((index for index, old in enumerate(merged) if old.field.kind is kind), None)


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


def _agreed(a: Sided, b: Sided) -> Sided:
    kept, other = (a, b) if a.field.confidence >= b.field.confidence else (b, a)
    sources = "+".join(dict.fromkeys([*kept.field.source.split("+"), *other.field.source.split("+")]))
    together = replace(
        kept.field,
        confidence=1 - (1 - a.field.confidence) * (1 - b.field.confidence),
        source=sources,
        type=kept.field.type or other.field.type,
        extension=kept.field.extension or other.field.extension,
    )
    return Sided(together, kept.side)


def _contested(a: Sided, b: Sided) -> Sided:
    kept, other = (a, b) if a.field.confidence >= b.field.confidence else (b, a)
    loser = Alternative(other.field.value, other.field.confidence, other.field.source)
    return Sided(replace(kept.field, alternatives=(loser, *kept.field.alternatives)), kept.side)
