"""Which letters belong to the Latin script."""

from __future__ import annotations

import unicodedata

_LATIN = ("LATIN", "MASCULINE", "FEMININE", "FULLWIDTH LATIN")
"""How Unicode begins the names of Latin letters and of the two ordinal signs."""


def foreign_share(text: str) -> float:
    """Share of the letters in a text that are not Latin, 0 to 1; 0 without letters."""
    letters = [character for character in text if character.isalpha()]
    foreign = sum(not unicodedata.name(letter, "").startswith(_LATIN) for letter in letters)
    return foreign / max(1, len(letters))
