"""Trains what `ocr/logo` decides with: the forest that tells logos from other marks, the map, and the usual in a hash.

    uv run --with lightgbm python -m bench.training.logo_model gather FOLDER [--cards CARDS] [--views true,found,1,2,3]
    uv run --with lightgbm python -m bench.training.logo_model fit FOLDER --drawn FOLDER [--write]

`gather` cuts and reads the cards of CARDS (photos with `truth.jsonl`) in several views and keeps them in FOLDER. `fit`
prints, fold by fold of card families that were not learned from, how well logos are found, and how well what is found
is known again; with `--write` the models learn from all of them and take the place of those that ship. `--drawn` names
a folder gathered from drawn photos (`python -m bench.cardgen`), from which is learned too, with little weight; the
map's components are taken from them alone, and what is usual in a hash is learned from drawn cards alone.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import lightgbm
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench.cardgen.flat import draw_card
from bench.logos import Seen, hash_table
from bench.training import logo_map
from bench.training.logo_cards import LogoCard, family, keep, kept, overlap, read_cards
from ocr.logo import LEAST_CONFIDENCE, LEAST_MAPPED, agreed, choose, mapped
from ocr.logo.features import describe
from ocr.logo.hashing import outline_spectrum
from ocr.logo.marks import Boxes, take_apart
from ocr.logo.proposals import propose
from ocr.types import Polygon

Floats = NDArray[np.float64]

SHIPPED = Path(__file__).parents[2] / "ocr" / "logo"
FOLDS = 5
FOUND = 0.5
"""Intersection over union from which a box is the logo's."""
WORTHLESS, WORTHY = 0.2, 0.7
"""Intersections over union up to which a box is taught as none and from which as a logo; between them in proportion,
for a box that is nearly right is no example of a wrong one."""
FORESTS, TREES = 3, 400
"""Several forests that differ by their seed err less than one, each by itself: their log-odds' mean decides."""
DRAWN_WEIGHT = 0.05
"""Of a drawn card's box beside a real one's."""
DRAWN = 500
"""Drawn cards whose logos say what is usual in a hash."""
PLAN: dict[str, Any] = {
    "objective": "cross_entropy",
    "learning_rate": 0.05,
    "num_leaves": 8,
    "min_data_in_leaf": 60,
    "extra_trees": True,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "num_threads": 1,
    "deterministic": True,
    "verbosity": -1,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One card's proposals and how well each fits each true logo."""

    card: LogoCard
    boxes: Boxes
    table: Floats
    """Boxes x features."""
    fits: Floats
    """Boxes x true logos: best intersection over union with an accepted extent."""
    optional: NDArray[np.bool_]
    """Boxes that show a mark which counts neither way."""
    shares: Boxes
    """The boxes as shares of the card."""
    seen: logo_map.Seen | None

    @property
    def least(self) -> float:
        """The chance from which its boxes are told."""
        return LEAST_MAPPED if self.seen else LEAST_CONFIDENCE


def judged(card: LogoCard, basis: logo_map.Components) -> tuple[Judged, tuple[str, ...]]:
    """A card's proposals, described, and the names of the features."""
    marks = take_apart(card.image, card.lines)
    boxes = propose(marks)
    columns = describe(marks, boxes) if len(boxes) else {}
    polygons = [_corners(box / marks.scale) for box in boxes]
    fits = [[max(overlap(polygon, form) for form in forms) for forms in card.logos] for polygon in polygons]
    free = [any(overlap(polygon, mark) >= FOUND for mark in card.optional) for polygon in polygons]
    table = np.column_stack(list(columns.values())) if columns else np.zeros((0, 0))
    shape = len(boxes), len(card.logos)
    fit, optional = np.array(fits).reshape(shape), np.array(free, bool)
    shares, seen = boxes / np.tile(marks.size, 2), logo_map.seen(card, basis)
    return Judged(card, boxes, table, fit, optional, shares, seen), tuple(columns)


def _corners(box: Floats) -> Polygon:
    left, top, right, bottom = (float(value) for value in box)
    return (left, top), (right, top), (right, bottom), (left, bottom)


@dataclass(frozen=True, slots=True)
class Forests:
    """Forests of the same examples and other seeds."""

    members: tuple[Any, ...]

    def predict(self, table: Floats) -> Floats:
        """Chances of boxes: of the mean of the members' log-odds."""
        odds = np.mean([member.predict(table, raw_score=True) for member in self.members], axis=0)
        return np.asarray(1 / (1 + np.exp(-odds)))


def fit(cards: Sequence[Judged], drawn: Sequence[Judged] = ()) -> Forests:
    """Forests that have learned from all of `cards`, and a little from `drawn` ones."""
    some = [card for card in (*cards, *drawn) if len(card.boxes)]
    fits = np.concatenate([card.fits.max(axis=1, initial=0.0) for card in some])
    answers = np.clip((fits - WORTHLESS) / (WORTHY - WORTHLESS), 0, 1)
    weights = [1.0] * sum(len(card.boxes) for card in cards)
    weights += [DRAWN_WEIGHT] * (len(fits) - len(weights))
    table, weight = np.vstack([card.table for card in some]), np.array(weights)
    plans = [{**PLAN, "seed": seed} for seed in range(FORESTS)]
    return Forests(
        tuple(lightgbm.train(plan, lightgbm.Dataset(table, answers, weight=weight), TREES) for plan in plans)
    )


def fold_of(card: LogoCard) -> int:
    """The fold in which a card's family is held out."""
    return crc32(family(card.face).encode()) % FOLDS


def held_out(cards: Sequence[Judged], drawn: Sequence[Judged] = ()) -> list[tuple[Judged, Floats]]:
    """Chances of every card's boxes by a forest and a map that have not learned from its family."""
    folds = [[card for card in cards if fold_of(card.card) != fold] for fold in range(FOLDS)]
    forests, maps = [fit(some, drawn) for some in folds], [_map(some, drawn) for some in folds]
    some = [(card, fold_of(card.card)) for card in cards if len(card.boxes)]
    return [(card, agreed(card.boxes, _chances(card, forests[fold], maps[fold]))) for card, fold in some]


def _map(cards: Sequence[Judged], drawn: Sequence[Judged]) -> Floats:
    real, others = ([card.seen for card in some if card.seen] for some in (cards, drawn))
    return logo_map.learn(real, others)


def _chances(card: Judged, forest: Forests, weights: Floats) -> Floats:
    chances = forest.predict(card.table)
    return mapped(chances, card.seen.map(weights).fit(card.shares)) if card.seen else chances


def told(card: Judged, chances: Floats, least: float) -> tuple[dict[int, int], list[int]]:
    """The boxes that are told: those of logos, by the logo's number, and the others."""
    left, found = choose(card.boxes, chances, least), {}
    for logo in range(card.fits.shape[1]):
        best = max(left, key=lambda box: float(card.fits[box, logo]), default=None)
        if best is not None and card.fits[best, logo] >= FOUND:
            left.remove(best)
            found[logo] = best
    return found, left


def counts(card: Judged, chances: Floats, least: float) -> tuple[int, int, int]:
    """Logos found, boxes that are none, and logos missed."""
    found, others = told(card, chances, least)
    return len(found), sum(not card.optional[box] for box in others), card.fits.shape[1] - len(found)


def found_again(results: Sequence[tuple[Judged, Floats]]) -> Iterator[Seen]:
    """The logos that are found on the photos as the pipeline cuts them, of which some show one logo."""
    for judged_card, chances in results:
        card = judged_card.card
        height, width = card.image.shape[:2]
        for logo, box in told(judged_card, chances, judged_card.least)[0].items() if card.view == "found" else ():
            share = np.clip(judged_card.shares[box], 0, 1)
            left, top, right, bottom = np.round(share * (width, height, width, height)).astype(int)
            crop = card.image[top : max(bottom, top + 1), left : max(right, left + 1)]
            yield Seen(card.face, logo, card.camera, "", card.source == "truth", None, crop)


def show(results: Sequence[tuple[Judged, Floats]]) -> None:
    """Precision, recall and F1 at several thresholds, over the photos as the pipeline cuts them.

    The threshold is that of cards with a map; the others keep theirs.
    """
    table = Table(title="Logo regions of card families not learned from, cards as the pipeline finds them")
    for column in ("least confidence", "precision", "recall", "F1"):
        table.add_column(column, justify="right")
    found = [(card, chances) for card, chances in results if card.card.view == "found" and card.card.source == "truth"]
    for least in (0.2, 0.25, LEAST_MAPPED, 0.35, 0.4, 0.45, 0.5):
        told = [counts(card, chances, least if card.seen else card.least) for card, chances in found]
        hit, extra, missed = (sum(column) for column in zip(*told, strict=True))
        precision, recall = hit / max(1, hit + extra), hit / max(1, hit + missed)
        table.add_row(
            f"{least:.2f}", f"{precision:.3f}", f"{recall:.3f}", f"{2 * hit / (2 * hit + extra + missed):.3f}"
        )
    table.caption = f"{len(found)} photos, {len({card.card.face for card, _ in found})} faces"
    Console().print(table)


def as_json(forests: Forests, names: Sequence[str]) -> str:
    """Trees as nested `[column, threshold, left, right]` or a leaf, for `ocr.logo.forest.parse_forest`.

    All of them are one forest there, each with its share.
    """
    gains = np.sum([member.feature_importance() for member in forests.members], axis=0)
    used = [number for number, gain in enumerate(gains) if gain]
    place = {number: at for at, number in enumerate(used)}

    def plain(node: dict[str, Any]) -> Any:
        if "split_feature" not in node:
            return float(f"{node['leaf_value'] / len(forests.members):.4g}")
        threshold = float(f"{node['threshold']:.6g}")
        return [place[node["split_feature"]], threshold, plain(node["left_child"]), plain(node["right_child"])]

    grown = [tree["tree_structure"] for member in forests.members for tree in member.dump_model()["tree_info"]]
    trees = [plain(tree) for tree in grown]
    return json.dumps({"features": [names[n] for n in used], "bias": 0.0, "trees": trees}, separators=(",", ":"))


def usual_spectrum() -> str:
    """Centre and spread (the root of the standard deviation, so that rare numbers do not rule) among drawn logos."""
    spectra = []
    for number in range(DRAWN):
        card = draw_card(f"hash/{number}", long_side=900)
        height, width = card.image.shape[:2]
        for polygon in card.truth["logos"]:
            points = np.array(polygon) * (width, height)
            (left, top), (right, bottom) = points.min(axis=0).astype(int), np.ceil(points.max(axis=0)).astype(int)
            if left >= 0 and top >= 0 and min(right - left, bottom - top) > 12:
                spectra.append(outline_spectrum(card.image[top:bottom, left:right])[0])
    table = np.array(spectra)
    spread = np.sqrt(table.std(axis=0))
    return json.dumps(
        {name: [round(float(v), 5) for v in row] for name, row in (("centre", table.mean(axis=0)), ("spread", spread))}
    )


def _fit(options: argparse.Namespace) -> None:
    others = kept(options.drawn)
    basis = logo_map.components(others)
    described = [judged(card, basis) for card in kept(options.folder)]
    names = next(names for _, names in described if names)
    cards = [card for card, _ in described]
    drawn = [judged(card, basis)[0] for card in others]
    results = held_out(cards, drawn)
    show(results)
    Console(width=165).print(hash_table(list(found_again(results))))
    if options.write:
        (SHIPPED / "map.json").write_text(logo_map.as_json(_map(cards, drawn), basis))
        (SHIPPED / "model.json").write_text(as_json(fit(cards, drawn), names))
        (SHIPPED / "hash.json").write_text(usual_spectrum())


def _gather(options: argparse.Namespace) -> None:
    count = keep(read_cards(options.cards, options.views.split(",")), options.folder)
    Console().print(f"{count} cards in {options.folder}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse and run."""
    form = argparse.RawDescriptionHelpFormatter
    parse = argparse.ArgumentParser(
        prog="python -m bench.training.logo_model", description=__doc__, formatter_class=form
    )
    commands = parse.add_subparsers(required=True)
    gather = commands.add_parser("gather")
    gather.add_argument("folder", type=Path)
    gather.add_argument("--cards", type=Path, default=Path(os.environ.get("CARDALLY_CARDS", "../shared/cards")))
    gather.add_argument("--views", default="true,found,1,2,3")
    gather.set_defaults(run=_gather)
    fitting = commands.add_parser("fit")
    fitting.add_argument("folder", type=Path)
    fitting.add_argument("--drawn", type=Path, required=True)
    fitting.add_argument("--write", action="store_true")
    fitting.set_defaults(run=_fit)
    options = parse.parse_args(arguments)
    options.run(options)


if __name__ == "__main__":
    main()
