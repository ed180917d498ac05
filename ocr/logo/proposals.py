"""Boxes that might be a logo: groups of neighbouring marks and lines.

Single-linkage trees over the marks under several notions of nearness give nested groups; every node is a proposal. A
logo is nearly always such a node, or a graphic with the one to three lines beside it.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ocr.logo.marks import Boxes, Marks, gaps

Distances = NDArray[np.float64]

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
    joined = []
    for group, apart in zip(groups, gaps(groups, lines), strict=True):
        near = [i for i in np.argsort(apart, kind="stable")[:3] if apart[i] < 0.12 * width]
        for count in range(1, len(near) + 1):
            joined += [_hull(np.vstack([group, lines[list(some)]])) for some in combinations(near, count)]
    return [np.array(joined)] if joined else []


def linkage_boxes(boxes: Boxes, distance: Distances) -> Boxes:
    """Hulls of all nodes of the single-linkage tree over N boxes: N leaves and N - 1 joins, as (2N - 1) x 4."""
    if not len(boxes):
        return boxes
    hulls = boxes.tolist()
    group = np.arange(len(boxes))
    current = boxes.tolist()
    for first, second in _spanning_tree(distance):
        keep, gone = group[first], group[second]
        (a, b, c, d), (e, f, g, h) = current[keep], current[gone]
        current[keep] = [min(a, e), min(b, f), max(c, g), max(d, h)]
        group[group == gone] = keep
        hulls.append(current[keep])
    return np.array(hulls)


def _spanning_tree(distance: Distances) -> list[tuple[int, int]]:
    """Edges of the minimum spanning tree, shortest first (Prim's algorithm)."""
    count = len(distance)
    nearest, reached_from = distance[0].copy(), np.zeros(count, int)
    outside = np.ones(count, bool)
    outside[0] = False
    edges = []
    for _ in range(count - 1):
        new = int(np.argmin(np.where(outside, nearest, np.inf)))
        edges.append((float(nearest[new]), int(reached_from[new]), new))
        outside[new] = False
        closer = distance[new] < nearest
        nearest[closer], reached_from[closer] = distance[new][closer], new
    return [(first, second) for _, first, second in sorted(edges)]


def _hull(boxes: Boxes) -> NDArray[np.float64]:
    return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])
