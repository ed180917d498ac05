"""Readings as a static page: each photo with what was found drawn on it, beside the values.

The page is one `index.html` with the photos in a folder beside it; it loads nothing else and needs no server.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
from jinja2 import Environment, PackageLoader, StrictUndefined

from ocr.batch import Failure, Outcome
from ocr.errors import ReadingError
from ocr.load import load_photo
from ocr.options import DEFAULTS, Options
from ocr.report.views import Judged, PhotoView, failed_view, photo_view
from ocr.truth import KINDS, best_card, is_whole, judge_card, judge_places
from ocr.types import Card, Image

PAGE, PHOTOS = "index.html", "photos"
PHOTO_NAME = re.compile(r"\d{4,}\.jpg")
GENERATOR = "cardally read --report"
"""Written into the page, so that the next report knows that it may take its place."""
LONGEST = 1400
"""Pixels on the longest side of a photo on the page."""
QUALITY = 82
"""Of its JPEG."""

Truths = Mapping[str, Sequence[Mapping[str, Any]]]
"""By the name of a photo, one truth a card."""


def load_truths(path: Path) -> Truths:
    """The lines of a `truth.jsonl` by photo.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no such file.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        record = json.loads(line)
        if not isinstance(record, dict) or not isinstance(record.get("photo"), str):
            raise ValueError(f"line {number} names no photo")
        found.setdefault(record["photo"], []).append(record)
    return found


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """How many of a kind are right, wrong and missed."""

    name: str
    right: int
    wrong: int
    missed: int

    @property
    def f1(self) -> float | None:
        """None where there is nothing of the kind."""
        every = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / every if every else None


@dataclass(slots=True)
class Report:
    """Collects outcomes, and writes the page when all are there."""

    folder: Path
    truths: Truths = field(default_factory=dict)
    options: Options = DEFAULTS
    """Those that the photos were read with."""
    _views: list[PhotoView] = field(default_factory=list)
    _judged: list[Judged] = field(default_factory=list)
    """Cards that the truth tells of."""

    def prepare(self) -> None:
        """Make the folder, or take the photos of an earlier report out of it.

        Raises:
            FileExistsError: something else than a report is there.
            OSError: it cannot be written to.
        """
        page = self.folder / PAGE
        if self.folder.exists() and not _is_report(page) and any(self.folder.iterdir()):
            raise FileExistsError(f"{self.folder} holds something else than a report")
        for old in (self.folder / PHOTOS).glob("*.jpg"):
            if PHOTO_NAME.fullmatch(old.name):
                old.unlink()
        (self.folder / PHOTOS).mkdir(parents=True, exist_ok=True)
        self.write()

    def add(self, outcome: Outcome) -> None:
        """Take in one photo's outcome and keep a small copy of the photo.

        Raises:
            OSError: the folder cannot be written to.
        """
        result = outcome.result
        if isinstance(result, Failure):
            self._views.append(failed_view(outcome.path, result))
            return
        try:
            photo = self._load(outcome.path)
        except (OSError, ReadingError) as gone:  # moved or changed since it was read
            self._views.append(failed_view(outcome.path, Failure("unreadable_file", str(gone))))
            return
        picture = f"{PHOTOS}/{len(self._views):04d}.jpg"
        self._save(photo, self.folder / picture)
        judged = [_judged(card, truth) for card, truth in match(result.cards, self._truths_of(outcome.path))]
        self._judged += [one for one in judged if one.values]
        self._views.append(photo_view(outcome.path, picture, (photo.shape[1], photo.shape[0]), result, judged))

    @property
    def judged(self) -> int:
        """How many cards the truth told of so far."""
        return len(self._judged)

    def write(self) -> Path:
        """Write the page and say where it is.

        Raises:
            OSError: the folder cannot be written to.
        """
        shown = Environment(loader=PackageLoader("ocr.report", "."), autoescape=True, undefined=StrictUndefined)
        shown.trim_blocks = shown.lstrip_blocks = True
        shown.filters["plain"] = _plain
        page = self.folder / PAGE
        chips = Counter(chip for view in self._views for chip in view.chips)
        page.write_text(
            shown.get_template("page.html").render(
                generator=GENERATOR,
                photos=self._views,
                chips=sorted(chips.items(), key=lambda pair: (-pair[1], pair[0])),
                scores=score_rows(self._judged),
                whole=sum(is_whole(one.values) for one in self._judged if one.values),
                judged=self.judged,
            ),
            "utf-8",
        )
        return page

    def _truths_of(self, path: Path) -> Sequence[Mapping[str, Any]]:
        """The truths of the longest name that the path ends with."""
        own = path.resolve().as_posix()
        fit = [name for name in self.truths if own.endswith("/" + name.lstrip("/"))]
        return self.truths[max(fit, key=len)] if fit else ()

    def _load(self, path: Path) -> Image:
        limits = self.options
        return load_photo(path.read_bytes(), max_bytes=limits.max_bytes, max_pixels=limits.max_pixels)

    def _save(self, photo: Image, path: Path) -> None:
        scale = min(1.0, LONGEST / max(photo.shape[:2]))
        small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else photo
        path.write_bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes())


def _is_report(page: Path) -> bool:
    return page.is_file() and f'content="{GENERATOR}"' in page.read_text("utf-8", "replace")[:1000]


def _plain(chip: str) -> str:
    """A reason as people say it."""
    return chip.replace("_", " ").replace(":", ": ")


def _judged(card: Card | None, truth: Mapping[str, Any] | None) -> Judged:
    return Judged(card) if truth is None else Judged(card, judge_card(card, truth), judge_places(card, truth))


def match(
    cards: Iterable[Card], truths: Sequence[Mapping[str, Any]]
) -> list[tuple[Card | None, Mapping[str, Any] | None]]:
    """Each truth with the card that overlaps it most, each card once; what is left of either stands alone."""
    left = list(cards)
    pairs: list[tuple[Card | None, Mapping[str, Any] | None]] = []
    for truth in truths:
        best = best_card(left, truth)
        if best is not None:
            left = [card for card in left if card is not best]
        pairs.append((best, truth))
    return pairs + [(card, None) for card in left]


def score_rows(judged: Sequence[Judged]) -> list[ScoreRow]:
    """For each kind of value, for all of them, for logos and for corners: how many are right, wrong and missed."""
    rows = []
    for name, kinds in [*((str(kind), [kind]) for kind in KINDS), ("all fields", list(KINDS))]:
        some = [one.values[kind] for one in judged if one.values for kind in kinds]
        right, wrong, missed = (sum(len(getattr(v, part)) for v in some) for part in ("right", "wrong", "missed"))
        rows.append(ScoreRow(name, right, wrong, missed))
    places = [(one.card, one.places) for one in judged if one.places]
    logos = [verdict for _, each in places for verdict in each.logos]
    corners = [each.corners for _, each in places]
    elsewhere = sum(each.corners is False and card is not None for card, each in places)
    rows += [
        ScoreRow("logo", logos.count(True), logos.count(False), sum(len(each.missed) for _, each in places)),
        ScoreRow("corners", corners.count(True), elsewhere, corners.count(False)),
    ]
    return rows if judged else []


__all__ = ["Report", "load_truths"]
