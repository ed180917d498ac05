"""Accounts in a CSV file: which columns it has, and which of its rows can be used. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from app.books.terms import Relation

COLUMNS = ("company", "domain", "relation", "industry", "product_category", "never_share")
REQUIRED = ("company", "relation")
_RELATIONS = frozenset(relation.value for relation in Relation)
_YES = frozenset({"true", "yes", "y", "1", "x"})
_NO = frozenset({"false", "no", "n", "0", ""})
_LONGEST = {"company": 300, "domain": 253, "industry": 100, "product_category": 100}


class BadSheetError(ValueError):
    """The file as a whole cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One account."""

    company: str
    relation: Relation
    domain: str | None = None
    industry: str | None = None
    product_category: str | None = None
    never_share: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """One line that is no account."""

    line: int
    """From 1, the header's."""
    problem: str


def read_sheet(data: bytes) -> Iterator[tuple[int, Row | Refused]]:
    """The rows of a CSV file in UTF-8, separated by comma, semicolon or tab, each with the number of its line.

    Raises:
        BadSheetError: not text in UTF-8, not CSV, or a column that is needed is missing.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise BadSheetError("The file is not text in UTF-8.") from wrong
    if "\0" in text:
        raise BadSheetError("The file is not text.")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = [name.strip().casefold().replace(" ", "_") for name in next(lines, [])]
        _check(header)
        for values in lines:
            if any(value.strip() for value in values):
                yield lines.line_num, _row(lines.line_num, header, values)
    except csv.Error as wrong:
        raise BadSheetError(f"Line {lines.line_num} is not CSV.") from wrong


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def _check(header: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        raise BadSheetError(f"The first line names no column {' and '.join(missing)}.")


def _row(line: int, header: list[str], values: list[str]) -> Row | Refused:
    given = {name: value.strip() for name, value in zip(header, values, strict=False) if name in COLUMNS}
    relation = given.get("relation", "").casefold().replace(" ", "_").replace("-", "_")
    never_share = given.get("never_share", "").casefold()
    for problem, wrong in (
        ("no company", not given.get("company")),
        (f"relation is none of {', '.join(sorted(_RELATIONS))}", relation not in _RELATIONS),
        ("never_share is neither yes nor no", never_share not in _YES | _NO),
        ("a value is too long", any(len(given.get(name, "")) > most for name, most in _LONGEST.items())),
    ):
        if wrong:
            return Refused(line, problem)
    return Row(
        company=given["company"],
        relation=Relation(relation),
        domain=given.get("domain") or None,
        industry=given.get("industry") or None,
        product_category=given.get("product_category") or None,
        never_share=never_share in _YES,
    )
