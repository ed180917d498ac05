"""Boxes of text, and the straightened strips of picture that line readers read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.clean import levels
from ocr.types import Image, Polygon, Word

Box = NDArray[np.float32]
"""4 x 2 pixels, clockwise; the text runs from the first corner to the second, unless it stands."""

STANDING = 1.5
"""A box this much higher than wide holds a line that runs upwards or downwards."""
WRITTEN = 145
"""Grey levels. What is darker in a stretched strip is print."""
FAINTEST = 30
"""Grey levels. Fainter strips are not stretched to full contrast, lest paper be read."""


def ways_to_read(box: Box) -> tuple[Box, ...]:
    """The box as it lies, or, when it stands, read downwards and read upwards."""
    width, height = np.linalg.norm(box[1] - box[0]), np.linalg.norm(box[3] - box[0])
    if height <= STANDING * width:
        return (box,)
    return np.roll(box, 1, axis=0), np.roll(box, -1, axis=0)


def cut_out(image: Image, box: Box) -> Image:
    """The text of one box, straightened, running left to right; as high as the box is."""
    width = max(1, round(max(np.linalg.norm(box[0] - box[1]), np.linalg.norm(box[3] - box[2]))))
    height = max(1, round(max(np.linalg.norm(box[0] - box[3]), np.linalg.norm(box[1] - box[2]))))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(box, corners)
    line = cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(line, dtype=np.uint8)


def dark_on_white(strip: Image) -> Image:
    """A grey strip with its text dark and its paper white, told apart by which of them is more."""
    low, paper, high = levels(strip, 0.01, 0.5, 0.99)
    shades = np.arange(256.0)
    if paper - low < high - paper:
        shades, low, high = 255 - shades, 255 - high, 255 - low
    stretched = (shades - low) * (255 / max(FAINTEST, high - low))
    return np.asarray(cv2.LUT(strip, np.clip(stretched, 0, 255).astype(np.uint8)), np.uint8)


def scaled(strip: Image, height: int, condensed: float = 1.0) -> Image:
    """The strip at another height, its width in proportion or that times `condensed`."""
    scale = height / strip.shape[0]
    size = max(1, round(strip.shape[1] * scale * condensed)), height
    return np.asarray(
        cv2.resize(strip, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), dtype=np.uint8
    )


def trimmed(strip: Image, frame: int) -> Image:
    """A strip, dark on white, without the paper at its ends, but for `frame` pixels."""
    written = np.flatnonzero(strip.min(axis=0) < WRITTEN)
    if not len(written):
        return strip
    return np.ascontiguousarray(strip[:, max(0, written[0] - frame) : written[-1] + 1 + frame])


def part(box: Box, left: float, right: float) -> Polygon:
    """What lies between two places along a box, each 0 (its left end) to 1."""
    top, bottom = box[1] - box[0], box[2] - box[3]
    corners = (box[0] + left * top, box[0] + right * top, box[3] + right * bottom, box[3] + left * bottom)
    return tuple((float(x), float(y)) for x, y in corners)


def spread(box: Box, words: Sequence[tuple[str, float]]) -> tuple[Word, ...]:
    """Words (text, confidence) of a line along its box, each as wide as it has characters."""
    total = sum(len(text) + 1 for text, _ in words) - 1
    made, at = [], 0
    for text, confidence in words:
        made.append(Word(text, confidence, part(box, at / total, (at + len(text)) / total)))
        at += len(text) + 1
    return tuple(made)


def weight(words: Iterable[Word]) -> float:
    """How much was read how surely: the sum of characters by confidence."""
    return sum(len(word.text) * word.confidence for word in words)


def mean_confidence(words: Sequence[Word]) -> float:
    """Mean over the characters; 0 without any."""
    return weight(words) / max(1, sum(len(word.text) for word in words))
