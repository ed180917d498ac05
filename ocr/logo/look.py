"""How the inside of a box looks: ink, colour, texture, and how it stands out from what is around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.clean import middle
from ocr.logo.marks import Boxes, Marks

Column = NDArray[np.float64]

MARGINS = {"near": 0.06, "far": 0.2}
"""Widths of the rings around a box, in square roots of its area."""
TINTED, PRINTED = 16, 30
"""How far from the paper's a colour is tinted, and print whatever its colour, in steps of 8-bit Lab."""


def describe_look(marks: Marks, boxes: Boxes) -> dict[str, Column]:
    """One column of N numbers for each property of the pixels in N boxes."""
    lab = [np.asarray(plane, np.uint8) for plane in cv2.split(marks.lab)]
    paper = [middle(plane) for plane in lab]
    everything = np.array([[0, 0, *marks.size]], float)
    side = np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))[:, None]
    grown = [boxes + (margin * side + 2) * np.array([-1, -1, 1, 1]) for margin in MARGINS.values()]
    sums = _sums(_planes(marks, lab, paper), np.vstack([boxes, *grown, everything]), marks.size)
    inside, *around, [whole] = np.split(sums, np.arange(1, 2 + len(grown)) * len(boxes))
    area = np.maximum(1, inside[:, 0])
    _, ink, written, drawn, tinted, coloured, printed, vivid, differs = inside[:, :9].T
    mean = inside[:, 9:12] / area[:, None]
    directions = inside[:, 13:] / np.maximum(1, inside[:, 13:].sum(axis=1, keepdims=True))
    every = np.ones(len(boxes))
    out = {
        "ink": ink / area,
        "ink_share": ink / max(1.0, whole[1]),
        "written": written / np.maximum(1, ink),
        "drawn": drawn / area,
        "drawn_share": drawn / max(50.0, whole[3]),
        "tint": tinted / area,
        "tint_ratio": tinted / area / max(1.0, whole[4] / whole[0]),
        "coloured": coloured / area,
        "coloured_share": coloured / max(50.0, whole[5]),
        "printed": printed / area,
        "chroma": vivid / area,
        "contrast": differs / area,
        "deviation": np.sqrt(np.maximum(0, inside[:, 12] / area - mean[:, 0] ** 2)),
        "directions": -(directions * np.log(directions + 1e-6)).sum(axis=1),
        "upright": directions[:, 0],
        "flat": directions[:, 2],
        "card_ink": every * whole[1] / whole[0],
        "card_drawn": every * whole[3] / whole[0],
        "card_coloured": every * whole[5] / whole[0],
        "card_printed": every * whole[6] / whole[0],
        "card_chroma": every * whole[7] / whole[0],
        "paper_light": every * float(paper[0]),
    }
    for name, larger in zip(MARGINS, around, strict=True):
        ring = larger - inside
        pixels = np.maximum(1, ring[:, 0])
        out[f"ink_{name}"] = ring[:, 1] / pixels
        out[f"ink_{name}_ratio"] = out[f"ink_{name}"] / np.maximum(0.01, out["ink"])
        out[f"contrast_{name}"] = ring[:, 8] / pixels
        stands_out = mean - ring[:, 9:12] / pixels[:, None]
        out[f"shade_{name}"] = np.abs(stands_out[:, 0])
        out[f"hue_{name}"] = np.hypot(stands_out[:, 1], stands_out[:, 2])
    return out


def _planes(marks: Marks, lab: Sequence[NDArray[np.uint8]], paper: Sequence[float]) -> Iterator[NDArray[Any]]:
    """What is added up: planes of bytes, which take a quarter of the time, or of 32-bit floats.

    Roots are taken of whole numbers, by numpy: those of OpenCV come out a little other where memory lies otherwise.
    """
    edges, text = marks.edges, marks.text_edges
    light, green, blue = (plane.astype(np.float32) for plane in lab)
    tint = _squares(green, paper[1]) + _squares(blue, paper[2])
    contrast = _squares(light, paper[0]) + tint
    yield from (edges, text, edges & (1 - text), np.sqrt(tint))
    yield from ((tint > TINTED**2).view(np.uint8), (contrast >= PRINTED**2).view(np.uint8))
    yield np.sqrt(_squares(green, 128) + _squares(blue, 128))
    yield np.sqrt(contrast)
    yield from lab
    yield light * light
    yield from _slopes(light, edges)


def _squares(plane: NDArray[np.float32], centre: float) -> NDArray[np.float32]:
    off = plane - np.float32(centre)
    return off * off


def _sums(planes: Iterable[NDArray[Any]], boxes: Boxes, size: tuple[int, int]) -> NDArray[np.float64]:
    """N x (1 + planes): how many pixels of a picture of this size each of N boxes has, and the planes' sums there.

    The planes are added up one after the other: to fill new memory for every table takes three times as long.
    """
    x0, x1 = (np.clip(np.round(boxes[:, i]).astype(int), 0, size[0]) for i in (0, 2))
    y0, y1 = (np.clip(np.round(boxes[:, i]).astype(int), 0, size[1]) for i in (1, 3))
    columns = size[0] + 1
    corners = np.stack((y1 * columns + x1, y0 * columns + x1, y1 * columns + x0, y0 * columns + x0))
    at = (np.asarray(cv2.integral(plane)).ravel().take(corners) for plane in planes)
    sums = [end - above - left + both for end, above, left, both in at]
    return np.column_stack([(x1 - x0) * (y1 - y0), *sums]).astype(np.float64)


def _slopes(lightness: NDArray[np.float32], edges: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """Edge strength in four directions of the gradient: across, falling, down, rising."""
    dx, dy = cv2.Sobel(lightness, cv2.CV_32F, 1, 0), cv2.Sobel(lightness, cv2.CV_32F, 0, 1)
    quarters = np.asarray(cv2.phase(dx, dy), np.float32) * (4 / np.pi)
    bins = (quarters + 0.5).astype(np.uint8) & 3
    return ((bins == number) & edges for number in range(4))
