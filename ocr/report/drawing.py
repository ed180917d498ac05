"""What is drawn on a photo of the report: outlines, and their labels in two sizes, for wide pages and for phones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocr.draw import CARD_COLOUR, COLOURS, LOGO_COLOUR, MISSED_COLOUR, PLAIN, Colour, ink_on
from ocr.labels import Labels
from ocr.regions import SURE
from ocr.truth import Places
from ocr.types import Card, Polygon
from ocr.writing import text_width

WIDE, TALL, NARROW = 13.0, 17.0, 29.0
"""Height of a label's letters, thousandths of the photo's width, on wide pages for wide and for tall photos, which are
shown less wide, and on phones: 10 pixels on each."""
SET_WIDE = 1.12
"""How much wider than regular letters a label is set, for it is bold."""
RIM = 0.42
"""How wide the colour round a label's letters is, in heights, both sides together."""

SLACK = 0.02
"""Share of the photo that a line may stand outside of the corners by and still be on the card."""

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shape:
    """An outline on the photo."""

    points: str
    """As SVG has them, pixels of the photo."""
    colour: str
    kind: str
    """card, guess (of a card), line, field, logo, or true: what should have been found."""
    key: str = ""
    """Shared with the row it belongs to."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """A label on the photo."""

    text: str
    colour: str
    ink: str
    x: float
    y: float
    """Where its first letter begins, on its baseline; pixels of the photo."""
    width: float
    height: float
    """Of its letters; the page fits them into the width, whatever its font."""
    rim: float
    """Width of the stroke round them."""
    wide: bool
    """Whether it is for wide pages."""


@dataclass(frozen=True, slots=True)
class Outlined:
    """A card of the photo, and how its outlines compare with the true ones where those are known."""

    card: Card | None
    """None where one was missed altogether."""
    places: Places | None = None
    wrong: frozenset[int] = frozenset()
    """Numbers of the fields whose values are wrong."""
    name: str = "card"
    """What the card is called where there are several."""


@dataclass(frozen=True, slots=True)
class _Named:
    """An outline that gets a label."""

    outline: Polygon
    colour: Colour
    text: str
    short: str


def field_key(card: int, field: int) -> str:
    """What a field's outline and its row share."""
    return f"field-{card}-{field}"


def logo_key(card: int, logo: int) -> str:
    """What a logo's outline and its row share."""
    return f"logo-{card}-{logo}"


def css(colour: Colour) -> str:
    """A colour as the web writes it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def lines_outside(card: Card) -> int:
    """How many of a card's lines stand outside its corners; some do where the whole photo was read for it."""
    corners = np.array(card.quad, np.float32)
    middles = (np.mean(line.polygon, axis=0) for line in card.lines)
    return sum(cv2.pointPolygonTest(corners, (x, y), measureDist=True) < -SLACK for x, y in middles)


def is_guess(card: Card) -> bool:
    """Whether the corners are a guess and the whole photo was read."""
    return card.quad_confidence < SURE or lines_outside(card) > 0


def shapes_on(cards: Iterable[tuple[int, Outlined]], size: Size) -> tuple[Shape, ...]:
    """The outlines of numbered cards on a photo of this width and height, in the order they are drawn."""
    shapes: list[Shape] = []
    for number, one in cards:
        shapes += _shapes(one.card, number, size) if one.card else ()
        shapes += [Shape(_svg(points, size), css(MISSED_COLOUR), "true", title=title) for points, title in _should(one)]
    return tuple(shapes)


def _shapes(card: Card, number: int, size: Size) -> Iterator[Shape]:
    kind = "guess" if is_guess(card) else "card"
    yield Shape(_svg(card.quad, size), css(CARD_COLOUR), kind, title=f"{kind} {card.quad_confidence:.2f}")
    fields = {_svg(field.polygon, size) for field in card.fields if field.polygon}
    for line in card.lines:
        if (points := _svg(line.polygon, size)) not in fields:
            yield Shape(points, css(PLAIN), "line", title=line.text)
    for at, field in enumerate(card.fields):
        if field.polygon:
            title = f"{_words(field.kind)} {field.confidence:.2f}"
            yield Shape(_svg(field.polygon, size), css(COLOURS[field.kind]), "field", field_key(number, at), title)
    for at, logo in enumerate(card.logos):
        title = f"logo {logo.confidence:.2f}"
        yield Shape(_svg(logo.polygon, size), css(LOGO_COLOUR), "logo", logo_key(number, at), title)


def tags_on(cards: Sequence[Outlined], size: Size) -> tuple[Tag, ...]:
    """The labels of all outlines, once for either width of the page."""
    to_pixels = _to_pixels(size)
    cards_found = [one.card for one in cards if one.card]
    printed = [to_pixels(line.polygon) for card in cards_found for line in card.lines]
    printed += [to_pixels(logo.polygon) for card in cards_found for logo in card.logos]
    named = [
        replace(each, outline=to_pixels(each.outline)) for one in cards for each in (*_found(one), *_not_found(one))
    ]
    return tuple(tag for wide in (True, False) for tag in _tags(named, printed, size, wide=wide))


def _found(one: Outlined) -> Iterator[_Named]:
    card = one.card
    if card is None:
        return
    for at, field in enumerate(card.fields):
        if field.polygon:
            wrong = " ✗" if at in one.wrong else ""
            said = _words(field.kind)
            text = f"{said} {field.confidence:.2f}{wrong}"
            yield _Named(field.polygon, COLOURS[field.kind], text, f"{said}{wrong}")
    verdicts = one.places.logos if one.places else (None,) * len(card.logos)
    for logo, right in zip(card.logos, verdicts, strict=True):
        wrong = " ✗" if right is False else ""
        yield _Named(logo.polygon, LOGO_COLOUR, f"logo {logo.confidence:.2f}{wrong}", f"logo{wrong}")
    wrong = " ✗" if one.places and one.places.corners is False else ""
    said = f"{one.name}?" if is_guess(card) else one.name
    yield _Named(card.quad, CARD_COLOUR, f"{said} {card.quad_confidence:.2f}{wrong}", f"{said}{wrong}")


def _not_found(one: Outlined) -> Iterator[_Named]:
    for outline, title in _should(one):
        yield _Named(outline, MISSED_COLOUR, title, title)


def _should(one: Outlined) -> Iterator[tuple[Polygon, str]]:
    """Outlines that are true and were not found."""
    if one.places is None:
        return
    if one.places.corners is False:
        yield one.places.true_corners, "true corners"
    for outline in one.places.missed:
        yield outline, "missed logo"


def _tags(named: Sequence[_Named], printed: Iterable[Polygon], size: Size, *, wide: bool) -> Iterator[Tag]:
    height = ((WIDE if size[0] >= size[1] else TALL) if wide else NARROW) * size[0] / 1000
    rim = RIM * height
    labels = Labels(size, printed)
    for one in named:
        text = one.text if wide else one.short
        width = SET_WIDE * text_width(text, height)
        x, y = labels.place(one.outline, width + rim, height + rim, rim / 4)
        yield Tag(
            text=text,
            colour=css(one.colour),
            ink=css(ink_on(one.colour)),
            x=round(x + rim / 2, 1),
            y=round(y + rim / 2 + 0.8 * height, 1),
            width=round(width, 1),
            height=round(height, 1),
            rim=round(rim, 1),
            wide=wide,
        )


def _to_pixels(size: Size) -> Callable[[Polygon], Polygon]:
    return lambda polygon: tuple((x * size[0], y * size[1]) for x, y in polygon)


def _svg(polygon: Polygon, size: Size) -> str:
    return " ".join(f"{x * size[0]:.1f},{y * size[1]:.1f}" for x, y in polygon)


def _words(kind: str) -> str:
    return kind.replace("_", " ")
