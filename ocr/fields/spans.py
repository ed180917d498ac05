"""A value found inside a line, and the piece of the line's polygon under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.types import FieldKind, Line, Polygon

_FIRST_WIDE, _FIRST, _LAST = ord("！"), ord("!"), ord("~")
_PLAIN: dict[int, str] = {
    **{_FIRST_WIDE + at: chr(_FIRST + at) for at in range(_LAST - _FIRST + 1)},
    **{ord(zero) + at: str(at) for zero in "٠۰०๐" for at in range(10)},
    **{ord(odd): plain for odd, plain in zip("　·∙●■◆►", " ••••••", strict=True)},
}
"""Letters, digits and signs that are as wide as they are high, digits of other scripts, and bullets."""


Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


@dataclass(frozen=True, slots=True)
class Span:
    """One value in the text of one line."""

    kind: FieldKind
    value: str
    raw: str
    """As read; empty for the end of a value that begins in the line above, which is no value by itself."""
    start: int
    """Where the value and its label begin in the line's text."""
    end: int
    certainty: float = 1.0
    """0 to 1; what the form of the value alone says, before the engine's confidence."""
    type: str | None = None
    extension: str | None = None
    repairs: tuple[str, ...] = ()


def plain(text: str) -> str:
    """`text` with wide letters and signs, digits of other scripts and odd bullets made plain; as many characters."""
    return text.translate(_PLAIN)


def overlaps(span: Span, others: Sequence[Span]) -> bool:
    """Whether `span` shares characters with one of `others`."""
    return any(span.start < other.end and other.start < span.end for other in others)


def box_of(polygon: Polygon) -> Box:
    """The upright box around a polygon."""
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    return min(xs), min(ys), max(xs), max(ys)


def piece(line: Line, start: int, end: int) -> Polygon:
    """The polygon of the characters `start` to `end` of `line`, taking all characters as equally wide."""
    if len(line.polygon) != 4 or (start <= 0 and end >= len(line.text)):
        return line.polygon
    length = max(1, len(line.text))
    left, right = max(0, start) / length, min(length, end) / length
    top_left, top_right, bottom_right, bottom_left = line.polygon

    def between(a: tuple[float, float], b: tuple[float, float], share: float) -> tuple[float, float]:
        return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share

    return (
        between(top_left, top_right, left),
        between(top_left, top_right, right),
        between(bottom_left, bottom_right, right),
        between(bottom_left, bottom_right, left),
    )
