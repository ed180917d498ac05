"""What a proposed box is like, in numbers that mean the same on every card and camera."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.logo.lettering import describe_lettering
from ocr.logo.look import describe_look
from ocr.logo.marks import Boxes, Marks, gaps, intersection

Column = NDArray[np.float64]


def describe(marks: Marks, boxes: Boxes) -> dict[str, Column]:
    """One column of N numbers for each property of N boxes."""
    return {
        **_place(marks, boxes),
        **describe_look(marks, boxes),
        **_graphics(marks, boxes),
        **describe_lettering(marks, boxes),
    }


def _place(marks: Marks, boxes: Boxes) -> dict[str, Column]:
    width, height = marks.size
    x0, y0, x1, y1 = boxes.T
    w, h = (x1 - x0) / width, (y1 - y0) / height
    cx, cy = (x0 + x1) / 2 / width, (y0 + y1) / 2 / height
    return {
        "x": cx,
        "y": cy,
        "width": w,
        "height": h,
        "aspect": np.log((x1 - x0) / (y1 - y0)),
        "area": w * h,
        "off_axis": np.abs(cx - 0.5),
        "corner": np.hypot(np.minimum(x0, width - x1) / width, np.minimum(y0, height - y1) / height),
        "rim": np.minimum(np.minimum(x0, width - x1), np.minimum(y0, height - y1)) / max(width, height),
        "card_aspect": np.full(len(boxes), width / height),
    }


def _graphics(marks: Marks, boxes: Boxes) -> dict[str, Column]:
    """The marks inside that no line explains, and the emptiness between the box and the next thing outside."""
    elements, lines = marks.boxes, len(marks.lines)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    sizes = np.maximum(1, np.prod(elements[:, 2:] - elements[:, :2], axis=1))
    inside = intersection(boxes, elements) / sizes > 0.6
    graphic = inside[:, lines:] * sizes[lines:]
    largest = graphic.max(axis=1, initial=0)
    outer = np.where(inside, np.inf, gaps(boxes, elements)).min(axis=1, initial=np.inf)
    outer = np.minimum(outer, max(marks.size))
    return {
        "graphics": (graphic > 0).sum(axis=1).astype(float),
        "largest_graphic": largest / area,
        "largest_graphic_share": largest / max(1.0, sizes[lines:].max(initial=0)),
        "graphic_area": graphic.sum(axis=1) / area,
        "graphic_rest": (sizes[lines:].sum() - graphic.sum(axis=1)) / np.prod(marks.size),
        "outer_gap": outer / max(marks.size),
        "outer_gap_ratio": outer / np.sqrt(area),
        "elements": inside.sum(axis=1).astype(float),
    }
