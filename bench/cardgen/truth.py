"""The truth about a photo, in the format of `truth.jsonl` (one card a line; see `score.py`), plus `line_boxes`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.cardgen.design import Design, SetRow
from bench.cardgen.kinds import Polygon, PrintedLine
from bench.cardgen.scene import outline

Place = Callable[[Polygon], Polygon]
"""From millimetres of the card to fractions of the photo."""


def card_truth(design: Design, place: Place, about: dict[str, Any]) -> dict[str, Any]:
    """One record; `about` gives photo, face, set, camera, use and whatever else is known of the photo."""
    content = design.content
    quad = place(outline(design))
    inside = all(-0.002 <= v <= 1.002 for point in quad for v in point)
    rows = [row for row in design.rows if row.spans]
    words = " ".join(row.row.text for row in rows if row.in_logo)
    return {
        "photo": about["photo"],
        "face": about["face"],
        "set": about["set"],
        "camera": about["camera"],
        "use": about["use"],
        "kind": "photo",
        "split": about.get("split", "cardgen"),
        "lang": content.lang,
        "person_card": content.person_card,
        "fields": content.fields,
        "lines": [row.row.text for row in rows],
        "quad": rounded(quad),
        "quad_exact": inside,
        "logos": [rounded(place(logo)) for logo in design.logos],
        "logos_alt": [rounded(place(logo)) for logo in design.logos_alt],
        "logos_optional": [],
        "logo_text": words or None,
        "qr": content.qr,
        "notes": "; ".join((f"layout {design.layout}", *design.notes, *about.get("notes", ()))),
        "line_boxes": [line_box(row, place) for row in rows],
    }


def line_box(row: SetRow, place: Place) -> dict[str, Any]:
    """A line of print with its main kind, its runs and its polygon in fractions of the photo."""
    line = PrintedLine(row.spans, row.polygon, row.row.role, 0.0, bold=False, font=row.runs[0].face, block=row.block)
    return {
        "text": row.row.text,
        "kind": line.kind.value,
        "polygon": rounded(place(row.polygon)),
        "block": row.block,
        "in_logo": row.in_logo,
        "spans": [{"text": s.text, "kind": s.kind.value, "item": s.item} for s in row.spans],
    }


def rounded(polygon: Polygon) -> list[list[float]]:
    """Fractions to five decimals: a twentieth of a pixel of a 4,000-pixel photo."""
    return [[round(x, 5), round(y, 5)] for x, y in polygon]
