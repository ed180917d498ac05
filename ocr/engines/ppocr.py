"""The three PP-OCR networks of the `rapidocr` package: where text is, whether it is upside down, what it says.

They are run here directly by onnxruntime, one thread each, because the package's own front end hides the network's
output, from which blanks and the place of every word are recovered, and takes a second to import. Sessions are made
once a process and may be shared by threads.

The numbers of the pre- and post-processing are those the networks were trained with (PaddleOCR, `PP-OCRv6` det and
rec, `PP-OCRv2` cls; the same as in rapidocr's `config.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
from ocr.onnx import open_network
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
INNER = ("Concat.3", "Add.65", "Add.121", "Add.153")
"""Maps inside the network that finds text, a fourth, an eighth, a sixteenth and a thirty-second of the picture wide."""
CELL = 8
"""Pixels of the searched picture by side of a cell of `Found.view`."""


@dataclass(frozen=True, slots=True)
class View:
    """A weighted sum of all that the network that finds text sees at a place: how much each channel counts in it."""

    text: float
    """Of the chance of text."""
    inner: tuple[Floats, ...]
    """Of the channels of each of the maps `INNER`."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one search for text tells."""

    boxes: tuple[Box, ...]
    """Around pieces of text, in pixels of the image, in no order that matters."""
    view: Floats | None = None
    """The sum that was asked for, in cells of `CELL` pixels that cover the image."""


def _session(name: str, *, keeps_memory: bool = False, also: Sequence[str] = ()) -> onnxruntime.InferenceSession:
    """A network that can show its maps `also`, as far as it has them.

    To hold memory is worth it for whole frames, where asking for it takes more time than all the sums.
    """
    package = find_spec("rapidocr")
    if package is None or package.origin is None:
        raise EngineUnavailable("The package `rapidocr`, which carries the networks, is not installed.")
    path = Path(package.origin).parent / "models" / name
    if not also:
        return open_network(str(path), keeps_memory=keeps_memory)
    network = path.read_bytes()  # which a session keeps
    shown = b"".join(_as_output(each) for each in also if each.encode() in network)
    return open_network(network + shown, keeps_memory=keeps_memory)


def _as_output(name: str) -> bytes:
    """What makes an inner map of 32-bit numbers an output of a network, written after its ONNX file.

    Of protocol buffers one written after another adds to it: here the field 7 of a model, its graph; of that the field
    12, an output; of that 1, its name, and 2, its type: a tensor (1) of elements (1) of the kind 1.
    """
    value = _field(1, name.encode()) + _field(2, _field(1, b"\x08\x01"))
    return _field(7, _field(12, value))


def _field(number: int, content: bytes) -> bytes:
    """A field of a protocol buffer whose content is shorter than 128 bytes."""
    return bytes((number << 3 | 2, len(content))) + content


@cache
def _finder() -> onnxruntime.InferenceSession:
    # Its sides are multiples of 32: there are few sizes.
    return _session("PP-OCRv6_det_small.onnx", keeps_memory=True, also=INNER)


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
    answer: Any = session.run([session.get_outputs()[0].name], {"x": batch})[0]
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
    return search(image, longest).boxes


def search(image: Image, longest: int = FIND_SIDE, view: View | None = None) -> Found:
    """The same, and a view of what the network saw besides text, if one is asked for and it has those inner maps."""
    small = as_searched(image, longest)
    chances, inner = look(small) if view else (_run(_finder(), _as_batch(small))[0, 0], ())
    (height, width), size = image.shape[:2], small.shape[1::-1]
    stretch = np.array((width / size[0], height / size[1]), np.float32)
    boxes = (clockwise(box) * stretch for box in _boxes(chances))
    edge = np.array((width - 1, height - 1), np.float32)
    found = tuple(np.clip(box, 0, edge) for box in boxes if min(_sides(box)) > LEAST_SIDE)
    return Found(found, _seen(view, chances, inner) if view and inner else None)


def look(small: Image) -> tuple[Floats, tuple[Floats, ...]]:
    """Chances of text in a picture as from `as_searched`, and the maps `INNER`, channels x height x width each.

    The latter are none when the network has no such maps.
    """
    answers: Any = _finder().run(None, {"x": _as_batch(small)})
    chances, *inner = (np.asarray(answer[0], np.float32) for answer in answers)
    return chances[0], tuple(inner) if len(inner) == len(INNER) else ()


def _seen(view: View, chances: Floats, inner: Sequence[Floats]) -> Floats:
    size = chances.shape[1] // CELL, chances.shape[0] // CELL
    seen = view.text * in_cells(chances, size)
    for weights, channels in zip(view.inner, inner, strict=True):
        seen += in_cells(np.einsum("c,cyx->yx", weights, channels), size)  # BLAS would take several threads
    return seen


def in_cells(values: Floats, size: tuple[int, int]) -> Floats:
    """A map (H x W) in another number of cells: means of finer ones, between coarser ones in proportion."""
    way = cv2.INTER_AREA if values.shape[1] > size[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(values, size, interpolation=way), np.float32)


def as_searched(image: Image, longest: int) -> Image:
    """The picture that the network gets: no longer than `longest`, and sides that it can halve five times."""
    height, width = image.shape[:2]
    scale = min(1.0, longest / max(height, width))
    return shrink(image, (max(32, round(width * scale / 32) * 32), max(32, round(height * scale / 32) * 32)))


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
