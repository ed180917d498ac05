"""What our readers are compared with: the floor, and the plain packages as their manuals show them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from io import BytesIO
from typing import Any

import cv2
import numpy as np
import pytesseract
import rapidocr
from PIL import Image as PILImage

from ocr.clean import grey
from ocr.engines.pytesseract import ONE_THREAD
from ocr.engines.tesserocr import TesserOcr
from ocr.onnx import NO_TELEMETRY
from ocr.rectify import flatten
from ocr.types import Image

Reader = Callable[[bytes, dict[str, Any]], object]
"""Takes a photo's bytes and the truth of its first card."""


def _decode(data: bytes, flags: int) -> Image:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), flags), np.uint8)


def _flat(photo: Image, truth: dict[str, Any]) -> Image:
    """The card by its true corners."""
    height, width = photo.shape[:2]
    return flatten(photo, tuple((x * width, y * height) for x, y in truth["quad"])).image


def floor() -> Reader:
    """Decode at half size, flatten by the true corners, one page pass of Tesseract's LSTM reader."""
    engine = TesserOcr(timeout=60)

    def read(data: bytes, truth: dict[str, Any]) -> object:
        return engine.read_page(grey(_flat(_decode(data, cv2.IMREAD_REDUCED_COLOR_2), truth)))

    return read


def ppocr_on_flat_card() -> Reader:
    """RapidOCR at its best measured setting on the flattened card: longest side 480, one line at a time, no turning."""
    settings = {
        "Det.limit_side_len": 480,
        "Det.limit_type": "max",
        "Rec.rec_batch_num": 1,
        "Global.use_cls": False,
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    engine = _rapidocr(settings)
    return lambda data, truth: engine(_flat(_decode(data, cv2.IMREAD_REDUCED_COLOR_2), truth))


def plain_rapidocr() -> Reader:
    """RapidOCR with its own defaults on the raw photo."""
    engine = _rapidocr({})
    return lambda data, _: engine(data)


def _rapidocr(settings: dict[str, Any]) -> Any:
    os.environ.update(NO_TELEMETRY)
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return rapidocr.RapidOCR(params={"Global.log_level": "critical", **settings})


def plain_pytesseract() -> Reader:
    """Pytesseract on the raw photo; with one thread, for Tesseract's own only add up to more."""
    os.environ.update(ONE_THREAD)
    return lambda data, _: pytesseract.image_to_data(PILImage.open(BytesIO(data)))


OTHERS: dict[str, Callable[[], Reader]] = {
    "floor": floor,
    "PP-OCR on the flat card": ppocr_on_flat_card,
    "plain RapidOCR, raw photo": plain_rapidocr,
    "plain pytesseract, raw photo": plain_pytesseract,
}
