"""Makes of the perfect lines of a drawn card what a text reader gives: misread letters, lost blanks, lost lines."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bench.cardgen.kinds import CardLines, PrintedLine
from ocr.types import Line, Polygon

SIDE = 1280
"""Pixels of the longer side of a flattened card."""
MOVED = 0.4
"""Share of cards whose blocks change places, so that no place is taken for what stands there."""
RATES = (0.0, 0.0, 0.0, 0.004, 0.01, 0.03)
"""Shares of letters misread, one drawn a card."""
MUTILATED = 0.7
"""Share of the other cards read by who does not know letters with two signs (ễ, ạ), which hardly any but Vietnamese
ones have."""
_CONFUSED = {
    "rn": "m", "m": "rn", "I": "l", "l": "I", "0": "O", "O": "0", "o": "e", "e": "c", "a": "o", "i": "l", "t": "l",
    "h": "b", "1": "l", "5": "S", "8": "B", "w": "vv", "u": "n", "n": "u", "d": "cl", ".": ",", ",": ".", "S": "5",
    "g": "q", "c": "e",
}  # fmt: skip


def read_back(card: CardLines, rng: random.Random) -> list[Line]:
    """The lines of `card` as an engine might read them, scaled to SIDE."""
    card = _rearranged(card, rng) if rng.random() < MOVED else card
    zoom = SIDE / max(card.size)
    rate, plain_letters = rng.choice(RATES), rng.random() < (0.35 if card.lang == "vi" else 0.06)
    mutilated = not plain_letters and rng.random() < MUTILATED
    lost_blanks = rng.choice((0.0, 0.02, 0.08))
    scales = {printed.role: rng.uniform(0.72, 1.25) for printed in card.lines}
    lines = []
    for printed in card.lines:
        if rng.random() < (0.25 if printed.in_logo else 0.015):
            continue
        text = _letters(_mutilated(printed.text, rng) if mutilated else printed.text, rng, rate * _worse(printed))
        text = _blanks(without_accents(text) if plain_letters else text, rng, lost_blanks)
        if text.strip():
            confidence = min(1.0, max(0.3, rng.gauss(0.985 - 4 * rate, 0.02)))
            lines.append(Line(text, confidence, _box(printed, zoom, scales[printed.role], rng), (), "drawn"))
    if rng.random() < 0.3:
        lines = _joined(lines, rng)
    return lines + (_specks(card, zoom, rng) if rng.random() < 0.15 else [])


def _rearranged(card: CardLines, rng: random.Random) -> CardLines:
    """The card with its blocks mirrored from top to bottom, from left to right or both; each block stays as it is."""
    down, across = rng.choice(((True, False), (False, True), (True, True)))
    width, height = card.size
    blocks: dict[int, list[float]] = {}
    for line in card.lines:
        xs, ys = [x for x, _ in line.polygon], [y for _, y in line.polygon]
        left, top, right, bottom = blocks.setdefault(line.block, [width, height, 0.0, 0.0])
        blocks[line.block] = [min(left, *xs), min(top, *ys), max(right, *xs), max(bottom, *ys)]

    def moved(line: PrintedLine) -> PrintedLine:
        left, top, right, bottom = blocks[line.block]
        dx = width - right - left if across else 0.0
        dy = height - bottom - top if down else 0.0
        return replace(line, polygon=tuple((x + dx, y + dy) for x, y in line.polygon))

    return replace(card, lines=tuple(moved(line) for line in card.lines))


def without_accents(text: str) -> str:
    """`text` with every accent gone, as a reader that does not know them gives it."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _worse(printed: PrintedLine) -> int:
    """How many times more letters are misread in a logo."""
    return 3 if printed.in_logo else 1


def _mutilated(text: str, rng: random.Random) -> str:
    """`text` as read by who does not know letters with two signs: most are lost or bare."""
    made = []
    for letter in text:
        chance = rng.random() if "\u1e00" <= letter <= "\u1eff" else 1.0
        made.append("" if chance < 0.4 else without_accents(letter) if chance < 0.8 else letter)
    return "".join(made)


def _letters(text: str, rng: random.Random, rate: float) -> str:
    if not rate:
        return text
    made = []
    for letter in text:
        hit = rng.random() < rate
        made.append(_CONFUSED.get(letter, "") if hit and rng.random() < 0.8 else "" if hit else letter)
    return "".join(made)


def _blanks(text: str, rng: random.Random, share: float) -> str:
    kept = [text[:1]]
    for before, letter in pairwise(text):
        lost = letter == " " and rng.random() < (0.2 if before in ",.:;&" else share)
        kept.append("" if lost else letter)
    return "".join(kept)


def _box(printed: PrintedLine, zoom: float, scale: float, rng: random.Random) -> Polygon:
    """The box a reader draws, with a margin; `scale` makes the type larger or smaller than the design had it."""
    xs, ys = [x * zoom for x, _ in printed.polygon], [y * zoom for _, y in printed.polygon]
    height = min(max(xs) - min(xs), max(ys) - min(ys))
    pad = 0.12 * height + (scale - 1) * height / 2
    left, top, right, bottom = (
        side + rng.gauss(sign * pad, 0.04 * height)
        for side, sign in ((min(xs), -1), (min(ys), -1), (max(xs), 1), (max(ys), 1))
    )
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _joined(lines: Sequence[Line], rng: random.Random) -> list[Line]:
    """Lines that stand side by side run into one, as readers of whole pages do."""
    made: list[Line] = []
    for line in lines:
        previous = made[-1] if made else None
        if previous and rng.random() < 0.7 and _beside(previous.polygon, line.polygon):
            box = (previous.polygon[0], line.polygon[1], line.polygon[2], previous.polygon[3])
            made[-1] = replace(previous, text=f"{previous.text} {line.text}", polygon=box)
        else:
            made.append(line)
    return made


def _beside(a: Polygon, b: Polygon) -> bool:
    height = a[3][1] - a[0][1]
    level = abs((a[0][1] + a[3][1]) - (b[0][1] + b[3][1])) < 0.6 * height
    return level and 0 < b[0][0] - a[1][0] < 6 * height


def _specks(card: CardLines, zoom: float, rng: random.Random) -> list[Line]:
    """Scraps read from pictures and from what lies around the card."""
    specks = []
    for _ in range(rng.randint(1, 3)):
        text = "".join(rng.choice("aeilnorstIlLEACO1470.-'|") for _ in range(rng.randint(1, 6)))
        x, y = rng.random() * card.size[0] * zoom * 0.9, rng.random() * card.size[1] * zoom * 0.95
        height = rng.uniform(20, 90)
        width = height * 0.5 * len(text)
        box = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
        specks.append(Line(text, rng.uniform(0.3, 0.9), box, (), "drawn"))
    return specks
