"""Measures how well fields are understood, on photos with truth, and how honest their confidence is.

    python -m bench.fields record OUT.jsonl [--engine rapidocr] [--corners true|found]
    python -m bench.fields score RECORD.jsonl... [--folds FOLDER] [--misses] [--apart]
    python -m bench.fields fresh --seed N [--photos 100] [--engine rapidocr]

`record` reads all photos once and keeps lines and logos; `score` understands the recorded lines; `fresh` reads photos
drawn from a seed, which should be one that was never used before. With `--apart` the photos of Stanford Mobile Visual
Search and those of the other collections have tables of their own. With `--folds` each card is understood by models
that have not learned from its face (`python -m bench.training.field_models` makes them); without, by those that ship,
which have learned from these very cards. The cards' folder is ../shared/cards or $CARDALLY_CARDS.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.fresh import read_fresh, score_table
from bench.recording import record
from bench.training.calibrate import calibration_error
from bench.training.samples import FOLDS, Sample, fold_of, recorded
from bench.training.truth import is_field_right
from ocr.export import printed
from ocr.fields import understand
from ocr.fields.judgement import Judgement, shipped
from ocr.fields.scene import see
from ocr.types import Field, FieldKind

SURE = 0.9
SMVS = "smvs"
Read = list[tuple[Sample, tuple[Field, ...]]]
out = Console()


def cards_folder() -> Path:
    """Where the photos with truth are."""
    return Path(os.environ.get("CARDALLY_CARDS", "../shared/cards"))


def scorer(cards: Path) -> ModuleType:
    """The scoring rules that lie beside the photos."""
    spec = importlib.util.spec_from_file_location("score", cards / "score.py")
    if spec is None or spec.loader is None:
        sys.exit(f"no score.py in {cards}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judgements(folds: Path | None) -> list[Judgement]:
    """The models of each fold, or for all of them those that ship."""
    return [Judgement.load(folds / str(number)) for number in range(FOLDS)] if folds else [shipped()] * FOLDS


def read_all(samples: Iterable[Sample], models: Sequence[Judgement]) -> Read:
    """The fields of every sample, by the models of its fold."""
    return [
        (sample, understand(see(sample.lines, sample.size, sample.logos), (), models[fold_of(sample.face)]))
        for sample in samples
    ]


def plain_values(fields: Sequence[Field]) -> dict[str, Any]:
    """Values by the names that score.py uses."""
    made: dict[str, Any] = {}
    for field in fields:
        if field.kind in (FieldKind.NAME, FieldKind.COMPANY):
            made[str(field.kind)] = field.value
        else:
            plural = "addresses" if field.kind is FieldKind.ADDRESS else f"{field.kind}s"
            made.setdefault(plural, []).append(printed(field))
    return made


def show_scores(title: str, read: Read, cards: Path, *, misses: bool, apart: bool) -> None:
    """Precision, recall and F1 of each field over the photos of truth.jsonl, `apart` also by where they come from."""
    records = [json.loads(line) for line in (cards / "truth.jsonl").read_text("utf-8").splitlines()]
    given = {sample.name: fields for sample, fields in read}
    out.print(_score_table(title, records, given, scorer(cards), misses=misses))
    if apart:
        ours = [record["set"] == SMVS for record in records]
        for name, wanted in ((SMVS, True), ("other sets", False)):
            some = [record for record, mine in zip(records, ours, strict=True) if mine is wanted]
            out.print(_score_table(f"{title}, {name}", some, given, scorer(cards), misses=False))


def _score_table(
    title: str,
    records: Sequence[dict[str, Any]],
    given: Mapping[str, tuple[Field, ...]],
    rules: ModuleType,
    *,
    misses: bool,
) -> Table:
    rows: list[Any] = []
    by_face: dict[str, list[Any]] = {}
    for photo in records:
        card = {"quad": photo["quad"], "fields": plain_values(given.get(photo["photo"], ())), "logos": []}
        row, wrong = rules.score_photo(photo, {"cards": [card]})
        rows.append(row)
        by_face.setdefault(photo["face"], []).append(row)
        for field, kind, text in wrong if misses else ():
            out.print(photo["photo"], field, kind, text, markup=False)
    scores, whole = rules.summary(rows)
    low, high = rules.interval(by_face)
    table = Table(title=f"{title}: {len(rows)} photos, {len(by_face)} faces")
    for column in ("field", "precision", "recall", "F1", "true"):
        table.add_column(column, justify="left" if column == "field" else "right")
    for field in (*rules.FIELDS, "all fields"):
        precision, recall, f1, true = scores[field]
        table.add_row(field, f"{precision:.3f}", f"{recall:.3f}", f"{f1:.3f}", str(true))
    table.add_row("whole card", "", "", f"{whole:.3f}", "")
    table.caption = f"all fields, 90 % interval over faces: {low:.3f} to {high:.3f}"
    return table


def show_calibration(read: Read) -> None:
    """Calibration error and the share of right values among the sure ones, over all recorded photos."""
    kinds: dict[str, list[tuple[float, float, float]]] = {}
    for sample, fields in read:
        for field in fields:
            right = is_field_right(field, sample.fields)
            for kind in (str(field.kind), "all"):
                kinds.setdefault(kind, []).append((field.confidence, right, sample.weight))
    table = Table(title="confidence")
    for column in ("kind", "values", "right", "mean confidence", "ECE", f"sure (>= {SURE})", "right of the sure"):
        table.add_column(column, justify="left" if column == "kind" else "right")
    for kind, values in sorted(kinds.items()):
        confidences, answers, weights = ([value[at] for value in values] for at in range(3))
        sure = [ok for confidence, ok, _ in values if confidence >= SURE]
        error = calibration_error(confidences, answers, weights)
        share = f"{sum(sure) / len(sure):.3f}" if sure else "-"
        mean, true = sum(confidences) / len(values), sum(answers) / len(values)
        table.add_row(kind, str(len(values)), f"{true:.3f}", f"{mean:.3f}", f"{error:.3f}", str(len(sure)), share)
    out.print(table)


def score(args: argparse.Namespace) -> None:
    """Print what the recorded lines are understood as."""
    cards = cards_folder()
    every = []
    for path in args.records:
        read = read_all(recorded(path, cards, 1.0), judgements(args.folds))
        show_scores(path.stem, read, cards, misses=args.misses, apart=args.apart)
        every += read
    show_calibration(every)


def fresh(args: argparse.Namespace) -> None:
    """Print how drawn photos are read."""
    out.print(score_table(f"fresh set {args.seed}", list(read_fresh(args.seed, args.photos, args.engine))))


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse and run."""
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parse.add_subparsers(required=True)
    recording = commands.add_parser("record")
    recording.add_argument("out", type=Path)
    recording.add_argument("--engine", default="rapidocr")
    recording.add_argument("--corners", choices=("true", "found"), default="found")
    recording.set_defaults(run=lambda args: record(args.out, args.engine, cards_folder(), true=args.corners == "true"))
    scoring = commands.add_parser("score")
    scoring.add_argument("records", nargs="+", type=Path)
    scoring.add_argument("--folds", type=Path)
    scoring.add_argument("--misses", action="store_true")
    scoring.add_argument("--apart", action="store_true")
    scoring.set_defaults(run=score)
    drawing = commands.add_parser("fresh")
    drawing.add_argument("--seed", type=int, required=True)
    drawing.add_argument("--photos", type=int, default=100)
    drawing.add_argument("--engine", default="rapidocr")
    drawing.set_defaults(run=fresh)
    args: Any = parse.parse_args(arguments)
    args.run(args)


if __name__ == "__main__":
    main()
