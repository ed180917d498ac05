"""The one place where `ocr` is called: photo bytes to what is stored of a reading."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import ocr
from app.settings import Settings

_JPEG_QUALITY = 88


@dataclass(frozen=True, slots=True)
class CardRead:
    """One card as it goes to the database: plain documents, and pictures as JPEG bytes."""

    card: dict[str, Any]
    fields: list[dict[str, Any]]
    logos: list[dict[str, Any]]
    image: bytes
    logo_images: list[bytes]


@dataclass(frozen=True, slots=True)
class PhotoRead:
    """What one photo, or a front and a back, gave."""

    width: int
    height: int
    engine: str
    seconds: float
    cards: list[CardRead]


@cache
def _engine(settings: Settings) -> ocr.Engine:
    # Loading the models takes a second: once a process.
    return ocr.make_engine(settings.engine or ocr.DEFAULT_ENGINE, settings.ocr_timeout_seconds)


def warm_up(settings: Settings) -> None:
    """Load the reader, and all that a reading needs, before the first photo comes."""
    _engine(settings)
    for name in ocr.__all__:
        getattr(ocr, name)


def read(settings: Settings, region: str, front: bytes, back: bytes | None) -> PhotoRead:
    """Read a card's photo, and its back where there is one.

    Raises:
        ocr.ReadingError: the photo cannot be read; its `code` says why.
    """
    options = ocr.Options(region=region, timeout=settings.ocr_timeout_seconds, max_pixels=settings.max_pixels)
    engine = _engine(settings)
    reading = ocr.read_photo(front, options, engine)
    seconds, backs = reading.seconds, tuple[ocr.Card, ...]()
    if back is not None:
        behind = ocr.read_photo(back, options, engine)
        seconds, backs = seconds + behind.seconds, behind.cards
    cards = [_card(sides) for sides in ocr.pair_sides(reading.cards, backs)]
    return PhotoRead(reading.width, reading.height, reading.engine, seconds, cards)


def _card(sides: ocr.Sides) -> CardRead:
    if len(sides) == 2:
        return _both_sides(sides["front"], sides["back"])
    [(side, card)] = sides.items()
    return _plain(card, side)


def _plain(card: ocr.Card, side: str) -> CardRead:
    return CardRead(
        card={
            "quad": [list(point) for point in card.quad],
            "quad_confidence": card.quad_confidence,
            "turn": card.turn,
            "lines": [
                {"text": line.text, "confidence": line.confidence, "polygon": line.polygon, "side": side}
                for line in card.lines
            ],
            "quality": asdict(card.quality),
            "review": list(card.review),
            "image_hash": ocr.logo_hash(card.image),
        },
        fields=[_field(field, side) for field in card.fields],
        logos=[
            {"polygon": logo.polygon, "confidence": logo.confidence, "hash": logo.hash, "side": side}
            for logo in card.logos
        ],
        image=_jpeg(card.image),
        logo_images=[_jpeg(logo.image) for logo in card.logos],
    )


def _both_sides(front: ocr.Card, back: ocr.Card) -> CardRead:
    """The front, with the fields, lines and logos of both sides, each with the side that it is on."""
    ours, other, both = _plain(front, "front"), _plain(back, "back"), ocr.join_sides(front, back)
    return CardRead(
        ours.card | {"review": list(both.review), "lines": ours.card["lines"] + other.card["lines"]},
        [_field(one.field, one.side) for one in both.fields],
        ours.logos + other.logos,
        ours.image,
        ours.logo_images + other.logo_images,
    )


def _field(field: ocr.Field, side: str) -> dict[str, Any]:
    return {
        "kind": field.kind.value,
        "value": field.value,
        "raw": field.raw,
        "confidence": field.confidence,
        "polygon": field.polygon,
        "source": field.source,
        "type": field.type,
        "extension": field.extension,
        "repairs": list(field.repairs),
        "alternatives": [asdict(other) for other in field.alternatives],
        "side": side,
    }


def _jpeg(image: ocr.Image) -> bytes:
    import cv2  # noqa: PLC0415  loaded by who reads photos

    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()
