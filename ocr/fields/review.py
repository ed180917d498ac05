"""Why a person should look at what was understood, as far as the fields themselves tell."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from lexicon.folding import squeeze
from ocr.types import Field, FieldKind, Line

SURE = 0.6
"""A value less likely right than this is worth a look."""
CLOSE = 0.3
"""A loser at least this likely makes the choice between name and company ambiguous."""
FOREIGN = 0.3
"""The share of letters outside the Latin script from which a card counts as not understood."""

_CONTACT = (FieldKind.EMAIL, FieldKind.PHONE, FieldKind.WEBSITE, FieldKind.ADDRESS, FieldKind.SOCIAL)


def field_reasons(fields: Sequence[Field], lines: Sequence[Line]) -> tuple[str, ...]:
    """Of `unsupported_script`, `no_contact_data`, `name_company_ambiguous`, `low_confidence:KIND` those that hold."""
    reasons = []
    if _foreign_share(lines) >= FOREIGN:
        reasons.append("unsupported_script")
    if not any(field.kind in _CONTACT for field in fields):
        reasons.append("no_contact_data")
    if _ambiguous(fields):
        reasons.append("name_company_ambiguous")
    unsure = dict.fromkeys(field.kind for field in fields if field.confidence < SURE)
    return (*reasons, *(f"low_confidence:{kind}" for kind in unsure))


def _foreign_share(lines: Sequence[Line]) -> float:
    letters = [c for line in lines for c in line.text if c.isalpha()]
    foreign = [
        c
        for c in letters
        if not unicodedata.name(c, "").startswith(("LATIN", "MASCULINE", "FEMININE", "FULLWIDTH LATIN"))
    ]
    return len(foreign) / max(1, len(letters))


def _ambiguous(fields: Sequence[Field]) -> bool:
    """Whether what is taken for the name might well be the company, or the other way round."""
    values = {field.kind: squeeze(field.value) for field in fields if field.kind in (FieldKind.NAME, FieldKind.COMPANY)}
    rivals = {FieldKind.NAME: values.get(FieldKind.COMPANY), FieldKind.COMPANY: values.get(FieldKind.NAME)}
    return any(
        squeeze(loser.value) == rivals[field.kind] and loser.confidence >= CLOSE
        for field in fields
        if field.kind in rivals
        for loser in field.alternatives
    )
