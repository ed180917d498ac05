"""What the page shows of each photo, ready to be written down: text, colours and points, no logic left for the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr.batch import Failure
from ocr.draw import COLOURS, PLAIN, Colour
from ocr.truth import Verdict
from ocr.types import Card, Field, FieldKind, Polygon, Reading

Judged = tuple[Card | None, Mapping[FieldKind, Verdict] | None]
"""A card with its verdicts, where its truth is known; no card where one was missed altogether."""

MISTAKES = "mistakes"
ORDER = tuple(FieldKind)
LABEL = 90
"""Thousandths of the photo's longest side that a label needs."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Something drawn on the photo."""

    points: str
    """As SVG has them, pixels of the photo."""
    colour: str
    kind: str
    """card, field, line or logo."""
    key: str = ""
    """Shared with the row it belongs to."""
    label: str = ""
    at: tuple[float, float] = (0.0, 0.0)
    """Where the label stands, on its baseline."""
    before: bool = False
    """Whether it ends there, beside the shape, and does not begin there, above it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One value."""

    key: str
    kind: str
    colour: str
    value: str
    confidence: float | None
    notes: tuple[str, ...] = ()
    verdict: str = ""
    """right, wrong, missed, or nothing where the truth is not known."""


@dataclass(frozen=True, slots=True)
class CardView:
    """One card beside the photo."""

    rows: tuple[Row, ...]
    review: tuple[str, ...]
    facts: tuple[str, ...]
    """Corners, quality and the like in a few words each."""
    text: tuple[tuple[str, float], ...]
    """Every line that was read, and how surely."""


@dataclass(frozen=True, slots=True)
class PhotoView:
    """One photo."""

    name: str
    picture: str
    width: int
    height: int
    shapes: tuple[Shape, ...]
    cards: tuple[CardView, ...]
    chips: tuple[str, ...]
    """What it can be filtered by: review reasons, mistakes, failure."""
    note: str = ""


def failed_view(path: Path, failure: Failure) -> PhotoView:
    """A photo that could not be read."""
    return PhotoView(_name(path), "", 0, 0, (), (), (failure.code,), failure.detail)


def photo_view(
    path: Path, picture: str, size: tuple[int, int], reading: Reading, judged: Sequence[Judged]
) -> PhotoView:
    """A photo with its cards and, where known, how right they are."""
    shapes: list[Shape] = []
    views = []
    for number, (card, verdicts) in enumerate(judged):
        if card is not None:
            shapes += _shapes(card, number, size)
        views.append(_card_view(card, verdicts, number))
    chips = dict.fromkeys(reason for view in views for reason in view.review)
    if not reading.cards:
        chips["no_card"] = None
    if any(row.verdict in ("wrong", "missed") for view in views for row in view.rows):
        chips[MISTAKES] = None
    note = f"{reading.engine}, {reading.seconds:.1f} s"
    return PhotoView(_name(path), picture, *size, tuple(shapes), tuple(views), tuple(chips), note)


def _shapes(card: Card, number: int, size: tuple[int, int]) -> list[Shape]:
    fields = [field for field in card.fields if field.polygon]
    taken = {_svg(field.polygon, size) for field in fields}
    lines = [points for line in card.lines if (points := _svg(line.polygon, size)) not in taken]
    return [
        Shape(_svg(card.quad, size), "#39ff88", "card"),
        *(Shape(points, css(PLAIN), "line") for points in lines),
        *(_field_shape(f, _key(number, at), size) for at, f in enumerate(card.fields) if f.polygon),
        *(
            Shape(
                _svg(logo.polygon, size),
                "#ff4fd8",
                "logo",
                f"logo-{number}-{at}",
                f"logo {logo.confidence:.2f}",
                (logo.polygon[0][0] * size[0], logo.polygon[0][1] * size[1]),
            )
            for at, logo in enumerate(card.logos)
        ),
    ]


def _card_view(card: Card | None, verdicts: Mapping[FieldKind, Verdict] | None, number: int) -> CardView:
    left = {kind: list(verdict.wrong) for kind, verdict in verdicts.items()} if verdicts else {}
    rows = []
    fields = card.fields if card else ()
    for at, field in sorted(enumerate(fields), key=lambda pair: ORDER.index(pair[1].kind)):
        verdict = ""
        if field.kind in left:
            wrong = field.value in left[field.kind]
            verdict = "wrong" if wrong else "right"
            if wrong:
                left[field.kind].remove(field.value)
        rows.append(
            Row(
                _key(number, at),
                _kind(field),
                css(COLOURS[field.kind]),
                field.value,
                field.confidence,
                _notes(field),
                verdict,
            )
        )
    for kind, found in (verdicts or {}).items():
        rows += [
            Row("", str(kind).replace("_", " "), css(COLOURS[kind]), value, None, (), "missed")
            for value in found.missed
        ]
    if card is None:
        return CardView(tuple(rows), ("no_card",), (), ())
    rows += [
        Row(f"logo-{number}-{at}", "logo", "#ff4fd8", f"{logo.hash[:16]}…", logo.confidence)
        for at, logo in enumerate(card.logos)
    ]
    return CardView(tuple(rows), card.review, _facts(card), tuple((line.text, line.confidence) for line in card.lines))


def _facts(card: Card) -> tuple[str, ...]:
    quality = card.quality
    return (
        f"corners {card.quad_confidence:.2f}",
        f"turned {card.turn}°" if card.turn else "upright",
        f"sharpness {quality.sharpness:.2f}",
        f"no glare {quality.glare:.2f}",
        f"resolution {quality.resolution:.2f}",
    )


def _notes(field: Field) -> tuple[str, ...]:
    said = [field.type or "", f"ext. {field.extension}" if field.extension else "", *field.repairs]
    if field.raw and field.raw != field.value:
        said.append(f"read “{field.raw}”")
    said += [f"or {other.value} ({other.confidence:.2f})" for other in field.alternatives]
    return tuple(filter(None, said))


def _kind(field: Field) -> str:
    return field.kind.replace("_", " ")


def _key(card: int, field: int) -> str:
    return f"field-{card}-{field}"


def _field_shape(field: Field, key: str, size: tuple[int, int]) -> Shape:
    """A field's outline, its label to the left of it where there is room, else above."""
    points = [(x * size[0], y * size[1]) for x, y in field.polygon]
    left = min(x for x, _ in points)
    unit = max(size) / 1000
    before = left > LABEL * unit
    if before:
        near = sorted(points)[:2]
        at = (left - 5 * unit, sum(y for _, y in near) / 2 + 4 * unit)
    else:
        x, y = min(points, key=lambda point: point[0] + 2 * point[1])
        at = (max(2 * unit, x), y - 4 * unit)
    place = (round(at[0], 1), round(at[1], 1))
    return Shape(_svg(field.polygon, size), css(COLOURS[field.kind]), "field", key, _kind(field), place, before)


def _svg(polygon: Polygon, size: tuple[int, int]) -> str:
    return " ".join(f"{x * size[0]:.1f},{y * size[1]:.1f}" for x, y in polygon)


def _name(path: Path) -> str:
    """A file's name with the folders right above it."""
    return Path(*path.parts[-3:]).as_posix()


def css(colour: Colour) -> str:
    """A colour as the web writes it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)
