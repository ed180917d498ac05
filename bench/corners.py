"""How well card corners are found: `python -m bench.corners [FOLDER...]`.

Each FOLDER holds `truth.jsonl` (and maybe `extra.jsonl`) with `photo`, `quad`, `quad_exact`, `set`, `camera`, and the
photos in `photos/` or beside it; a photo with several cards has several lines. Without one, `$CARDALLY_CARDS` or
`../shared/cards` is taken.

Columns: `precise`, overlap (IoU) with exact corners of at least 0.9; `usable`, of at least 0.7 with 93 % of the card
held; `rough`, of at least 0.6 where the corners of the truth are rough themselves (bent cards).
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from ocr.load import load_photo
from ocr.locate import find_cards
from ocr.locate.quads import Quad, in_order, inside_share, overlap
from ocr.types import Image

SURE = 0.6
"""Confidence from which a reading cuts the card out."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A quad that a finder names."""

    quad: Quad
    """Pixels."""
    confidence: float = 1.0


Guesses = tuple[Guess, ...]
Finder = Callable[[Image], Guesses]


@dataclass(frozen=True, slots=True)
class Case:
    """A photo and the corners of its cards."""

    path: Path
    group: str
    exact: bool
    quads: tuple[Quad, ...]
    """In fractions of the photo."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One finder on one photo."""

    case: Case
    overlaps: tuple[float, ...]
    """Of each true card with the guess nearest to it."""
    held: tuple[float, ...]
    """Share of each true card inside that guess."""
    guesses: tuple[tuple[float, float], ...]
    """Confidence and best overlap of each guess."""
    seconds: float


def ours(photo: Image) -> Guesses:
    """All candidates, sure or not."""
    return tuple(Guess(np.array(card.quad), card.confidence) for card in find_cards(photo))


def whole_frame(photo: Image) -> Guesses:
    """No search at all."""
    height, width = photo.shape[:2]
    return (Guess(np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)),)


def canny(photo: Image) -> Guesses:
    """The largest four-sided contour of Canny's edges, as most tutorials have it."""
    small, scale = _small(photo)
    edges = cv2.Canny(cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0), 75, 200)
    contours, _ = cv2.findContours(cv2.dilate(edges, np.ones((3, 3), np.uint8)), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:5]:
        corners = cv2.approxPolyDP(contour, 0.02 * cv2.arcLength(contour, True), True)
        if len(corners) == 4:
            return (Guess(np.asarray(corners, np.float64).reshape(4, 2) / scale),)
    return ()


def otsu(photo: Image) -> Guesses:
    """The tightest rotated rectangle around the brighter side of Otsu's threshold."""
    small, scale = _small(photo)
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    _, mask = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return ()
    corners = cv2.boxPoints(cv2.minAreaRect(max(contours, key=cv2.contourArea)))
    return (Guess(np.asarray(corners, np.float64) / scale),)


FINDERS: dict[str, Finder] = {"ours": ours, "otsu": otsu, "canny": canny, "whole frame": whole_frame}


def _small(photo: Image) -> tuple[Image, float]:
    scale = 640 / max(photo.shape[:2])
    return np.asarray(cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8), scale


def cases(folder: Path) -> Iterator[Case]:
    """Photos with corners, in the order of the truth files."""
    for name in ("truth.jsonl", "extra.jsonl"):
        rows: dict[str, list[dict[str, object]]] = defaultdict(list)
        for line in (folder / name).read_text().splitlines() if (folder / name).exists() else ():
            row = json.loads(line)
            rows[row["photo"]].append(row)
        for photo, cards in rows.items():
            path = next(p for p in (folder / "photos" / photo, folder / photo) if p.exists())
            made, camera = str(cards[0]["set"]), str(cards[0]["camera"])
            quads = tuple(np.array(card["quad"], np.float64) for card in cards if card["quad"])
            group = made if made == camera else f"{made} {camera}"
            yield Case(path, group, all(bool(card["quad_exact"]) for card in cards), quads)


def outcome(case: Case, finder: Finder) -> Outcome:
    """Try one finder on one photo."""
    photo = load_photo(case.path.read_bytes())
    size = np.array([photo.shape[1], photo.shape[0]])
    start = time.process_time()
    guesses = finder(photo)
    seconds = time.process_time() - start
    true = [in_order(quad * size) for quad in case.quads]
    found = [in_order(guess.quad) for guess in guesses]
    table = np.array([[overlap(one, other) for other in found] for one in true]).reshape(len(true), len(found))
    nearest = table.argmax(axis=1) if found else []
    held = tuple(inside_share(one, found[int(n)]) for one, n in zip(true, nearest, strict=bool(found)))
    best = table.max(axis=0, initial=0.0)
    return Outcome(
        case,
        tuple(table.max(axis=1, initial=0.0).tolist()),
        held or (0.0,) * len(true),
        tuple((guess.confidence, float(value)) for guess, value in zip(guesses, best, strict=True)),
        seconds,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what was found in each folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(os.environ.get("CARDALLY_CARDS", "../shared/cards"))
    parser.add_argument("folders", type=Path, nargs="*", default=[default])
    parser.add_argument("--finder", choices=FINDERS, action="append", help="only these")
    parser.add_argument("--misses", action="store_true", help="name the photos whose exact corners ours misses")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    for folder in options.folders:
        _report(folder, options.finder or list(FINDERS), misses=options.misses)


def _report(folder: Path, names: Sequence[str], *, misses: bool) -> None:
    every = list(cases(folder))
    results = {name: [outcome(case, FINDERS[name]) for case in every] for name in names}
    console = Console(width=130)
    console.print(_shares_table(str(folder), results))
    if "ours" in results:
        _print_sureness(console, results["ours"])
        missed = [o for o in results["ours"] if o.case.exact and min(o.overlaps, default=1.0) < 0.9]
        for each in missed if misses else ():
            console.print(f"{each.case.path.name}: {', '.join(f'{value:.2f}' for value in each.overlaps)}")


def _shares_table(title: str, results: dict[str, list[Outcome]]) -> Table:
    table = Table(title=title)
    table.add_column("photos of")
    table.add_column("cards, exact / rough", justify="right")
    for name in results:
        table.add_column(f"{name}\nprecise usable rough", justify="right")
    some = next(iter(results.values()))
    groups = [*sorted({o.case.group for o in some}), "all"]
    for group in groups:
        mine = {n: [o for o in outcomes if group in (o.case.group, "all")] for n, outcomes in results.items()}
        exact, rough = (
            sum(len(o.overlaps) for o in mine[next(iter(mine))] if o.case.exact is e) for e in (True, False)
        )
        table.add_row(group, f"{exact} / {rough}", *(_shares(outcomes) for outcomes in mine.values()))
    several = {n: [o for o in outcomes if len(o.overlaps) > 1] for n, outcomes in results.items()}
    if several[next(iter(several))]:
        count = sum(len(o.overlaps) for o in next(iter(several.values())))
        table.add_row("several cards a photo", str(count), *(_shares(outcomes) for outcomes in several.values()))
    costs = {name: float(np.median([o.seconds for o in outcomes])) for name, outcomes in results.items()}
    first = next(iter(costs.values())) or 1.0
    table.add_row("CPU, relative", "", *(f"{cost / first:.2f}" for cost in costs.values()))
    return table


def _shares(outcomes: Sequence[Outcome]) -> str:
    exact = [pair for o in outcomes if o.case.exact for pair in zip(o.overlaps, o.held, strict=True)]
    rough = [value for o in outcomes if not o.case.exact for value in o.overlaps]
    precise = _share([value >= 0.9 for value, _ in exact])
    usable = _share([value >= 0.7 and held >= 0.93 for value, held in exact])
    return f"{precise}  {usable}  {_share([value >= 0.6 for value in rough])}"


def _share(hits: Sequence[bool]) -> str:
    return f"{np.mean(hits):4.0%}" if hits else "   -"


def _print_sureness(console: Console, outcomes: Sequence[Outcome]) -> None:
    """How honest confidence is, on photos with exact corners."""
    guesses = np.array([guess for o in outcomes if o.case.exact for guess in o.guesses]).reshape(-1, 2)
    if not len(guesses):
        return
    said, right = guesses[:, 0], guesses[:, 1] >= 0.9
    bands = np.minimum((said * 5).astype(int), 4)
    error = sum(abs(said[bands == band].sum() - right[bands == band].sum()) for band in range(5)) / len(said)
    sure = said >= SURE
    photos = [o for o in outcomes if o.case.exact]
    cut = np.mean([any(confidence >= SURE for confidence, _ in o.guesses) for o in photos])
    console.print(
        f"confidence: calibration error {error:.3f} over {len(said)} candidates; a card is cut out ({SURE} and more) "
        f"in {cut:.0%} of the photos, {np.mean(right[sure]):.0%} of these cuts are precise, "
        f"{np.mean(guesses[sure, 1] >= 0.75):.0%} overlap by 0.75 or more"
    )


if __name__ == "__main__":
    main()
