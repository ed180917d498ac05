"""Readers of text behind one protocol, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import cv2

from ocr.engines.ensemble import Ensemble
from ocr.engines.pytesseract import PyTesseract
from ocr.engines.rapidocr import RapidOcr
from ocr.engines.strips import Box
from ocr.engines.tesserocr import Tesseract, TesserOcr
from ocr.errors import EngineUnavailable
from ocr.options import DEFAULT_ENGINE, ENGINES
from ocr.types import Engine, Image, Word

__all__ = ["DEFAULT_ENGINE", "ENGINES", "BoxReader", "make_engine"]

_MAKERS: dict[str, Callable[[float], Engine]] = dict(
    zip(ENGINES, (RapidOcr, Ensemble, Tesseract, TesserOcr, PyTesseract), strict=True)
)


@runtime_checkable
class BoxReader(Protocol):
    """An engine that can read text whose place is known already."""

    def read_boxes(self, image: Image, boxes: tuple[Box, ...], /) -> tuple[tuple[Word, ...], ...]:
        """The words in each box, in the order of the boxes."""
        ...


def make_engine(name: str = DEFAULT_ENGINE, timeout: float = 30.0) -> Engine:
    """Make a warm engine: once a process, for it holds models of up to 300 MB. `timeout` is in seconds a picture.

    OpenCV is told to use one thread, as the networks and Tesseract do: four threads make a photo hardly faster, and in
    four processes at once they only get into each other's way.

    Raises:
        EngineUnavailable: no engine has this name, or what it needs is not installed.
    """
    if name not in _MAKERS:
        raise EngineUnavailable(f"There is no {name!r}; there are {', '.join(ENGINES)}.")
    cv2.setNumThreads(1)
    return _MAKERS[name](timeout)
