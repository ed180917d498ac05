"""Name and mailbox of a card read against each other: where only letters that readers mix up differ, one is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lexicon.folding import fold
from lexicon.names import is_family, is_given
from ocr.fields.email import skeleton
from ocr.types import Alternative, Field, FieldKind

_SHORTEST = 4
"""Letters of a name that is looked for in a mailbox; shorter ones agree by chance."""
_DOUBT = 0.9
"""What a repair leaves of the confidence."""


def reconcile(fields: Sequence[Field]) -> list[Field]:
    """`fields` with the name's spelling or the mailbox's put right where one is plainly a misreading of the other."""
    made = list(fields)
    for at, name in enumerate(made):
        if name.kind is FieldKind.NAME:
            for other, email in enumerate(made):
                if email.kind is FieldKind.EMAIL:
                    made[at], made[other] = _agreed(made[at], email)
    return made


def _agreed(name: Field, email: Field) -> tuple[Field, Field]:
    box, _, host = email.value.partition("@")
    for word in name.value.split():
        plain = "".join(c for c in fold(word) if c.isalpha())
        other = _misread(plain, box)
        if not other:
            continue
        if _known(plain) >= _known(other):
            return name, _changed(email, f"{box.replace(other, plain, 1)}@{host}", f"{other} to {plain} as in the name")
        spelled = other.upper() if word.isupper() else other.capitalize()
        return _changed(name, name.value.replace(word, spelled, 1), f"{word} to {spelled} as in the address"), email
    return name, email


def _misread(word: str, box: str) -> str:
    """The part of `box` that looks like `word` to a text reader but is not it, or nothing."""
    if len(word) < _SHORTEST or word in box:
        return ""
    for length in (len(word), len(word) - 1, len(word) + 1):
        for start in range(len(box) - length + 1):
            part = box[start : start + length]
            if part.isalpha() and skeleton(part) == skeleton(word):
                return part
    return ""


def _known(word: str) -> int:
    return int(is_given(word)) + int(is_family(word))


def _changed(field: Field, value: str, repair: str) -> Field:
    unrepaired = Alternative(field.value, field.confidence * (1 - _DOUBT), field.source)
    return replace(
        field,
        value=value,
        confidence=field.confidence * _DOUBT,
        repairs=(*field.repairs, repair),
        alternatives=(unrepaired, *field.alternatives),
    )
