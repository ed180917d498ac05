"""Breaks titles and companies of drawn cards over two lines, as real cards do with long values and tall marks."""

from __future__ import annotations

import random
from dataclasses import replace

from bench.cardgen.kinds import CardLines, Kind, PrintedLine, Span
from ocr.types import Polygon

BROKEN = {Kind.TITLE: 0.14, Kind.COMPANY: 0.2}
"""Share of the values of several words that are broken."""
FEWEST = {Kind.TITLE: 3, Kind.COMPANY: 2}
"""Words from which a value is broken."""
LEADING = (1.0, 1.35)
"""From one line to the next, in heights of the line."""


def broken(card: CardLines, rng: random.Random) -> CardLines:
    """`card` with some values on two lines, and what stands below them in the same block moved down."""
    lines: list[PrintedLine] = []
    waiting = list(card.lines)
    while waiting:
        printed, *waiting = waiting
        words = printed.text.split()
        if len(printed.spans) > 1 or len(words) < FEWEST.get(printed.kind, 99) or rng.random() > BROKEN[printed.kind]:
            lines.append(printed)
            continue
        down = rng.uniform(*LEADING) * height_of(printed.polygon)
        cut, centred = rng.randint(1, len(words) - 1), rng.random() < 0.4
        upper, lower = (_part(printed, part, centred=centred) for part in (words[:cut], words[cut:]))
        lines, waiting = (
            [moved(other, down) if is_below(other, printed) else other for other in some] for some in (lines, waiting)
        )
        lines += [upper, moved(lower, down)]
    return replace(card, lines=tuple(lines))


def _part(printed: PrintedLine, words: list[str], *, centred: bool) -> PrintedLine:
    """Some of a line's words where the line begins, or in its middle."""
    text = " ".join(words)
    top_left, top_right, bottom_right, bottom_left = printed.polygon
    wide = (top_right[0] - top_left[0]) * len(text) / len(printed.text)
    left = top_left[0] + ((top_right[0] - top_left[0] - wide) / 2 if centred else 0.0)
    (span,) = printed.spans
    box = (left, top_left[1]), (left + wide, top_right[1]), (left + wide, bottom_right[1]), (left, bottom_left[1])
    return replace(printed, spans=(Span(text, span.kind, span.item, span.type),), polygon=box, boxes=(box,))


def moved(printed: PrintedLine, down: float) -> PrintedLine:
    """A line set lower by so many pixels."""

    def lower(polygon: Polygon) -> Polygon:
        return tuple((x, y + down) for x, y in polygon)

    return replace(printed, polygon=lower(printed.polygon), boxes=tuple(map(lower, printed.boxes)))


def is_below(other: PrintedLine, printed: PrintedLine) -> bool:
    """Whether `other` stands below `printed` in the same block."""
    return other.block == printed.block and other.polygon[0][1] > printed.polygon[0][1]


def height_of(polygon: Polygon) -> float:
    """From the topmost to the lowest point, pixels."""
    ys = [y for _, y in polygon]
    return max(ys) - min(ys)
