"""What bears on the scores of pairs, read for many of them at once; everything in one room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import book_queries, queries, scoring
from app.alliances.keeping import buyers, compared, held, read_books, renew_buyers
from app.alliances.models import Agreement, Alliance, Evidence
from app.alliances.overlap import shared_accounts
from app.alliances.terms import Case, KeptAccount, Kind, Overlap, Profile, Side, Signal
from app.books.terms import Relation
from app.companies.models import Company

_MOST_AT_ONCE = 500
"""Pieces of evidence of all pairs that are read together without a look at how many each of them has."""
_MANY = 300
"""Of a pair that has more, the newest of each kind are read first."""
_BROAD = 0.9999
"""Of its points for breadth a pair has so much with 20 active pairs of reps."""
_NEWEST = 120
"""So many of each kind, which nearly always say it all."""
_MOST_AGREED = 1_000
"""Accounts that both sides confirmed: so many are named where they are the reason of a move."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the score and the state of one pair rest on."""

    case: Case
    shared: tuple[KeptAccount, ...] = ()
    """Those that both sides have confirmed: a state may rest on them."""
    papers: list[Agreement] = field(default_factory=list)


def read_grounds(
    session: Session, alliances: Sequence[Alliance], moment: datetime, *, books: bool, renewed: bool
) -> list[Ground]:
    """What bears on these pairs, whose rows are locked, as of `moment`.

    With `books` what both sell into is read from their books; with `renewed` so is to whom each of them sells.
    """
    ends = {end for pair in alliances for end in (pair.company_a_id, pair.company_b_id)}
    companies = held(session, ends)
    for company_id in sorted(companies) if renewed else ():
        renew_buyers(session, companies[company_id])
    if books:
        read_books(session, alliances, companies, moment.date())
    sold_to = buyers(session, companies.values())
    profiles = {one.id: profile(one, sold_to[one.id]) for one in companies.values()}
    signals = _signals(session, alliances, companies, moment)
    papers, agreed = _papers(session, alliances), _agreed(session, alliances)
    return [
        Ground(
            Case(
                signals=tuple(signals[pair.id]),
                a=profiles[pair.company_a_id],
                b=profiles[pair.company_b_id],
                declared_competitors=pair.declared_competitors,
                overlap=Overlap(pair.shared_count, pair.shared_worth),
            ),
            tuple(agreed[pair.id]),
            papers[pair.id],
        )
        for pair in alliances
    ]


def case_of(session: Session, alliance: Alliance, kept: Iterable[Evidence], known_by: datetime | None = None) -> Case:
    """What the rules need to know of a pair with this evidence, account by account from the books themselves.

    With `known_by` from what was recorded in them by then.
    """
    a, b = (session.get_one(Company, company_id) for company_id in (alliance.company_a_id, alliance.company_b_id))
    signals = tuple(_signal(item, a, b) for item in kept)
    shared, profiles = shared_accounts(session, a, b, known_by), (profile_of(session, a), profile_of(session, b))
    return Case(signals, shared, *profiles, alliance.declared_competitors)


def signals_of(alliance: Alliance, kept: Iterable[Evidence]) -> tuple[Signal, ...]:
    """The same for the evidence alone, of a pair that was loaded with its companies."""
    return tuple(_signal(item, alliance.company_a, alliance.company_b) for item in kept)


def profile_of(session: Session, company: Company) -> Profile:
    """What the rules know of one company, its buyers from its book."""
    return profile(company, filter(None, map(compared, session.scalars(book_queries.industries_sold_to(company)))))


def profile(company: Company, sold_to: Iterable[str]) -> Profile:
    """What the rules know of a company that sells to these industries."""
    own = compared(company.industry)
    return Profile(
        category=compared(company.product_category),
        buyers=frozenset(sold_to) | ({own} if own else set()),
        area=compared(company.place),
    )


def _signals(
    session: Session, alliances: Sequence[Alliance], companies: Mapping[UUID, Company], moment: datetime
) -> dict[UUID, list[Signal]]:
    if len(alliances) == 1 and _is_broad(alliances[0]):
        return {alliances[0].id: _signals_of_many(session, alliances[0], companies, moment)}
    rows = session.execute(queries.signals([pair.id for pair in alliances], _MOST_AT_ONCE + 1)).all()
    if len(rows) <= _MOST_AT_ONCE:
        return _by_pair(rows, alliances, companies)
    sizes = session.execute(queries.evidence_sizes([pair.id for pair in alliances], _MANY + 1))
    short = [pair_id for pair_id, size in sizes if size <= _MANY]
    read = session.execute(queries.signals(short, _MANY * len(short))).all() if short else ()
    found = _by_pair(read, alliances, companies)
    for pair in alliances:
        if pair.id not in short:
            found[pair.id] = _signals_of_many(session, pair, companies, moment)
    return found


def _is_broad(pair: Alliance) -> bool:
    """Whether so many reps were active at the last look that there must be much evidence."""
    return any(part["name"] == "breadth" and part["points"] > _BROAD * part["max"] for part in pair.parts)


def _by_pair(
    rows: Iterable[Any], alliances: Iterable[Alliance], companies: Mapping[UUID, Company]
) -> dict[UUID, list[Signal]]:
    ends = {pair.id: (companies[pair.company_a_id], companies[pair.company_b_id]) for pair in alliances}
    found: dict[UUID, list[Signal]] = defaultdict(list)
    for row in rows:
        found[row.alliance_id].append(_signal(row, *ends[row.alliance_id]))
    return found


def _signals_of_many(
    session: Session, pair: Alliance, companies: Mapping[UUID, Company], moment: datetime
) -> list[Signal]:
    """The newest of each kind, where older ones cannot change anything; else all."""
    ends = (companies[pair.company_a_id], companies[pair.company_b_id])
    newest = [_signal(row, *ends) for row in session.execute(queries.newest_signals(pair.id, _NEWEST))]
    cut = [kind for kind in Kind if sum(signal.kind is kind for signal in newest) == _NEWEST]
    if scoring.is_settled(newest, cut, moment):
        return newest
    return [_signal(item, *ends) for item in session.scalars(queries.evidence(pair.id))]


def _signal(item: Any, a: Company, b: Company) -> Signal:
    """Of a row of evidence, or of what is read of one."""
    giver = Side(item.giver) if item.giver else None
    # A user is a rep of the home company, a contact one of the other.
    reps = (item.user_id, item.contact_id) if a.is_home or not b.is_home else (item.contact_id, item.user_id)
    relations = tuple(map(Relation, item.relations or ()))
    return Signal(item.id, Kind(item.kind), item.at, item.confidence, giver, *reps, item.accounts or 0, relations)


def _papers(session: Session, alliances: Sequence[Alliance]) -> dict[UUID, list[Agreement]]:
    found: dict[UUID, list[Agreement]] = defaultdict(list)
    for agreement in session.scalars(queries.papers([pair.id for pair in alliances])):
        found[agreement.alliance_id].append(agreement)
    return found


def _agreed(session: Session, alliances: Sequence[Alliance]) -> dict[UUID, list[KeptAccount]]:
    found: dict[UUID, list[KeptAccount]] = defaultdict(list)
    pairs = [pair.id for pair in alliances if pair.shared_both]
    few = sum(pair.shared_both for pair in alliances) <= _MOST_AGREED
    for some in [pairs] if few and pairs else [[pair_id] for pair_id in pairs]:
        for row in session.scalars(book_queries.agreed(some, _MOST_AGREED)):
            kept = KeptAccount(row.account_id, row.worth, row.idf, row.confirmed_at, row.by_both)
            found[row.alliance_id].append(kept)
    return found
