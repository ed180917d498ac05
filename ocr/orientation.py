"""Which quarter turn brings a card upright.

One vote a card: do most lines lie or stand, and are the longest of them on their heads? The vote of PP-OCR's
direction network over the eight longest lines was right on every trial turn of flattened cards, where Tesseract's own
orientation detection erred on one in ten. A line by itself counts only where the network is as good as certain of it;
the longest few where they agree; and where all of them leave it open, how well they read either way.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.engines import ppocr
from ocr.engines.strips import Box, cut_out
from ocr.types import Image

VOTERS = 8
"""Lines that are asked at most, the longest."""
ALONE = 0.999
"""The longest line settles it alone when it is this sure: so are two of three, and of 579 trial cards, drawn ones and
photos upright and on their heads, none was settled otherwise than by all."""
FIRST, AGREED = 3, 0.2
"""So many of them settle it when their votes differ by no more than this."""
NARROW = 0.25
"""A mean vote nearer to one half than this is settled by reading lines both ways."""
JUDGES = 3
"""Lines that are read both ways, the longest."""


@dataclass(frozen=True, slots=True)
class Upright:
    """The verdict on one card."""

    turn: int
    """Degrees clockwise that bring the card upright: 0, 90, 180 or 270."""
    confidence: float
    """0.5 (no idea) to 1."""


def find_turn(card: Image, boxes: tuple[Box, ...]) -> Upright:
    """Decide from the text boxes of a card (pixels of `card`); without any the card stays as it is."""
    if not boxes:
        return Upright(0, 0.5)
    quarter = 90 if _stands(boxes) else 0
    turned = turn_image(card, quarter)
    lying = [turn_box(box, quarter, card.shape[1], card.shape[0]) for box in boxes]
    headlong = _vote(turned, sorted(lying, key=_length, reverse=True)[:VOTERS])
    return Upright((quarter + 180) % 360 if headlong > 0.5 else quarter, max(headlong, 1 - headlong))


def _vote(card: Image, boxes: list[Box]) -> float:
    """Chance that lines are upside down; the first of them suffice when they agree."""
    alone = ppocr.upside_down(cut_out(card, boxes[0]))
    if max(alone, 1 - alone) >= ALONE:
        return alone
    lines = [cut_out(card, box) for box in boxes[:FIRST]]
    votes = [alone, *map(ppocr.upside_down, lines[1:])]
    if max(votes) - min(votes) > AGREED:
        votes += [ppocr.upside_down(cut_out(card, box)) for box in boxes[FIRST:]]
    headlong = float(np.mean(votes))
    if abs(headlong - 0.5) >= NARROW:
        return headlong
    upright = _legible(lines[:JUDGES])
    flipped = _legible([turn_image(line, 180) for line in lines[:JUDGES]])
    return flipped / (upright + flipped) if upright + flipped else headlong


def _legible(lines: list[Image]) -> float:
    """Sum of how well lines read, squared so that one good line beats several guesses."""
    return sum(len(written.text) * written.confidence**4 for written in map(ppocr.recognise, lines))


def _stands(boxes: tuple[Box, ...]) -> bool:
    """Most of the text (by length of line) runs up or down the picture."""
    lying = standing = 0.0
    for box in boxes:
        width, height = _sides(box)
        if height > 1.5 * width:
            standing += height
        elif width > 1.5 * height:
            lying += width
    return standing > lying


def _sides(box: Box) -> tuple[float, float]:
    return float(np.linalg.norm(box[1] - box[0])), float(np.linalg.norm(box[3] - box[0]))


def _length(box: Box) -> float:
    return max(_sides(box))


def turn_image(image: Image, degrees: int) -> Image:
    """Turn a picture clockwise by a multiple of 90 degrees."""
    codes = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    return np.asarray(cv2.rotate(image, codes[degrees]), dtype=np.uint8) if degrees else image


def turn_box(box: Box, degrees: int, width: int, height: int) -> Box:
    """Turn a box with the picture of `width` x `height` that it lies in; its first corner stays the top left one."""
    x, y = box[:, 0], box[:, 1]
    turned = {
        0: (x, y),
        90: (height - y, x),
        180: (width - x, height - y),
        270: (y, width - x),
    }[degrees]
    corners = np.stack(turned, axis=1)
    return np.asarray(np.roll(corners, degrees // 90, axis=0), dtype=np.float32)
