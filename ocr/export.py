"""A reading as plain JSON data."""

from __future__ import annotations

from typing import Any

from ocr.types import Card, Field, FieldKind, Line, Logo, Polygon, Reading

ONE = {
    FieldKind.NAME: "name",
    FieldKind.COMPANY: "company",
    FieldKind.NAME_PREFIX: "name_prefix",
    FieldKind.NAME_SUFFIX: "name_suffix",
}
MANY = {
    FieldKind.TITLE: "titles",
    FieldKind.DEPARTMENT: "departments",
    FieldKind.EMAIL: "emails",
    FieldKind.PHONE: "phones",
    FieldKind.WEBSITE: "websites",
    FieldKind.ADDRESS: "addresses",
    FieldKind.SOCIAL: "social",
}


def as_json(reading: Reading, photo: str = "") -> dict[str, Any]:
    """Everything of a reading but the pictures, with `photo` as its name.

    `cards[].fields` has `name`, `company`, `name_prefix` and `name_suffix` as one value or null, the other kinds as
    lists; a value is an object with `value`, `raw`, `confidence`, `polygon` and the rest. The `value` of a phone number
    is the number as it is printed, with its extension; `e164` is what one dials, or null where the country is not sure.
    Points are [x, y] in fractions of the upright photo.
    """
    return {
        "photo": photo,
        "cards": [_card(card) for card in reading.cards],
        "width": reading.width,
        "height": reading.height,
        "engine": reading.engine,
        "seconds": round(reading.seconds, 3),
        "error": None,
    }


def error_as_json(code: str, detail: str, photo: str = "") -> dict[str, Any]:
    """The line of a photo that could not be read: `error` is the stable code of `ocr.errors`."""
    return {"photo": photo, "cards": [], "seconds": None, "error": code, "detail": detail}


def _card(card: Card) -> dict[str, Any]:
    return {
        "quad": _points(card.quad),
        "quad_confidence": round(card.quad_confidence, 4),
        "turn": card.turn,
        "fields": _fields(card.fields),
        "logos": [_logo(logo) for logo in card.logos],
        "lines": [_line(line) for line in card.lines],
        "quality": {
            "sharpness": round(card.quality.sharpness, 4),
            "glare": round(card.quality.glare, 4),
            "resolution": round(card.quality.resolution, 4),
        },
        "needs_review": bool(card.review),
        "review": list(card.review),
    }


def _fields(fields: tuple[Field, ...]) -> dict[str, Any]:
    ranked = sorted(fields, key=lambda field: -field.confidence)
    one = {name: next((_field(f) for f in ranked if f.kind is kind), None) for kind, name in ONE.items()}
    many = {name: [_field(f) for f in fields if f.kind is kind] for kind, name in MANY.items()}
    return one | many


def printed(field: Field) -> str:
    """A value as it stands on the card: of a number that was put right, or that no print shows, its digits.

    The sign before an extension is an x, which readers take for the one of multiplication.
    """
    as_read = field.kind is FieldKind.PHONE and field.raw and not field.repairs
    return field.raw.strip().replace("×", "x") if as_read else field.value


def _field(field: Field) -> dict[str, Any]:
    dialled = {"e164": field.value if field.value.startswith("+") else None} if field.kind is FieldKind.PHONE else {}
    return {
        "value": printed(field),
        **dialled,
        "raw": field.raw,
        "confidence": round(field.confidence, 4),
        "polygon": _points(field.polygon),
        "source": field.source,
        "type": field.type,
        "extension": field.extension,
        "repairs": list(field.repairs),
        "alternatives": [
            {"value": other.value, "confidence": round(other.confidence, 4), "source": other.source}
            for other in field.alternatives
        ],
    }


def _logo(logo: Logo) -> dict[str, Any]:
    return {"polygon": _points(logo.polygon), "confidence": round(logo.confidence, 4), "hash": logo.hash}


def _line(line: Line) -> dict[str, Any]:
    return {
        "text": line.text,
        "confidence": round(line.confidence, 4),
        "polygon": _points(line.polygon),
        "block": line.block,
        "source": line.source,
    }


def _points(polygon: Polygon) -> list[list[float]]:
    return [[round(x, 5), round(y, 5)] for x, y in polygon]
