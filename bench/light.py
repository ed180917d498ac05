"""Measures what is read of cards in bad light: `python -m bench.light [--help]`.

Photos are made darker, paler, or darker where the card is, as one that is held up before a window; then grain and JPEG
are put on. Each is read as it is alone, and with the contrast of ordinary light. Printed are the F1 of all fields, the
share of whole cards, and the share of cards that are said to be blurred. The photos are those of $CARDALLY_CARDS or
../shared/cards, or drawn ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import ExitStack
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
import ocr.regions
from bench.cardgen.camera import encode
from bench.fresh import Judged, counts, f1
from bench.photos import Sample, load_samples
from ocr.load import load_photo
from ocr.quality import BLURRED
from ocr.truth import KINDS, best_card, is_whole, judge_card
from ocr.types import Card, Engine, Image

GRAIN = 1.5
"""Grey levels."""
QUALITY = 85
"""JPEG."""
AROUND = 1.1
"""How much larger than the card its shade is."""
SOFT = 8.0
"""Pixels over which a shade ends, one standard deviation."""
BRIGHTER = 40.0
"""Grey levels by which a window outshines what is around a card."""

Floats = NDArray[np.float32]
Light = Callable[[Floats, Sample], Floats]


def dim(share: float) -> Light:
    """So much of the light."""
    return lambda photo, _: photo * np.float32(share)


def pale(share: float) -> Light:
    """So much of the contrast, in fog or with light in the lens."""
    return lambda photo, _: 140 + (photo - 128) * np.float32(share)


def shade(share: float) -> Light:
    """So much of the light on the card, and a bright window behind it."""

    def shaded(photo: Floats, sample: Sample) -> Floats:
        mask = np.zeros(photo.shape[:2], np.float32)
        for truth in sample.truths:
            corners = np.array(truth["quad"]) * (photo.shape[1], photo.shape[0])
            middle = corners.mean(axis=0)
            cv2.fillPoly(mask, [(middle + AROUND * (corners - middle)).astype(np.int32)], 1.0)
        shadow = np.asarray(cv2.GaussianBlur(mask, (0, 0), SOFT), np.float32)[..., None]
        seen = photo * (1 - shadow * np.float32(1 - share)) + (1 - shadow) * np.float32(BRIGHTER)
        return np.asarray(seen, np.float32)

    return shaded


LIGHTS: dict[str, Light] = {
    "as taken": dim(1),
    "light x 0.5": dim(0.5),
    "light x 0.25": dim(0.25),
    "light x 0.1": dim(0.1),
    "contrast x 0.4": pale(0.4),
    "card x 0.3": shade(0.3),
    "card x 0.5": shade(0.5),
}


def lit(sample: Sample, light: Light) -> bytes:
    """A photo as it would have been taken in that light, JPEG."""
    photo = light(load_photo(sample.path.read_bytes()).astype(np.float32), sample)
    grain = np.random.default_rng(0).normal(0, GRAIN, photo.shape)
    return encode(np.clip(photo + grain, 0, 255).astype(np.uint8)[..., ::-1], QUALITY)


@dataclass(slots=True)
class Outcome:
    """What was read in one way."""

    judged: list[Judged] = field(default_factory=list)
    blurred: list[bool] = field(default_factory=list)

    def add(self, cards: Sequence[Card], truth: dict[str, Any]) -> None:
        """One more card."""
        card = best_card(cards, truth)
        self.judged.append(Judged(truth["face"], judge_card(card, truth)))
        self.blurred.append(card is not None and BLURRED in card.review)

    def figures(self) -> tuple[float, ...]:
        """F1, share of whole cards, share called blurred."""
        whole = [is_whole(card.verdicts) for card in self.judged]
        return f1(counts(self.judged, tuple(KINDS))), float(np.mean(whole)), float(np.mean(self.blurred))


def read(data: bytes, engine: Engine, *, with_contrast: bool) -> tuple[Card, ...]:
    """The cards of one photo."""
    with ExitStack() as stack:
        for module in () if with_contrast else (ocr.pipeline, ocr.regions):
            stack.enter_context(patch.object(module, "with_contrast", _as_it_is))
        return ocr.read_photo(data, engine=engine).cards


def _as_it_is(picture: Image, _: Image | None = None) -> Image:
    return picture


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    form = argparse.RawDescriptionHelpFormatter
    parse = argparse.ArgumentParser(prog="python -m bench.light", description=__doc__, formatter_class=form)
    parse.add_argument("--photos", type=int, default=24, help="0: all")
    parse.add_argument("--engine", default=ocr.DEFAULT_ENGINE)
    options = parse.parse_args(arguments)
    engine = ocr.make_engine(options.engine)
    samples = load_samples(options.photos)
    table = Table(title=f"{len(samples)} photos in bad light, {options.engine}", title_justify="left")
    table.add_column("light", no_wrap=True)
    for column in ("F1, as it is", "with contrast", "whole cards", "with contrast", "blurred", "with contrast"):
        table.add_column(column, justify="right")
    for name, light in LIGHTS.items():
        ways = {False: Outcome(), True: Outcome()}
        for sample in track(samples, name, console=Console(stderr=True)):
            data = lit(sample, light)
            for way, outcome in ways.items():
                cards = read(data, engine, with_contrast=way)
                for truth in sample.truths:
                    outcome.add(cards, truth)
        pairs = zip(ways[False].figures(), ways[True].figures(), strict=True)
        table.add_row(name, *(f"{figure:.3f}" for pair in pairs for figure in pair))
    Console().print(table)


if __name__ == "__main__":
    main()
