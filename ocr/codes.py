"""QR codes: what a card says about itself in a form that needs no reading (vCard, MECARD, URL)."""

from __future__ import annotations

import re
from dataclasses import dataclass

import zxingcpp

from ocr.clean import grey
from ocr.types import FieldKind, Image, Polygon


@dataclass(frozen=True, slots=True)
class CodeValue:
    """One value that a code states."""

    kind: FieldKind
    value: str
    type: str | None = None
    """Phones: work, mobile, fax, home, pager; None when the code does not say."""


@dataclass(frozen=True, slots=True)
class Code:
    """One QR code."""

    text: str
    polygon: Polygon
    """Pixels of the image, top left of the code first."""
    values: tuple[CodeValue, ...]
    """Empty when the content is neither a contact nor an address of the web."""


def read_codes(image: Image) -> tuple[Code, ...]:
    """Find and parse the QR codes of an image."""
    found = zxingcpp.read_barcodes(grey(image), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return tuple(Code(code.text, _polygon(code.position), parse_code(code.text)) for code in found if code.text)


def _polygon(place: zxingcpp.Position) -> Polygon:
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return tuple((float(corner.x), float(corner.y)) for corner in corners)


def parse_code(text: str) -> tuple[CodeValue, ...]:
    """Values of a vCard (RFC 2426 and 6350), a MECARD, or a URL; empty for anything else."""
    head = text.lstrip()[:12].casefold()
    if head.startswith("begin:vcard"):
        return _parse_vcard(text)
    if head.startswith("mecard:"):
        return _parse_mecard(text)
    if head.startswith(("http://", "https://", "urlto:")):
        return (CodeValue(FieldKind.WEBSITE, re.sub(r"(?i)^urlto:", "", text.strip())),)
    if head.startswith("mailto:"):
        return (CodeValue(FieldKind.EMAIL, re.split(r"[?]", text.strip()[7:])[0]),)
    if head.startswith("tel:"):
        return (CodeValue(FieldKind.PHONE, text.strip()[4:]),)
    return ()


SIMPLE = {
    "FN": FieldKind.NAME,
    "TITLE": FieldKind.TITLE,
    "EMAIL": FieldKind.EMAIL,
    "URL": FieldKind.WEBSITE,
}
PHONE_TYPES = {"CELL": "mobile", "FAX": "fax", "WORK": "work", "HOME": "home", "PAGER": "pager"}


def _parse_vcard(text: str) -> tuple[CodeValue, ...]:
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    values: list[CodeValue] = []
    for line in unfolded.splitlines():
        head, colon, value = line.partition(":")
        name, *parameters = re.sub(r"(?i)^item\d+\.", "", head).upper().split(";")
        if colon and (value := value.strip()):
            values += _vcard_values(name, parameters, value)
    if not any(value.kind is FieldKind.NAME for value in values):
        values += _structured_name(unfolded)
    return tuple(values)


def _vcard_values(name: str, parameters: list[str], value: str) -> list[CodeValue]:
    if name in SIMPLE:
        return [CodeValue(SIMPLE[name], _plain(value))]
    if name == "TEL":
        return [CodeValue(FieldKind.PHONE, re.sub(r"(?i)^tel:", "", _plain(value)), _phone_type(parameters))]
    if name == "ORG":
        company, *departments = map(_plain, _parts(value))
        return [
            *([CodeValue(FieldKind.COMPANY, company)] if company else []),
            *(CodeValue(FieldKind.DEPARTMENT, department) for department in departments if department),
        ]
    if name == "ADR":
        address = ", ".join(part for part in map(_plain, _parts(value)) if part)
        return [CodeValue(FieldKind.ADDRESS, address)] if address else []
    return []


def _structured_name(text: str) -> list[CodeValue]:
    found = re.search(r"(?im)^N(?:;[^:\n]*)?:(.+)$", text)
    if not found:
        return []
    family, given, more, *_ = [*map(_plain, _parts(found[1])), "", "", ""]
    name = " ".join(part for part in (given, more, family) if part)
    return [CodeValue(FieldKind.NAME, name)] if name else []


def _phone_type(parameters: list[str]) -> str | None:
    said = re.findall(r"[A-Z]+", " ".join(parameters).replace("TYPE", ""))
    return next((PHONE_TYPES[word] for word in PHONE_TYPES if word in said), None)


def _parts(value: str) -> list[str]:
    return re.split(r"(?<!\\);", value)


def _plain(value: str) -> str:
    return re.sub(r"\\([\\;,:])", r"\1", re.sub(r"\\[nN]", ", ", value)).strip()


MECARD = {
    "TEL": FieldKind.PHONE,
    "EMAIL": FieldKind.EMAIL,
    "URL": FieldKind.WEBSITE,
    "ADR": FieldKind.ADDRESS,
    "ORG": FieldKind.COMPANY,
    "TITLE": FieldKind.TITLE,
}


def _parse_mecard(text: str) -> tuple[CodeValue, ...]:
    values: list[CodeValue] = []
    for part in _parts(text.strip()[len("MECARD:") :]):
        name, colon, value = part.partition(":")
        value = _plain(value)
        if not colon or not value:
            continue
        if name.upper() == "N":
            family, _, given = value.partition(",")
            values.append(CodeValue(FieldKind.NAME, f"{given} {family}".strip()))
        elif kind := MECARD.get(name.upper()):
            values.append(CodeValue(kind, value))
    return tuple(values)
