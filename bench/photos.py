"""The photos that reading is measured on, each with its truth.

Real photos are taken from `$CARDALLY_CARDS` or `../shared/cards`; where there are none, cards are drawn from a seed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.cardgen import make_set
from bench.cardgen.sets import write_photo

DRAWN = Path("var/bench/cards")
DRAWN_SEED = "bench"


@dataclass(frozen=True, slots=True)
class Sample:
    """A photo and what is printed on its cards."""

    path: Path
    truths: tuple[dict[str, Any], ...]
    """One a card, as `ocr.truth` wants it."""


def cards_folder() -> Path | None:
    """Where the real photos are, if they are here."""
    folder = Path(os.environ.get("CARDALLY_CARDS", "../shared/cards"))
    return folder if (folder / "truth.jsonl").exists() else None


def load_samples(count: int) -> list[Sample]:
    """`count` photos (0: all there are), spread evenly over the set, so that every source has its share."""
    folder = cards_folder() or _draw(count or 40)
    samples = list(_samples(folder))
    if not count or count >= len(samples):
        return samples
    return [samples[int(number * len(samples) / count)] for number in range(count)]


def _draw(count: int) -> Path:
    """Draw cards once and keep them; the same seed draws the same cards, and a longer set begins with a shorter one."""
    folder = DRAWN / str(count)
    if not (folder / "truth.jsonl").exists():
        for photo in make_set(DRAWN_SEED, count):
            write_photo(photo, folder)
    return folder


def _samples(folder: Path) -> Iterator[Sample]:
    by_photo: dict[str, list[dict[str, Any]]] = {}
    for line in (folder / "truth.jsonl").read_text().splitlines():
        truth = json.loads(line)
        by_photo.setdefault(truth["photo"], []).append(truth)
    for name, truths in by_photo.items():
        path = folder / "photos" / name
        yield Sample(path if path.exists() else folder / name, tuple(truths))
