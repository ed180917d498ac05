"""Reads photos once and keeps what was read, to measure understanding and to learn from without reading again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr.engines import BoxReader, make_engine
from ocr.engines.ppocr import find_text
from ocr.layout import group_lines
from ocr.load import load_photo
from ocr.logo import find_logos
from ocr.pipeline import read_photo
from ocr.rectify import flatten
from ocr.types import Engine, Line, Logo, Polygon

NOTHING: dict[str, Any] = {"size": (1, 1), "lines": (), "logos": ()}
MARGIN = 0.08
"""Around true corners, in widths and heights of the card: some of them were set by eye."""


def record(out: Path, engine: str, cards: Path, *, true: bool) -> None:
    """Write one JSON line a photo: `photo`, `size` of the flat card, `lines`, `logos`; by found or by true corners."""
    reader = make_engine(engine)
    with out.open("w", encoding="utf-8") as file:
        for row in _rows(cards):
            photo = (cards / "photos" / row["photo"]).read_bytes()
            size, lines, logos = _by_true_corners(photo, row["quad"], reader) if true else _by_pipeline(photo, reader)
            kept = {"photo": row["photo"], "size": size, "lines": [_line(line) for line in lines]}
            file.write(json.dumps(kept | {"logos": [logo.polygon for logo in logos]}, ensure_ascii=False) + "\n")


def _rows(cards: Path) -> Iterator[dict[str, Any]]:
    for name in ("truth", "extra"):
        yield from map(json.loads, (cards / f"{name}.jsonl").read_text("utf-8").splitlines())


def _by_pipeline(photo: bytes, engine: Engine) -> tuple[tuple[int, int], tuple[Line, ...], tuple[Logo, ...]]:
    """What the pipeline sees on the card of a photo; of several cards the one with the most to read."""
    seen: list[dict[str, Any]] = []

    def trace(stage: str, value: Any) -> None:
        if stage == "card":
            seen.append({**NOTHING, "size": (value.image.shape[1], value.image.shape[0])})
        elif stage in ("lines", "logos"):
            seen[-1][stage] = value

    read_photo(photo, engine=engine, trace=trace)
    best: dict[str, Any] = max(seen, key=lambda card: len(card["lines"]), default=NOTHING)
    return best["size"], best["lines"], best["logos"]


def _by_true_corners(
    photo: bytes, quad: list[list[float]], engine: Engine
) -> tuple[tuple[int, int], tuple[Line, ...], tuple[Logo, ...]]:
    image = load_photo(photo)
    height, width = image.shape[:2]
    flat = flatten(image, _widened([(x * width, y * height) for x, y in quad])).image
    if isinstance(engine, BoxReader):
        words = tuple(word for found in engine.read_boxes(flat, find_text(flat)) for word in found)
    else:
        words = engine(flat)
    lines = group_lines(words, engine.name)
    return (flat.shape[1], flat.shape[0]), lines, find_logos(flat, lines)


def _widened(quad: list[tuple[float, float]]) -> Polygon:
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    wider = unit * (1 + 2 * MARGIN) - MARGIN
    homography = cv2.getPerspectiveTransform(unit, np.array(quad, np.float32))
    points = cv2.perspectiveTransform(wider.reshape(-1, 1, 2), homography)[:, 0]
    return tuple((float(x), float(y)) for x, y in points)


def _line(line: Line) -> dict[str, Any]:
    return {
        "text": line.text,
        "confidence": round(line.confidence, 4),
        "polygon": [[round(x, 1), round(y, 1)] for x, y in line.polygon],
        "source": line.source,
        "block": line.block,
    }
