"""The plain values that pass between the parts of the generator."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Point = tuple[float, float]
Polygon = tuple[Point, ...]


class Kind(StrEnum):
    """What a run of print is. The first eleven are the field kinds of `ocr.types.FieldKind`."""

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
    LABEL = "label"
    SEPARATOR = "separator"
    SLOGAN = "slogan"
    SERVICE = "service"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of print of one kind; spans of a row follow one another without a gap of their own."""

    text: str
    kind: Kind
    item: int = -1
    """Which value of its kind it belongs to, from 0; -1 for kinds that are no field."""
    type: str = ""
    """Phones: work, mobile, fax, home."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is set on one line."""

    spans: tuple[Span, ...]
    role: str
    """Which of the card's type styles sets it: name, title, company, contact, address, slogan, note, service, head."""
    icon: str = ""
    """A small drawn sign before the row: phone, mobile, fax, email, website, address."""
    tab: bool = False
    """The first span is a label that stands in a column of its own."""

    @property
    def text(self) -> str:
        """The row as one string."""
        return "".join(span.text for span in self.spans).strip()


@dataclass(slots=True)
class Fields:
    """Collects the true values while a card's words are put together."""

    values: dict[str, Any] = field(default_factory=dict)

    def add(self, key: str, value: Any) -> int:
        """Append to the list `key`, unless it is there; returns its index."""
        found: list[Any] = self.values.setdefault(key, [])
        if value not in found:
            found.append(value)
        return found.index(value)


@dataclass(frozen=True, slots=True)
class Content:
    """What a card says, before anything is known about how it looks."""

    lang: str
    blocks: dict[str, tuple[Row, ...]]
    """Rows by block: identity, company, contact, address, extra, second (a second office)."""
    logo_text: str
    """Word in the logo; empty when the logo is a mark alone or there is none."""
    logo: bool
    fields: dict[str, Any]
    person_card: bool
    qr: str = ""
    """What a QR code on the card says; empty for none."""
    slogan: str = ""
    """The company's, printed or not; the back may print it."""


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line of print where it stands on the flat card, in card pixels."""

    spans: tuple[Span, ...]
    polygon: Polygon
    role: str
    size: float
    """Type size (em), pixels."""
    bold: bool
    font: str
    block: int
    """Lines with the same number stand together."""
    in_logo: bool = False
    boxes: tuple[Polygon, ...] = ()
    """One a span."""

    @property
    def text(self) -> str:
        """The line as one string."""
        return "".join(span.text for span in self.spans).strip()

    @property
    def kind(self) -> Kind:
        """The kind that fills most of the line."""
        share: dict[Kind, int] = {}
        for span in self.spans:
            weight = len(span.text) * (0 if span.kind in {Kind.SEPARATOR, Kind.LABEL} else 1)
            share[span.kind] = share.get(span.kind, 0) + weight
        return max(share, key=lambda kind: share[kind])


@dataclass(frozen=True, slots=True)
class CardLines:
    """A laid-out card without its picture: what a perfect reader would give."""

    size: tuple[int, int]
    """Width and height of the flat card, pixels."""
    lines: tuple[PrintedLine, ...]
    logos: tuple[Polygon, ...]
    fields: dict[str, Any]
    lang: str
    person_card: bool
    qr: str
    """What the card's QR code says, or empty."""
