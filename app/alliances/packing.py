"""Gathers the evidence pack: all that speaks for an agreement between two companies, fit to be shown to both.

It holds what everybody in the pair's audience sees, whoever asks, and names no account that a book never shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import pack_queries, scoring, service
from app.alliances.ledger import Ledger
from app.alliances.models import Agreement, Alliance, Introduction, StateMove, Win
from app.alliances.service import Explained
from app.alliances.terms import SharedAccount
from app.books.terms import Relation
from app.exchanges.models import Exchange
from app.kit.db import in_room

MOST_ROWS = 200
"""Of each list: who reads more looks at the lists themselves."""


@dataclass(frozen=True, slots=True)
class Common:
    """An account of both that may be shown."""

    name: str
    ours: Relation
    theirs: Relation
    confirmed_at: datetime
    by_both: bool


@dataclass(frozen=True, slots=True)
class Names:
    """What the people and customers of a pack are called, as far as they are still known and may be named."""

    users: Mapping[UUID, str]
    contacts: Mapping[UUID, str | None]
    titles: Mapping[UUID, str | None]
    customers: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Pack:
    """The evidence for an agreement."""

    explained: Explained
    proposal: StateMove | None
    agreements: Sequence[Agreement]
    exchanges: Sequence[Exchange]
    common: tuple[Common, ...]
    withheld: int
    """Shared accounts that are in a book never to be shared."""
    introductions: Sequence[Introduction]
    wins: Sequence[Win]
    ledger: Ledger
    moves: Sequence[StateMove]
    names: Names
    truncated: bool


def pack(session: Session, alliance_id: UUID) -> Pack:
    """The evidence pack of a pair.

    Raises:
        NotFound: no such pair, or not yours.
    """
    with in_room(session, service.get(session, alliance_id).audience_id):
        return _pack(session, alliance_id)


def _pack(session: Session, alliance_id: UUID) -> Pack:
    explained = service.explained(session, alliance_id)
    alliance = explained.alliance
    exchanges = session.scalars(pack_queries.exchanges_between(alliance, MOST_ROWS + 1)).all()
    introductions = session.scalars(pack_queries.introductions(alliance_id, MOST_ROWS + 1)).all()
    wins = session.scalars(pack_queries.wins(alliance_id, MOST_ROWS + 1)).all()
    moves = service.moves(session, alliance)
    common, withheld = _common(session, alliance, explained.case.shared)
    _, ledger = service.ledger(session, alliance_id)
    proposal = session.scalars(pack_queries.proposal(alliance_id)).one_or_none() if alliance.proposed_kind else None
    return Pack(
        explained=explained,
        proposal=proposal,
        agreements=service.agreements(session, alliance),
        exchanges=exchanges[:MOST_ROWS],
        common=common[:MOST_ROWS],
        withheld=withheld,
        introductions=introductions[:MOST_ROWS],
        wins=wins[:MOST_ROWS],
        ledger=ledger,
        moves=moves[:MOST_ROWS],
        names=_names(session, alliance, (exchanges, introductions, wins), proposal),
        truncated=any(len(rows) > MOST_ROWS for rows in (exchanges, introductions, wins, common, moves)),
    )


def _common(session: Session, alliance: Alliance, shared: Sequence[SharedAccount]) -> tuple[tuple[Common, ...], int]:
    """The accounts of both, each by its best two relations, that no book keeps to itself; and how many one does."""
    best: dict[UUID, SharedAccount] = {}
    for account in sorted(shared, key=_worth):
        best[account.id] = account
    hidden = set(session.scalars(pack_queries.never_shared(best)))
    names = dict(session.execute(pack_queries.company_names(best.keys() - hidden)).all())
    home_is_a = alliance.company_a.is_home or not alliance.company_b.is_home
    shown = []
    for company_id, account in best.items():
        relations = (account.relation_a, account.relation_b)
        ours, theirs = relations if home_is_a else relations[::-1]
        if company_id in names:
            shown.append(Common(names[company_id], ours, theirs, account.confirmed_at, account.by_both))
    return tuple(sorted(shown, key=lambda each: each.name.casefold())), len(hidden)


def _worth(account: SharedAccount) -> tuple[float, datetime]:
    return scoring.MODEL.relations[frozenset({account.relation_a, account.relation_b})], account.confirmed_at


def _names(
    session: Session,
    alliance: Alliance,
    rows: tuple[Sequence[Exchange], Sequence[Introduction], Sequence[Win]],
    proposal: StateMove | None,
) -> Names:
    exchanges, introductions, wins = rows
    everything: tuple[Exchange | Introduction | Win, ...] = (*exchanges, *introductions, *wins)
    users = {row.user_id for row in everything if row.user_id} | ({proposal.user_id} if proposal else set())
    contacts = {row.contact_id for row in everything if row.contact_id}
    dealings: tuple[Introduction | Win, ...] = (*introductions, *wins)
    customers = {row.customer_id for row in dealings if row.customer_id}
    hidden = set(session.scalars(pack_queries.never_shared(customers)))
    ends = [alliance.company_a_id, alliance.company_b_id]
    return Names(
        users=dict(session.execute(pack_queries.user_names({each for each in users if each})).all()),
        contacts=dict(session.execute(pack_queries.contact_names(contacts)).all()),
        titles=dict(session.execute(pack_queries.titles(contacts, ends)).all()),
        customers=dict(session.execute(pack_queries.company_names(customers - hidden)).all()),
    )
