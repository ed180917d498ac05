"""Flattened cards with their lines and true logos: read once, kept in a folder, learned from often.

A folder holds `cards.jsonl`, one card a line, and the pictures at half the size that readers see them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr.engines import BoxReader, make_engine
from ocr.engines.ppocr import as_searched
from ocr.layout import group_lines
from ocr.load import load_photo
from ocr.locate import Candidate, find_cards, quads
from ocr.logo.inside import CardInside
from ocr.pipeline import read_photo
from ocr.rectify import Flat
from ocr.regions import FINE_TEXT_SIDE, Region, choose_regions, cut_out
from ocr.types import Engine, Image, Line, Polygon

SIDE = 640
"""Longest side of the kept pictures, pixels."""


@dataclass(frozen=True, slots=True)
class Searched:
    """The picture that text was searched in: the upright card with a margin around it."""

    image: Image
    """As the network gets it."""
    margin: tuple[float, float]
    """Left and right of the card, and above and below it, as shares of the picture's width and height."""


Cut = tuple[Flat, tuple[Line, ...], Searched | None]
"""A card, its lines, and the picture they were searched in, unless that was a whole frame."""


@dataclass(frozen=True, slots=True)
class LogoCard:
    """One card as `find_logos` gets it, and the truth about it."""

    name: str
    photo: str
    face: str
    group: str
    """`smvs`, `drawn`, ...: the collection it is from."""
    camera: str
    source: str
    """`truth` or `extra`: the file of the photo's truth."""
    view: str
    """How it was cut out and read: `true`, `found`, or the number of a varied view."""
    image: Image
    lines: tuple[Line, ...]
    logos: tuple[tuple[Polygon, ...], ...]
    """Each logo as the extents of it that are accepted, the first the main one."""
    optional: tuple[Polygon, ...]
    searched: Searched | None


def family(face: str) -> str:
    """Faces of one card or one design; they are never split between learning and checking."""
    return face.split("/", maxsplit=1)[0] if face.startswith("smvs") else face


def read_cards(folder: Path, views: Sequence[str], group: str = "") -> Iterator[LogoCard]:
    """Read the photos of `truth.jsonl` (and of `extra.jsonl`, if there is one) in `folder`, in each of the views.

    Args:
        folder: photos beside their truth, or in a folder `photos` of it.
        views: `true` cuts by the true corners, `found` lets the pipeline find them; a number moves the true corners,
            changes the light and, if it is odd, reads by Tesseract.
        group: name of the collection, instead of the one that the truth gives.
    """
    readers = {name: make_engine(name) for name in ("rapidocr", "tesserocr")}
    for source in ("truth", "extra"):
        path = folder / f"{source}.jsonl"
        rows = path.read_text("utf-8").splitlines() if path.exists() else []
        for number, row in enumerate(map(json.loads, rows)):
            place = folder / row["photo"]
            data = (place if place.exists() else folder / "photos" / row["photo"]).read_bytes()
            for view in views if row.get("quad") else ():
                card = _read(data, {**row, "set": group or row["set"], "source": source}, view, number, readers)
                if card is not None:
                    yield card


def _read(data: bytes, row: dict[str, Any], view: str, number: int, readers: dict[str, Engine]) -> LogoCard | None:
    photo = load_photo(data)
    size = photo.shape[1], photo.shape[0]
    quad = _pixels(row["quad"], size)
    cut = _by_pipeline(data, readers["rapidocr"], quad) if view == "found" else _cut(photo, quad, view, number, readers)
    return _card(row, view, cut, size) if cut else None


def _cut(photo: Image, quad: Polygon, view: str, number: int, readers: dict[str, Engine]) -> Cut:
    """The card inside the true corners, or for a numbered view near them and in another light."""
    varied = int(view) if view.isdigit() else 0
    rng = np.random.default_rng((number, varied))
    corners = np.array(quad, np.float64)
    if varied:
        spread = 0.012 if varied < 3 else 0.02
        corners += rng.normal(0, spread, (4, 2)) * np.linalg.norm(corners[0] - corners[1])
    region = cut_out(photo, Candidate(tuple((float(x), float(y)) for x, y in corners), 1.0))
    if varied:
        lit = _other_light(region.wide.image, rng, blurred=varied >= 3)
        region = replace(region, wide=replace(region.wide, image=lit)).search()
    searched = _searched(region.wide, region.card(), region.text_side)
    return region.card(), _read_upright(region, readers["tesserocr" if varied % 2 else "rapidocr"]), searched


def _searched(wide: Flat, card: Flat, longest: int) -> Searched | None:
    (height, width), (high, across) = wide.image.shape[:2], card.image.shape[:2]
    if (height, width) == (high, across):
        return None
    margin = (width - across) / 2 / width, (height - high) / 2 / height
    return Searched(as_searched(wide.image, longest), margin)


def _read_upright(region: Region, engine: Engine) -> tuple[Line, ...]:
    image = region.wide.image
    if isinstance(engine, BoxReader):
        words = tuple(word for found in engine.read_boxes(image, region.text_on_card) for word in found)
    else:
        words = engine(image)
    return region.on_card(group_lines(words, engine.name))


def _by_pipeline(data: bytes, engine: Engine, quad: Polygon) -> Cut | None:
    """What the pipeline hands to `find_logos` for the card that lies nearest to `quad`."""
    seen: dict[str, list[Any]] = {"card": [], "lines": [], "searched": []}

    def trace(stage: str, value: Any) -> None:
        if stage in seen:
            seen[stage].append(value)

    read_photo(data, engine=engine, trace=trace)
    middle = np.mean(quad, axis=0)
    cuts = zip(*seen.values(), strict=False)
    nearest = min(cuts, key=lambda one: float(np.linalg.norm(_middle(one[0]) - middle)), default=None)
    if nearest is None:
        return None
    card, lines, wide = nearest
    if wide.image.shape == card.image.shape:
        return _in_frame(load_photo(data), card, lines)
    return card, lines, _searched(wide, card, FINE_TEXT_SIDE)


def _in_frame(photo: Image, frame: Flat, lines: tuple[Line, ...]) -> Cut:
    """The card that a whole frame probably shows, with the lines that were read in the frame."""
    regions = choose_regions(photo, find_cards(photo), 1, FINE_TEXT_SIDE)
    region = replace(regions[0], wide=frame)
    inside, logos = region.inside, region.logos
    if inside is None or not isinstance(logos, CardInside):
        return frame, lines, None
    card = inside.card()
    return card, logos.lines(lines), _searched(inside.wide, card, inside.text_side)


def _middle(card: Flat) -> Any:
    height, width = card.image.shape[:2]
    return cv2.perspectiveTransform(np.array([[[width / 2, height / 2]]]), card.to_photo)[0, 0]


def _other_light(image: Image, rng: np.random.Generator, *, blurred: bool) -> Image:
    """The same picture by another camera: exposure, colour cast, fall-off, contrast, focus, noise."""
    height, width = image.shape[:2]
    across, down = np.linspace(-0.5, 0.5, width), np.linspace(-0.5, 0.5, height)[:, None]
    slope = rng.uniform(-0.25, 0.25, 2)
    lit = image * rng.uniform(0.75, 1.1) * (1 + rng.normal(0, 0.06, 3))
    lit = lit * (1 + slope[0] * across + slope[1] * down)[..., None]
    lit = 255 * (np.clip(lit, 0, 255) / 255) ** rng.uniform(0.8, 1.25)
    if blurred:
        lit = cv2.GaussianBlur(lit, (0, 0), float(rng.uniform(0.5, 3)))
    return np.asarray(np.clip(lit + rng.normal(0, rng.uniform(0, 6), lit.shape), 0, 255), np.uint8)


def _pixels(polygon: Iterable[Sequence[float]], size: tuple[int, int]) -> Polygon:
    return tuple((x * size[0], y * size[1]) for x, y in polygon)


def _card(row: dict[str, Any], view: str, cut: Cut, size: tuple[int, int]) -> LogoCard:
    card, lines, searched = cut
    zoom = min(1.0, SIDE / max(card.image.shape[:2]))
    small = cv2.resize(card.image, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    across, down = small.shape[1] / card.image.shape[1], small.shape[0] / card.image.shape[0]
    to_card = np.diag([across, down, 1]) @ np.linalg.inv(card.to_photo)

    def placed(polygon: list[list[float]]) -> Polygon:
        points = np.array([_pixels(polygon, size)], np.float64)
        return _points(cv2.perspectiveTransform(points, to_card)[0])

    others = [placed(polygon) for polygon in row.get("logos_alt") or []]
    logos = [placed(polygon) for polygon in row["logos"]]
    return LogoCard(
        name=f"{row['photo'].rsplit('.', 1)[0].replace('/', '_')}-{row['face'].replace('/', '_')}-{view}",
        photo=row["photo"],
        face=row["face"],
        group=row["set"],
        camera=row["camera"],
        source=row["source"],
        view=view,
        image=np.asarray(small, np.uint8),
        lines=tuple(replace(line, polygon=tuple((x * across, y * down) for x, y in line.polygon)) for line in lines),
        logos=tuple((logo, *(other for other in others if overlap(logo, other) > 0)) for logo in logos),
        optional=tuple(placed(polygon) for polygon in row.get("logos_optional") or []),
        searched=searched,
    )


def overlap(one: Polygon, other: Polygon) -> float:
    """Intersection over union of two convex polygons, 0 to 1; in pixels, for of tiny ones OpenCV loses corners."""
    return quads.overlap(np.array(one, np.float64), np.array(other, np.float64))


def keep(cards: Iterable[LogoCard], folder: Path) -> int:
    """Write cards to a folder; returns how many. `cards.jsonl` appears when all are there."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for card in cards:
        cv2.imwrite(str(folder / f"{card.name}.png"), card.image)
        if card.searched:
            cv2.imwrite(str(folder / f"{card.name}-searched.png"), card.searched.image)
        row = {key: getattr(card, key) for key in card.__slots__ if key not in ("image", "lines", "searched")}
        row["margin"] = card.searched and card.searched.margin
        row["lines"] = [(line.text, round(line.confidence, 4), line.polygon) for line in card.lines]
        rows.append(json.dumps(row, ensure_ascii=False) + "\n")
    (folder / "cards.jsonl").write_text("".join(rows), "utf-8")
    return len(rows)


def kept(folder: Path, views: Sequence[str] = ()) -> list[LogoCard]:
    """The cards of a folder; only those of some views, if any are named."""
    found = []
    for row in map(json.loads, (folder / "cards.jsonl").read_text("utf-8").splitlines()):
        if views and row["view"] not in views:
            continue
        picture, margin = _picture(folder / f"{row['name']}.png"), row.pop("margin", None)
        if margin:
            row["searched"] = Searched(_picture(folder / f"{row['name']}-searched.png"), (margin[0], margin[1]))
        else:
            row["searched"] = None
        row["lines"] = tuple(Line(text, sure, _points(polygon)) for text, sure, polygon in row["lines"])
        row["logos"] = tuple(tuple(_points(form) for form in logo) for logo in row["logos"])
        row["optional"] = tuple(_points(polygon) for polygon in row["optional"])
        found.append(LogoCard(image=picture, **row))
    return found


def _picture(path: Path) -> Image:
    return np.asarray(cv2.imread(str(path)), np.uint8)


def _points(polygon: Iterable[Sequence[float]]) -> Polygon:
    return tuple((float(x), float(y)) for x, y in polygon)
