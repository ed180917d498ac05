"""Pieces of lines: what is left of a line beside its contact data, cut where one thing ends and the next begins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lexicon import labels
from lexicon.folding import fold, words
from lexicon.names import is_family, is_given, is_prefix, is_suffix
from lexicon.vocabulary import is_department, is_job
from ocr.fields.spans import Span, piece
from ocr.types import Line, Polygon

_SEPARATOR = re.compile(r"\s*[|•]+\s*|\s{3,}|\s+[–—~]+\s+")
_LOOSE = " \t,;:|/•·-–—~*_=<>»«"
_SHORT_LABEL = re.compile(r"^(?P<label>[^\W\d_][\w.-]{0,14})\s*[:：]\s*")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of one line that may be a value or a part of one."""

    text: str
    line: int
    """Which line it is a piece of."""
    polygon: Polygon
    confidence: float
    """The engine's, of the whole line."""
    labelled: str = ""
    """`address` where a label said so."""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in pixels."""
        xs, ys = [x for x, _ in self.polygon], [y for _, y in self.polygon]
        return min(xs), min(ys), max(xs), max(ys)


def segments(lines: Sequence[Line], spans: Sequence[Sequence[Span]]) -> list[Segment]:
    """Everything on the card that is no contact datum, in the order of the lines."""
    found: list[Segment] = []
    for index, (line, taken) in enumerate(zip(lines, spans, strict=True)):
        for start, end in _free(line.text, taken):
            found += _cut(line, index, start, end)
    return found


def _free(text: str, taken: Sequence[Span]) -> Iterator[tuple[int, int]]:
    at = 0
    for span in sorted(taken, key=lambda span: span.start):
        yield at, span.start
        at = max(at, span.end)
    yield at, len(text)


def _cut(line: Line, index: int, start: int, end: int) -> list[Segment]:
    text = line.text[start:end]
    found, at = [], 0
    for match in [*_SEPARATOR.finditer(text), None]:
        stop = match.start() if match else len(text)
        found += _pieces(line, index, start + at, start + stop)
        at = match.end() if match else stop
    return found


def _pieces(line: Line, index: int, start: int, end: int) -> list[Segment]:
    while start < end and line.text[start] in _LOOSE:
        start += 1
    while end > start and line.text[end - 1] in _LOOSE:
        end -= 1
    label = _SHORT_LABEL.match(line.text[start:end])
    kind = ""
    if label and fold(label["label"]) in labels.ADDRESS_LABELS and len(label.group()) < end - start:
        start, kind = start + label.end(), "address"
    text = line.text[start:end]
    if not any(c.isalnum() for c in text) or _only_label(text):
        return []
    return [
        Segment(line.text[start + a : start + b], index, piece(line, start + a, start + b), line.confidence, kind)
        for a, b in _name_apart(text)
    ]


def _only_label(text: str) -> bool:
    """Whether nothing is left but the label of a value that stands elsewhere."""
    parts = [part for part in re.split(r"[^\w@]+", fold(text)) if part]
    known = labels.PHONE_LABELS.keys() | labels.EMAIL_LABELS | labels.WEB_LABELS
    return bool(parts) and all(part in known for part in parts) and (len(parts) > 1 or len(text) > 1)


def _name_apart(text: str) -> list[tuple[int, int]]:
    """Cut `Jane Doe, CEO`, `Jane Doe Sales Manager` and `CEO Jane Doe` between name and title; else leave whole."""
    whole = [(0, len(text))]
    tokens = list(re.finditer(r"\S+", text))
    for at in range(1, len(tokens)):
        left, right = text[: tokens[at - 1].end()], text[tokens[at].start() :]
        comma = left.endswith((",", ";", "-", "–", "/"))
        if _name_like(left, sure=not comma) and _job_like(right):
            return [(0, len(left.rstrip(_LOOSE))), (tokens[at].start(), len(text))]
        if _job_like(left) and _name_like(right, sure=True) and (comma or at == 1):
            return [(0, len(left.rstrip(_LOOSE))), (tokens[at].start(), len(text))]
    return whole


def _name_like(text: str, *, sure: bool) -> bool:
    tokens = [token.strip(",;.") for token in text.split() if token.strip(",;.-–/")]
    core = [token for token in tokens if not is_suffix(token) and not is_prefix(token)]
    if not 2 <= len(core) <= 4 or any(c.isdigit() for c in text) or any(is_job(word) for word in words(" ".join(core))):
        return False
    known = sum(is_given(token) or is_family(token) for token in core)
    return known >= (len(core) if sure else 1) and (not sure or is_given(core[0]) or is_given(core[-1]))


def _job_like(text: str) -> bool:
    found = words(text)
    if not found or len(found) > 8:
        return False
    jobs = [is_job(word) for word in found]
    return jobs[0] or jobs[-1] or (any(jobs) and is_department(found[0]))
