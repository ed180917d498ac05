"""PP-OCR as an engine: finds text with one network and reads each piece with another, in process."""

from __future__ import annotations

import time

import numpy as np

from ocr.engines import ppocr
from ocr.engines.decoding import Written
from ocr.engines.strips import Box, cut_out, part, ways_to_read, weight
from ocr.errors import EngineTimeout
from ocr.types import Image, Polygon, Word

LEAST_CONFIDENCE = 0.5
"""Pieces of text read less surely than this are leaves, wood and pattern more often than print."""


class RapidOcr:
    """PP-OCR v6 with the models of the `rapidocr` package; ready, with warm networks, once constructed."""

    name = "rapidocr"

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        ppocr.warm_up()

    def __call__(self, image: Image, /) -> tuple[Word, ...]:
        return tuple(word for words in self.read_boxes(image, ppocr.find_text(image)) for word in words)

    def read_boxes(self, image: Image, boxes: tuple[Box, ...], /) -> tuple[tuple[Word, ...], ...]:
        """The words in each of the boxes (pixels of `image`) that `ppocr.find_text` found before."""
        deadline = time.monotonic() + self._timeout
        lines: list[list[tuple[Written, Box]]] = []
        for box in boxes:
            if time.monotonic() > deadline:
                raise EngineTimeout
            lines.append([(ppocr.recognise(cut_out(image, way)), way) for way in ways_to_read(box)])
        many_marks = any(written.shows_many_marks for ways in lines for written, _ in ways)
        return tuple(max((_words(*way, many_marks) for way in ways), key=weight) for ways in lines)


def _words(written: Written, box: Box, many_marks: bool) -> tuple[Word, ...]:
    if many_marks and written.in_many_marks:
        written = written.in_many_marks
    return split_words(written, box) if written.confidence >= LEAST_CONFIDENCE else ()


def split_words(written: Written, box: Box) -> tuple[Word, ...]:
    """The words of a piece of text, each with its share of the box."""
    words: list[Word] = []
    start = 0
    for end in [*(i for i, c in enumerate(written.text) if c == " "), len(written.text)]:
        if text := written.text[start:end].strip():
            confidence = float(np.mean(written.confidences[start:end]))
            words.append(Word(text, confidence, _share(written, box, start, end)))
        start = end + 1
    return tuple(words)


def _share(written: Written, box: Box, start: int, end: int) -> Polygon:
    """The part of the box that characters `start` to `end` take, half way to their neighbours."""
    centres = written.centres
    left = (centres[start - 1] + centres[start]) / 2 if start else 0.0
    right = (centres[end - 1] + centres[end]) / 2 if end < len(centres) else 1.0
    return part(box, left, right)
