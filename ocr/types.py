"""What goes in and comes out of a reading: plain frozen values, no behaviour beyond what their names promise.

Coordinates. Inside the pipeline a point is in pixels of the image at hand, x to the right, y down. In a `Reading`
every polygon is in fractions (0 to 1) of the upright photo, that is, of the photo after its EXIF orientation; points
of a card that the frame cuts off may lie outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""H x W x 3 in OpenCV's order (BGR), or H x W grey; 0 to 255."""

Point = tuple[float, float]
Polygon = tuple[Point, ...]
"""Four points or more, clockwise on screen; the first of a card or line is its top left as the text reads upright."""


class FieldKind(StrEnum):
    """What a value on a card is."""

    NAME = "name"
    NAME_PREFIX = "name_prefix"
    NAME_SUFFIX = "name_suffix"
    TITLE = "title"
    DEPARTMENT = "department"
    COMPANY = "company"
    EMAIL = "email"
    PHONE = "phone"
    WEBSITE = "website"
    ADDRESS = "address"
    SOCIAL = "social"


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a run of words that the engine does not take apart, as one engine read it."""

    text: str
    confidence: float
    """The engine's own, 0 to 1; not calibrated."""
    polygon: Polygon


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one baseline that belong together."""

    text: str
    confidence: float
    polygon: Polygon
    words: tuple[Word, ...] = ()
    source: str = ""
    """Name of the engine (or code reader) that read it."""
    block: int = 0
    """Lines with the same number stand together on the card."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """What a field might have been as well."""

    value: str
    confidence: float
    source: str


@dataclass(frozen=True, slots=True)
class Field:
    """One value on a card, with its evidence."""

    kind: FieldKind
    value: str
    """Normalised: `+493012345678`, `jane@acme.com`."""
    raw: str
    """As read: `+49 30 1234 5678`."""
    confidence: float
    """Chance that the value is right, 0 to 1."""
    polygon: Polygon
    source: str
    """`tesserocr`, `pytesseract`, `rapidocr`, several joined by `+`, or `qr`."""
    type: str | None = None
    """Phones: work, mobile, fax, home, direct, pager, other. Social: the network (`linkedin`)."""
    extension: str | None = None
    """Phones only."""
    repairs: tuple[str, ...] = ()
    """What was changed between raw and value beyond plain normalisation, in words."""
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class Logo:
    """Where a logo is. `hash` recognises the same logo on another card."""

    polygon: Polygon
    confidence: float
    hash: str
    """Perceptual hash, hexadecimal."""
    image: Image
    """The region cut out of the flattened card."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How well the card can be read; each figure is 0 (useless) to 1 (fine)."""

    sharpness: float
    glare: float
    resolution: float


@dataclass(frozen=True, slots=True)
class Card:
    """One card found in a photo and what was read from it."""

    quad: Polygon
    """Top left first as the card reads upright, clockwise."""
    quad_confidence: float
    turn: int
    """Quarter turns clockwise that bring the card upright, after its corners were flattened: 0, 90, 180 or 270."""
    fields: tuple[Field, ...]
    lines: tuple[Line, ...]
    logos: tuple[Logo, ...]
    quality: Quality
    review: tuple[str, ...]
    """Why a person should look, most important first: `blurred`, `glare`, `low_confidence:email`, ..."""
    image: Image
    """The flattened, upright card."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read from one photo. No card found means `cards == ()`."""

    width: int
    height: int
    """Of the upright photo, pixels."""
    cards: tuple[Card, ...]
    engine: str
    seconds: float


class Engine(Protocol):
    """One reader of text: an image in, words out, in pixels of that image. Safe to call from one thread at a time."""

    name: str

    def __call__(self, image: Image, /) -> tuple[Word, ...]:
        """Read every word.

        Raises:
            EngineTimeout: it took longer than its limit and was stopped.
        """
        ...


class Trace(Protocol):
    """Receives each stage's result; the default forgets it."""

    def __call__(self, stage: str, value: Any, /) -> None: ...
