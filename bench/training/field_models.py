"""Trains everything that `ocr/fields` decides with.

    uv run --with lightgbm python -m bench.training.field_models RECORD.jsonl... --folds FOLDER [--cards FOLDER]

Learns from drawn cards and from recorded ones (`python -m bench.fields record`). The drawn cards are dealt into parts:
the models of pieces learn from one and those of whole values from the next, for on cards they have learned from the
former are too sure. Each part has its turn; they are dealt twice, some of them into two parts and all into three, and
what is used is the mean of the five. The models and curves that are written learned from all of the recorded cards;
those in FOLDER each lack the faces of their fold, so that `python -m bench.fields score` measures on cards not learned
from.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.training import boosting, calibrate
from bench.training.blending import blend
from bench.training.calibrate import Outcome
from bench.training.group_models import Candidates, candidates, fit_groups
from bench.training.masking import masked_words
from bench.training.piece_model import Labelled, fit, held_out, load, report
from bench.training.samples import FOLDS, fold_of
from bench.training.truth import is_field_right
from ocr.fields import understand
from ocr.fields.judgement import Judgement
from ocr.fields.scene import see
from ocr.fields.trees import Trees

DEALS = (2, 3)
"""Into how many parts of the same size the drawn cards are dealt."""
MODELS = Path(__file__).parents[2] / "ocr" / "fields" / "models"


def stacked(
    real: Sequence[Labelled], made: Sequence[Labelled], models: Sequence[Trees]
) -> tuple[list[Candidates], ...]:
    """Candidates of recorded and of drawn cards, by piece models that did not learn from the card at hand."""
    recorded: list[Candidates] = []
    drawn: list[Candidates] = []
    for card in real:
        recorded += candidates(card, models[fold_of(card.sample.face)])
    with masked_words():
        for index, card in enumerate(made):
            drawn += candidates(card, models[index % FOLDS])
    return recorded, drawn


def outcomes(real: Sequence[Labelled], folds: Sequence[Judgement]) -> list[Outcome]:
    """What the folds' models say of the cards they have not seen, and whether it is right."""
    found = []
    for card in real:
        sample = card.sample
        scene = see(sample.lines, sample.size, sample.logos)
        for field in understand(scene, (), folds[fold_of(sample.face)]):
            right = is_field_right(field, sample.fields)
            found.append(Outcome(str(field.kind), sample.face, field.confidence, right, sample.weight))
    return found


def taught(real: Sequence[Labelled], first: Sequence[Labelled], second: Sequence[Labelled]) -> list[Judgement]:
    """Models without each fold's faces, and last those of all; pieces learn from `first`, values from `second`."""
    pieces = held_out(real, first)
    print(report(real, pieces), flush=True)
    recorded, drawn = stacked(real, second, pieces)
    made = []
    for fold in range(FOLDS):
        others = [one for one in recorded if fold_of(one.sample.face) != fold]
        made.append(Judgement(pieces[fold], fit_groups([*drawn, *others]), {}))
    return [*made, Judgement(fit([*real, *first]), fit_groups([*drawn, *recorded]), {})]


def dealt(made: Sequence[Labelled], parts: int) -> list[tuple[Sequence[Labelled], Sequence[Labelled]]]:
    """Each part with the next."""
    hands = [made[turn::parts] for turn in range(parts)]
    return [(hand, hands[(turn + 1) % parts]) for turn, hand in enumerate(hands)]


def together(some: Sequence[Judgement]) -> Judgement:
    """Models whose scores are the mean of those of `some`."""
    groups = {label: blend([one.groups[label] for one in some]) for label in some[0].groups}
    return Judgement(blend([one.pieces for one in some]), groups, {})


def write(judgement: Judgement, folder: Path) -> None:
    """One set of models as the files that `Judgement.load` reads."""
    boosting.save(judgement.pieces, folder / "pieces.npz")
    for label, trees in judgement.groups.items():
        boosting.save(trees, folder / f"{label}.npz")
    calibrate.save(judgement.curves, folder / "calibration.json")


def main() -> None:
    """Train by fold and on everything; write both."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("records", nargs="+", type=Path)
    parse.add_argument("--cards", type=Path, default=Path("../shared/cards"))
    parse.add_argument("--folds", type=Path, required=True)
    args = parse.parse_args()
    real, made = load(args.records, args.cards)
    turns = [taught(real, *pair) for parts in DEALS for pair in dealt(made[: parts * len(made) // max(DEALS)], parts)]
    *folds, final = map(together, zip(*turns, strict=True))
    seen = outcomes(real, folds)
    for fold, judgement in enumerate(folds):
        curves = calibrate.curves([one for one in seen if fold_of(one.face) != fold])
        write(replace(judgement, curves=curves), args.folds / str(fold))
    write(replace(final, curves=calibrate.curves(seen)), MODELS)


if __name__ == "__main__":
    main()
