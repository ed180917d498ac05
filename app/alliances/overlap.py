"""What two companies both sell into, from the books of the people who work for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from itertools import product
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import book_queries, scoring
from app.alliances.terms import SharedAccount
from app.books.terms import Relation
from app.companies.models import Company

Said = tuple[Relation, datetime, bool]
"""How a company sells into an account, when somebody last said so, and whether that was whoever sells there."""

Book = Mapping[UUID, Sequence[Said]]
"""What a company says of its accounts."""

Ends = tuple[Company, Company]

_AT_ONCE = 5_000
"""Ids in one statement: SQLite takes 32,766 at most."""

_SHORT = 2_000
"""Accounts in a book that is read whole, to look each of them up in the other one."""


def shared_accounts(session: Session, a: Company, b: Company, known_by: datetime | None) -> tuple[SharedAccount, ...]:
    """The accounts of both, once for each two relations; with `known_by`, what was recorded by then.

    Those that everybody sells into are left out: they say nothing of two companies.
    """
    ours = _book(session.execute(book_queries.sold_by(a, b, known_by)))
    theirs = _book(session.execute(book_queries.sold_by(b, a, known_by)))
    return shared_of_books((a, b), ours, theirs, rarities(session, ours.keys() & theirs.keys()))


def shared_by_pairs(session: Session, pairs: Sequence[Ends]) -> list[tuple[SharedAccount, ...]]:
    """The same of many pairs at once, of each in the order given."""
    short = _short_books(session, {end.id for ends in pairs for end in ends if not end.is_home})
    driven = [next((end for end in ends if end.id in short), None) for ends in pairs]
    others = [b if one is a else a for one, (a, b) in zip(driven, pairs, strict=True)]
    wanted = {account for one in driven if one for account in short[one.id]}
    said = {**_said_at(session, {other.id for other, one in zip(others, driven, strict=True) if one}, wanted), **short}
    home = _home_at(session, wanted) if any(other.is_home for other in others) else {}
    common: list[tuple[Book, Book] | None] = []
    for one, (a, b) in zip(driven, pairs, strict=True):
        both = (home if a.is_home else said.get(a.id, {}), home if b.is_home else said.get(b.id, {}))
        common.append(both if one else None)
    rare = rarities(session, {account for both in common if both for account in both[0].keys() & both[1].keys()})
    return [
        shared_of_books(ends, *both, rare) if both else shared_accounts(session, *ends, None)
        for ends, both in zip(pairs, common, strict=True)
    ]


def shared_at(
    ends: Ends, account_id: UUID, ours: Sequence[Said], theirs: Sequence[Said], idf: float
) -> tuple[SharedAccount, ...]:
    """One account as two companies share it."""
    return shared_of_books(ends, {account_id: ours}, {account_id: theirs}, {account_id: idf})


def shared_of_books(ends: Ends, ours: Book, theirs: Book, rare: Mapping[UUID, float]) -> tuple[SharedAccount, ...]:
    """What two books share, given how much each account says; accounts that say nothing are left out."""
    with_home = ends[0].is_home or ends[1].is_home  # two third companies have confirmed nothing to each other
    return tuple(
        SharedAccount(
            id=account,
            relation_a=relation_a,
            relation_b=relation_b,
            # What one side said long ago is as old as that, however often the other repeats its own.
            confirmed_at=_day(min(said_a, said_b)),
            idf=rare[account],
            by_both=with_home and sure_a and sure_b,
        )
        for account in sorted(ours.keys() & theirs.keys())
        if rare.get(account)
        for (relation_a, said_a, sure_a), (relation_b, said_b, sure_b) in product(ours[account], theirs[account])
    )


def said_of(
    session: Session, account_id: UUID, sellers: Collection[UUID], home: Company | None
) -> tuple[dict[UUID, Sequence[Said]], bool]:
    """What each company that sells into one account says of it; and whether users of the organization do."""
    found: dict[UUID, Sequence[Said]] = {
        seller: book[account_id] for seller, book in _said_at(session, sellers, [account_id]).items()
    }
    ours = _home_at(session, [account_id]).get(account_id)
    if home is not None:
        found.pop(home.id, None)
        found |= {home.id: ours} if ours else {}
    return found, ours is not None


def rarities(session: Session, accounts: Collection[UUID]) -> dict[UUID, float]:
    """How much each of these accounts says when two companies share it."""
    ordered, most = sorted(accounts), scoring.MOST_SELLERS + 1
    return {
        account: scoring.rarity(companies + bool(by_users))
        for some in _portions(ordered)
        for account, companies, by_users in session.execute(book_queries.sellers(some, most))
    }


def _day(moment: datetime) -> datetime:
    """The beginning of a day: scores are as of one, and nothing in them is newer."""
    return datetime.combine(moment.astimezone(UTC).date(), time.min, UTC)


def _short_books(session: Session, company_ids: Collection[UUID]) -> dict[UUID, Book]:
    """The whole books of those of these companies that have short ones."""
    if not company_ids:
        return {}
    sizes = session.execute(book_queries.book_sizes(sorted(company_ids), _SHORT)).all()
    short = [company_id for company_id, size in sizes if size < _SHORT]
    books = _books(session.execute(book_queries.said_by_sellers(short))) if short else {}
    return {company_id: books.get(company_id, {}) for company_id in short}


def _said_at(session: Session, company_ids: Collection[UUID], accounts: Collection[UUID]) -> dict[UUID, Book]:
    books: dict[UUID, dict[UUID, list[Said]]] = defaultdict(dict)
    for some in _portions(sorted(accounts)):
        for seller, book in _books(session.execute(book_queries.said_by_sellers(company_ids, some))).items():
            if seller:
                books[seller].update(book)
    return dict(books)


def _home_at(session: Session, accounts: Collection[UUID]) -> Book:
    said: dict[UUID, list[Said]] = {}
    for some in _portions(sorted(accounts)):
        said.update(_books(session.execute(book_queries.said_by_users(some))).get(None, {}))
    return said


def _portions(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[first : first + _AT_ONCE] for first in range(0, len(ids), _AT_ONCE))


def _books(rows: Iterable[Any]) -> dict[UUID | None, dict[UUID, list[Said]]]:
    books: dict[UUID | None, dict[UUID, list[Said]]] = defaultdict(lambda: defaultdict(list))
    for seller, account, relation, confirmed_at, confirmed in rows:
        books[seller][account].append((Relation(relation), confirmed_at, bool(confirmed)))
    return books


def _book(rows: Iterable[Any]) -> dict[UUID, list[Said]]:
    return _books((None, *row) for row in rows)[None]
