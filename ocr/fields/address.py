"""Postal addresses: which segments are parts of one, and how its lines make one value."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocr.fields.segments import Segment

_NEAR = 1.6
"""Largest gap between two lines of an address, in line heights."""


def join(segments: Sequence[Segment]) -> str:
    """The lines of one address as one value, separated by commas."""
    parts = [re.sub(r"\s+", " ", segment.text).strip(" ,;|-–•") for segment in segments]
    return ", ".join(part for part in parts if part)


def groups(segments: Sequence[Segment]) -> list[list[Segment]]:
    """Segments that are parts of addresses, put together where they follow one another in a column or on a line."""
    made: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: (round(s.box[1]), s.box[0])):
        near = [group for group in made if any(_together(segment, other) for other in group)]
        if near:
            near[0].append(segment)
        else:
            made.append([segment])
    return [sorted(group, key=_reading_order(group)) for group in made]


def _reading_order(group: Sequence[Segment]) -> _Order:
    return _Order(group)


class _Order:
    """Sorts by row, then from left to right."""

    def __init__(self, group: Sequence[Segment]) -> None:
        self._step = 0.6 * min(segment.box[3] - segment.box[1] for segment in group)
        self._top = min(segment.box[1] for segment in group)

    def __call__(self, segment: Segment) -> tuple[int, float]:
        return round((segment.box[1] - self._top) / max(1.0, self._step * 1.6)), segment.box[0]


def _together(a: Segment, b: Segment) -> bool:
    if a.line == b.line:
        return True
    upper, lower = (a, b) if a.box[1] <= b.box[1] else (b, a)
    height = min(upper.box[3] - upper.box[1], lower.box[3] - lower.box[1])
    gap = lower.box[1] - upper.box[3]
    overlap = min(a.box[2], b.box[2]) - max(a.box[0], b.box[0])
    beside = abs(a.box[1] - b.box[1]) < 0.5 * height and -overlap < 3 * height
    return beside or (gap < _NEAR * height and overlap > 0)
