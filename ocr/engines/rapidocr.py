"""PP-OCR as an engine: finds text with one network and reads each piece with another, in process."""

from __future__ import annotations

import time

import numpy as np

from ocr.engines import ppocr
from ocr.engines.ppocr import Box, Written
from ocr.errors import EngineTimeout
from ocr.types import Image, Polygon, Word

STANDING = 1.5
"""A box this much higher than wide holds a line that runs upwards or downwards."""


class RapidOcr:
    """PP-OCR v6 with the models of the `rapidocr` package; ready, with warm networks, once constructed."""

    name = "rapidocr"

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        ppocr.warm_up()

    def __call__(self, image: Image, /) -> tuple[Word, ...]:
        return self.read_boxes(image, ppocr.find_text(image))

    def read_boxes(self, image: Image, boxes: tuple[Box, ...], /) -> tuple[Word, ...]:
        """Read the text in boxes (pixels of `image`) that `ppocr.find_text` found before."""
        deadline = time.monotonic() + self._timeout
        words: list[Word] = []
        for box in boxes:
            if time.monotonic() > deadline:
                raise EngineTimeout
            words += _read(image, box)
        return tuple(words)


def _read(image: Image, box: Box) -> tuple[Word, ...]:
    width, height = np.linalg.norm(box[1] - box[0]), np.linalg.norm(box[3] - box[0])
    if height <= STANDING * width:
        return split_words(ppocr.recognise(ppocr.cut_out(image, box)), box)
    ways = [np.roll(box, -1, axis=0), np.roll(box, -3, axis=0)]  # reading downwards, reading upwards
    read = [(ppocr.recognise(ppocr.cut_out(image, way)), way) for way in ways]
    written, way = max(read, key=lambda pair: pair[0].confidence * len(pair[0].text))
    return split_words(written, way)


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
    top, bottom = box[1] - box[0], box[2] - box[3]
    corners = (box[0] + left * top, box[0] + right * top, box[3] + right * bottom, box[3] + left * bottom)
    return tuple((float(x), float(y)) for x, y in corners)
