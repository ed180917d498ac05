"""Contact data of a card: what is told by its form, in lines that may hold several values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from lexicon.labels import phone_type
from ocr.fields.email import find_emails
from ocr.fields.phone import find_phones
from ocr.fields.spans import Span, plain
from ocr.fields.url import find_handles, find_websites
from ocr.types import FieldKind, Line


def find_contacts(lines: Sequence[Line]) -> list[list[Span]]:
    """E-mails, websites, profiles and phones of each line; a phone's label may stand alone to its left."""
    found = []
    for line in lines:
        text = plain(line.text)
        spans = find_emails(text)
        spans += find_handles(text, spans)
        spans += find_websites(text, spans)
        spans += find_phones(text, spans)
        found.append([_with_distant_label(span, line, lines) for span in spans])
    return found


def _with_distant_label(span: Span, line: Line, lines: Sequence[Line]) -> Span:
    if span.kind is not FieldKind.PHONE or span.type or line.text[: span.start].strip(" :.|"):
        return span
    label = _left_of(line, lines)
    return replace(span, type=phone_type(label)) if label else span


def _left_of(line: Line, lines: Sequence[Line]) -> str:
    """The text of a short line that ends close to the left of `line` on the same baseline, or nothing."""
    left, top, _, bottom = _box(line)
    height = bottom - top
    best, nearest = "", 6 * height
    for other in lines:
        _, other_top, right, other_bottom = _box(other)
        level = abs((other_top + other_bottom) / 2 - (top + bottom) / 2) < 0.5 * height
        if other is not line and level and len(other.text) <= 14 and -height < left - right < nearest:
            if re.fullmatch(r"[\W\d]*", other.text) or not phone_type(other.text):
                continue
            best, nearest = other.text, left - right
    return best


def _box(line: Line) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in line.polygon], [y for _, y in line.polygon]
    return min(xs), min(ys), max(xs), max(ys)
