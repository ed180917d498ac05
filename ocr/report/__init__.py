"""Readings as a static page: each photo with what was found drawn on it, beside the values.

The page is one `index.html` with the photos in a folder beside it; it loads nothing else and needs no server.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
from jinja2 import Environment, PackageLoader, StrictUndefined

from ocr.batch import Failure, Outcome
from ocr.load import load_photo
from ocr.report.views import PhotoView, failed_view, photo_view
from ocr.truth import KINDS, Verdict, best_card, is_whole, judge_card
from ocr.types import Card, FieldKind, Image

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
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        record = json.loads(line)
        if not isinstance(record, dict) or not isinstance(record.get("photo"), str):
            raise ValueError(f"line {number} names no photo")
        found.setdefault(record["photo"], []).append(record)
    return found


@dataclass(slots=True)
class Report:
    """Collects outcomes, and writes the page when all are there."""

    folder: Path
    truths: Truths = field(default_factory=dict)
    _views: list[PhotoView] = field(default_factory=list)
    _verdicts: list[Mapping[FieldKind, Verdict]] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Take in one photo's outcome and keep a small copy of the photo.

        Raises:
            OSError: the folder cannot be written to.
        """
        result, number = outcome.result, len(self._views)
        if isinstance(result, Failure):
            self._views.append(failed_view(outcome.path, result))
            return
        photo = load_photo(outcome.path.read_bytes())
        picture = f"photos/{number:04d}.jpg"
        self._save(photo, self.folder / picture)
        truths = self._truths_of(outcome.path)
        pairs = match(result.cards, truths) if truths else [(card, None) for card in result.cards]
        judged = [(card, judge_card(card, truth) if truth else None) for card, truth in pairs]
        self._verdicts += [verdicts for _, verdicts in judged if verdicts]
        size = (photo.shape[1], photo.shape[0])
        self._views.append(photo_view(outcome.path, picture, size, result, judged))

    def write(self) -> Path:
        """Write the page and say where it is.

        Raises:
            OSError: the folder cannot be written to.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        shown = Environment(loader=PackageLoader("ocr.report", "."), autoescape=True, undefined=StrictUndefined)
        shown.trim_blocks = shown.lstrip_blocks = True
        page = self.folder / "index.html"
        reasons = Counter(chip for view in self._views for chip in view.chips)
        page.write_text(
            shown.get_template("page.html").render(
                photos=self._views,
                reasons=sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])),
                scores=score_rows(self._verdicts),
                whole=sum(map(is_whole, self._verdicts)),
                judged=len(self._verdicts),
            ),
            "utf-8",
        )
        return page

    def _truths_of(self, path: Path) -> Sequence[Mapping[str, Any]]:
        """The truths of the longest name that the path ends with."""
        own = path.resolve().as_posix()
        fit = [name for name in self.truths if own.endswith("/" + name.lstrip("/"))]
        return self.truths[max(fit, key=len)] if fit else ()

    def _save(self, photo: Image, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        scale = min(1.0, LONGEST / max(photo.shape[:2]))
        small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else photo
        path.write_bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes())


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


def score_rows(verdicts: Sequence[Mapping[FieldKind, Verdict]]) -> list[tuple[str, int, int, int, float]]:
    """For each kind and for all: values right, wrong and missed, and their F1."""
    rows = []
    for name, kinds in [*((str(kind), [kind]) for kind in KINDS), ("all fields", list(KINDS))]:
        some = [one[kind] for one in verdicts for kind in kinds]
        right, wrong, missed = (sum(len(getattr(v, part)) for v in some) for part in ("right", "wrong", "missed"))
        rows.append((name, right, wrong, missed, 2 * right / max(1, 2 * right + wrong + missed)))
    return rows if verdicts else []


__all__ = ["Report", "load_truths"]
