"""What a caller may choose about a reading."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """Limits and choices of one reading; the defaults suit photos from phones."""

    max_bytes: int = 40_000_000
    """Larger files are refused before they are opened."""
    max_pixels: int = 64_000_000
    """Larger pictures are refused before they are decoded (decompression bombs)."""
    max_cards: int = 6
    """At most so many cards are read from one photo."""
    region: str = ""
    """ISO 3166 country that phone numbers without a country code are assumed to be of, if the card does not say and
    they are valid there; empty for none."""
    timeout: float = 30.0
    """Seconds after which a reading is given up with `EngineTimeout`."""


DEFAULTS = Options()

ENGINES = ("rapidocr", "ensemble", "tesseract", "tesserocr", "pytesseract")
"""Readers of text by name (`ocr.engines`)."""
DEFAULT_ENGINE = "rapidocr"
