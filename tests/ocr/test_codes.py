from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from ocr.codes import parse_code, read_codes
from ocr.types import FieldKind

VCARD = "\r\n".join(
    [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "N:Whitfield;Jane;Q.;Dr.;",
        "FN:Jane Q. Whitfield",
        "ORG:Harbor Lane Logistics\\, Inc.;Sales",
        "TITLE:Account Executive",
        "item1.TEL;TYPE=CELL,VOICE:+1 206 555 0142",
        "TEL;TYPE=work,fax:+1 206 555 0143",
        "EMAIL;TYPE=INTERNET:jane.whitfield@harborlane",
        " .com",
        "URL:https://harborlane.com",
        "ADR;TYPE=WORK:;;12 Pier Road;Seattle;WA;98101;USA",
        "END:VCARD",
    ]
)


def values(text: str) -> list[tuple[str, str]]:
    return [(value.kind.value, value.value) for value in parse_code(text)]


def test_a_vcard_with_folded_and_escaped_lines():
    assert values(VCARD) == [
        ("name", "Jane Q. Whitfield"),
        ("company", "Harbor Lane Logistics, Inc."),
        ("department", "Sales"),
        ("title", "Account Executive"),
        ("phone", "+1 206 555 0142"),
        ("phone", "+1 206 555 0143"),
        ("email", "jane.whitfield@harborlane.com"),
        ("website", "https://harborlane.com"),
        ("address", "12 Pier Road, Seattle, WA, 98101, USA"),
    ]
    assert [value.type for value in parse_code(VCARD) if value.kind is FieldKind.PHONE] == ["mobile", "fax"]


def test_a_vcard_without_a_formatted_name_is_named_by_its_parts():
    assert values("BEGIN:VCARD\nN:Whitfield;Jane;;;\nEND:VCARD") == [("name", "Jane Whitfield")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MECARD:N:Whitfield,Jane;TEL:+12065550142;EMAIL:jane@harborlane.com;;",
         [("name", "Jane Whitfield"), ("phone", "+12065550142"), ("email", "jane@harborlane.com")]),
        ("MECARD:URL:http\\://harborlane.com;;", [("website", "http://harborlane.com")]),
        ("https://harborlane.com/jane", [("website", "https://harborlane.com/jane")]),
        ("mailto:jane@harborlane.com?subject=hi", [("email", "jane@harborlane.com")]),
        ("tel:+12065550142", [("phone", "+12065550142")]),
        ("WIFI:S:guest;P:secret;;", []),
        ("", []),
        ("BEGIN:VCARD\n\n:\n;;;\nEND", []),
    ],
)  # fmt: skip
def test_other_contents(text, expected):
    assert values(text) == expected


def test_a_printed_code_is_found_with_its_place():
    barcode = zxingcpp.create_barcode(VCARD, zxingcpp.BarcodeFormat.QRCode)
    code = np.array(zxingcpp.write_barcode_to_image(barcode, scale=4))
    card = np.full((600, 1000, 3), 255, np.uint8)
    top, left = 100, 500
    card[top : top + code.shape[0], left : left + code.shape[1]] = code[..., None]
    [found] = read_codes(card)
    assert found.text == VCARD
    assert any(value.value == "jane.whitfield@harborlane.com" for value in found.values)
    assert all(left <= x <= left + code.shape[1] and top <= y <= top + code.shape[0] for x, y in found.polygon)


def test_no_code_no_values():
    assert read_codes(np.full((200, 300, 3), 255, np.uint8)) == ()
