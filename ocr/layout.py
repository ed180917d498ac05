"""Words to lines, lines to blocks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

from ocr.types import Line, Point, Polygon, Word

T = TypeVar("T")

GAP = 1.0
"""Words of a line stand no further apart than this many heights."""
OVERLAP = 0.5
"""Words of a line may overlap by this many heights, for boxes have margins."""
SHIFT = 0.35
"""Words of a line differ in the height of their middles by no more than this many heights."""
SIZE = 1.8
"""Words of a line differ in height by no more than this factor."""
WIDE, WIDER = 0.5, 1.5
"""Between two columns the gap is wider than this many heights, and than the line's other gaps by this factor."""
SPACED = 1.2
"""And than this many letters: in capitals set wide, blanks are wide too."""
EDGE, NEAR = 0.4, 4.0
"""Heights by which the beginnings of two lines of a column may differ along the text, and across it."""
TILT = math.radians(15)
LEADING = 1.4
"""Lines of a block stand no further apart, middle to middle, than this many heights beyond one."""


@dataclass(frozen=True, slots=True)
class _Box:
    """A polygon of four as a piece of text sees itself."""

    left: Point
    right: Point
    height: float
    angle: float

    @classmethod
    def of(cls, polygon: Polygon) -> _Box:
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = polygon[:4]
        left, right = ((ax + dx) / 2, (ay + dy) / 2), ((bx + cx) / 2, (by + cy) / 2)
        height = max(1e-6, (math.dist((ax, ay), (dx, dy)) + math.dist((bx, by), (cx, cy))) / 2)
        return cls(left, right, height, math.atan2(right[1] - left[1], right[0] - left[0]))

    def offset(self, other: Point) -> tuple[float, float]:
        """From the right end to a point: along the text, and across it (positive is down)."""
        x, y = other[0] - self.right[0], other[1] - self.right[1]
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return x * cos + y * sin, y * cos - x * sin


def group_lines(words: tuple[Word, ...], source: str = "") -> tuple[Line, ...]:
    """Join words that follow one another into lines, and lines that stand together into blocks.

    Args:
        words: of one card, in pixels of the upright card.
        source: name of the engine that read them.

    Returns:
        Lines block by block, from the top of the card to its bottom; in a block from its own top to its own bottom.
    """
    lines = [_join(chain, source) for chain in _parted(_chains(words))]
    return _number_blocks(lines)


def _chains(words: tuple[Word, ...]) -> list[list[Word]]:
    """Each word is followed by the nearest word that continues it, if that has no nearer one before it."""
    boxes = [_Box.of(word.polygon) for word in words]
    pairs = sorted(
        (gap, i, j)
        for i, one in enumerate(boxes)
        for j, other in enumerate(boxes)
        if i != j and (gap := _gap(one, other)) is not None
    )
    after: dict[int, int] = {}
    before: dict[int, int] = {}
    for _, i, j in pairs:
        if i not in after and j not in before and not _reaches(after, j, i):
            after[i], before[j] = j, i
    chains = []
    for start in (i for i in range(len(words)) if i not in before):
        chain, at = [words[start]], start
        while at in after:
            at = after[at]
            chain.append(words[at])
        chains.append(chain)
    return chains


def _parted(chains: list[list[Word]]) -> Iterator[list[Word]]:
    """The chains, cut where one column of the card ends and the next begins although they stand close.

    There the gap is wide for the line, and another line begins below or above its right side. A label may stand in a
    column of its own and stays with its number.
    """
    rows = [[_Box.of(word.polygon) for word in chain] for chain in chains]
    starts = [row[0] for row in rows]
    for chain, row in zip(chains, rows, strict=True):
        gaps = [_gap(one, other) or 0.0 for one, other in pairwise(row)]
        at = 0
        for following in range(1, len(chain)):
            is_label = following == at + 1 and not chain[following].text[:1].isalpha()
            if is_label or not _is_wide(following - 1, gaps, chain, row):
                continue
            if any(_lined_up(row[following], start) for start in starts if start is not row[0]):
                yield chain[at:following]
                at = following
        yield chain[at:]


def _is_wide(at: int, gaps: Sequence[float], words: Sequence[Word], boxes: Sequence[_Box]) -> bool:
    """Whether the gap after word `at` is wide for its line and its letters."""
    pair, others = boxes[at : at + 2], [*gaps[:at], *gaps[at + 1 :]]
    letters = sum(len(word.text) for word in words[at : at + 2])
    advance = sum(math.dist(box.left, box.right) for box in pair) / max(1, letters)
    least = max(WIDE * max(box.height for box in pair), SPACED * advance, WIDER * max(others, default=0.0))
    return gaps[at] > least


def _lined_up(word: _Box, start: _Box) -> bool:
    """Whether a line begins close above or below a word, at the same place."""
    if abs(math.remainder(word.angle - start.angle, math.tau)) > TILT:
        return False
    x, y = start.left[0] - word.left[0], start.left[1] - word.left[1]
    cos, sin = math.cos(word.angle), math.sin(word.angle)
    along, across = x * cos + y * sin, y * cos - x * sin
    return abs(along) <= EDGE * word.height and abs(across) <= NEAR * word.height


def _reaches(after: dict[int, int], start: int, goal: int) -> bool:
    while start in after:
        start = after[start]
        if start == goal:
            return True
    return False


def _gap(one: _Box, other: _Box) -> float | None:
    """How far apart two pieces of text stand if the second continues the first, else None."""
    height = max(one.height, other.height)
    turn = abs(math.remainder(one.angle - other.angle, math.tau))
    if turn > TILT or height > SIZE * min(one.height, other.height):
        return None
    along, across = one.offset(other.left)
    fits = -OVERLAP * height <= along <= GAP * height and abs(across) <= SHIFT * height
    return abs(along) if fits else None


def _join(words: list[Word], source: str) -> Line:
    first, last = words[0].polygon, words[-1].polygon
    weights = [len(word.text) for word in words]
    confidence = sum(w.confidence * n for w, n in zip(words, weights, strict=True)) / max(1, sum(weights))
    polygon = (first[0], last[1], last[2], first[3])
    return Line(" ".join(word.text for word in words), confidence, polygon, tuple(words), source)


def _number_blocks(lines: list[Line]) -> tuple[Line, ...]:
    boxes = {id(line): _Box.of(line.polygon) for line in lines}
    groups = _groups(lines, lambda a, b: _stacked(boxes[id(a)], boxes[id(b)]))
    groups.sort(key=lambda group: min((line.polygon[0][1], line.polygon[0][0]) for line in group))
    return tuple(
        replace(line, block=number)
        for number, group in enumerate(groups)
        for line in sorted(group, key=lambda line: _downwards(line.polygon[0], boxes[id(line)].angle))
    )


def _downwards(point: Point, angle: float) -> tuple[float, float]:
    """How far down a point is, and how far along, to who reads text that runs at about `angle`."""
    x, y = point
    return [(y, x), (-x, y), (-y, -x), (x, -y)][round(angle / (math.pi / 2)) % 4]


def _groups(items: list[T], related: Callable[[T, T], bool]) -> list[list[T]]:
    """The connected parts of a relation."""
    groups: list[list[T]] = []
    for item in items:
        touching = [group for group in groups if any(related(item, member) for member in group)]
        groups = [group for group in groups if group not in touching]
        groups.append([item, *(member for group in touching for member in group)])
    return groups


def _stacked(one: _Box, other: _Box) -> bool:
    """One line stands right above the other, in about the same size."""
    height = max(one.height, other.height)
    if height > SIZE * min(one.height, other.height) or abs(math.remainder(one.angle - other.angle, math.tau)) > TILT:
        return False
    cos, sin = math.cos(one.angle), math.sin(one.angle)

    def place(point: Point) -> tuple[float, float]:
        return point[0] * cos + point[1] * sin, point[1] * cos - point[0] * sin

    (a, top), (b, _), (c, under), (d, _) = map(place, (one.left, one.right, other.left, other.right))
    return abs(top - under) <= (1 + LEADING) * height / 2 + height / 2 and min(b, d) - max(a, c) > 0
