"""Measures how Tesseract reads single lines, shown in several ways: `python -m bench.letters [--help]`.

A line is taken where PP-OCR, by the true corners of a card, reads nearly what the truth has as one; its letters are
compared with the truth without spaces, and a line read as something else altogether counts as all wrong. Every way
reads every line in turn. The photos are those of $CARDALLY_CARDS or ../shared/cards, or drawn ones.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import extractOne
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.photos import Sample, load_samples
from ocr.engines import tesserocr
from ocr.engines.ppocr import find_text
from ocr.engines.rapidocr import RapidOcr
from ocr.engines.strips import Box
from ocr.load import load_photo
from ocr.rectify import flatten
from ocr.types import Image, Word

ALIKE = 0.8
"""Least likeness, 1 less the letters that differ in shares of the longer one, of what PP-OCR reads and a true line."""
UNPREPARED = {"STRIP_HEIGHT": 48, "STRIP_FRAME": 4, "CONDENSED": 1.0, "SHARPER": 0.0}
"""Strips that Tesseract scales and sharpens by itself."""
WAYS: dict[str, dict[str, Any]] = {
    "as it is": {"CONDENSED": tesserocr.CONDENSED},
    "not condensed": {"CONDENSED": 1.0},
    "not sharpened": {"SHARPER": 0.0},
    "neither": {"CONDENSED": 1.0, "SHARPER": 0.0},
    "neither, 48 pixels high": UNPREPARED,
}


@dataclass(slots=True)
class Tally:
    """What one way of showing lines gave."""

    letters: int = 0
    wrong: int = 0
    lines: int = 0
    right: int = 0
    seconds: float = 0.0
    """CPU."""

    def add(self, read: str, true: str, seconds: float) -> None:
        """One more line."""
        differing = min(Levenshtein.distance(read, true), len(true))
        self.letters += len(true)
        self.wrong += differing
        self.lines += 1
        self.right += read == true
        self.seconds += seconds


def lines(sample: Sample, reader: RapidOcr) -> Iterator[tuple[Image, Box, str]]:
    """The flat card, a box on it, and what stands there, without spaces."""
    photo = load_photo(sample.path.read_bytes())
    height, width = photo.shape[:2]
    for truth in sample.truths:
        card = flatten(photo, tuple((x * width, y * height) for x, y in truth["quad"])).image
        boxes = find_text(card)
        known = ["".join(line.split()) for line in truth.get("lines", ())]
        for box, words in zip(boxes, reader.read_boxes(card, boxes), strict=True):
            found = extractOne(joined(words), known, scorer=Levenshtein.normalized_similarity, score_cutoff=ALIKE)
            if found and found[0]:
                yield card, box, found[0]


def joined(words: Sequence[Word]) -> str:
    """What was read, without spaces."""
    return "".join("".join(word.text.split()) for word in words)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    form = argparse.RawDescriptionHelpFormatter
    parse = argparse.ArgumentParser(prog="python -m bench.letters", description=__doc__, formatter_class=form)
    parse.add_argument("--photos", type=int, default=24, help="0: all")
    options = parse.parse_args(arguments)
    plain, reader = tesserocr.TesserOcr(timeout=60), RapidOcr(timeout=60)
    tallies = {way: Tally() for way in WAYS}
    for sample in track(load_samples(options.photos), "Reading", console=Console(stderr=True)):
        for card, box, true in lines(sample, reader):
            for way, constants in WAYS.items():
                with patch.multiple(tesserocr, **constants):
                    started = time.process_time()
                    (words,) = plain.read_boxes(card, (box,))
                    tallies[way].add(joined(words), true, time.process_time() - started)
    Console().print(as_table(tallies))


def as_table(tallies: dict[str, Tally]) -> Table:
    """Shares of wrong letters and right lines, and CPU time in terms of the first way's."""
    first = next(iter(tallies.values()))
    table = Table(title=f"{first.lines} lines, {first.letters} letters", title_justify="left")
    for column in ("strips", "letters wrong", "lines right", "CPU time"):
        table.add_column(column, justify="left" if column == "strips" else "right")
    for way, tally in tallies.items():
        wrong, right = tally.wrong / max(1, tally.letters), tally.right / max(1, tally.lines)
        table.add_row(way, f"{wrong:.2%}", f"{right:.1%}", f"{tally.seconds / max(1e-9, first.seconds):.2f}")
    return table


if __name__ == "__main__":
    main()
