"""Simple pictures for tests that need a card but not its difficulties."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

JANE = (
    "Jane Whitfield",
    "Account Executive",
    "Harbor Lane Logistics",
    "jane.whitfield@harborlane.com",
    "+1 206 555 0142",
)


def card_photo(lines: Sequence[str] = JANE, size: tuple[int, int] = (1200, 900)) -> Image.Image:
    """A white card with these lines on a dark table; the first line is the largest."""
    photo = Image.new("RGB", size, (58, 52, 48))
    draw = ImageDraw.Draw(photo)
    width, height = size
    left, top = width * 0.12, height * 0.16
    draw.rectangle((left, top, width * 0.88, height * 0.84), fill=(250, 250, 247))
    y = top + height * 0.08
    for number, line in enumerate(lines):
        font = ImageFont.load_default(height * (0.062 if number == 0 else 0.042))
        draw.text((left + width * 0.05, y), line, fill=(25, 25, 30), font=font)
        y += height * (0.13 if number == 0 else 0.1)
    return photo


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """The bytes of a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
