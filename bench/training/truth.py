"""What a piece of text on a card of known contents is, and when a value counts as right."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rapidfuzz.fuzz import partial_ratio, ratio

from lexicon.folding import squeeze
from lexicon.legal_forms import without_legal_form
from lexicon.names import is_prefix, is_suffix
from ocr.types import Field, FieldKind

LABELS = ("name", "title", "department", "company", "address", "other")
ALIKE, PART = 82.0, 88.0
"""Least likeness, 0 to 100, of a whole value and of a part of one, engine errors allowed for."""
_KEYS = {"title": "titles", "department": "departments", "address": "addresses"}


def values(fields: Mapping[str, Any], label: str) -> list[str]:
    """The true values of one label, all accepted spellings of a name or company among them."""
    if label in _KEYS:
        return list(fields.get(_KEYS[label]) or [])
    one = [fields[label]] if fields.get(label) else []
    return one + list(fields.get(f"{label}_variants") or [])


def label_of(text: str, fields: Mapping[str, Any]) -> str:
    """Which of LABELS a piece of a line is: a whole value, or a line of one that spans lines."""
    own = squeeze(_bare(text))
    if len(own) < 2:
        return "other"
    best, label = 0.0, "other"
    for candidate in LABELS[:-1]:
        for value in values(fields, candidate):
            likeness = _likeness(own, squeeze(_bare(value)))
            if likeness > best + 1e-6:
                best, label = likeness, candidate
    return label


def _bare(text: str) -> str:
    """`text` without honorifics and degrees at its ends."""
    tokens = text.replace(",", " ").split()
    while len(tokens) > 1 and is_prefix(tokens[0]):
        tokens = tokens[1:]
    while len(tokens) > 1 and is_suffix(tokens[-1]):
        tokens = tokens[:-1]
    return " ".join(tokens)


def _likeness(own: str, true: str) -> float:
    """0 where they differ, else 2 for a whole value and 1 for a part of one, and how alike they are below 1."""
    if not true:
        return 0.0
    whole = ratio(own, true)
    if whole >= ALIKE:
        return 2 + whole / 101
    if len(own) < len(true) and (len(own) >= 4 or own in true):
        part = partial_ratio(own, true)
        return 1 + part / 101 - 0.001 * (1 - len(own) / len(true)) if part >= PART else 0.0
    return 0.0


def is_right(label: str, value: str, truth: Sequence[str]) -> bool:
    """Whether `value` is one of `truth`, as a reader of cards would count it."""
    if label in ("title", "address", "department"):
        return any(ratio(squeeze(value), squeeze(true)) >= 85 for true in truth)
    if label == "phone":
        return any(_same_number(value, true) for true in truth)
    if label == "company":
        return any(_core(value) == _core(true) for true in truth)
    return any(squeeze(_bare(value)).removeprefix("www") == squeeze(_bare(true)).removeprefix("www") for true in truth)


def _core(company: str) -> str:
    return squeeze(without_legal_form(company))


_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")


def _same_number(value: str, true: str) -> bool:
    """The same digits, whether or not country code, trunk zero and extension are there; words on keys are digits."""
    true = re.split(r"(?i)\s*(?:\(?\s*ext|ramal|\bx\s*\d)", re.sub(r"\(0\)", "", true))[0]
    a = re.sub(r"\D", "", value).lstrip("0")
    b = re.sub(r"\D", "", true.upper().translate(_KEYPAD) if re.search(r"[A-Z]{4}", true) else true).lstrip("0")
    short, long = sorted((a, b), key=len)
    return len(short) >= 6 and long.endswith(short) and len(long) - len(short) <= 4


def is_field_right(field: Field, fields: Mapping[str, Any]) -> bool:
    """Whether one field of a reading is on a card of these contents."""
    kind = str(field.kind)
    if kind in LABELS:
        return is_right(kind, field.value, values(fields, kind))
    if field.kind is FieldKind.PHONE:
        return is_right("phone", field.value, [phone["raw"] for phone in fields.get("phones") or ()])
    if field.kind in (FieldKind.NAME_PREFIX, FieldKind.NAME_SUFFIX):
        return squeeze(field.value) == squeeze(str(fields.get(kind) or ""))
    plural = {
        FieldKind.EMAIL: ("emails",),
        FieldKind.WEBSITE: ("websites", "social"),
        FieldKind.SOCIAL: ("social", "websites"),
    }
    truth = [true for key in plural.get(field.kind, (kind,)) for true in fields.get(key) or ()]
    return any(
        squeeze(re.sub(r"^https?://|www\.", "", str(true).lower())) == squeeze(field.value.removeprefix("www."))
        for true in truth
    )
