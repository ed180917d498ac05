"""The system's own Tesseract, as a process of its own for every picture.

The program is the one that the `pytesseract` package finds (set `pytesseract.pytesseract.tesseract_cmd` for another).
It is run here and not by that package, which writes temporary files, hands a colour photo over as a PNG that takes
seconds to pack, and on a time limit kills the process without its children. Pictures go in by a pipe, unpacked, and the
words come back as a table, so nothing is left on disk.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

import cv2
from PIL import Image as PILImage

from ocr.clean import grey, ink
from ocr.engines.strips import Box, spread, ways_to_read, weight
from ocr.engines.tesserocr import SOURCE_DPI, plain_strip, upright_box
from ocr.errors import EngineTimeout, EngineUnavailable
from ocr.types import Image, Polygon, Word

ONE_THREAD = {"OMP_THREAD_LIMIT": "1"}
"""Several Tesseracts with threads of their own fight for the cores until none gets on."""
WORD_LEVEL = "5"
PAGE = "3"
RAW_LINE = "13"


class PyTesseract:
    """The system's Tesseract, one process a picture."""

    name = "pytesseract"

    def __init__(self, timeout: float, command: str | None = None) -> None:
        """Find the program.

        Raises:
            EngineUnavailable: there is none.
        """
        from pytesseract import pytesseract  # noqa: PLC0415  brings pandas along where that is installed: 40 MB

        program = shutil.which(command or pytesseract.tesseract_cmd)
        if program is None:
            raise EngineUnavailable("The system has no `tesseract`.")
        self._timeout = timeout
        self._command = [program, "stdin", "stdout", "--oem", "1", "--dpi", str(SOURCE_DPI), "-l", "eng"]

    def __call__(self, image: Image, /) -> tuple[Word, ...]:
        """One page pass, in which Tesseract finds the text itself."""
        _, bitmap = cv2.imencode(".bmp", ink(image))
        found = parse_table(self._run(bitmap.tobytes(), PAGE))
        return tuple(Word(row.text, row.confidence, row.polygon) for row in found)

    def read_boxes(self, image: Image, boxes: tuple[Box, ...], /) -> tuple[tuple[Word, ...], ...]:
        """The words in each of the boxes (pixels of `image`): straightened lines go in as the pages of one TIFF."""
        if not boxes:
            return ()
        light = grey(image)
        ways = [(number, way) for number, box in enumerate(boxes) for way in ways_to_read(box)]
        pages = [PILImage.fromarray(plain_strip(light, way)) for _, way in ways]
        tiff = BytesIO()
        pages[0].save(tiff, "TIFF", save_all=True, append_images=pages[1:])
        rows: dict[int, list[tuple[str, float]]] = defaultdict(list)
        for row in parse_table(self._run(tiff.getvalue(), RAW_LINE)):
            rows[row.page].append((row.text, row.confidence))
        best: dict[int, tuple[Word, ...]] = {}
        for page, (number, way) in enumerate(ways, start=1):
            best[number] = max(best.get(number, ()), spread(way, rows[page]), key=weight)
        return tuple(best[number] for number in range(len(boxes)))

    def _run(self, picture: bytes, mode: str) -> str:
        process = subprocess.Popen(  # noqa: S603 - a fixed command, the picture goes in by the pipe
            [*self._command, "--psm", mode, "tsv"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | ONE_THREAD,
            start_new_session=True,
        )
        try:
            table, _ = process.communicate(picture, timeout=self._timeout)
        except subprocess.TimeoutExpired:
            raise EngineTimeout from None
        finally:
            _end_group(process)
        if process.returncode:
            raise EngineUnavailable(f"`tesseract` ended with {process.returncode}.")
        return table.decode("utf-8", "replace")


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the process with everything that it started, and collect it, if it still runs."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):  # it died before it had read everything
                pipe.close()
    process.wait()


@dataclass(frozen=True, slots=True)
class Row:
    """A word of Tesseract's table."""

    page: int
    """From 1."""
    text: str
    confidence: float
    polygon: Polygon


def parse_table(table: str) -> list[Row]:
    """Words of Tesseract's TSV output."""
    rows = []
    for line in table.splitlines()[1:]:
        level, page, *_, left, top, width, height, confidence, text = line.split("\t", 11)
        if level == WORD_LEVEL and text.strip():
            x, y = float(left), float(top)
            box = upright_box(x, y, x + float(width), y + float(height))
            rows.append(Row(int(page), text.strip(), max(0.0, float(confidence)) / 100, box))
    return rows
