"""Phone numbers in lines: where they are, their types, extensions and E.164 form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.fields.phone import dialled, find_phones, normalise


def read(line: str, region: str | None = None) -> list[tuple[str, str | None, str | None]]:
    spans = [normalise(span, region) for span in find_phones(line)]
    return [(span.value, span.type, span.extension) for span in spans]


@pytest.mark.parametrize(
    ("line", "region", "found"),
    [
        ("+49 (0)30 1234-567", None, [("+49301234567", "work", None)]),
        ("T.555.555.0132/F.555.555.0141", "US", [("+15555550132", "work", None), ("+15555550141", "fax", None)]),
        (
            "Phone (212) 555-0187 Fax (212) 555-0188",
            "US",
            [("+12125550187", "work", None), ("+12125550188", "fax", None)],
        ),
        ("Tel: +49 (431) 123-4567 x 89", None, [("+494311234567", "work", "89")]),
        ("Tel:0431 1234567(Ext:36)", "DE", [("+494311234567", "work", "36")]),
        ("Mobil: 0171 2345678", "DE", [("+491712345678", "mobile", None)]),
        ("m +44 7700 900123", None, [("+447700900123", "mobile", None)]),
        ("Direct Line: 020 7946 0000", "GB", [("+442079460000", "direct", None)]),
        ("555-0187 (fax)", None, [("5550187", "fax", None)]),
        ("650/555.0162", "US", [("+16505550162", "work", None)]),
        ("Tel:(11)2555-8430/2555-6245", "BR", [("+551125558430", "work", None), ("25556245", "work", None)]),
        ("1-800-FLOWERS", "US", [("+18003569377", "work", None)]),
        ("tel (65O) 555 0154", "US", [("+16505550154", "work", None)]),
        ("650.555.0182 650.555.0187", "US", [("+16505550182", "work", None), ("+16505550187", "work", None)]),
        ("CEL119.8555-6934", "BR", [("+5511985556934", "mobile", None)]),
        ("+31 (0)20 492 22 17 toestel 474", None, [("+31204922217", "work", "474")]),
    ],
)
def test_numbers(line, region, found):
    assert read(line, region) == found


def test_numbers_without_a_certain_country_keep_their_national_digits():
    assert read("030 1234567") == [("0301234567", "work", None)]


@pytest.mark.parametrize(
    ("line", "certain", "assumed", "value"),
    [
        ("206 555 0142", None, "US", "+12065550142"),
        ("030 1234567", None, "DE", "+49301234567"),
        ("030 1234567", None, "US", "0301234567"),
        ("030 1234567", "DE", "US", "+49301234567"),
        ("+44 7700 900123", None, "US", "+447700900123"),
        ("206 555 0142", None, "nowhere", "2065550142"),
    ],
)
def test_a_country_is_assumed_where_none_is_certain_and_the_number_is_valid_there(line, certain, assumed, value):
    [span] = find_phones(line)
    number = dialled(span, certain, assumed)
    assert number.value == value
    assert number.certainty == normalise(span, certain).certainty


@pytest.mark.parametrize(
    "line",
    [
        "Springfield, IL 62704-1234",
        "CEP 01310-100 São Paulo",
        "Lindenweg 35 · 54853 Passau",
        "Plaza Mayor, 200 - 10432",
        "Mühlstraße 19, 75630 Kiel",
        "Dorpsstraat 213, 7770 CH Zwolle",
        "Via Verdi 188- 40121 BOLOGNA",
        "〒696-0218",
        "RCS Lyon 432 747 677",
        "R.E.A. 647972",
        "9-13 / 15-19",
        "8:15am - 1:45pm / 3:00pm - 6:15pm",
        "From 1952-2014",
        "License #K20417",
        "VAT DE 123456789",
        "CNPJ 12.345.678/0001-95",
        "ID 12*34*56789",
        "12.05.2024",
        "28 29 30 31",
        "242526272829",
        "7 14 21 28",
        "2 9 16 230",
    ],
)
def test_what_is_no_phone_number(line):
    assert read(line) == []


def test_letters_read_for_digits_are_a_repair():
    [span] = find_phones("Tel 65O 555 0154")
    assert span.repairs == ("letters to digits",)


@given(st.text(alphabet="0123456789 ()+-./xTFelax:", max_size=40))
def test_any_line_is_taken_without_complaint(line):
    for span in find_phones(line):
        assert line[span.start : span.end]
        assert normalise(span, "US").value.lstrip("+").isdigit()
