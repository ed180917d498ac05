"""Draws what was found on top of the photo it was found in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from ocr.labels import Labels
from ocr.locate import Candidate
from ocr.types import Card, Field, FieldKind, Image, Line, Logo, Point, Polygon, Reading
from ocr.writing import Writing, shortened, text_width, write

Colour = tuple[int, int, int]

COLOURS: dict[FieldKind, Colour] = {
    FieldKind.NAME: (37, 99, 235),
    FieldKind.NAME_PREFIX: (37, 99, 235),
    FieldKind.NAME_SUFFIX: (37, 99, 235),
    FieldKind.TITLE: (244, 140, 6),
    FieldKind.DEPARTMENT: (201, 162, 39),
    FieldKind.COMPANY: (136, 32, 158),
    FieldKind.EMAIL: (0, 160, 205),
    FieldKind.PHONE: (14, 122, 88),
    FieldKind.WEBSITE: (124, 150, 0),
    FieldKind.ADDRESS: (140, 96, 52),
    FieldKind.SOCIAL: (186, 70, 110),
}
"""One colour a kind of field, told apart on white and on dark cards alike; red is left for what is wrong."""
LOGO_COLOUR: Colour = (255, 79, 216)
CARD_COLOUR: Colour = (57, 255, 136)
MISSED_COLOUR: Colour = (220, 20, 40)
REVIEW_COLOUR: Colour = (230, 57, 70)
PLAIN: Colour = (120, 130, 145)
INK: Colour = (28, 32, 42)
FAINT: Colour = (120, 126, 138)
PAPER: Colour = (255, 255, 255)

_Named = tuple[Polygon, str, Colour]
"""An outline with its label."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the table beside the photo."""

    kind: str
    value: str
    confidence: float | None
    colour: Colour


def reading_on_photo(photo: Image, reading: Reading, *, longest: int = 1200) -> Image:
    """The photo, at most `longest` pixels, with corners, coloured fields and logos, and their values beside it."""
    canvas = _Canvas(photo, min(1.0, longest / max(photo.shape[:2])))
    for card in reading.cards:
        _draw_card(canvas, card, photo.shape[1], photo.shape[0])
    shown = canvas.done()
    return np.hstack((shown, _panel(reading, shown.shape[0])))


def _draw_card(canvas: _Canvas, card: Card, width: int, height: int) -> None:
    def in_pixels(polygon: Polygon) -> Polygon:
        return tuple((x * width, y * height) for x, y in polygon)

    quad = in_pixels(card.quad)
    canvas.polygon(quad, CARD_COLOUR, 1.6)
    fields = [
        (in_pixels(field.polygon), field.kind.replace("_", " "), COLOURS[field.kind])
        for field in card.fields
        if field.polygon
    ]
    logos = [(in_pixels(logo.polygon), "logo", LOGO_COLOUR) for logo in card.logos]
    for polygon, _, colour in fields:
        canvas.polygon(polygon, colour, 1.0, filled=True)
    for polygon, _, colour in logos:
        canvas.polygon(polygon, colour, 1.4, filled=True)
    for corner in quad:
        canvas.corner(corner, CARD_COLOUR)
    canvas.labels([*logos, *fields], [in_pixels(line.polygon) for line in card.lines])


def _panel(reading: Reading, height: int) -> Image:
    """Fields as rows (kind, value, confidence) on white, as high as the picture it stands beside."""
    rows: list[_Row] = []
    for card in reading.cards:
        review = ", ".join(card.review)
        rows.append(_Row("card", f"turned {card.turn}°" if card.turn else "upright", card.quad_confidence, CARD_COLOUR))
        rows += [_Row(f.kind.replace("_", " "), f.value, f.confidence, COLOURS[f.kind]) for f in card.fields]
        rows += [_Row("logo", logo.hash, logo.confidence, LOGO_COLOUR) for logo in card.logos]
        rows.append(_Row("review", review or "not needed", None, REVIEW_COLOUR if review else CARD_COLOUR))
    if not reading.cards:
        rows.append(_Row("no card", "", None, REVIEW_COLOUR))
    return _table(rows, height)


def _table(rows: Sequence[_Row], height: int) -> Image:
    step = min(52.0, height / (len(rows) + 1))
    panel = Pillow.new("RGB", (round(12.5 * step), height), "white")
    draw = ImageDraw.Draw(panel)
    writings: list[Writing] = []
    for number, row in enumerate(rows):
        y = step * (number + 0.5)
        draw.rounded_rectangle((0.4 * step, y, 0.55 * step, y + 0.84 * step), radius=0.07 * step, fill=row.colour)
        value = shortened(row.value, 0.44 * step, 9.6 * step)
        writings += [
            Writing(row.kind, (0.8 * step, y + 0.04 * step), 0.27 * step, FAINT),
            Writing(value, (0.8 * step, y + 0.4 * step), 0.44 * step, INK),
        ]
        if row.confidence is not None:
            at = 10.7 * step, y + 0.72 * step
            _gauge(draw, at, step, row.confidence, row.colour)
            writings.append(Writing(f"{row.confidence:.2f}", (at[0], y + 0.38 * step), 0.32 * step, INK))
    return write(np.ascontiguousarray(np.asarray(panel)[:, :, ::-1]), writings)


def _gauge(draw: ImageDraw.ImageDraw, at: Point, step: float, share: float, colour: Colour) -> None:
    """A share as a bar."""
    x, y = at
    for length, shade in ((1.0, (226, 229, 235)), (share, colour)):
        if length > 0.05:
            end = x + 1.4 * step * length, y + 0.1 * step
            draw.rounded_rectangle((x, y, *end), radius=0.05 * step, fill=shade)


def ink_on(colour: Colour) -> Colour:
    """Dark or white, whichever stands out more from a colour (contrast ratio of WCAG 2.2)."""
    return max((INK, PAPER), key=lambda ink: contrast(ink, colour))


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours as WCAG 2.2 defines it, 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Colour) -> float:
    """Relative luminance of a colour of sRGB (WCAG 2.2), 0 to 1."""
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def candidates_on_photo(photo: Image, candidates: Sequence[Candidate]) -> Image:
    """A copy of the photo with each candidate's outline and confidence; the first is drawn last and boldest."""
    canvas = _Canvas(photo, min(1.0, 1280 / max(photo.shape[:2])))
    for rank, candidate in reversed(list(enumerate(candidates))):
        canvas.polygon(candidate.quad, CARD_COLOUR if rank == 0 else PLAIN, 2.0 if rank == 0 else 1.0)
        canvas.corner(candidate.quad[0], CARD_COLOUR if rank == 0 else PLAIN)
        canvas.label(candidate.quad[0], f"{candidate.confidence:.2f}", CARD_COLOUR if rank == 0 else PLAIN)
    return canvas.done()


def lines_on_card(card: Image, lines: Iterable[Line]) -> Image:
    """A copy of the card with each line's outline and text."""
    colour = COLOURS[FieldKind.EMAIL]
    return _outlined(card, [(line.polygon, f"{line.text}  {line.confidence:.2f}", colour) for line in lines], 0.8)


def fields_on_card(card: Image, fields: Iterable[Field]) -> Image:
    """A copy of the card with each field's outline in its colour, kind, value and confidence."""
    named = [(f.polygon, f"{f.kind}: {f.value}  {f.confidence:.2f}", COLOURS[f.kind]) for f in fields if f.polygon]
    return _outlined(card, named, 1.2, filled=True)


def logos_on_card(card: Image, logos: Iterable[Logo]) -> Image:
    """A copy of the card with each logo's outline and confidence."""
    return _outlined(
        card, [(logo.polygon, f"logo {logo.confidence:.2f}", LOGO_COLOUR) for logo in logos], 1.5, filled=True
    )


def _outlined(card: Image, named: Sequence[_Named], weight: float, *, filled: bool = False) -> Image:
    canvas = _Canvas(card, 1.0)
    for polygon, _, colour in named:
        canvas.polygon(polygon, colour, weight, filled=filled)
    canvas.labels(named, [polygon for polygon, _, _ in named])
    return canvas.done()


class _Canvas:
    """A darkroom copy of a picture to draw on; points come in pixels of the original."""

    def __init__(self, image: Image, scale: float) -> None:
        colour = np.dstack([image] * 3) if image.ndim == 2 else image
        picture = Pillow.fromarray(np.ascontiguousarray(colour[:, :, ::-1]))
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        self._picture = picture.resize(size, Pillow.Resampling.LANCZOS) if scale < 1 else picture
        self._draw = ImageDraw.Draw(self._picture, "RGBA")
        self._scale = scale
        self.unit = max(self._picture.size) / 640
        self._letters = max(11.0, 9 * self.unit)
        self._writings: list[Writing] = []

    def polygon(self, polygon: Polygon, colour: Colour, weight: float = 1.0, *, filled: bool = False) -> None:
        points = [self._at(point) for point in polygon]
        if filled:
            self._draw.polygon(points, fill=(*colour, 48))
        self._draw.line(
            [*points, points[0]], fill=(*colour, 255), width=max(1, round(weight * self.unit)), joint="curve"
        )

    def corner(self, point: Point, colour: Colour) -> None:
        x, y = self._at(point)
        radius = 3.5 * self.unit
        self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(*colour, 255), outline="white")

    def label(self, point: Point, text: str, colour: Colour) -> None:
        """A coloured tab that sits on the point and stays inside the picture."""
        width, height = self._tab_size(text)
        x, y = self._at(point)
        x = min(max(0.0, x), max(0.0, self._picture.width - width))
        y = min(max(0.0, y - height), max(0.0, self._picture.height - height))
        self._tab((x, y), text, colour)

    def labels(self, named: Iterable[_Named], printed: Iterable[Polygon]) -> None:
        """Tabs beside their outlines, where they cover little of what is printed and of each other."""
        places = Labels(self._picture.size, map(self._polygon_at, printed))
        for outline, text, colour in named:
            at = places.place(self._polygon_at(outline), *self._tab_size(text), gap=self.unit)
            self._tab(at, text, colour)

    def _tab_size(self, text: str) -> tuple[float, float]:
        return text_width(text, self._letters) + 4 * self.unit, self._letters + 2 * self.unit

    def _tab(self, at: Point, text: str, colour: Colour) -> None:
        (x, y), (width, height), pad = at, self._tab_size(text), 2 * self.unit
        self._draw.rounded_rectangle((x, y, x + width, y + height), radius=pad, fill=(*colour, 225))
        self._writings.append(Writing(text, (x + pad, y + pad), self._letters, ink_on(colour)))

    def done(self) -> Image:
        return write(np.ascontiguousarray(np.asarray(self._picture)[:, :, ::-1]), self._writings)

    def _polygon_at(self, polygon: Polygon) -> Polygon:
        return tuple(map(self._at, polygon))

    def _at(self, point: Point) -> Point:
        return point[0] * self._scale, point[1] * self._scale
