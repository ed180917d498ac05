"""Cards to learn from: lines as a reader gives them, with the truth; recorded from photos or drawn."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from bench.cardgen.cards import LOCALES, design_back, design_card
from bench.cardgen.chance import Dice
from bench.cardgen.kinds import CardLines
from bench.cardgen.lines import lines_of, make_lines
from bench.cardgen.templates import SCATTERED as SCATTERED_SHAPE
from bench.training.at_home import at_home
from bench.training.beside_names import named_beside
from bench.training.breaking import broken
from bench.training.noise import SIDE, read_back
from bench.training.parties import draw_wish
from bench.training.surroundings import surroundings
from ocr.types import Line, Logo, Polygon

FOLDS = 5
SHOPS = 4
"""One drawn card in so many is a shop's, on top of those the generator makes of itself."""
PLAIN = 3
"""Of the others one in so many is the generator's own, its people and companies all of the card's country."""
BACKS = 15
"""One drawn card in so many is the back of one."""
SCATTERED = 0.35
"""Share of the varied cards whose blocks stand anywhere."""
SURROUNDED = 0.6
"""Share of cards that print, or lie on, more than their fields."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One card as read, and what is printed on it."""

    name: str
    face: str
    """Cards of one face are never split between training and checking."""
    lines: tuple[Line, ...]
    size: tuple[int, int]
    logos: tuple[Logo, ...]
    fields: dict[str, Any]
    weight: float = 1.0


def fold_of(face: str) -> int:
    """The fold in which a face is held out."""
    return crc32(face.encode()) % FOLDS


def drawn(seed: str, cards: range, weight: float) -> Iterator[Sample]:
    """Cards of the generator by their numbers in the set `seed`, read back with noise."""
    for index in cards:
        rng = random.Random(f"{seed}/{index}")
        card = at_home(named_beside(broken(_card(index, f"{seed}/{index}"), rng), rng), rng)
        zoom = SIDE / max(card.size)
        size = (round(card.size[0] * zoom), round(card.size[1] * zoom))
        logos = [_logo(tuple((x * zoom, y * zoom) for x, y in logo)) for logo in card.logos if rng.random() < 0.6]
        name = f"{seed}/{index}"
        lines = read_back(card, rng)
        if rng.random() < SURROUNDED:
            lines += surroundings(lines, size, card.lang, rng)
        yield Sample(name, name, tuple(lines), size, tuple(logos), card.fields, weight)


def _card(index: int, seed: str) -> CardLines:
    if index % BACKS == 1:
        return lines_of(design_back(design_card(seed), seed))
    shop = index % SHOPS == 0
    if not shop and index % PLAIN == 1:
        return make_lines(seed)
    dice = Dice("varied", seed)
    wish = draw_wish(dice.weigh(LOCALES), dice, shop=shop)
    return lines_of(design_card(seed, wish=wish, layout=SCATTERED_SHAPE if dice.chance(SCATTERED) else None))


def recorded(record: Path, cards: Path, weight: float) -> Iterator[Sample]:
    """Photos whose lines were recorded by `python -m bench.fields record`, with the truth of the folder `cards`."""
    truth = {}
    for name in ("truth", "extra"):
        for row in (cards / f"{name}.jsonl").read_text("utf-8").splitlines():
            one = json.loads(row)
            truth[one["photo"]] = one
    for row in record.read_text("utf-8").splitlines():
        read = json.loads(row)
        known = truth[read["photo"]]
        lines = tuple(_line(line, record.stem) for line in read["lines"])
        logos = tuple(_logo(_points(logo)) for logo in read.get("logos", ()))
        yield Sample(read["photo"], known["face"], lines, tuple(read["size"]), logos, known["fields"], weight)


def _logo(polygon: Polygon) -> Logo:
    """A logo of which only the place is known, which is all that fields ask for."""
    return Logo(polygon, 0.9, "", np.zeros((1, 1, 3), np.uint8))


def _line(row: dict[str, Any], source: str) -> Line:
    return Line(
        row["text"], row["confidence"], _points(row["polygon"]), (), row.get("source") or source, row.get("block", 0)
    )


def _points(rows: list[list[float]]) -> tuple[tuple[float, float], ...]:
    return tuple((x, y) for x, y in rows)
