"""The typefaces cards are set in: subsets of free fonts in `fonts/` (see its README for sources and licences).

Measures come from the font at 100 pixels and scale linearly, so laying out needs no picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

from PIL import ImageFont

REFERENCE = 100
"""Size in pixels at which text is measured."""


@dataclass(frozen=True, slots=True)
class Family:
    """A typeface family with the faces at hand."""

    name: str
    look: str
    """sans, serif, condensed, slab, mono, display, script."""
    light: str
    regular: str
    bold: str
    scripts: str
    """Besides West European Latin: e Central European, v Vietnamese, c Cyrillic, g Greek."""
    italic: str = ""


FAMILIES = (
    Family("arimo", "sans", "regular", "regular", "bold", "evcg", "italic"),
    Family("roboto", "sans", "light", "regular", "bold", "evcg"),
    Family("open-sans", "sans", "regular", "regular", "semibold", "evcg"),
    Family("montserrat", "sans", "light", "regular", "bold", "ev"),
    Family("work-sans", "sans", "regular", "regular", "semibold", "ev"),
    Family("poppins", "sans", "light", "light", "medium", "e"),
    Family("barlow", "sans", "regular", "regular", "semibold", "ev"),
    Family("humanist", "sans", "regular", "regular", "bold", "ev", "italic"),
    Family("roboto-condensed", "condensed", "regular", "regular", "bold", "ev"),
    Family("oswald", "condensed", "light", "light", "medium", "ev"),
    Family("tinos", "serif", "regular", "regular", "bold", "evcg", "italic"),
    Family("gelasio", "serif", "regular", "regular", "bold", "ev", "italic"),
    Family("eb-garamond", "serif", "regular", "regular", "semibold", "ev", "italic"),
    Family("transitional", "serif", "regular", "regular", "bold", "e"),
    Family("roboto-slab", "slab", "regular", "regular", "bold", "ev"),
    Family("courier-prime", "mono", "regular", "regular", "bold", ""),
    Family("cinzel", "display", "regular", "regular", "bold", ""),
    Family("pacifico", "script", "regular", "regular", "regular", "ev"),
    Family("caveat", "script", "bold", "bold", "bold", "e"),
    Family("great-vibes", "script", "regular", "regular", "regular", "e"),
)
EASTERN = {
    "ja": (
        Family("noto-sans-jp", "sans", "regular", "regular", "bold", ""),
        Family("noto-serif-jp", "serif", "regular", "regular", "regular", ""),
    ),
    "zh": (Family("noto-sans-sc", "sans", "regular", "regular", "bold", ""),),
    "ko": (Family("noto-sans-kr", "sans", "regular", "regular", "bold", ""),),
}
NEEDS = {"vi": "v", "ru": "c", "el": "g"}
BODY = {"sans": 60.0, "serif": 20.0, "condensed": 9.0, "slab": 7.0, "mono": 2.0}
"""How often each look sets the small print of a card."""


def families(lang: str, looks: frozenset[str] | set[str] | dict[str, float]) -> list[Family]:
    """Families of these looks that have the letters of the language; never empty."""
    if lang in EASTERN:
        return list(EASTERN[lang])
    need = NEEDS.get(lang, "")
    fit = [family for family in FAMILIES if need in family.scripts]
    return [family for family in fit if family.look in looks] or fit


@cache
def face(file: str, size: float) -> ImageFont.FreeTypeFont:
    """A face such as `arimo-bold` at `size` pixels."""
    with as_file(files("bench.cardgen") / "fonts" / f"{file}.woff2") as path:
        return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)  # the other is not everywhere


def length(file: str, text: str) -> float:
    """Advance width of `text` in ems."""
    return face(file, REFERENCE).getlength(text) / REFERENCE


@cache
def _letter(file: str, letter: str) -> tuple[float, float, float, float, float]:
    """Left, top, right, bottom of a letter's ink and its advance, in ems."""
    font = face(file, REFERENCE)
    left, top, right, bottom = font.getbbox(letter, anchor="ls")
    return left / REFERENCE, top / REFERENCE, right / REFERENCE, bottom / REFERENCE, font.getlength(letter) / REFERENCE


def ink(file: str, text: str) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the ink in ems, from the origin on the baseline; y down."""
    text = text.strip() or "x"
    letters = [_letter(file, letter) for letter in text if letter != " "]
    last = letters[-1]
    right = length(file, text) - last[4] + last[2]
    return letters[0][0], min(letter[1] for letter in letters), right, max(letter[3] for letter in letters)
