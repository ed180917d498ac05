"""Cards typed into a test: lines of text set one under the other."""

from __future__ import annotations

from ocr.types import Field, Line

SIZE = (1280, 760)


def lines(*rows: str | tuple[str, float], left: float = 80, top: float = 60) -> list[Line]:
    """Lines in one column; a row is its text, or its text and its size where 1 is body text."""
    made: list[Line] = []
    y = top
    for row in rows:
        text, size = (row, 1.0) if isinstance(row, str) else row
        height = 38 * size
        width = 0.5 * height * len(text)
        box = ((left, y), (left + width, y), (left + width, y + height), (left, y + height))
        if text:
            made.append(Line(text, 0.99, box, (), "typed"))
        y += height * 1.3
    return made


def values(fields: tuple[Field, ...], kind: str) -> list[str]:
    return [field.value for field in fields if field.kind == kind]
