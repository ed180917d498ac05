"""What a proposed box looks like, in numbers that mean the same on every card and camera."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from ocr.logo.marks import Boxes, Marks, gaps, intersection
from ocr.types import Line

Column = NDArray[np.float64]

_CONTACT = re.compile(r"@|www|https?:|\.com\b|(?:\d[\s().+/-]*){6,}", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:@|www\.|://)\s*([a-z0-9-]{3,})", re.IGNORECASE)


def describe(marks: Marks, boxes: Boxes) -> dict[str, Column]:
    """One column of N numbers for each property of N boxes."""
    return {**_place(marks, boxes), **_look(marks, boxes), **_text(marks, boxes), **_company(marks, boxes)}


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


@dataclass(frozen=True, slots=True)
class _Sums:
    """Summed-area tables of several planes, to average a plane over many boxes at once."""

    tables: NDArray[np.float64]

    @classmethod
    def of(cls, planes: Sequence[NDArray[np.float32]]) -> _Sums:
        return cls(np.dstack([cv2.integral(np.ascontiguousarray(plane)) for plane in planes]))

    def over(self, boxes: Boxes) -> NDArray[np.float64]:
        """N x planes sums; boxes are clipped to the picture."""
        height, width = self.tables.shape[0] - 1, self.tables.shape[1] - 1
        x0, x1 = (np.clip(np.round(boxes[:, i]).astype(int), 0, width) for i in (0, 2))
        y0, y1 = (np.clip(np.round(boxes[:, i]).astype(int), 0, height) for i in (1, 3))
        table = self.tables
        return np.asarray(table[y1, x1] - table[y0, x1] - table[y1, x0] + table[y0, x0])


def _look(marks: Marks, boxes: Boxes) -> dict[str, Column]:
    """Ink, colour and texture inside, and how empty it is around."""
    lab = marks.lab.astype(np.float32)
    paper = np.median(lab.reshape(-1, 3), axis=0)
    off_paper = lab - paper
    contrast = np.sqrt((off_paper**2).sum(axis=2))
    tint = np.hypot(off_paper[..., 1], off_paper[..., 2])
    chroma = np.hypot(lab[..., 1] - 128, lab[..., 2] - 128)
    edges = marks.edges.astype(np.float32)
    text = marks.text_edges.astype(np.float32)
    lightness = lab[..., 0]
    planes = [np.ones_like(tint), edges, text, tint, (tint > 16).astype(np.float32), (contrast > 30).astype(np.float32)]
    planes += [chroma, lightness, lightness**2, contrast]
    sums = _Sums.of([np.asarray(plane, np.float32) for plane in planes])
    inside = sums.over(boxes)
    area = np.maximum(1, inside[:, 0])
    whole = sums.over(np.array([[0, 0, *marks.size]], float))[0]
    _, ink, written, tinted, coloured, printed, vivid, light, light2, differs = inside.T
    mean_light = light / area
    out = {
        "ink": ink / area,
        "ink_share": ink / max(1.0, whole[1]),
        "written": written / np.maximum(1, ink),
        "tint": tinted / area,
        "tint_ratio": tinted / area / max(1.0, whole[3] / whole[0]),
        "coloured": coloured / area,
        "coloured_share": coloured / max(50.0, whole[4]),
        "printed": printed / area,
        "chroma": vivid / area,
        "deviation": np.sqrt(np.maximum(0, light2 / area - mean_light**2)),
        "contrast": differs / area,
        "card_ink": np.full(len(boxes), whole[1] / whole[0]),
        "card_coloured": np.full(len(boxes), whole[4] / whole[0]),
        "card_printed": np.full(len(boxes), whole[5] / whole[0]),
        "card_chroma": np.full(len(boxes), whole[6] / whole[0]),
        "paper_light": np.full(len(boxes), float(paper[0])),
    }
    for name, margin in (("near", 0.06), ("far", 0.2)):
        grow = margin * np.sqrt((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))[:, None] + 2
        ring = sums.over(boxes + grow * np.array([-1, -1, 1, 1])) - inside
        out[f"ink_{name}"] = ring[:, 1] / np.maximum(1, ring[:, 0])
        out[f"ink_{name}_ratio"] = out[f"ink_{name}"] / np.maximum(0.01, out["ink"])
        out[f"contrast_{name}"] = ring[:, 9] / np.maximum(1, ring[:, 0])
    return out | _graphics(marks, boxes)


def _graphics(marks: Marks, boxes: Boxes) -> dict[str, Column]:
    """The marks inside that no line explains, and the emptiness between the box and the next thing outside."""
    elements, lines = marks.boxes, len(marks.lines)
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    sizes = np.maximum(1, (elements[:, 2] - elements[:, 0]) * (elements[:, 3] - elements[:, 1]))
    inside = intersection(boxes, elements) / sizes > 0.6
    graphic = inside[:, lines:] * sizes[lines:]
    largest = graphic.max(axis=1, initial=0)
    apart = gaps(boxes, elements)
    outer = np.where(inside, np.inf, apart).min(axis=1, initial=np.inf)
    outer = np.minimum(outer, max(marks.size))
    diagonal = np.sqrt(area)
    return {
        "graphics": (graphic > 0).sum(axis=1).astype(float),
        "largest_graphic": largest / area,
        "largest_graphic_share": largest / max(1.0, sizes[lines:].max(initial=0)),
        "graphic_area": graphic.sum(axis=1) / area,
        "outer_gap": outer / max(marks.size),
        "outer_gap_ratio": outer / diagonal,
        "elements": inside.sum(axis=1).astype(float),
    }


def _text(marks: Marks, boxes: Boxes) -> dict[str, Column]:
    """The lines inside, cut and outside."""
    count, lines = len(boxes), marks.lines
    names = "lines cut_lines line_cover tallest tallest_ratio height_share confidence worst chars digits contact upper"
    names += " line_fill ink_tint ink_light card_lines line_width shape"
    if not lines:
        return {name: np.zeros(count) for name in names.split()}
    own = marks.line_boxes
    sizes = np.maximum(1, (own[:, 2] - own[:, 0]) * (own[:, 3] - own[:, 1]))
    shared = intersection(boxes, own)
    part = shared / sizes
    inside = part > 0.6
    cut = (part > 0.15) & ~inside
    heights = np.array([_height(line) for line in lines]) * marks.scale
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    some = inside.any(axis=1)
    tallest = np.where(inside, heights, 0).max(axis=1)
    others = np.where(inside, 0, heights).max(axis=1)
    tint, light = _ink_of_lines(marks)
    texts = [line.text for line in lines]
    chars = np.array([sum(c.isalnum() for c in text) for text in texts], float)
    digits = np.array([sum(c.isdigit() for c in text) for text in texts], float)
    upper = np.array([sum(c.isupper() for c in text) for text in texts], float)
    contact = np.array([bool(_CONTACT.search(text)) for text in texts])
    confidence = np.array([line.confidence for line in lines])
    written = np.maximum(1, inside @ chars)
    per_char = np.array([_length(line) for line in lines]) * marks.scale / np.maximum(1, chars) / np.maximum(1, heights)
    top = np.where(inside, heights, 0).argmax(axis=1)
    columns = [
        inside.sum(axis=1),
        cut.sum(axis=1),
        (shared * inside).sum(axis=1) / area,
        tallest / np.median(heights),
        tallest / np.maximum(1, others),
        tallest / np.maximum(1, boxes[:, 3] - boxes[:, 1]),
        np.where(some, (inside * confidence * chars).sum(axis=1) / written, -1),
        np.where(inside, confidence, 2).min(axis=1),
        inside @ chars,
        inside @ digits / written,
        (inside & contact).sum(axis=1),
        inside @ upper / written,
        np.where(some, (shared * inside).sum(axis=1) / np.maximum(1, inside @ sizes), 0),
        np.where(some, tint[top], -1),
        np.where(some, light[top], -1),
        np.full(count, len(lines)),
        np.where(some, per_char[top], -1),
        np.where(some, np.median(heights) / max(marks.size), 0),
    ]
    return dict(zip(names.split(), (np.asarray(column, float) for column in columns), strict=True))


def _ink_of_lines(marks: Marks) -> tuple[Column, Column]:
    """How far the ink of each line is from the ink of the card's typical line: in tint, and in lightness."""
    lab = marks.lab.astype(np.float64)
    inks = []
    for x0, y0, x1, y1 in np.round(marks.line_boxes).astype(int):
        patch = lab[max(0, y0) : max(1, y1), max(0, x0) : max(1, x1)].reshape(-1, 3)
        if not len(patch):
            patch = np.zeros((1, 3))
        off = np.abs(patch - np.median(patch, axis=0)).sum(axis=1)
        inks.append(patch[off >= np.quantile(off, 0.85)].mean(axis=0))
    ink = np.array(inks)
    off = ink - np.median(ink, axis=0)
    return np.hypot(off[:, 1], off[:, 2]), np.abs(off[:, 0])


def _company(marks: Marks, boxes: Boxes) -> dict[str, Column]:
    """How well the words inside agree with the domain of the card's e-mail address or website, 0 to 1."""
    domains = {found.lower() for line in marks.lines for found in _DOMAIN.findall(line.text)}
    agrees = np.array([_agreement(line.text, domains) for line in marks.lines])
    if not len(agrees):
        return {"domain": np.zeros(len(boxes)), "other_domain": np.zeros(len(boxes))}
    own = marks.line_boxes
    sizes = np.maximum(1, (own[:, 2] - own[:, 0]) * (own[:, 3] - own[:, 1]))
    inside = intersection(boxes, own) / sizes > 0.6
    return {
        "domain": np.where(inside, agrees, 0).max(axis=1),
        "other_domain": np.where(inside, 0, agrees).max(axis=1),
    }


def _agreement(text: str, domains: set[str]) -> float:
    word = "".join(c for c in text.lower() if c.isalnum())
    if len(word) < 3 or _CONTACT.search(text):
        return 0.0
    return max((fuzz.partial_ratio(word, domain) / 100 for domain in domains), default=0.0)


def _height(line: Line) -> float:
    """Mean length of the two upright sides, pixels of the card."""
    a, b, c, d = (np.asarray(point) for point in line.polygon[:4])
    return float(np.linalg.norm(a - d) + np.linalg.norm(b - c)) / 2


def _length(line: Line) -> float:
    a, b, c, d = (np.asarray(point) for point in line.polygon[:4])
    return float(np.linalg.norm(b - a) + np.linalg.norm(c - d)) / 2
