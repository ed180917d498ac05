"""What each stage of a reading saw, as numbered pictures in a folder."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr import draw
from ocr.rectify import Flat
from ocr.types import Card, Image, Reading


def no_trace(stage: str, value: Any, /) -> None:
    """Forget it."""


class FolderTrace:
    """Writes `01_photo.png`, `02_candidates.png`, ... and `reading.json` into a folder.

    Stages are told apart by their value: pictures are written as they are; `candidates` and `reading` are drawn on the
    last `photo`; `lines`, `fields` and `logos` on the last `card`. Any other value is written as JSON.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._count = 0
        self._photo: Image = np.full((64, 64, 3), 255, np.uint8)
        self._card: Image = self._photo

    def __call__(self, stage: str, value: Any, /) -> None:
        """Write one stage.

        Raises:
            OSError: the folder cannot be written to.
        """
        self._count += 1
        name = f"{self._count:02d}_{stage}"
        if stage == "photo":
            self._photo = value
        elif stage == "card":
            self._card = value = value.image if isinstance(value, Flat) else value
        drawn = self._picture(stage, value)
        if drawn is not None:
            self._write(f"{name}.png", _png(drawn))
        if isinstance(value, Reading):
            self._write("reading.json", _json(value))
        elif drawn is None:
            self._write(f"{name}.json", _json(value))

    def _picture(self, stage: str, value: Any) -> Image | None:
        if isinstance(value, Flat):
            return value.image
        if isinstance(value, np.ndarray):
            return value
        on_photo: dict[str, Callable[[Image, Any], Image]] = {
            "candidates": draw.candidates_on_photo,
            "reading": draw.reading_on_photo,
        }
        on_card: dict[str, Callable[[Image, Any], Image]] = {
            "lines": draw.lines_on_card,
            "fields": draw.fields_on_card,
            "logos": draw.logos_on_card,
        }
        if stage in on_photo:
            return on_photo[stage](self._photo, value)
        return on_card[stage](self._card, value) if stage in on_card else None

    def _write(self, name: str, content: bytes) -> None:
        (self._folder / name).write_bytes(content)


def _png(picture: Image) -> bytes:
    """Quickly packed: these are looked at, not kept."""
    done, packed = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise OSError("the picture cannot be packed as PNG")
    return packed.tobytes()


def _json(value: Any) -> bytes:
    return json.dumps(_plain(value), ensure_ascii=False, indent=1).encode()


def _plain(value: Any) -> Any:
    """Dataclasses as objects, pictures left out."""
    if isinstance(value, Card):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value) if f.name != "image"}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
