"""The system's own Tesseract, as a process of its own for every picture.

The program is the one that the `pytesseract` package finds (set `pytesseract.pytesseract.tesseract_cmd` for another).
It is run here and not by that package, which writes temporary files, hands a colour photo over as a PNG that takes
seconds to pack, and on a time limit kills the process without its children. The picture goes in by a pipe as BMP and
the words come back as a table, so nothing is left on disk.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress

import cv2
import pytesseract

from ocr.clean import ink
from ocr.engines.tesserocr import SOURCE_DPI, upright_box
from ocr.errors import EngineTimeout, EngineUnavailable
from ocr.types import Image, Word

ONE_THREAD = {"OMP_THREAD_LIMIT": "1"}
"""Several Tesseracts with threads of their own fight for the cores until none gets on."""
WORD_LEVEL = "5"


class PyTesseract:
    """One page pass by the system's Tesseract."""

    name = "pytesseract"

    def __init__(self, timeout: float, command: str | None = None) -> None:
        """Find the program.

        Raises:
            EngineUnavailable: there is none.
        """
        program = shutil.which(command or pytesseract.pytesseract.tesseract_cmd)
        if program is None:
            raise EngineUnavailable("The system has no `tesseract`.")
        self._timeout = timeout
        self._command = [program, "stdin", "stdout", "--psm", "3", "--oem", "1", "--dpi", str(SOURCE_DPI), "-l", "eng"]

    def __call__(self, image: Image, /) -> tuple[Word, ...]:
        _, bitmap = cv2.imencode(".bmp", ink(image))
        return parse_table(self._run(bitmap.tobytes()))

    def _run(self, bitmap: bytes) -> str:
        process = subprocess.Popen(  # noqa: S603 - a fixed command, the picture goes in by the pipe
            [*self._command, "tsv"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | ONE_THREAD,
            start_new_session=True,
        )
        try:
            table, _ = process.communicate(bitmap, timeout=self._timeout)
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


def parse_table(table: str) -> tuple[Word, ...]:
    """Words of Tesseract's TSV output."""
    words = []
    for row in table.splitlines()[1:]:
        level, *_, left, top, width, height, confidence, text = row.split("\t", 11)
        if level == WORD_LEVEL and text.strip():
            x, y = float(left), float(top)
            box = upright_box(x, y, x + float(width), y + float(height))
            words.append(Word(text.strip(), max(0.0, float(confidence)) / 100, box))
    return tuple(words)
