"""Text in pictures, in OpenCV's own font: it has Latin with all accents, Greek, Cyrillic, Chinese and Japanese."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import cv2

from ocr.types import Image, Point

WEIGHT = 400
"""As the web counts it: 400 is regular, 700 bold."""
ASCENT = 0.75
"""How high capital letters stand above the baseline, in heights of the font."""


def text_width(text: str, height: float) -> float:
    """Pixels that a text takes in a font of this height."""
    _, _, width, _ = cv2.getTextSize((0, 0), text, (0, 0), _font(), 100, WEIGHT)
    return float(width) * height / 100


@dataclass(frozen=True, slots=True)
class Writing:
    """A line of text in a picture."""

    text: str
    at: Point
    """Top left corner of its capital letters, pixels."""
    height: float
    """Of the font, pixels."""
    colour: tuple[int, int, int]
    """Red, green, blue."""


def write(image: Image, writings: Iterable[Writing]) -> Image:
    """Write into a picture in colour (BGR), and give it back."""
    for one in writings:
        x, y = one.at
        place = round(x), round(y + ASCENT * one.height)
        cv2.putText(image, one.text, place, one.colour[::-1], _font(), _whole(one.height), WEIGHT)
    return image


def shortened(text: str, height: float, width: float) -> str:
    """As much of a text as fits into a width, an ellipsis where that is not all."""
    if text_width(text, height) <= width:
        return text
    while text and text_width(text + "…", height) > width:
        text = text[:-1]
    return text + "…"


def _whole(height: float) -> int:
    return max(1, round(height))


@cache
def _font() -> cv2.FontFace:
    return cv2.FontFace("sans")
