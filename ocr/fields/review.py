"""Why a person should look at what was understood, as far as the fields themselves tell."""

from __future__ import annotations

from collections.abc import Sequence

from lexicon.folding import squeeze
from lexicon.scripts import foreign_share
from ocr.types import Field, FieldKind, Line

SURE = 0.6
"""A value less likely right than this is worth a look."""
CLOSE = 0.3
"""A loser at least this likely makes the choice between name and company ambiguous."""
UNSUPPORTED_SCRIPT = "unsupported_script"
FOREIGN = 0.3
"""The share of letters outside the Latin script from which a card counts as not understood."""

_CONTACT = (FieldKind.EMAIL, FieldKind.PHONE, FieldKind.WEBSITE, FieldKind.ADDRESS, FieldKind.SOCIAL)


def field_reasons(fields: Sequence[Field], lines: Sequence[Line], *, unread: bool = False) -> tuple[str, ...]:
    """Of `unsupported_script`, `no_contact_data`, `name_company_ambiguous`, `low_confidence:KIND` those that hold.

    `unread` says that much of the card is in a script that did not even become lines. Where no company is told, that is
    unsure: nearly every card names one, and without it nobody is met of any company.
    """
    reasons = []
    if unread or foreign_share(" ".join(line.text for line in lines)) >= FOREIGN:
        reasons.append(UNSUPPORTED_SCRIPT)
    if not any(field.kind in _CONTACT for field in fields):
        reasons.append("no_contact_data")
    if _ambiguous(fields):
        reasons.append("name_company_ambiguous")
    unsure = dict.fromkeys(field.kind for field in fields if field.confidence < SURE)
    if fields and not any(field.kind is FieldKind.COMPANY for field in fields):
        unsure[FieldKind.COMPANY] = None
    return (*reasons, *(f"low_confidence:{kind}" for kind in unsure))


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
