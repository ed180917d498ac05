"""What QR codes say, set above what was read from print."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ocr.codes import Code, CodeValue
from ocr.fields.merge import same_value
from ocr.fields.phone import dialled
from ocr.fields.spans import Span
from ocr.types import Alternative, Field, FieldKind

CERTAIN = 0.99
"""A code is read whole or not at all; what it says may still be out of date."""
_ONE = frozenset({FieldKind.NAME, FieldKind.COMPANY})


def outrank(
    printed: Sequence[Field], codes: Sequence[Code], region: str | None, assumed: str = ""
) -> tuple[Field, ...]:
    """`printed` with the values of `codes` above them: equal ones are confirmed, contrary ones become alternatives.

    `region` and `assumed` tell where numbers without a country code are, as for `ocr.fields.phone.dialled`.
    """
    fields = list(printed)
    for code in codes:
        for stated in _fields(code, region, assumed):
            _place(fields, stated)
    return tuple(fields)


def _fields(code: Code, region: str | None, assumed: str) -> Iterable[Field]:
    for stated in code.values:
        value = _normal(stated, region, assumed)
        if value:
            yield Field(stated.kind, value, stated.value, CERTAIN, code.polygon, "qr", stated.type)


def _normal(stated: CodeValue, region: str | None, assumed: str) -> str:
    value = stated.value.strip()
    if stated.kind is FieldKind.PHONE:
        digits = ("+" if value.startswith("+") else "") + re.sub(r"\D", "", value)
        return dialled(Span(FieldKind.PHONE, digits, value, 0, len(value)), region, assumed).value
    if stated.kind is FieldKind.EMAIL:
        return value.lower()
    if stated.kind is FieldKind.WEBSITE:
        return re.sub(r"(?i)^https?://|/$", "", value)
    return value


def _place(fields: list[Field], stated: Field) -> None:
    at = next((index for index, field in enumerate(fields) if same_value(field, stated)), None)
    if at is not None:
        read = fields[at]
        polygon, source = read.polygon or stated.polygon, f"{read.source}+qr" if read.source else "qr"
        fields[at] = replace(
            stated,
            polygon=polygon,
            source=source,
            raw=read.raw,
            type=read.type or stated.type,
            extension=read.extension,
        )
        return
    rival = next((index for index, field in enumerate(fields) if field.kind is stated.kind), None)
    if stated.kind in _ONE and rival is not None:
        read = fields[rival]
        losers = (Alternative(read.value, read.confidence, read.source), *read.alternatives)
        fields[rival] = replace(stated, alternatives=losers)
    else:
        fields.append(stated)
