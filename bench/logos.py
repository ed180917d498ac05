"""How well logos are found and known again: `python -m bench.logos [--photos N]`.

Two tables, over the photos of $CARDALLY_CARDS or ../shared/cards (without them, drawn cards, of which each has one
photo and so no pairs). The first says how well the regions of logos are found by the whole pipeline; the models that
ship have learned from these cards, `python -m bench.training.logo_model fit` says the same of cards not learned from.
The second says how well a hash tells photos of the same logo by two cameras from photos of different ones: the chance
that a pair of the first kind is nearer than one of the second (area under the ROC curve), beside the hashes that most
tools use and beside the comparison of whole pictures by ours; how many pairs of either kind lie under the distance at
which two logos are taken as one; and how many of the first kind would, under the distance at which one in a thousand
of the second kind does. `fit` prints that table too, of regions found on cards not learned from.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

import ocr
from bench.photos import cards_folder, load_samples
from bench.training.logo_cards import family
from ocr.load import load_photo
from ocr.logo import SAME_LOGO, hash_distance, logo_hash, picture_distance
from ocr.rectify import flatten
from ocr.truth import overlap
from ocr.types import Card, Image, Polygon

FOUND = 0.5
"""Intersection over union from which a region is the logo's."""
SHARP = "the cameras of truth.jsonl"

MISTAKEN = 0.001
"""Share of the pairs of different logos that may be taken as one, to compare hashes by."""

Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Seen:
    """One logo on one photo."""

    face: str
    number: int
    """Which of the face's logos it is."""
    camera: str
    company: str
    sharp: bool
    true: Image | None
    """Cut out by the true corners and the true outline."""
    found: Image | None
    """As the pipeline cut it out, if it did."""


@dataclass(slots=True)
class Regions:
    """How many logos were found, invented and missed."""

    hit: int = 0
    extra: int = 0
    missed: int = 0

    def row(self, name: str) -> tuple[str, ...]:
        """Cells of a table."""
        precision = self.hit / max(1, self.hit + self.extra)
        recall = self.hit / max(1, self.hit + self.missed)
        f1 = 2 * self.hit / max(1, 2 * self.hit + self.extra + self.missed)
        return name, *(f"{value:.3f}" for value in (precision, recall, f1)), str(self.hit + self.missed)


def grey(crop: Image, width: int, height: int) -> NDArray[np.float32]:
    """A crop's brightness at another size."""
    plain = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(plain, (width, height), interpolation=cv2.INTER_AREA), np.float32)


def average_hash(crop: Image) -> Bits:
    """aHash: 16 x 16 pixels, brighter than their median or not."""
    small = grey(crop, 16, 16)
    return (small > np.median(small)).ravel()


def difference_hash(crop: Image) -> Bits:
    """dHash: 16 x 16 pixels, brighter than their left neighbour or not."""
    small = grey(crop, 17, 16)
    return (small[:, 1:] > small[:, :-1]).ravel()


def cosine_hash(crop: Image) -> Bits:
    """pHash: the 8 x 8 lowest frequencies of 32 x 32 pixels, above their median or not."""
    low = cv2.dct(grey(crop, 32, 32))[:8, :8].ravel()[1:]
    return np.asarray(low > np.median(low))


def differing(one: Bits, other: Bits) -> float:
    """Share of bits that differ."""
    return float(np.mean(one != other))


@dataclass(frozen=True, slots=True)
class Hash:
    """A kind of hash, how two are compared, and below what distance logos are taken as one, if that is known."""

    make: Callable[[Image], Any]
    distance: Callable[[Any, Any], float]
    same: float | None = None


HASHES = {
    "ours": Hash(logo_hash, hash_distance, SAME_LOGO),
    "ours, as whole pictures": Hash(logo_hash, picture_distance),
    "pHash": Hash(cosine_hash, differing),
    "dHash": Hash(difference_hash, differing),
    "aHash": Hash(average_hash, differing),
}


def rows(count: int) -> Iterator[tuple[Path, dict[str, Any], bool]]:
    """Photos with the truth of their first card, and whether the camera is a sharp one."""
    folder = cards_folder()
    for sample in load_samples(count):
        yield sample.path, sample.truths[0], True
    if folder and not count and (folder / "extra.jsonl").exists():
        for row in map(json.loads, (folder / "extra.jsonl").read_text("utf-8").splitlines()):
            if row["quad"] and row["logos"]:
                yield folder / "photos" / row["photo"], row, False


def nearest(cards: Sequence[Card], quad: Polygon) -> Card | None:
    """The card that overlaps the true one most."""
    return max(cards, key=lambda card: overlap(card.quad, quad), default=None)


def forms_of(row: dict[str, Any]) -> list[tuple[Polygon, ...]]:
    """Each true logo as the extents of it that are accepted, the main one first; fractions of the photo."""
    others = [points(polygon) for polygon in row.get("logos_alt") or []]
    logos = [points(polygon) for polygon in row["logos"]]
    return [(logo, *(other for other in others if overlap(logo, other) > 0)) for logo in logos]


def points(polygon: Sequence[Sequence[float]]) -> Polygon:
    """A polygon of a truth file."""
    return tuple((float(x), float(y)) for x, y in polygon)


def look(path: Path, row: dict[str, Any], engine: ocr.Engine, regions: Regions, *, sharp: bool) -> Iterator[Seen]:
    """Read one photo: count its regions, and give its logos with the pictures to hash."""
    data = path.read_bytes()
    card = nearest(ocr.read_photo(data, engine=engine).cards, points(row["quad"]))
    left = list(card.logos if card else ())
    photo = load_photo(data)
    for number, forms in enumerate(forms_of(row)):
        best = max(left, key=lambda logo: max(overlap(logo.polygon, form) for form in forms), default=None)
        if best and max(overlap(best.polygon, form) for form in forms) < FOUND:
            best = None
        if best:
            left.remove(best)
        regions.hit, regions.missed = regions.hit + bool(best), regions.missed + (not best)
        company = str(row["fields"].get("company") or "")
        true = cut_out(photo, points(row["quad"]), forms[0])
        yield Seen(row["face"], number, row["camera"], company, sharp, true, best.image if best else None)
    optional = [points(mark) for mark in row.get("logos_optional") or []]
    regions.extra += sum(all(overlap(logo.polygon, mark) < FOUND for mark in optional) for logo in left)


def cut_out(photo: Image, quad: Polygon, logo: Polygon) -> Image:
    """The upright box around a logo on the card flattened by its true corners; both in fractions of the photo."""
    size = photo.shape[1], photo.shape[0]
    flat = flatten(photo, tuple((x * size[0], y * size[1]) for x, y in quad), longest=960)
    there = np.array([[(x * size[0], y * size[1]) for x, y in logo]], np.float64)
    box = cv2.perspectiveTransform(there, np.linalg.inv(flat.to_photo))[0]
    (left, top), (right, bottom) = np.maximum(box.min(axis=0), 0).astype(int), np.ceil(box.max(axis=0)).astype(int)
    return np.ascontiguousarray(flat.image[top : max(bottom, top + 2), left : max(right, left + 2)])


def pairs(seen: Sequence[Seen]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Places of the pairs that are one logo by two cameras, and of those that are logos of different companies."""
    same, different = [], []
    for (i, one), (j, other) in combinations(enumerate(seen), 2):
        if (one.face, one.number) == (other.face, other.number):
            if one.camera != other.camera:
                same.append((i, j))
        elif family(one.face) != family(other.face) and (not one.company or one.company != other.company):
            different.append((i, j))
    return same, different


def area_under_curve(same: NDArray[np.float64], different: NDArray[np.float64]) -> float:
    """Chance that a distance of the first is less than one of the second, ties counting half."""
    order = np.sort(different)
    below, upto = np.searchsorted(order, same, "left"), np.searchsorted(order, same, "right")
    return float(1 - (below + upto).mean() / (2 * len(order)))


def hash_rows(seen: Sequence[Seen], crops: Sequence[Image | None], what: str) -> Iterator[tuple[str, ...]]:
    """One row of the table a hash, of the logos that have a crop."""
    some = [(one, crop) for one, crop in zip(seen, crops, strict=True) if crop is not None]
    same, different = pairs([one for one, _ in some])
    for name, kind in HASHES.items() if same and different else ():
        made = [kind.make(crop) for _, crop in some]
        near, far = (np.array([kind.distance(made[i], made[j]) for i, j in of]) for of in (same, different))
        under = [f"{(of < kind.same).mean():.2%}" if kind.same else "" for of in (near, far)]
        least = np.sort(far)[int(MISTAKEN * len(far))]
        cells = f"{len(same)} / {len(different)}", f"{area_under_curve(near, far):.4f}"
        yield what, name, *cells, *under, f"{(near < least).mean():.1%}", f"{least:.3f}"


def hash_table(seen: Sequence[Seen]) -> Table:
    """How well each hash knows these logos again, of the sharp cameras and of all."""
    table = Table(title="The same logo by two cameras, against logos of different companies", title_justify="left")
    under = f"< {SAME_LOGO}"
    for column in ("region", "hash", "pairs same / different", "ROC AUC", f"same {under}", f"different {under}"):
        table.add_column(column, justify="left" if column in ("region", "hash") else "right")
    for column in (f"same, with {MISTAKEN:.1%} different", "under"):
        table.add_column(column, justify="right")
    for what, some in (("sharp", [one for one in seen if one.sharp]), ("all", list(seen))):
        for line in hash_rows(some, [one.true for one in some], f"true, {what} cameras"):
            table.add_row(*line)
        for line in hash_rows(some, [one.found for one in some], f"found, {what} cameras"):
            table.add_row(*line)
    return table


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    form = argparse.RawDescriptionHelpFormatter
    parse = argparse.ArgumentParser(prog="python -m bench.logos", description=__doc__, formatter_class=form)
    parse.add_argument("--photos", type=int, default=0, help="how many photos; 0 takes all, of extra.jsonl too")
    options = parse.parse_args(arguments)
    engine, console = ocr.make_engine(), Console(width=165)
    regions, beside = Regions(), Regions()
    seen: list[Seen] = []
    for path, row, sharp in track(list(rows(options.photos)), "Reading", console=Console(stderr=True)):
        seen += look(path, row, engine, regions if sharp else beside, sharp=sharp)
    table = Table(title=f"Logo regions (intersection over union of {FOUND} and more)", title_justify="left")
    for column in ("photos of", "precision", "recall", "F1", "logos"):
        table.add_column(column, justify="left" if column == "photos of" else "right")
    table.add_row(*regions.row(SHARP))
    if beside.hit + beside.missed:
        table.add_row(*beside.row("the photos of extra.jsonl"))
    console.print(table)
    console.print(hash_table(seen))


if __name__ == "__main__":
    main()
