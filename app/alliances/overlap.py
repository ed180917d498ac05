"""What two companies both sell into, from the books of the people who work for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import product
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import queries, scoring
from app.alliances.models import Evidence
from app.alliances.terms import SharedAccount
from app.books.terms import Relation
from app.companies.models import Company

Said = tuple[Relation, datetime, bool]
"""How a company sells into an account, when somebody last said so, and whether that was whoever sells there."""

_AT_ONCE = 5_000
"""Ids in one statement: SQLite takes 32,766 at most."""


def shared_accounts(session: Session, a: Company, b: Company, known_by: datetime | None) -> tuple[SharedAccount, ...]:
    """The accounts of both, once for each two relations; with `known_by`, what was recorded by then."""
    ours, theirs = _said(session, a, b, known_by), _said(session, b, a, known_by)
    common = sorted(ours.keys() & theirs.keys())
    rarities = _rarities(session, common)
    with_home = a.is_home or b.is_home  # two third companies have confirmed nothing to each other
    return tuple(
        SharedAccount(
            id=account,
            relation_a=relation_a,
            relation_b=relation_b,
            # What one side said long ago is as old as that, however often the other repeats its own.
            confirmed_at=min(said_a, said_b),
            idf=rarities[account],
            by_both=with_home and sure_a and sure_b,
        )
        for account in common
        for (relation_a, said_a, sure_a), (relation_b, said_b, sure_b) in product(ours[account], theirs[account])
    )


def matched_accounts(kept: Iterable[Evidence]) -> tuple[SharedAccount, ...]:
    """What private matches of books have found, of the evidence of a pair: how many, and not which."""
    return tuple(
        SharedAccount(
            id=item.id,
            relation_a=Relation(item.relations[0]),
            relation_b=Relation(item.relations[1]),
            confirmed_at=item.at,
            by_both=True,
            unnamed=item.accounts,
        )
        for item in kept
        if item.accounts and item.relations
    )


def _said(session: Session, company: Company, other: Company, known_by: datetime | None) -> dict[UUID, list[Said]]:
    said: dict[UUID, list[Said]] = defaultdict(list)
    for account, relation, confirmed_at, confirmed in session.execute(queries.sold_by(company, other, known_by)):
        said[account].append((Relation(relation), confirmed_at, bool(confirmed)))
    return said


def _rarities(session: Session, accounts: list[UUID]) -> dict[UUID, float]:
    return {
        account: scoring.rarity(companies + by_users)
        for first in range(0, len(accounts), _AT_ONCE)
        for account, companies, by_users in session.execute(queries.sellers(accounts[first : first + _AT_ONCE]))
    }
