r"""Trains everything that `ocr/fields` decides with, and measures it on cards that it has not seen.

    uv run --with lightgbm python -m bench.training.field_models RECORD.jsonl... \
        [--cards ../shared/cards] [--folds FILE]

Learns from drawn cards and from recorded ones (`python -m bench.fields record`). Printed figures are of recorded cards,
cross-validated by face; the models and curves that are written learned from all of them. `--folds` keeps the models
of the folds as well, for `python -m bench.fields score`.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Sequence
from pathlib import Path

from bench.training import boosting
from bench.training.calibrate import Outcome, curves, save
from bench.training.group_models import Candidates, candidates, fit_groups
from bench.training.masking import masked_words
from bench.training.piece_model import FOLDS, Labelled, fit, fold_of, held_out, load, report
from bench.training.truth import is_field_right
from ocr.fields import understand
from ocr.fields.judgement import Judgement
from ocr.fields.scene import see
from ocr.fields.trees import Trees


def stacked(
    real: Sequence[Labelled], made: Sequence[Labelled], models: Sequence[Trees]
) -> tuple[list[Candidates], ...]:
    """Candidates of recorded and of drawn cards, by piece models that did not learn from the card at hand."""
    recorded, drawn = [], []
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


def main() -> None:
    """Cross-validate, print, train on everything, write."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("records", nargs="+", type=Path)
    parse.add_argument("--cards", type=Path, default=Path("../shared/cards"))
    parse.add_argument("--folds", type=Path)
    args = parse.parse_args()
    real, made = load(args.records, args.cards)
    first, second = made[: len(made) // 2], made[len(made) // 2 :]
    pieces = held_out(real, first)
    print(report(real, pieces))
    recorded, drawn = stacked(real, second, pieces)
    folds = []
    for fold in range(FOLDS):
        others = [one for one in recorded if fold_of(one.sample.face) != fold]
        folds.append(Judgement(pieces[fold], fit_groups([*drawn, *others]), {}))
    seen = outcomes(real, folds)
    if args.folds:
        with_curves = []
        for fold, judgement in enumerate(folds):
            others = curves([one for one in seen if fold_of(one.face) != fold])
            with_curves.append(Judgement(judgement.pieces, judgement.groups, others))
        args.folds.write_bytes(pickle.dumps(with_curves))
    save(curves(seen))
    boosting.save(fit([*real, *first]), "pieces")
    for label, trees in fit_groups([*drawn, *recorded]).items():
        boosting.save(trees, label)


if __name__ == "__main__":
    main()
