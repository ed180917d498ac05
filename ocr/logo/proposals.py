"""Boxes that might be a logo: groups of neighbouring marks and lines.

Single-linkage trees over the marks under several notions of nearness give nested groups; every node is a proposal. A
logo is nearly always such a node, or a graphic with the one to three lines beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ocr.logo.marks import Boxes, Marks, gaps

Distances = NDArray[np.float64]

Box = list[float]
"""Left, top, right, bottom."""

MAX_PROPOSALS = 260


def propose(marks: Marks) -> Boxes:
    """Distinct boxes worth judging, in pixels of the working copy; none when the card is empty."""
    boxes = marks.boxes
    if not len(boxes):
        return boxes
    found = np.vstack([*_trees(marks), *_graphic_with_lines(marks)])
    found = np.unique(np.round(found), axis=0)
    width, height = marks.size
    w, h = found[:, 2] - found[:, 0], found[:, 3] - found[:, 1]
    fits = (w * h > 0.002 * width * height) & (w > 0.03 * width) & (h > 0.03 * height)
    fits &= w * h < 0.85 * width * height
    # Of lines that were read beside the card nothing is left on it.
    fits &= (found[:, :2] < (width, height)).all(axis=1) & (found[:, 2:] > 0).all(axis=1)
    found = found[fits]
    if len(found) > MAX_PROPOSALS:
        area = (found[:, 2] - found[:, 0]) * (found[:, 3] - found[:, 1])
        found = found[np.sort(np.argsort(-area, kind="stable")[:MAX_PROPOSALS])]
    return np.asarray(found)


def _trees(marks: Marks) -> list[Boxes]:
    boxes, lines = marks.boxes, len(marks.lines)
    apart = gaps(boxes, boxes)
    size = np.maximum(4, np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]))
    by_smaller = apart / np.minimum(size[:, None], size[None, :])
    by_larger = apart / np.maximum(size[:, None], size[None, :])
    everything, graphics = np.arange(len(boxes)), np.arange(lines, len(boxes))
    display = np.flatnonzero(~_body_text(marks))
    return [
        linkage_boxes(boxes[some], distance[np.ix_(some, some)])
        for some, distance in (
            (everything, apart),
            (everything, by_smaller),
            (everything, by_larger),
            (display, apart),
            (graphics, apart),
        )
    ]


def _body_text(marks: Marks) -> NDArray[np.bool_]:
    """Lines whose print is about as high as most of the card's."""
    body = np.zeros(len(marks.boxes), bool)
    boxes = marks.line_boxes
    if len(boxes):
        heights = boxes[:, 3] - boxes[:, 1]
        body[: len(boxes)] = heights < 1.3 * np.median(heights)
    return body


def _graphic_with_lines(marks: Marks) -> list[Boxes]:
    """Each group of graphics joined with up to three of the lines beside it."""
    graphics, lines = marks.graphic_boxes, marks.line_boxes
    if not len(graphics) or not len(lines):
        return []
    width, height = marks.size
    groups = linkage_boxes(graphics, gaps(graphics, graphics))
    groups = groups[(groups[:, 2] - groups[:, 0]) * (groups[:, 3] - groups[:, 1]) > 0.002 * width * height]
    joined: list[Box] = []
    of_lines = lines.tolist()
    for group, apart in zip(groups.tolist(), gaps(groups, lines), strict=True):
        near = [of_lines[i] for i in np.argsort(apart, kind="stable")[:3] if apart[i] < 0.12 * width]
        for count in range(1, len(near) + 1):
            joined += [reduce(_hull, some, group) for some in combinations(near, count)]
    return [np.array(joined)] if joined else []


def linkage_boxes(boxes: Boxes, distance: Distances) -> Boxes:
    """Hulls of all nodes of the single-linkage tree over N boxes: N leaves and N - 1 joins, as (2N - 1) x 4."""
    if not len(boxes):
        return boxes
    hulls: list[Box] = boxes.tolist()
    current, group = list(hulls), list(range(len(boxes)))
    for first, second in _spanning_tree(distance.tolist()):
        keep, gone = group[first], group[second]
        current[keep] = _hull(current[keep], current[gone])
        group = [keep if number == gone else number for number in group]
        hulls.append(current[keep])
    return np.array(hulls)


def _spanning_tree(distance: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Edges of the minimum spanning tree, shortest first (Prim's algorithm)."""
    nearest, reached_from = list(distance[0]), [0] * len(distance)
    outside = list(range(1, len(distance)))
    edges = []
    while outside:
        new = min(outside, key=nearest.__getitem__)
        edges.append((nearest[new], reached_from[new], new))
        outside.remove(new)
        row = distance[new]
        for other in outside:
            if row[other] < nearest[other]:
                nearest[other], reached_from[other] = row[other], new
    return [(first, second) for _, first, second in sorted(edges)]


def _hull(one: Box, other: Box) -> Box:
    (a, b, c, d), (e, f, g, h) = one, other
    return [min(a, e), min(b, f), max(c, g), max(d, h)]
