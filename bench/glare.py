"""Measures whether light that burnt print away is said: `python -m bench.glare [--help]`.

Each drawn card is photographed twice, once with a lamp's reflection on it and once without, everything else alike. A
value that is right without the reflection and not with it was lost to it. Printed are the share of cards with such a
loss that say so, the share of those with a reflection that took nothing, and the share of those without one. With
`--real` the reflection is drawn on the photos of $CARDALLY_CARDS or ../shared/cards.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

import ocr
from bench.cardgen.camera import encode, glare
from bench.cardgen.cards import design_card
from bench.cardgen.chance import Dice
from bench.cardgen.photo import Photo, draw_shot, take
from bench.photos import Sample, cards_folder, load_samples
from ocr.load import load_photo
from ocr.truth import best_card, judge_card
from ocr.types import Card, Engine

HARDNESS = 0.3
"""Of the photos, 0 (easy) to 1."""
SIZES = 0.1, 0.4
"""Of reflections, in lengths of the card."""
GLARE = "glare"
QUALITY = 92
"""Of a JPEG with a reflection drawn on it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was said of one photo."""

    right: frozenset[tuple[str, str]]
    """Kinds and values that are right."""
    reasons: tuple[str, ...]
    """For review; of a photo in which no card was found, that there is none."""


@dataclass(frozen=True, slots=True)
class Twins:
    """Two photos of one card, JPEG."""

    plain: bytes
    lit: bytes
    truth: dict[str, Any]


def twins(seed: str, number: int) -> Twins:
    """A photo of a drawn card without a reflection, and the same with one."""
    name = f"glare/{seed}/{number}"
    dice = Dice("glare", name)
    shot = draw_shot((design_card(name),), dice.sub("shot"), {"hardness": HARDNESS, "scan": False})

    def photographed(size: float) -> Photo:
        lit = replace(shot, lens=replace(shot.lens, glare=size))
        return take(lit, dice.sub("take"), {"photo": f"{number}.jpg", "face": name, "set": GLARE})

    plain, lit = photographed(0.0), photographed(dice.between(*SIZES))
    return Twins(plain.jpeg, lit.jpeg, plain.truth[0])


def real_twins(seed: str, sample: Sample) -> Twins:
    """A photo, and the same with a reflection drawn somewhere on its card."""
    [truth, *_] = sample.truths
    dice = Dice("glare", f"{seed}/{sample.path.name}")
    data = sample.path.read_bytes()
    photo = load_photo(data)
    corners = np.array(truth["quad"], np.float64) * (photo.shape[1], photo.shape[0])
    across, down = dice.between(0.1, 0.9), dice.between(0.1, 0.9)
    upper, lower = (corners[a] + across * (corners[b] - corners[a]) for a, b in ((0, 1), (3, 2)))
    x, y = upper + down * (lower - upper)
    size = dice.between(*SIZES) * float(np.linalg.norm(corners[1] - corners[0]))
    lit = np.clip(glare(photo.astype(np.float32), dice.sub("light"), (float(x), float(y)), size), 0, 255)
    return Twins(data, encode(lit.astype(np.uint8)[..., ::-1], QUALITY), truth)


def look(jpeg: bytes, truth: dict[str, Any], engine: Engine) -> Seen:
    """Read one photo."""
    card: Card | None = best_card(ocr.read_photo(jpeg, engine=engine).cards, truth)
    verdicts = judge_card(card, truth)
    right = frozenset((str(kind), str(value)) for kind, verdict in verdicts.items() for value in verdict.right)
    return Seen(right, card.review if card else ("no_card",))


def shares(name: str, some: Sequence[Seen]) -> tuple[str, ...]:
    """Cells of a table: how many there are, how many of them say glare, and how many anything."""
    said = (sum(GLARE in one.reasons for one in some), sum(bool(one.reasons) for one in some))
    return name, str(len(some)), *(f"{count / max(1, len(some)):.3f}" for count in said)


def rows(pairs: Sequence[tuple[Seen, Seen]]) -> Iterator[tuple[str, ...]]:
    """Of the table."""
    lost = [not plain.right <= lit.right for plain, lit in pairs]
    yield shares("a reflection took a value", [lit for (_, lit), gone in zip(pairs, lost, strict=True) if gone])
    yield shares("a reflection took none", [lit for (_, lit), gone in zip(pairs, lost, strict=True) if not gone])
    yield shares("no reflection", [plain for plain, _ in pairs])


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    form = argparse.RawDescriptionHelpFormatter
    parse = argparse.ArgumentParser(prog="python -m bench.glare", description=__doc__, formatter_class=form)
    parse.add_argument("--cards", type=int, default=60)
    parse.add_argument("--seed", default="1")
    parse.add_argument("--real", action="store_true", help="draw on real photos")
    parse.add_argument("--engine", default=ocr.DEFAULT_ENGINE)
    options = parse.parse_args(arguments)
    engine = ocr.make_engine(options.engine)
    if options.real and not cards_folder():
        parse.error("there are no real photos here")
    some = load_samples(options.cards) if options.real else range(options.cards)
    made = (real_twins(options.seed, one) if isinstance(one, Sample) else twins(options.seed, one) for one in some)
    progress = track(made, "Reading", total=len(some), console=Console(stderr=True))
    pairs = [tuple(look(photo, two.truth, engine) for photo in (two.plain, two.lit)) for two in progress]
    table = Table(title=f"Cards that call for a look, {len(pairs)} photographed twice", title_justify="left")
    for column in ("photos where", "photos", "say glare", "say anything"):
        table.add_column(column, justify="left" if column == "photos where" else "right")
    for row in rows([(plain, lit) for plain, lit in pairs]):
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    main()
