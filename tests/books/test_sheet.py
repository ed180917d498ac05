"""CSV files of accounts: every shape that spreadsheets write, and what cannot be used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.books.sheet import BadSheetError, Refused, Row, read_sheet
from app.books.terms import Relation


def rows(text: str | bytes) -> list[Row | Refused]:
    return [row for _, row in read_sheet(text if isinstance(text, bytes) else text.encode())]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_separator(mark: str, end: str):
    lines = ["company|relation|domain|never_share", '"Corner| Stores"|Open Opportunity|corner.example|yes', "|||"]
    assert rows(end.join(lines).replace("|", mark)) == [
        Row(f"Corner{mark} Stores", Relation.OPEN_OPPORTUNITY, "corner.example", never_share=True)
    ]


def test_headers_in_any_order_and_case_and_columns_that_are_not_ours():
    text = "\ufeffOwner,Product Category, RELATION ,Company\nAnn,tills,prospect,Søndre Kiosk\n"
    assert rows(text) == [Row("Søndre Kiosk", Relation.PROSPECT, product_category="tills")]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (",customer,", "no company"),
        ("Kiosk,friend,", "relation is none of customer, open_opportunity, prospect"),
        ("Kiosk", "relation is none of customer, open_opportunity, prospect"),
        ("Kiosk,customer,perhaps", "never_share is neither yes nor no"),
        (f"{'K' * 301},customer,", "a value is too long"),
    ],
)
def test_a_line_that_is_no_account_is_told_and_the_others_are_read(line: str, problem: str):
    found = rows(f"company,relation,never_share\n{line}\nCorner Stores,customer,no\n")
    assert found == [Refused(2, problem), Row("Corner Stores", Relation.CUSTOMER)]


@pytest.mark.parametrize(
    "data",
    [b"", b"company\nKiosk\n", b"relation\n", "company,relation\nK\xf8b,customer".encode("latin-1"), b"PK\x03\x04\0\0"],
)
def test_a_file_that_is_no_sheet(data: bytes):
    with pytest.raises(BadSheetError):
        rows(data)


def test_a_quote_that_never_ends():
    with pytest.raises(BadSheetError, match="Line 2"):
        rows('company,relation\n"Kiosk,customer')


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes):
    try:
        found = rows(b"company,relation\n" + data)
    except BadSheetError:
        return
    assert all(isinstance(row, Row | Refused) for row in found)
