"""Two readers over the same lines: PP-OCR, and Tesseract as the second opinion.

PP-OCR is right far more often, so its text stands unless its form is broken and Tesseract's is not, or unless it was
hardly legible to PP-OCR alone. What both agree on is surer; what they differ on is less sure.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from ocr.engines import ppocr
from ocr.engines.rapidocr import RapidOcr
from ocr.engines.strips import Box, mean_confidence
from ocr.engines.tesserocr import Tesseract
from ocr.types import Image, Word

HARDLY = 0.6
SURELY = 0.9
DISAGREEMENT = 0.85
"""What is left of a word's confidence when the second reader read another line."""
MAILBOX = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
AT = re.compile(r"@|\(at\)", re.IGNORECASE)

Read = tuple[Word, ...]


class Ensemble:
    """PP-OCR and Tesseract, merged line by line."""

    name = "ensemble"

    def __init__(self, timeout: float) -> None:
        self._first = RapidOcr(timeout)
        self._second = Tesseract(timeout)

    def __call__(self, image: Image, /) -> Read:
        return tuple(word for words in self.read_boxes(image, ppocr.find_text(image)) for word in words)

    def read_boxes(self, image: Image, boxes: tuple[Box, ...], /) -> tuple[Read, ...]:
        """The words in each box."""
        pairs = zip(self._first.read_boxes(image, boxes), self._second.read_boxes(image, boxes), strict=True)
        return tuple(merge(one, other) for one, other in pairs)


def merge(first: Read, second: Read) -> Read:
    """What two readers make of one line together."""
    if letters(first) == letters(second):
        sure = max(mean_confidence(first), mean_confidence(second))
        return tuple(replace(word, confidence=max(word.confidence, sure)) for word in first)
    chosen = second if _is_better(second, first) else first
    return tuple(replace(word, confidence=word.confidence * DISAGREEMENT) for word in chosen)


def letters(words: Read) -> str:
    """Letters and digits alone, without case and accents."""
    text = unicodedata.normalize("NFKD", "".join(word.text for word in words)).casefold()
    return "".join(character for character in text if character.isalnum())


def _is_better(second: Read, first: Read) -> bool:
    one, other = (" ".join(word.text for word in words) for words in (first, second))
    if AT.search(one) and AT.search(other):
        return bool(MAILBOX.search(other)) and not MAILBOX.search(one)
    return mean_confidence(first) < HARDLY and mean_confidence(second) >= SURELY
