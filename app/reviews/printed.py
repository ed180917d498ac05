"""What is printed on a card: as it was read, and as a line of truth that a reader is measured with."""

from __future__ import annotations

from typing import Any

from app.contacts.models import PointKind
from app.reviews.models import Review
from app.scans.models import Card

Printed = dict[str, Any]
"""Names and `company`; `titles`, `departments`; `points`, each with kind, value, type and extension."""

SINGLE = ("name", "name_prefix", "name_suffix", "company")
LISTS = {"titles": "title", "departments": "department"}
_OF_TRUTH = {
    "emails": PointKind.EMAIL,
    "websites": PointKind.WEBSITE,
    "addresses": PointKind.ADDRESS,
    "social": PointKind.SOCIAL,
}


def printed_on(card: Card) -> Printed:
    """What was read from a card that was loaded with its fields; of several names the surest."""
    fields = [field for field in card.fields if field.value.strip()]
    surest = sorted(fields, key=lambda field: field.confidence)
    single = {kind: next((each.value for each in reversed(surest) if each.kind == kind), None) for kind in SINGLE}
    lists = {name: [field.value for field in fields if field.kind == kind] for name, kind in LISTS.items()}
    points = [
        {"kind": field.kind, "value": field.value, "type": field.type, "extension": field.extension}
        for field in fields
        if field.kind in tuple(PointKind)
    ]
    return {**single, **lists, "points": points}


def truth_of(review: Review) -> dict[str, Any]:
    """A resolved review as a line of a truth file: one card, points in fractions of the photo.

    Nobody has confirmed the corners and the logos: `quad_exact` is false, and a logo that was found is optional.
    """
    card, printed = review.card, review.printed
    values = {
        name: [each["value"] for each in printed["points"] if each["kind"] == kind] for name, kind in _OF_TRUTH.items()
    }
    phones = [
        {"raw": " ext. ".join(filter(None, (each["value"], each["extension"]))), "type": each["type"]}
        for each in printed["points"]
        if each["kind"] == PointKind.PHONE
    ]
    accepted: dict[str, Any] = {"name_variants": [], "company_variants": [], "phones": phones, **values}
    return {
        "photo": f"{card.scan_id}.jpg",
        "face": str(card.contact_id or card.id),
        "set": "reviews",
        "camera": None,
        "use": "reviews",
        "lang": None,
        "person_card": bool(printed["name"]),
        "fields": {**{name: printed[name] for name in (*SINGLE, *LISTS)}, **accepted},
        "lines": [line["text"] for line in card.lines if line.get("side") != "back"],
        "quad": card.quad,
        "quad_exact": False,
        "logos": [],
        "logos_alt": [],
        "logos_optional": [logo.polygon for logo in card.logos if logo.side == "front"],
        "notes": None,
    }
