"""Name and mailbox of a card read against each other: where they differ as misreadings do, one is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from lexicon import mail
from lexicon.folding import fold
from lexicon.names import is_family, is_given
from ocr.fields.email import skeleton
from ocr.fields.person import mailbox_agreement
from ocr.types import Alternative, Field, FieldKind

_SHORTEST = 4
"""Letters of a name that is looked for in a mailbox; shorter ones agree by chance."""
_LONG = 7
"""Letters of a name that one letter beside it in a mailbox is a misreading of; shorter names have such neighbours."""
_LABELS = "EM"
"""What stands before an address, and is read as its first letter where no blank is seen."""
_DOUBT = 0.9
"""What a repair leaves of the confidence."""


def reconcile(fields: Sequence[Field]) -> list[Field]:
    """`fields` with the name's spelling or the mailbox's put right where one is plainly a misreading of the other."""
    made = list(fields)
    for at, name in enumerate(made):
        if name.kind is FieldKind.NAME:
            for other, email in enumerate(made):
                if email.kind is FieldKind.EMAIL:
                    made[at], made[other] = _agreed(made[at], _without_label(email, made[at].value))
    return made


def _without_label(email: Field, name: str) -> Field:
    """`Efalk@falk.de` without the label that was read as its first letter: what is left says whose address it is."""
    box, _, host = email.value.partition("@")
    rest, printed = box[1:], email.raw[:2]
    if printed[:1] not in _LABELS or not printed[1:].islower() or len(rest) < _SHORTEST:
        return email
    is_plain = rest == mail.core(host) or mailbox_agreement(name, rest) == 1
    if not is_plain or mailbox_agreement(name, box) == 1:
        return email
    return _changed(email, f"{rest}@{host}", f"label {printed[0]} cut off")


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
    return _beside(word, box)


def _beside(word: str, box: str) -> str:
    """The part of `box` that is one letter beside a long known name and no name itself, neither shortened nor spelled
    out (`mueller`), or nothing.
    """
    if len(word) < _LONG or not _known(word):
        return ""
    for part in re.finditer(r"[a-z]+", box):
        for start in (0, 1):  # an initial may stand before it
            other = part.group()[start:]
            is_cut = other.startswith(word[:-1])
            is_spelled_out = re.sub(r"([aou])e", r"\1", other) == re.sub(r"([aou])e", r"\1", word)
            near = Levenshtein.distance(word, other, score_cutoff=1) == 1
            if near and not (is_cut or is_spelled_out or _known(other)) and other[:1] == word[:1]:
                return other
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
