"""Why values are wrong: the commonest causes with their counts, over cards not learned from.

    python -m bench.census RECORD.jsonl... [--folds FOLDER] [--examples N]

RECORD and FOLDER are those of `python -m bench.fields`. Every value missed and every value too many has one cause; a
value given in the place of a true one is one mistake, not two. `--examples` lists some of each cause, with the words
of the cards: for looking at, not for keeping.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz.fuzz import partial_ratio, ratio
from rich.console import Console
from rich.table import Table

from bench.fields import cards_folder, judgements, read_all
from bench.training.samples import Sample, recorded
from lexicon.folding import squeeze
from ocr.truth import KINDS, accepted, judge_fields, same
from ocr.types import Field, FieldKind

ALIKE = 70
"""Likeness, 0 to 100, from which read letters are taken for a misreading of the printed ones."""

UNSEEN = "printed, but nothing like it was read"
MISREAD = "letters misread"
WRONG_KIND = "read, but given as another kind"
LEFT_OUT = "read, but not given at all"
CUT_SHORT = "part of the value missing"
TOO_LONG = "more than the value"
OTHER_VALUE = "the words of another value of the card"
NO_VALUE = "words that are no value at all"

out = Console()


@dataclass(frozen=True, slots=True)
class Mistake:
    """One value missed, too many, or one in the place of another."""

    photo: str
    kind: FieldKind
    cause: str
    true: str
    given: str


def mistakes(sample: Sample, fields: Sequence[Field]) -> Iterator[Mistake]:
    """Every mistake of one card with its cause."""
    truth = {"fields": sample.fields}
    for kind, verdict in judge_fields(fields, truth).items():
        extra = list(verdict.wrong)
        for missed in verdict.missed:
            forms = next((forms for forms in accepted(kind, sample.fields) if forms[0] == missed), [missed])
            rival = max(extra, key=lambda value: _alike(forms, value), default="")
            if rival and (_alike(forms, rival) >= ALIKE or kind in (FieldKind.NAME, FieldKind.COMPANY)):
                extra.remove(rival)
            else:
                rival = ""
            yield Mistake(sample.name, kind, _why_missed(kind, forms, rival, sample, fields), missed, rival)
        for value in extra:
            yield Mistake(sample.name, kind, _why_extra(kind, value, sample), "", value)


def _why_missed(kind: FieldKind, forms: Sequence[str], rival: str, sample: Sample, fields: Sequence[Field]) -> str:
    if rival and (cause := _how_different(kind, forms, rival)):
        return cause
    if not _is_read(kind, forms, sample):
        return MISREAD if _likeliest(forms, sample) >= ALIKE else UNSEEN
    others = [field.value for field in fields if field.kind is not kind]
    if any(same(kind, form, value) or _holds(value, form) for form in forms for value in others):
        return WRONG_KIND
    return LEFT_OUT


def _how_different(kind: FieldKind, forms: Sequence[str], rival: str) -> str:
    """How a value given differs from the true one that it stands for; nothing when it has nothing to do with it."""
    if any(_holds(rival, form) for form in forms):
        return TOO_LONG
    if any(_holds(form, rival) for form in forms):
        return CUT_SHORT
    near = ALIKE if kind is not FieldKind.PHONE else 50
    return MISREAD if _alike(forms, rival) >= near else ""


def _why_extra(kind: FieldKind, value: str, sample: Sample) -> str:
    own = squeeze(value)
    for other in KINDS:
        for forms in accepted(other, sample.fields):
            whole = [squeeze(form) for form in forms]
            if any(
                own and (own in form or form in own or ratio(own, form) >= ALIKE) for form in whole if len(form) > 3
            ):
                return OTHER_VALUE if other is not kind else MISREAD
    return NO_VALUE


def _is_read(kind: FieldKind, forms: Sequence[str], sample: Sample) -> bool:
    """Whether the letters of a value stand in the lines, one after the other or line by line."""
    lines = [squeeze(line.text) for line in sample.lines]
    whole = "".join(lines)
    for form in forms:
        own = squeeze(form)
        if own in whole or (kind is FieldKind.ADDRESS and partial_ratio(own, whole) >= 85):
            return True
        words = [squeeze(word) for word in form.split()]
        if all(any(word in line for line in lines) for word in words if len(word) > 2):
            return True
    return False


def _likeliest(forms: Sequence[str], sample: Sample) -> float:
    lines = [squeeze(line.text) for line in sample.lines]
    return max(
        (partial_ratio(squeeze(form), line) for form in forms for line in lines if len(line) >= 0.6 * len(form)),
        default=0.0,
    )


def _alike(forms: Sequence[str], value: str) -> float:
    return max((ratio(squeeze(form), squeeze(value)) for form in forms), default=0.0)


def _holds(whole: str, part: str) -> bool:
    small, large = squeeze(part), squeeze(whole)
    return len(small) >= 3 and small != large and small in large


def show(found: Sequence[Mistake], examples: int) -> None:
    """Causes by kind, the commonest first."""
    causes = Counter(mistake.cause for mistake in found)
    kinds = list(KINDS)
    table = Table(title=f"{len(found)} mistakes by cause")
    table.add_column("cause")
    for kind in kinds:
        table.add_column(str(kind), justify="right")
    table.add_column("all", justify="right")
    for cause, count in causes.most_common():
        by_kind = Counter(mistake.kind for mistake in found if mistake.cause == cause)
        table.add_row(cause, *(str(by_kind[kind] or "") for kind in kinds), str(count))
    table.add_row("all", *(str(sum(m.kind is kind for m in found)) for kind in kinds), str(len(found)))
    out.print(table)
    by_pair: dict[tuple[str, FieldKind], list[Mistake]] = defaultdict(list)
    for mistake in found:
        by_pair[mistake.cause, mistake.kind].append(mistake)
    common = sorted(by_pair.items(), key=lambda pair: -len(pair[1]))
    for number, ((cause, kind), some) in enumerate(common[:5], start=1):
        out.print(f"{number}. {kind}: {cause} ({len(some)} on {len({m.photo for m in some})} photos)", markup=False)
    for (cause, kind), some in common if examples else ():
        out.print(f"\n{kind}: {cause}", style="bold")
        for mistake in some[:examples]:
            out.print(f"  {mistake.photo}  {mistake.true!r} given as {mistake.given!r}", markup=False, highlight=False)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse and run."""
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("records", nargs="+", type=Path)
    parse.add_argument("--folds", type=Path)
    parse.add_argument("--examples", type=int, default=0)
    parse.add_argument("--extra", action="store_true", help="the photos of extra.jsonl instead")
    args: Any = parse.parse_args(arguments)
    cards = cards_folder()
    lines = (cards / ("extra.jsonl" if args.extra else "truth.jsonl")).read_text("utf-8").splitlines()
    wanted = {json.loads(line)["photo"] for line in lines}
    found: list[Mistake] = []
    for path in args.records:
        samples = [sample for sample in recorded(path, cards, 1.0) if sample.name in wanted]
        for sample, fields in read_all(samples, judgements(args.folds)):
            found += mistakes(sample, fields)
    show(found, args.examples)


if __name__ == "__main__":
    main()
