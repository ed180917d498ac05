"""Measures what is read of cards out of focus: `python -m bench.defocus [--help]`.

Sharp photos are smeared until the edges of their print are so many thousandths of the card wide, as behind a lens that
cannot focus so near: each point becomes a disk of light, then grain and JPEG are put on. Each is read as it is alone,
and with sharper pictures beside it. Printed are the F1 of all fields, the share of whole cards, and, with sharper
pictures, the mean confidence of values beside the share that is right, of all and of the sure ones. The photos are
those of $CARDALLY_CARDS or ../shared/cards that are sharp by themselves, or drawn ones.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

import ocr
import ocr.pipeline
from bench.cardgen.camera import encode
from bench.fields import SURE
from bench.fresh import Judged, counts, f1
from bench.photos import Sample, load_samples
from bench.training.truth import is_field_right
from ocr.load import load_photo
from ocr.quality import CRISP, OUT_OF_FOCUS
from ocr.truth import KINDS, best_card, is_whole, judge_card
from ocr.types import Card, Engine

WIDTHS = (5, 7, 9)
"""Of edges, thousandths of a card's width."""
SHARP = 0.8
"""Least sharpness of a photo that is taken."""
GAMMA = 2.2
"""Light adds up, grey levels do not."""
GRAIN = 2.5
"""Grey levels."""
QUALITY = 85
"""JPEG."""
FINE = 8
"""Parts of a pixel by which a disk is drawn."""


def disk(radius: float) -> NDArray[np.float32]:
    """The light of a point out of focus, in pixels; its sum is 1."""
    reach = math.ceil(radius)
    along = np.arange(-reach - 0.5 + 0.5 / FINE, reach + 0.5, 1 / FINE)
    inside = (along[:, None] ** 2 + along**2 <= radius**2).astype(np.float32)
    side = 2 * reach + 1
    parts = inside.reshape(side, FINE, side, FINE).sum(axis=(1, 3))
    return np.asarray(parts / parts.sum(), np.float32)


def smeared(data: bytes, sample: Sample, width: float) -> bytes:
    """A photo whose print has edges so wide; an edge through a disk is pi/2 of its radius wide."""
    photo = load_photo(data)
    corners = np.array(sample.truths[0]["quad"], np.float64) * (photo.shape[1], photo.shape[0])
    card = float(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1).max())
    radius = math.sqrt(width**2 - CRISP**2) * card / 1000 / (math.pi / 2)
    light = (photo / np.float32(255)) ** np.float32(GAMMA)
    spread = np.maximum(cv2.filter2D(light, -1, disk(radius), borderType=cv2.BORDER_REFLECT), 0)
    grey = 255 * spread ** (1 / GAMMA)
    grain = np.random.default_rng(0).normal(0, GRAIN, photo.shape)
    return encode(np.clip(grey + grain, 0, 255).astype(np.uint8)[..., ::-1], QUALITY)


@dataclass(slots=True)
class Outcome:
    """What was read in one way."""

    judged: list[Judged] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    """Of each value, as its confidence."""

    def add(self, card: Card | None, truth: dict[str, Any]) -> None:
        """One more card, None if it was not found."""
        self.judged.append(Judged(truth["face"], judge_card(card, truth)))
        for one in card.fields if card else ():
            self.confidences.append(one.confidence)
            self.right.append(bool(is_field_right(one, truth["fields"])))

    def honesty(self) -> tuple[str, ...]:
        """Mean confidence and share of right values, of all and of the sure ones."""
        stated, right = np.array(self.confidences), np.array(self.right)
        pairs = ((stated[some].mean(), right[some].mean()) for some in (stated >= 0, stated >= SURE) if some.any())
        return tuple(f"{said:.3f}, {true:.3f}" for said, true in pairs)


def read(data: bytes, engine: Engine, *, sharper: bool) -> tuple[Card, ...]:
    """The cards of one photo."""
    limit = OUT_OF_FOCUS if sharper else math.inf
    with patch.object(ocr.pipeline, "OUT_OF_FOCUS", limit):
        return ocr.read_photo(data, engine=engine).cards


def sharp_samples(count: int, engine: Engine) -> list[Sample]:
    """The sharp ones of `count` photos (0: all)."""
    console = Console(stderr=True)
    return [
        sample
        for sample in track(load_samples(count), "Looking for sharp photos", console=console)
        if (cards := ocr.read_photo(sample.path.read_bytes(), engine=engine).cards)
        and min(card.quality.sharpness for card in cards) >= SHARP
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    form = argparse.RawDescriptionHelpFormatter
    parse = argparse.ArgumentParser(prog="python -m bench.defocus", description=__doc__, formatter_class=form)
    parse.add_argument("--photos", type=int, default=24, help="0: all")
    parse.add_argument("--engine", default=ocr.DEFAULT_ENGINE)
    options = parse.parse_args(arguments)
    engine = ocr.make_engine(options.engine)
    samples = sharp_samples(options.photos, engine)
    table = Table(title=f"{len(samples)} sharp photos out of focus, {options.engine}", title_justify="left")
    columns = ("edges, thousandths", "F1, as it is", "sharper too", "whole cards, as it is", "sharper too")
    for column in (*columns, "confidence, right", "of the sure"):
        table.add_column(column, justify="right")
    for width in WIDTHS:
        ways = {False: Outcome(), True: Outcome()}
        for sample in track(samples, f"Edges of {width}", console=Console(stderr=True)):
            data = smeared(sample.path.read_bytes(), sample, width)
            for sharper, outcome in ways.items():
                cards = read(data, engine, sharper=sharper)
                for truth in sample.truths:
                    outcome.add(best_card(cards, truth), truth)
        figures = [f"{f1(counts(way.judged, tuple(KINDS))):.3f}" for way in ways.values()]
        whole = [f"{np.mean([is_whole(card.verdicts) for card in way.judged]):.3f}" for way in ways.values()]
        table.add_row(str(width), *figures, *whole, *ways[True].honesty())
    Console().print(table)


if __name__ == "__main__":
    main()
