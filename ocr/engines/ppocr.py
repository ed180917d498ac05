"""The three PP-OCR networks of the `rapidocr` package: where text is, whether it is upside down, what it says.

They are run here directly by onnxruntime, one thread each, because the package's own front end hides the network's
output, from which blanks and the place of every word are recovered. Sessions are made once a process and may be
shared by threads.

The numbers of the pre- and post-processing are those the networks were trained with (PaddleOCR, `PP-OCRv6` det and
rec, `PP-OCRv2` cls; the same as in rapidocr's `config.yaml`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import rapidocr
from numpy.typing import NDArray
from rapidocr.ch_ppocr_det.utils import DBPostProcess

from ocr.engines.strips import Box
from ocr.types import Image

Floats = NDArray[np.float32]
FIND_SIDE = 480
"""Longest side, in pixels, that a flattened card is shrunk to for finding text: the best of the sizes measured."""
LINE_HEIGHT = 48
LEAST_WIDTH = 320
"""Shorter lines are filled up to this, as in training."""
DIRECTION_SIZE = (192, 48)
BLANK = 0
SPACE_CHANCE = 0.1
"""From here a space that lost against nothing at all is put back: on 131 photos it brought back 86 of 120 lost spaces
for 3 false ones among 14,000 places without."""


def _session(name: str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False  # widths vary with every line: an arena would grow with each new one
    path = Path(rapidocr.__file__).parent / "models" / name
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@cache
def _finder() -> onnxruntime.InferenceSession:
    return _session("PP-OCRv6_det_small.onnx")


@cache
def _director() -> onnxruntime.InferenceSession:
    return _session("ch_ppocr_mobile_v2.0_cls_mobile.onnx")


@cache
def _recogniser() -> onnxruntime.InferenceSession:
    return _session("PP-OCRv6_rec_small.onnx")


@cache
def _alphabet() -> tuple[str, ...]:
    characters = _recogniser().get_modelmeta().custom_metadata_map["character"].splitlines()
    return ("", *characters, " ")


@cache
def _outliner() -> DBPostProcess:
    return DBPostProcess(thresh=0.3, box_thresh=0.5, max_candidates=1000, unclip_ratio=1.6, use_dilation=True)


def _run(session: onnxruntime.InferenceSession, batch: Floats) -> Floats:
    answer: Any = session.run(None, {"x": batch})[0]
    return np.asarray(answer, dtype=np.float32)


def _as_batch(image: Image) -> Floats:
    """H x W x 3 bytes to 1 x 3 x H x W in -1 to 1."""
    scaled = (image.astype(np.float32) - 127.5) / 127.5
    return np.ascontiguousarray(scaled.transpose(2, 0, 1)[np.newaxis])


def _padded(line: Image, height: int, least: int, most: int | None = None) -> tuple[Floats, int]:
    """A line image scaled to `height`, filled up with grey to `least` columns; and how many columns it takes."""
    width = max(1, -(-line.shape[1] * height // line.shape[0]))
    width = width if most is None else min(width, most)
    batch = np.zeros((1, 3, height, max(width, least)), dtype=np.float32)
    scaled = cv2.resize(line, (width, height), interpolation=cv2.INTER_LINEAR)
    batch[:, :, :, :width] = _as_batch(np.asarray(scaled, dtype=np.uint8))
    return batch, width


def find_text(image: Image, longest: int = FIND_SIDE) -> tuple[Box, ...]:
    """Boxes around pieces of text, in pixels of `image` (H x W x 3), in no order that matters.

    `longest` is the longest side that the image is shrunk to first; smaller images are left as they are.
    """
    height, width = image.shape[:2]
    scale = min(1.0, longest / max(height, width))
    size = (max(32, round(width * scale / 32) * 32), max(32, round(height * scale / 32) * 32))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    boxes, _ = _outliner()(_run(_finder(), _as_batch(np.asarray(small, dtype=np.uint8))), (height, width))
    return tuple(np.asarray(box, dtype=np.float32) for box in boxes)


def upside_down(line: Image) -> float:
    """Chance, 0 to 1, that the text of a line image stands on its head."""
    wide, high = DIRECTION_SIZE
    batch, _ = _padded(line, high, wide, wide)
    return float(_run(_director(), batch)[0, 1])


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of text as the network read it."""

    text: str
    confidences: tuple[float, ...]
    """One a character, 0 to 1."""
    centres: tuple[float, ...]
    """Where each character stands, 0 (left end of the line image) to 1."""

    @property
    def confidence(self) -> float:
        """Mean over the characters; 0 without any."""
        return sum(self.confidences) / len(self.confidences) if self.confidences else 0.0


def recognise(line: Image) -> Written:
    """Read one upright line image (H x W x 3)."""
    batch, width = _padded(line, LINE_HEIGHT, LEAST_WIDTH)
    return _decode(_run(_recogniser(), batch)[0], width / batch.shape[3])


def _decode(chances: Floats, filled: float) -> Written:
    """Connectionist decoding: the best class of each column, repetitions and blanks dropped, lost spaces put back."""
    best = chances.argmax(axis=1)
    starts = np.flatnonzero((best != BLANK) & (best != np.concatenate(([BLANK], best[:-1]))))
    alphabet = _alphabet()
    characters: list[tuple[str, float, float]] = []
    for number, column in enumerate(starts):
        text = alphabet[best[column]]
        place = min(1.0, float((column + 0.5) / len(best) / filled))
        if number and _lost_space(chances[starts[number - 1] : column, -1], characters[-1][0], text):
            characters.append((" ", 1.0, (characters[-1][2] + place) / 2))
        characters.append((text, float(chances[column, best[column]]), place))
    texts, confidences, centres = zip(*characters, strict=True) if characters else ((), (), ())
    return Written("".join(texts), confidences, centres)


def _lost_space(chances: Floats, before: str, after: str) -> bool:
    """Between two characters a space came second, but not hopelessly; e-mail addresses have none."""
    return " @".find(before) < 0 and " @".find(after) < 0 and float(chances.max()) > SPACE_CHANCE


def warm_up() -> None:
    """Load all three networks and run each once, so that the first photo takes no longer than the rest."""
    blank = np.full((64, 320, 3), 255, dtype=np.uint8)
    find_text(blank)
    upside_down(blank)
    recognise(blank)
