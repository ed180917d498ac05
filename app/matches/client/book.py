"""The accounts of a book as a match compares them: each by its domain, else by the core of its name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.books.sheet import Row, read_sheet
from app.books.terms import Relation
from app.companies.domains import web_domain
from app.companies.normal import company_key
from app.matches.client.errors import TooFewAccounts, TooManyAccounts
from app.matches.terms import LEAST_ACCOUNTS, SIZES

FIELDS = ("relation", "industry", "product_category")
"""What a side may show of a shared account."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One account."""

    identifier: str
    """`domain:acme.com`, or `name:acme tools` where no domain is known."""
    name: str
    relation: Relation
    domain: str | None = None
    industry: str | None = None
    product_category: str | None = None


def identifier(name: str, domain: str | None) -> str | None:
    """By what an account is compared; None for one that has neither a domain of its own nor a name with letters."""
    own = web_domain(domain) if domain else None
    if own:
        return f"domain:{own}"
    key = company_key(name)
    return f"name:{key}" if key else None


def entries_of_sheet(data: bytes, relations: Collection[Relation]) -> tuple[Entry, ...]:
    """The accounts of a CSV file that take part: of these relations, without those never to be shared.

    The file has the columns of `POST /v1/accounts/import`; rows that cannot be used are left out.

    Raises:
        app.books.sheet.BadSheetError: the file as a whole cannot be used.
    """
    rows = [row for _, row in read_sheet(data) if isinstance(row, Row)]
    private = {identifier(row.company, row.domain) for row in rows if row.never_share}
    wanted = (row for row in rows if row.relation in relations)
    made = (_entry(row.company, row.domain, row.relation, row.industry, row.product_category) for row in wanted)
    return _once_each(entry for entry in made if entry is not None and entry.identifier not in private)


def entries_of_rows(rows: Iterable[Mapping[str, Any]]) -> tuple[Entry, ...]:
    """The accounts that `GET /v1/matches/{id}/accounts` gives: the server has left out what takes no part."""
    made = (
        _entry(row["company"], row["domain"], Relation(row["relation"]), row["industry"], row["product_category"])
        for row in rows
    )
    return _once_each(filter(None, made))


def check_count(entries: Collection[Entry], least: int = LEAST_ACCOUNTS) -> None:
    """Raises TooFewAccounts or TooManyAccounts where a list of this length must not be matched."""
    if len(entries) < max(least, LEAST_ACCOUNTS):
        raise TooFewAccounts(
            f"{len(entries)} of your accounts take part, and it takes {max(least, LEAST_ACCOUNTS)}: the answer to a"
            " short list tells too much of each account on it."
        )
    if len(entries) > SIZES[-1]:
        raise TooManyAccounts(f"{len(entries):,} of your accounts take part; a match holds {SIZES[-1]:,}.")


def _entry(name: str, domain: str | None, relation: Relation, industry: str | None, sold: str | None) -> Entry | None:
    known = identifier(name, domain)
    return None if known is None else Entry(known, name, relation, domain, industry, sold)


def _once_each(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    first: dict[str, Entry] = {}
    for entry in entries:
        first.setdefault(entry.identifier, entry)
    return tuple(first.values())
