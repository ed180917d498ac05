"""How well card corners are found: `python -m bench.corners [FOLDER...]`.

Each FOLDER holds `truth.jsonl` (and maybe `extra.jsonl`) with `photo`, `quad`, `quad_exact`, `set`, `camera`, and the
photos in `photos/` or beside it. Without one, `$CARDALLY_CARDS` or `../shared/cards` is taken.
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
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from ocr.load import load_photo
from ocr.locate import find_cards, in_order
from ocr.types import Image

Quads = tuple[NDArray[np.float64], ...]
"""Each 4 x 2 in pixels."""

Finder = Callable[[Image], Quads]


@dataclass(frozen=True, slots=True)
class Case:
    """A photo and the corners of its cards."""

    path: Path
    group: str
    exact: bool
    quads: Quads
    """In fractions of the photo."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One finder on one card."""

    group: str
    exact: bool
    iou: float
    covered: float
    """Share of the true card that the best found quad holds."""
    seconds: float

    @property
    def usable(self) -> bool:
        return self.iou >= 0.7 and self.covered >= 0.93


def ours(photo: Image) -> Quads:
    """What a reading would crop."""
    return tuple(np.array(card.quad) for card in find_cards(photo) if card.confidence >= 0.5)


def whole_frame(photo: Image) -> Quads:
    """No search at all."""
    height, width = photo.shape[:2]
    return (np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64),)


def canny(photo: Image) -> Quads:
    """The largest four-sided contour of Canny's edges, as most tutorials have it."""
    small, scale = _small(photo)
    edges = cv2.Canny(cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0), 75, 200)
    contours, _ = cv2.findContours(cv2.dilate(edges, np.ones((3, 3), np.uint8)), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:5]:
        corners = cv2.approxPolyDP(contour, 0.02 * cv2.arcLength(contour, True), True)
        if len(corners) == 4:
            return (np.asarray(corners, np.float64).reshape(4, 2) / scale,)
    return ()


def otsu(photo: Image) -> Quads:
    """The tightest rotated rectangle around the brighter side of Otsu's threshold."""
    small, scale = _small(photo)
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    _, mask = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return ()
    return (np.asarray(cv2.boxPoints(cv2.minAreaRect(max(contours, key=cv2.contourArea))), np.float64) / scale,)


FINDERS: dict[str, Finder] = {"ours": ours, "otsu": otsu, "canny": canny, "whole frame": whole_frame}


def _small(photo: Image) -> tuple[Image, float]:
    scale = 640 / max(photo.shape[:2])
    return np.asarray(cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8), scale


def cases(folder: Path) -> Iterator[Case]:
    """Photos with corners, in the order of the truth files."""
    for name in ("truth.jsonl", "extra.jsonl"):
        for line in (folder / name).read_text().splitlines() if (folder / name).exists() else ():
            row = json.loads(line)
            quads = [row["quad"], *(other["quad"] for other in row.get("other_cards", ()))]
            path = next(p for p in (folder / "photos" / row["photo"], folder / row["photo"]) if p.exists())
            group = str(row["set"] if row["set"] == row["camera"] else f"{row['set']} {row['camera']}")
            yield Case(
                path, group, bool(row["quad_exact"]), tuple(np.array(quad, np.float64) for quad in quads if quad)
            )


def outcomes(case: Case, finder: Finder) -> Iterator[Outcome]:
    """One for each true card of the photo."""
    photo = load_photo(case.path.read_bytes())
    size = np.array([photo.shape[1], photo.shape[0]])
    start = time.process_time()
    found = finder(photo)
    seconds = time.process_time() - start
    for quad in case.quads:
        iou, covered = max((overlap(quad * size, other) for other in found), default=(0.0, 0.0))
        yield Outcome(case.group, case.exact, iou, covered, seconds)


def overlap(true: NDArray[np.float64], found: NDArray[np.float64]) -> tuple[float, float]:
    """Intersection over union, and the share of `true` inside `found`."""
    one, two = in_order(true.astype(np.float32)), in_order(found.astype(np.float32))
    common = cv2.intersectConvexConvex(one, two)[0]
    areas = cv2.contourArea(one), cv2.contourArea(two)
    return common / max(sum(areas) - common, 1e-9), common / max(areas[0], 1e-9)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one table of shares for each folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(os.environ.get("CARDALLY_CARDS", "../shared/cards"))
    parser.add_argument("folders", type=Path, nargs="*", default=[default])
    parser.add_argument("--finder", choices=FINDERS, action="append", help="only these")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    for folder in options.folders:
        _report(folder, options.finder or list(FINDERS))


def _report(folder: Path, names: Sequence[str]) -> None:
    every = list(cases(folder))
    results = {name: [o for case in every for o in outcomes(case, FINDERS[name])] for name in names}
    table = Table(title=f"{folder}: share of cards with IoU of at least 0.9 (exact corners), and usable crops (all)")
    table.add_column("photos of")
    table.add_column("cards", justify="right")
    for name in names:
        table.add_column(f"{name}\nIoU .9  usable", justify="right")
    groups: dict[str, list[int]] = defaultdict(list)
    for number, outcome in enumerate(results[names[0]]):
        groups[outcome.group].append(number)
    for group, numbers in [*sorted(groups.items()), ("all", list(range(len(results[names[0]]))))]:
        exact = sum(results[names[0]][n].exact for n in numbers)
        table.add_row(
            group, f"{exact} / {len(numbers)}", *(_shares([results[name][n] for n in numbers]) for name in names)
        )
    table.add_row("CPU, ours = 1", "", *(f"{_cost(results[n]) / _cost(results[names[0]]):.2f}" for n in names))
    Console(width=120).print(table)


def _shares(some: Sequence[Outcome]) -> str:
    exact = [outcome.iou >= 0.9 for outcome in some if outcome.exact]
    precise = f"{np.mean(exact):4.0%}" if exact else "   -"
    return f"{precise}  {np.mean([outcome.usable for outcome in some]):4.0%}"


def _cost(some: Sequence[Outcome]) -> float:
    return float(np.median([outcome.seconds for outcome in some])) + 1e-9


if __name__ == "__main__":
    main()
