"""The three PP-OCR networks of the `rapidocr` package: where text is, whether it is upside down, what it says.

They are run here directly by onnxruntime, one thread each, because the package's own front end hides the network's
output, from which blanks and the place of every word are recovered, and takes a second to import. Sessions are made
once a process and may be shared by threads.

The numbers of the pre- and post-processing are those the networks were trained with (PaddleOCR, `PP-OCRv6` det and
rec, `PP-OCRv2` cls; the same as in rapidocr's `config.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines.decoding import Alphabet, Written, decode
from ocr.engines.strips import Box
from ocr.errors import EngineUnavailable
from ocr.shrink import shrink
from ocr.types import Image

if TYPE_CHECKING:
    import onnxruntime

Floats = NDArray[np.float32]
FIND_SIDE = 480
"""Longest side, in pixels, that a flattened card is shrunk to for finding text: the best of the sizes measured."""
LIKELY, SURELY = 0.3, 0.5
"""Chances of text from which a pixel counts, and that a whole box needs on average."""
GROWN = 1.6
LEAST_SIDE = 3.0
"""Smaller boxes, in pixels, are specks."""
LINE_HEIGHT = 48
LEAST_WIDTH = 256
"""Shorter lines are filled up to this; in training it was 320, which reads no better and takes a fifth longer."""
DIRECTION_SIZE = (192, 48)


def _session(name: str, *, keeps_memory: bool = False) -> onnxruntime.InferenceSession:
    """A network; one that `keeps_memory` holds what its largest picture took, or else asks for it each time anew.

    For a whole frame asking takes more time than all the sums. Patterns, which onnxruntime would plan for every size
    of picture, take memory and save none.
    """
    import onnxruntime  # noqa: PLC0415  20 MB that a process which reads no photo does without

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = keeps_memory
    options.enable_mem_pattern = False
    package = find_spec("rapidocr")
    if package is None or package.origin is None:
        raise EngineUnavailable("The package `rapidocr`, which carries the networks, is not installed.")
    path = Path(package.origin).parent / "models" / name
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@cache
def _finder() -> onnxruntime.InferenceSession:
    return _session("PP-OCRv6_det_small.onnx", keeps_memory=True)  # sides are multiples of 32: there are few sizes


@cache
def _director() -> onnxruntime.InferenceSession:
    return _session("ch_ppocr_mobile_v2.0_cls_mobile.onnx")


@cache
def _recogniser() -> onnxruntime.InferenceSession:
    return _session("PP-OCRv6_rec_small.onnx")  # as wide as the line: it would keep more with each new width


@cache
def _alphabet() -> Alphabet:
    characters = _recogniser().get_modelmeta().custom_metadata_map["character"].splitlines()
    return Alphabet.of(("", *characters, " "))


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
    chances = _run(_finder(), _as_batch(shrink(image, size)))[0, 0]
    stretch = np.array((width / size[0], height / size[1]), np.float32)
    boxes = (clockwise(box) * stretch for box in _boxes(chances))
    edge = np.array((width - 1, height - 1), np.float32)
    return tuple(np.clip(box, 0, edge) for box in boxes if min(_sides(box)) > LEAST_SIDE)


def _boxes(chances: Floats) -> Iterator[Box]:
    """Boxes in a map of chances: each likely patch's rectangle, grown again by what the network was taught to shrink.

    Differentiable binarization (Liao et al., Real-time scene text detection, 2020): text is grown by its area times
    `GROWN` over its outline.
    """
    likely = cv2.dilate((chances > LIKELY).astype(np.uint8), np.ones((2, 2), np.uint8))
    for patch in cv2.findContours(likely, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0]:
        middle, (wide, high), angle = cv2.minAreaRect(patch)
        if min(wide, high) < LEAST_SIDE or _mean_inside(chances, cv2.boxPoints((middle, (wide, high), angle))) < SURELY:
            continue
        more = GROWN * wide * high / (wide + high)
        yield np.asarray(cv2.boxPoints((middle, (wide + more, high + more), angle)), np.float32)


def _mean_inside(chances: Floats, box: NDArray[Any]) -> float:
    left, top = np.maximum(np.floor(box.min(axis=0)).astype(int), 0)
    right, bottom = np.ceil(box.max(axis=0)).astype(int) + 1
    window = chances[top:bottom, left:right]
    mask = np.zeros(window.shape, np.uint8)
    cv2.fillPoly(mask, [(box - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(window, mask)[0])


def clockwise(box: NDArray[np.floating]) -> Box:
    """The corners of a box clockwise on screen from its top left, which of its two left ones is the higher."""
    order = np.argsort(box[:, 0], kind="stable")
    left, right = box[order[:2]], box[order[2:]]
    left, right = left[np.argsort(left[:, 1], kind="stable")], right[np.argsort(right[:, 1], kind="stable")]
    return np.array((left[0], right[0], right[1], left[1]), np.float32)


def _sides(box: Box) -> tuple[float, float]:
    return float(np.linalg.norm(box[0] - box[1])), float(np.linalg.norm(box[0] - box[3]))


def upside_down(line: Image) -> float:
    """Chance, 0 to 1, that the text of a line image stands on its head."""
    wide, high = DIRECTION_SIZE
    batch, _ = _padded(line, high, wide, wide)
    return float(_run(_director(), batch)[0, 1])


def recognise(line: Image) -> Written:
    """Read one upright line image (H x W x 3)."""
    batch, width = _padded(line, LINE_HEIGHT, LEAST_WIDTH)
    return decode(_run(_recogniser(), batch)[0], _alphabet(), width / batch.shape[3])


def warm_up() -> None:
    """Load all three networks and run each once, so that the first photo takes no longer than the rest."""
    blank = np.full((64, 320, 3), 255, dtype=np.uint8)
    find_text(blank)
    upside_down(blank)
    recognise(blank)
