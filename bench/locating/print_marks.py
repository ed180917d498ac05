"""Print as it looks when it is too small to read: rows of strokes in the rhythm of words."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Picture = NDArray[np.float32]
Box = tuple[int, int, int, int]
"""Left, top, right, bottom, pixels."""

LETTERS = "aaabcdeeeeefghiiijklmnnnooopqrrrsssttttuuvwxyzABCDEFGHIJKLMNOPRSTUVW0123456789.,@-/"
FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)  # fmt: skip


def paragraph(rng: Generator, picture: Picture, box: Box, ink: Picture, step: float, *, align: str = "justify") -> None:
    """Lines of text `step` pixels apart, drawn into `box`."""
    left, top, right, bottom = _inside(box, picture)
    if right - left < 4 or bottom - top < step:
        return
    font, bold = int(rng.choice(FONTS)), 1 if step < 16 else int(rng.integers(1, 3))
    height = step * float(rng.uniform(0.35, 0.6))
    strokes = np.zeros((bottom - top, right - left), np.uint8)
    for y in np.arange(step, bottom - top, step):
        full = align == "justify" and rng.random() < 0.85
        width = (right - left) * (1.0 if full else float(rng.uniform(0.25, 1.0)))
        text = _sentence(rng, width / (0.62 * height))
        drawn = cv2.getTextSize(text, font, height / 21, bold)[0][0]
        room = right - left - drawn
        spare = {"left": 0.0, "justify": 0.0, "right": room, "centre": room / 2}[align]
        cv2.putText(strokes, text, (int(spare), int(y)), font, height / 21, 255, bold, cv2.LINE_AA)
    _print(picture[top:bottom, left:right], strokes, ink)


def word_shapes(rng: Generator, picture: Picture, box: Box, ink: Picture, height: float) -> None:
    """One heavy line of large letters at the top of `box`: a heading, a word-mark."""
    left, top, right, bottom = _inside((box[0], box[1], box[2], int(box[1] + height) + 1), picture)
    if right - left < 4 or bottom - top < 4:
        return
    text = _sentence(rng, max(2.0, (right - left) / (0.8 * height)))
    weight = max(1, int(height * float(rng.uniform(0.04, 0.22))))
    strokes = np.zeros((bottom - top, right - left), np.uint8)
    place = (0, int(0.8 * height))
    cv2.putText(strokes, text, place, int(rng.choice(FONTS)), 0.7 * height / 21, 255, weight, cv2.LINE_AA)
    _print(picture[top:bottom, left:right], strokes, ink)


def _inside(box: Box, picture: Picture) -> Box:
    return max(0, box[0]), max(0, box[1]), min(picture.shape[1], box[2]), min(picture.shape[0], box[3])


def _print(area: Picture, strokes: NDArray[np.uint8], ink: Picture) -> None:
    share = strokes[..., None].astype(np.float32) / 255
    area += (ink - area) * share


def _sentence(rng: Generator, length: float) -> str:
    """About `length` letters in words."""
    letters = rng.choice(list(LETTERS), max(1, min(120, int(length))))
    letters[rng.random(len(letters)) < 0.15] = " "
    return "".join(letters)
