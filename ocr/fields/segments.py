"""Pieces of lines: what is left of a line beside its contact data, cut where one thing ends and the next begins."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from lexicon import labels
from lexicon.eastern import heads_eastern, is_eastern
from lexicon.folding import fold, words
from lexicon.namelike import namelike
from lexicon.names import PARTICLES, is_family, is_given, is_name, is_prefix, is_suffix
from lexicon.vocabulary import is_department, is_english, is_job, is_street, is_trade
from ocr.fields.spans import Box, Span, box_of, piece
from ocr.types import Line, Point, Polygon

_SEPARATOR = re.compile(r"\s*[|•]+\s*|\s{3,}|\s+[–—~]+\s+")
LONG = 2.5
"""Lengths by thickness from which a piece has a direction."""
_LOOSE = " \t,;:|/•·-–—~*_=<>»«"
_NUMBERED = re.compile(r"(?i)(?:lic|license|licence|reg|no|nr|nmls|dre|cnpj|crea|oab|crm|cro|crc)\b.*\d")
_STOPS = (",", ";", "-", "–", "/")
_LINKS = frozenset(("and", "of", "und", "et", "y", "e", "en", "de", "da", "do", "di", "du", "del", "the", "for"))
_CONTACT_LABELS = labels.PHONE_LABELS.keys() | labels.EMAIL_LABELS | labels.WEB_LABELS
_SHORT_LABEL = re.compile(r"^(?P<label>[^\W\d_][\w.-]{0,14})\s*[:：]\s*")


@dataclass(frozen=True)
class Segment:
    """A piece of one line that may be a value or a part of one."""

    text: str
    line: int
    """Which line it is a piece of."""
    start: int
    """Where in the line's text it begins and ends."""
    end: int
    polygon: Polygon
    """On the card laid level."""
    confidence: float
    """The engine's, of the whole line."""
    labelled: str = ""
    """`address` where a label said so."""

    @cached_property
    def box(self) -> Box:
        """Around it, upright."""
        return box_of(self.polygon)

    @cached_property
    def height(self) -> float:
        """Of its letters, whichever way they stand: the smaller side of the box, at least 1."""
        left, top, right, bottom = self.box
        return max(1.0, min(bottom - top, right - left))

    @property
    def quarter(self) -> int:
        """Quarter turns clockwise by which the text is turned, 0 to 3; 0 where it is too short to say."""
        (ax, ay), (bx, by), *_ = self.polygon
        along, across = bx - ax, by - ay
        if math.hypot(along, across) <= LONG * math.dist(self.polygon[0], self.polygon[-1]):
            return 0
        return round(math.atan2(across, along) / (math.pi / 2)) % 4


def facing(pieces: Sequence[Segment], one: Segment) -> Sequence[Segment]:
    """The pieces as who reads `one` of them sees them, the card turned until it lies."""
    turn = one.quarter
    if not turn:
        return pieces

    def turned(x: float, y: float) -> Point:
        return ((y, -x), (-x, -y), (-y, x))[turn - 1]

    return [replace(piece, polygon=tuple(turned(x, y) for x, y in piece.polygon)) for piece in pieces]


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
    return [_segment(line, index, start + a, start + b, kind) for a, b in _name_apart(text)]


def _segment(line: Line, index: int, start: int, end: int, kind: str) -> Segment:
    return Segment(line.text[start:end], index, start, end, piece(line, start, end), line.confidence, kind)


def _only_label(text: str) -> bool:
    """Whether nothing is left but the label of a value that stands elsewhere."""
    parts = [part for part in re.split(r"[^\w@]+", fold(text)) if part]
    return bool(parts) and _CONTACT_LABELS.issuperset(parts) and (len(parts) > 1 or len(text) > 1)


def _name_apart(text: str) -> list[tuple[int, int]]:
    """Cut `Jane Doe, CEO`, `Jane Doe Sales Manager`, `CEO Jane Doe` and `Owner, License 12`; else leave whole."""
    tokens = list(re.finditer(r"\S+", text))
    places = [(tokens[at - 1].end(), tokens[at].start()) for at in range(1, len(tokens))]
    for end, start in sorted(places, key=lambda place: not text[: place[0]].endswith(_STOPS)):
        left, right = text[:end], text[start:]
        if _cuts(left, right):
            before = _name_apart(left.rstrip(_LOOSE))
            return before + [(start + a, start + b) for a, b in _name_apart(right)]
    return [(0, len(text))]


def _cuts(left: str, right: str) -> bool:
    """Whether a name ends and a title begins between `left` and `right`, or the other way round."""
    if is_suffix(right):
        return False
    if is_eastern(left) and is_eastern(right):
        return heads_eastern(left) != heads_eastern(right)
    stop = left.endswith(_STOPS)
    if _name_like(left, sure=not stop):
        return _job_like(right, first=not stop) or (stop and bool(re.fullmatch(r"[A-Z]{3,4}", right)))
    if stop and _NUMBERED.match(right):
        return True
    leads = _job_like(left, first=True) and (stop or len(left) > 6 or (left.isupper() and len(left) <= 4))
    return leads and _name_like(right, sure=True) and (stop or " " not in left)


def _name_like(text: str, *, sure: bool) -> bool:
    """Two to four capitalised words, no job, trade or street among them; without `sure` one known name is enough.

    Families are called Key, Field and Branch, so that words of English alone are a name only if a given name leads.
    """
    tokens = [token.strip(",;.") for token in text.split() if token.strip(",;.-–/")]
    core = [token for token in tokens if not is_suffix(token) and not is_prefix(token)]
    if not 2 <= len(core) <= 4 or any(c.isdigit() or c == "&" for c in text):
        return False
    found = words(" ".join(core))
    if not found:  # marks and signs alone
        return False
    if any(_means_something(word) for word in found[:-1]) or (_means_something(found[-1]) and not is_family(found[-1])):
        return False
    if sure and all(map(is_english, found)) and not (is_given(found[0]) and is_family(found[-1])):
        return False
    capital = all(token[:1].isupper() for token in core if fold(token) not in PARTICLES)
    listed = sum(is_given(token) or is_family(token) for token in core)
    likely = sum(is_name(token) or len(token) == 1 or namelike(token) > 0.5 for token in core)
    return capital and listed >= 1 and (likely >= len(core) - 1 if sure else True)


def _means_something(word: str) -> bool:
    """Whether a word belongs to titles, trades or streets; at the end of a name `Miller` is a family all the same."""
    return is_job(word) or is_trade(word) or is_street(word) or is_department(word)


def _job_like(text: str, *, first: bool) -> bool:
    """A few words of which the first or, without `first`, the last heads a title."""
    found = [word for word in words(text) if word not in _LINKS]
    if not found or len(found) > 8 or any(c.isdigit() for c in text):
        return False
    jobs = [is_job(word) for word in found]
    return (
        jobs[0]
        or (any(jobs) and is_department(found[0]))
        or (jobs[-1] and (not first or all(map(is_department, found[:-1]))))
    )
