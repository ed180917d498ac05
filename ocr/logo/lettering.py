"""The text lines inside, across and outside a box: how they are set, and what they say."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from ocr.clean import middle
from ocr.logo.marks import Boxes, Marks, gaps, intersection
from ocr.types import Line

Column = NDArray[np.float64]

_CONTACT = re.compile(r"@|www|https?:|\.com\b|(?:\d[\s().+/-]*){6,}", re.IGNORECASE)
INKED = 0.9
"""Share of a line's box that lies nearer to its paper in colour than what is taken for its ink."""
_DOMAIN = re.compile(r"(?:@|www\.|://)\s*([a-z0-9-]{3,})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Table:
    """One row a line. Lengths in pixels of the working copy."""

    height: Column
    chars: Column
    digits: Column
    upper: Column
    confidence: Column
    contact: NDArray[np.bool_]
    domain: Column
    """How well it agrees with the domain of the card's e-mail address or website, 0 to 1."""
    repeated: Column
    """How well it agrees with another line, 0 to 1."""
    pitch: Column
    """Width of a character in heights of the line."""
    tint: Column
    light: Column
    """How far its ink is from that of the card's typical line, in colour and in lightness."""
    weight: Column
    """Share of its box that is ink."""


def describe_lettering(marks: Marks, boxes: Boxes) -> dict[str, Column]:
    """One column of N numbers for each property of the lines of N boxes."""
    if not marks.lines:
        return dict.fromkeys(_NAMES, np.zeros(len(boxes)))
    table, own = _table(marks), marks.line_boxes
    sizes = np.maximum(1, np.prod(own[:, 2:] - own[:, :2], axis=1))
    shared = intersection(boxes, own)
    inside = shared / sizes > 0.6
    columns = [
        *_counts(table, inside, shared, sizes, np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)),
        *_tallest(table, inside, boxes),
        *_surroundings(marks, boxes, inside),
    ]
    return dict(zip(_NAMES, (np.asarray(column, float) for column in columns), strict=True))


_NAMES = (
    "lines cut_lines line_cover line_fill chars digits contact upper confidence worst domain other_domain repeated "
    "tallest tallest_ratio height_share tall_tint tall_light tall_weight tall_chars tall_pitch tall_confidence "
    "tall_domain tall_repeated body_height card_lines line_gap left_gap right_gap above below"
).split()


def _counts(table: _Table, inside: NDArray[np.bool_], shared: Column, sizes: Column, area: Column) -> list[Column]:
    """What the lines inside add up to."""
    some = inside.any(axis=1)
    chars = inside @ table.chars
    written = np.maximum(1, chars)
    part = shared / sizes
    covered = (shared * inside).sum(axis=1)
    return [
        inside.sum(axis=1),
        ((part > 0.15) & ~inside).sum(axis=1),
        covered / area,
        covered / np.maximum(1, inside @ sizes),
        chars,
        inside @ table.digits / written,
        inside @ table.contact,
        inside @ table.upper / written,
        np.where(some, inside @ (table.confidence * table.chars) / written, -1),
        np.where(inside, table.confidence, 2).min(axis=1),
        np.where(inside, table.domain, 0).max(axis=1),
        np.where(inside, 0, table.domain).max(axis=1),
        np.where(inside, table.repeated, 0).max(axis=1),
    ]


def _tallest(table: _Table, inside: NDArray[np.bool_], boxes: Boxes) -> list[Column]:
    """The look of the tallest line inside, -1 where there is none."""
    some = inside.any(axis=1)
    heights = np.where(inside, table.height, 0)
    top = heights.argmax(axis=1)
    tallest = heights.max(axis=1)
    others = np.where(inside, 0, table.height).max(axis=1)
    looks = (
        table.tint,
        table.light,
        table.weight,
        table.chars,
        table.pitch,
        table.confidence,
        table.domain,
        table.repeated,
    )
    return [
        tallest / np.median(table.height),
        tallest / np.maximum(1, others),
        tallest / np.maximum(1, boxes[:, 3] - boxes[:, 1]),
        *(np.where(some, look[top], -1) for look in looks),
    ]


def _surroundings(marks: Marks, boxes: Boxes, inside: NDArray[np.bool_]) -> list[Column]:
    """Distances to the lines outside, and how many of them stand above and below."""
    own = marks.line_boxes
    body = float(np.median(own[:, 3] - own[:, 1]))
    outside = ~inside
    level = (np.minimum(boxes[:, None, 3], own[:, 3]) - np.maximum(boxes[:, None, 1], own[:, 1])) > 0
    far = float(max(marks.size))
    left = np.where(outside & level, np.abs(boxes[:, None, 0] - own[:, 2]), far).min(axis=1)
    right = np.where(outside & level, np.abs(own[:, 0] - boxes[:, None, 2]), far).min(axis=1)
    middle, centre = (boxes[:, 1] + boxes[:, 3]) / 2, (own[:, 1] + own[:, 3]) / 2
    return [
        np.full(len(boxes), body / far),
        np.full(len(boxes), len(own)),
        np.where(outside, gaps(boxes, own), far).min(axis=1) / body,
        left / far,
        right / far,
        (outside & (centre < middle[:, None])).sum(axis=1) / len(own),
        (outside & (centre > middle[:, None])).sum(axis=1) / len(own),
    ]


def _table(marks: Marks) -> _Table:
    lines = marks.lines
    texts = [line.text for line in lines]
    domains = {found.lower() for text in texts for found in _DOMAIN.findall(text)}
    letters = [_letters(text) for text in texts]
    names = ["" if _CONTACT.search(text) else word for text, word in zip(texts, letters, strict=True)]
    chars = np.array([sum(c.isalnum() for c in text) for text in texts], float)
    height = np.array([_side(line, 0, 3, 1, 2) for line in lines]) * marks.scale
    length = np.array([_side(line, 0, 1, 3, 2) for line in lines]) * marks.scale
    tint, light, weight = _ink(marks)
    return _Table(
        height=height,
        chars=chars,
        digits=np.array([sum(c.isdigit() for c in text) for text in texts], float),
        upper=np.array([sum(c.isupper() for c in text) for text in texts], float),
        confidence=np.array([line.confidence for line in lines]),
        contact=np.array([bool(_CONTACT.search(text)) for text in texts]),
        domain=np.array([_agreement(name, domains) for name in names]),
        repeated=np.array([_agreement(name, {*letters[:at], *letters[at + 1 :]}) for at, name in enumerate(names)]),
        pitch=length / np.maximum(1, chars) / np.maximum(1, height),
        tint=tint,
        light=light,
        weight=weight,
    )


def _side(line: Line, a: int, b: int, c: int, d: int) -> float:
    """Mean length of the sides a-b and c-d of a line's polygon."""
    corners = line.polygon
    return (math.dist(corners[a], corners[b]) + math.dist(corners[c], corners[d])) / 2


def _ink(marks: Marks) -> tuple[Column, Column, Column]:
    """For each line: how far its ink is from the typical line's in colour and in lightness, and the share of ink."""
    inks, weights = [], []
    for x0, y0, x1, y1 in np.round(marks.line_boxes).astype(int).tolist():
        patch = marks.lab[max(0, y0) : max(1, y1), max(0, x0) : max(1, x1)]
        if not patch.size:
            patch = np.zeros((1, 1, 3), np.uint8)
        planes = [np.asarray(plane, np.uint8) for plane in cv2.split(patch)]
        off = sum(np.abs(plane.astype(np.int16) - np.int16(middle(plane))) for plane in planes)
        at = int(INKED * (off.size - 1))
        strong = np.partition(off, at, axis=None)[at]
        inks.append(cv2.mean(patch, (off >= strong).view(np.uint8))[:3])
        weights.append(float((2 * off > strong).mean()))
    ink = np.array(inks)
    off = ink - np.median(ink, axis=0)
    return np.hypot(off[:, 1], off[:, 2]), np.abs(off[:, 0]), np.array(weights)


def _agreement(word: str, others: set[str]) -> float:
    if len(word) < 3:
        return 0.0
    return max((fuzz.partial_ratio(word, other) / 100 for other in others if len(other) >= 3), default=0.0)


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())
