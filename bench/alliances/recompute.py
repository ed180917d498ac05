"""The full recompute: every pair with the home company scored from the rows of accounts and evidence, in one stream.

It reads nothing that the service keeps beside them, and holds one company's book and evidence at a time, the home
company's book, how rare each account is, and a few lines for each company.
"""

# ruff: noqa: TID251  it reads all rows there are, as no request does

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.alliances import book_queries, scoring
from app.alliances.grounds import profile
from app.alliances.keeping import compared
from app.alliances.models import Alliance, Evidence
from app.alliances.overlap import Book, Ends, shared_of_books
from app.alliances.scoring import Score
from app.alliances.terms import Case, KeptAccount, Kind, Profile, Side, Signal
from app.books.models import Account
from app.books.terms import Relation
from app.companies.models import Company
from app.composition import House

_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Fresh:
    """A pair as it comes out of a full recompute."""

    alliance_id: UUID
    company_id: UUID
    score: Score
    kept: dict[UUID, KeptAccount]
    buyers: list[str]
    last_at: datetime | None


def recompute(house: House, organization_id: UUID, home_id: UUID, moment: datetime) -> Iterator[Fresh]:
    """Every pair with the home company as of `moment`, in the order of the other companies' ids."""
    with house.sessions.begin(organization_id, reading=True) as session:
        counted = sa.select(_PLAIN, *book_queries.all_sellers().selected_columns[1:]).group_by(Account.company_id)
        rare = {one: scoring.rarity(theirs + ours) for one, theirs, ours in session.execute(counted)}
        home = session.get_one(Company, home_id)
        own, own_industries = _home(session)
        us = profile(home, own_industries)
        accounts, industries = _groups(session, _accounts()), _groups(session, _industries())
        evidence = _groups(session, _evidence(home_id))
        heads = [next(stream, _END) for stream in (accounts, industries, evidence)]
        for alliance_id, company in session.execute(_pairs(home_id)).yield_per(_AT_ONCE):
            theirs = []
            for place, stream in enumerate((accounts, industries, evidence)):
                while heads[place][0] < company.id:
                    heads[place] = next(stream, _END)
                theirs.append(heads[place][1] if heads[place][0] == company.id else [])
            sold_to = {name for _, industry in theirs[1] if (name := compared(industry))}
            found = _Pair(home, company, us, profile(company, sold_to))
            yield found.scored(alliance_id, (own, _book(theirs[0])), rare, theirs[2], moment)


Group = tuple[UUID, list[Any]]
_END: Group = (UUID(int=2**128 - 1), [])
_PLAIN = sa.type_coerce(Account.company_id, sa.String)
"""The account's id as the database has it: to tell one from another it need not be taken apart."""


def _accounts() -> sa.Select[*tuple[Any, ...]]:
    """What each company says of the accounts that users sell into as well, seller by seller."""
    ours = aliased(Account)
    also = sa.select(ours.id).where(ours.company_id == Account.company_id, ours.user_id.is_not(None)).exists()
    said = sa.select(Account.seller_id, _PLAIN, Account.relation, Account.confirmed_at, Account.confirmed)
    return said.where(Account.seller_id.is_not(None), also).order_by(Account.seller_id)


def _industries() -> sa.Select[*tuple[Any, ...]]:
    """To whom each company sells, seller by seller."""
    named = Account.seller_id.is_not(None) & Account.industry.is_not(None)
    return sa.select(Account.seller_id, Account.industry).where(named).distinct().order_by(Account.seller_id)


def _pairs(home_id: UUID) -> sa.Select[*tuple[Any, ...]]:
    ends = (Alliance.company_a_id, Alliance.company_b_id)
    other = sa.case((ends[0] == home_id, ends[1]), else_=ends[0])
    pairs = sa.select(Alliance.id, Company).join(Company, Company.id == other)
    return pairs.where((ends[0] == home_id) | (ends[1] == home_id)).order_by(Company.id)


def _evidence(home_id: UUID) -> sa.Select[*tuple[Any, ...]]:
    ends = (Alliance.company_a_id, Alliance.company_b_id)
    other = sa.case((ends[0] == home_id, ends[1]), else_=ends[0])
    seen = (Evidence.id, Evidence.kind, Evidence.at, Evidence.confidence, Evidence.giver)
    found = sa.select(other.label("other"), *seen, Evidence.user_id, Evidence.contact_id)
    found = found.join(Alliance, Alliance.id == Evidence.alliance_id)
    return found.where((ends[0] == home_id) | (ends[1] == home_id)).order_by("other")


def _groups(session: Any, query: Any) -> Iterator[Group]:
    rows = session.execute(query).yield_per(_AT_ONCE)
    return ((company_id, list(some)) for company_id, some in groupby(rows, key=itemgetter(0)))


def _home(session: Any) -> tuple[Book, set[str]]:
    users = Account.user_id.is_not(None)
    ours = sa.select(sa.literal(None), _PLAIN, Account.relation, Account.confirmed_at, Account.confirmed).where(users)
    industries = session.scalars(sa.select(Account.industry).where(users).distinct())
    return _book(session.execute(ours)), set(filter(None, map(compared, industries)))


def _book(rows: Any) -> Book:
    """What rows say of each account, once a relation."""
    book: dict[Any, dict[str, tuple[datetime, bool]]] = {}
    for _, account, relation, confirmed_at, confirmed in rows:
        said = book.setdefault(account, {})
        before = said.get(relation)
        one = (confirmed_at, bool(confirmed))
        said[relation] = one if before is None else (max(before[0], one[0]), before[1] or one[1])
    return {one: [(Relation(name), *each) for name, each in said.items()] for one, said in book.items()}


@dataclass(frozen=True, slots=True)
class _Pair:
    home: Company
    other: Company
    us: Profile
    them: Profile

    def scored(
        self,
        alliance_id: UUID,
        books: tuple[Book, Book],
        rare: dict[Any, float],
        facts: Any,
        moment: datetime,
    ) -> Fresh:
        home_first = self.home.id < self.other.id
        ends: Ends = (self.home, self.other) if home_first else (self.other, self.home)
        shared = shared_of_books(ends, *(books if home_first else books[::-1]), rare)
        signals = tuple(
            Signal(one, Kind(kind), at, sure, Side(giver) if giver else None, *self._reps(user, contact, home_first))
            for _, one, kind, at, sure, giver, user, contact in facts
        )
        profiles = (self.us, self.them) if home_first else (self.them, self.us)
        score = scoring.score(Case(signals, shared, *profiles), moment)
        kept = scoring.kept(shared)
        last = max([signal.at for signal in signals] + [each.confirmed_at for each in kept.values()], default=None)
        own = self.other.industry
        buyers = sorted(self.them.buyers - ({compared(own)} if own else set()))
        return Fresh(alliance_id, self.other.id, score, kept, buyers, last)

    @staticmethod
    def _reps(user: UUID | None, contact: UUID | None, home_first: bool) -> tuple[UUID | None, UUID | None]:
        return (user, contact) if home_first else (contact, user)
