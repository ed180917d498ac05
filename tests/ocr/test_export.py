"""What a reading looks like as JSON: values as they are printed, numbers also as they are dialled."""

from __future__ import annotations

import pytest

from ocr.export import as_json
from ocr.fields import find_fields
from ocr.types import Card, Line, Quality, Reading

WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def phones(text: str) -> list[tuple[str, str | None, str | None]]:
    """Value, dialled number and extension of each number in a line of a British card, as exported."""
    texts = (text, "12 High Street, London SW1A 1AA", "United Kingdom")
    lines = tuple(
        Line(said, 0.99, tuple((x * 600, 40 + 60 * at + y * 30) for x, y in WHOLE)) for at, said in enumerate(texts)
    )
    fields = find_fields(lines, (1000, 600))
    card = Card(WHOLE, 1.0, 0, fields, lines, (), Quality(1, 1, 1), (), None)  # type: ignore[arg-type]
    (exported,) = as_json(Reading(1000, 600, (card,), "test", 0.0))["cards"]
    return [(phone["value"], phone["e164"], phone["extension"]) for phone in exported["fields"]["phones"]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Tel: +44 (0) 20 7946 0123", ("+44 (0) 20 7946 0123", "+442079460123", None)),
        ("T 020 7946 0123", ("020 7946 0123", "+442079460123", None)),
        ("Phone 020 7946 0123 (Ext: 36)", ("020 7946 0123 (Ext: 36)", "+442079460123", "36")),
        ("Tel: 020 7946 O123", ("+442079460123", "+442079460123", None)),
        ("Tel: 020 7946 0123 ×36", ("020 7946 0123 x36", "+442079460123", "36")),
    ],
)
def test_a_number_is_told_as_printed_and_as_dialled(text: str, told: tuple[str, str, str | None]) -> None:
    assert phones(text) == [told]
