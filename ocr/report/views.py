"""What the page shows of each photo, ready to be written down: text, colours and points, no logic left for the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr.batch import Failure, shown_path
from ocr.draw import CARD_COLOUR, COLOURS, LOGO_COLOUR
from ocr.report.drawing import (
    Outlined,
    Shape,
    Size,
    Tag,
    css,
    field_key,
    is_guess,
    lines_outside,
    logo_key,
    shapes_on,
    tags_on,
)
from ocr.truth import Places, Verdict
from ocr.types import Card, Field, FieldKind, Logo, Reading

MISTAKES, WRONG_CARD, WRONG_LOGO = "mistakes", "wrong_corners", "wrong_logo"
FINE = "no_review_needed"
ORDER = tuple(FieldKind)


@dataclass(frozen=True, slots=True)
class Judged:
    """A card with its verdicts, where its truth is known; no card where one was missed altogether."""

    card: Card | None
    values: Mapping[FieldKind, Verdict] | None = None
    places: Places | None = None


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

    name: str
    """What its outline is called, where there are several."""
    rows: tuple[Row, ...]
    review: tuple[str, ...]
    facts: tuple[str, ...] = ()
    """Corners, quality and the like in a few words each."""
    text: tuple[tuple[str, float], ...] = ()
    """Every line that was read, and how surely."""


@dataclass(frozen=True, slots=True)
class PhotoView:
    """One photo."""

    name: str
    picture: str = ""
    width: int = 0
    height: int = 0
    shapes: tuple[Shape, ...] = ()
    tags: tuple[Tag, ...] = ()
    described: str = ""
    """What is drawn on the photo, for those who do not see it."""
    cards: tuple[CardView, ...] = ()
    chips: tuple[str, ...] = ()
    """What it can be filtered by: review reasons, mistakes, failure."""
    note: str = ""


def failed_view(path: Path, failure: Failure) -> PhotoView:
    """A photo that could not be read."""
    return PhotoView(_name(path), chips=(failure.code,), note=failure.detail)


def photo_view(path: Path, picture: str, size: Size, reading: Reading, judged: Sequence[Judged]) -> PhotoView:
    """A photo with its cards and, where known, how right they are."""
    names = [f"card {number}" for number in range(1, len(judged) + 1)] if len(judged) > 1 else [""] * len(judged)
    outlined = [
        Outlined(one.card, one.places, _wrong(one), name or "card") for one, name in zip(judged, names, strict=True)
    ]
    views = tuple(_card_view(one, number, name) for number, (one, name) in enumerate(zip(judged, names, strict=True)))
    return PhotoView(
        name=_name(path),
        picture=picture,
        width=size[0],
        height=size[1],
        shapes=shapes_on(enumerate(outlined), size),
        tags=tags_on(outlined, size),
        described=_described(reading),
        cards=views,
        chips=_chips(reading, views, judged),
        note=f"{reading.engine}, {reading.seconds:.1f} s",
    )


def _chips(reading: Reading, views: Sequence[CardView], judged: Sequence[Judged]) -> tuple[str, ...]:
    chips = dict.fromkeys(reason for view in views for reason in view.review)
    if not reading.cards:
        chips["no_card"] = None
    if not chips:
        chips[FINE] = None
    if any(one.values and any(found.wrong or found.missed for found in one.values.values()) for one in judged):
        chips[MISTAKES] = None
    places = [one.places for one in judged if one.places]
    if any(each.corners is False for each in places):
        chips[WRONG_CARD] = None
    if any(each.missed or False in each.logos for each in places):
        chips[WRONG_LOGO] = None
    return tuple(chips)


def _described(reading: Reading) -> str:
    found: Counter[str] = Counter()
    for card in reading.cards:
        found["card"] += 1
        found.update(_words(field.kind) for field in card.fields if field.polygon)
        found["logo"] += len(card.logos)
    said = [f"{kind} {count} times" if count > 1 else kind for kind, count in found.items() if count]
    return f"Marked on the photo: {', '.join(said)}." if said else "Nothing is marked on the photo."


def _wrong(one: Judged) -> frozenset[int]:
    """Numbers of the fields whose values are not on the card; of two equal ones the later."""
    left = {kind: Counter(verdict.wrong) for kind, verdict in (one.values or {}).items()}
    wrong = set()
    fields = list(enumerate(one.card.fields if one.card else ()))
    for at, field in reversed(fields):
        if field.kind in left and left[field.kind][field.value]:
            left[field.kind][field.value] -= 1
            wrong.add(at)
    return frozenset(wrong)


def _card_view(one: Judged, number: int, name: str) -> CardView:
    values = sorted((*_field_rows(one, number), *_missed_rows(one)), key=lambda pair: ORDER.index(pair[0]))
    rows = (*(row for _, row in values), *_place_rows(one, number))
    card = one.card
    if card is None:
        return CardView(name, rows, ("no_card",))
    text = tuple((line.text, line.confidence) for line in card.lines)
    return CardView(name, rows, card.review, _facts(card), text)


def _field_rows(one: Judged, number: int) -> Iterator[tuple[FieldKind, Row]]:
    wrong = _wrong(one)
    for at, field in enumerate(one.card.fields if one.card else ()):
        verdict = ("wrong" if at in wrong else "right") if one.values and field.kind in one.values else ""
        key, kind, colour = field_key(number, at), _words(field.kind), css(COLOURS[field.kind])
        yield field.kind, Row(key, kind, colour, field.value, field.confidence, _notes(field), verdict)


def _missed_rows(one: Judged) -> Iterator[tuple[FieldKind, Row]]:
    for kind, found in (one.values or {}).items():
        for value in found.missed:
            yield kind, Row("", _words(kind), css(COLOURS[kind]), value, None, (), "missed")


def _place_rows(one: Judged, number: int) -> Iterator[Row]:
    places = one.places
    logos = one.card.logos if one.card else ()
    verdicts = places.logos if places else (None,) * len(logos)
    for at, (logo, right) in enumerate(zip(logos, verdicts, strict=True)):
        yield _logo_row(logo, logo_key(number, at), {True: "right", False: "wrong", None: ""}[right])
    for _ in places.missed if places else ():
        yield Row("", "logo", css(LOGO_COLOUR), "a logo", None, (), "missed")
    if places and places.share is not None:
        said = f"{places.share:.0%} in common with the true ones" if one.card else "a card"
        verdict = "right" if places.corners else "wrong" if one.card else "missed"
        sure = one.card.quad_confidence if one.card else None
        yield Row("", "corners", css(CARD_COLOUR), said, sure, (), verdict)


def _logo_row(logo: Logo, key: str, verdict: str) -> Row:
    return Row(key, "logo", css(LOGO_COLOUR), f"{logo.hash[:10]}…", logo.confidence, (), verdict)


def _facts(card: Card) -> tuple[str, ...]:
    quality, outside = card.quality, lines_outside(card)
    return (
        f"corners {card.quad_confidence:.2f}" + (" (a guess, the whole photo was read)" if is_guess(card) else ""),
        *([f"{outside} {'line' if outside == 1 else 'lines'} outside of them"] if outside else []),
        f"turned {card.turn}°" if card.turn else "upright",
        f"sharpness {quality.sharpness:.2f}",
        f"freedom from glare {quality.glare:.2f}",
        f"resolution {quality.resolution:.2f}",
    )


def _notes(field: Field) -> tuple[str, ...]:
    said = [field.type or "", f"ext. {field.extension}" if field.extension else "", *field.repairs]
    if field.raw and field.raw != field.value:
        said.append(f"read “{field.raw}”")
    said += [f"or {other.value} ({other.confidence:.2f})" for other in field.alternatives]
    return tuple(filter(None, said))


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _name(path: Path) -> str:
    """A file's name with the folders right above it."""
    return shown_path(Path(*path.parts[-3:]))
