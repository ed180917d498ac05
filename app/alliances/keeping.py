"""Keeps what the companies of a pair both sell into with the pair, so that its score needs no look into their books.

Books are read whole when a pair is made, or when it is not known what changed (`read_books`). From there on each change
of an account is followed by itself (`follow_account`). What is kept is a function of the accounts; nothing else is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, insert
from sqlalchemy.orm import Session

from app.alliances import book_queries, queries, scoring
from app.alliances.models import Alliance, CompanyBuyers, SharedAccountRow
from app.alliances.overlap import Ends, Said, said_of, shared_at, shared_by_pairs
from app.alliances.terms import KeptAccount
from app.companies.models import Company
from app.kit.db import insert_for

_ROWS = cast("Table", SharedAccountRow.__table__)


@dataclass(frozen=True, slots=True)
class Shift:
    """A pair of which one shared account is another than before."""

    alliance: Alliance
    before: KeptAccount | None
    after: KeptAccount | None

    @property
    def is_of_idf_alone(self) -> bool:
        """Whether nobody said anything new: only more or fewer companies sell there."""
        one, two = self.before, self.after
        return one is not None and two is not None and (one.worth, one.by_both) == (two.worth, two.by_both)


def read_books(session: Session, alliances: Sequence[Alliance], companies: Mapping[UUID, Company], day: date) -> None:
    """Keep of these pairs, whose rows are locked, just what their companies' whole books say."""
    ends = [(companies[pair.company_a_id], companies[pair.company_b_id]) for pair in alliances]
    kept: dict[UUID, dict[UUID, KeptAccount]] = {alliance.id: {} for alliance in alliances}
    for row in session.scalars(book_queries.kept_of_pairs(kept)):
        kept[row.alliance_id][row.account_id] = _kept(row)
    changes: list[tuple[UUID, UUID, KeptAccount | None]] = []
    for alliance, shared in zip(alliances, shared_by_pairs(session, ends), strict=True):
        wanted, held = scoring.kept(shared), kept[alliance.id]
        changed = {account for account in held.keys() | wanted.keys() if held.get(account) != wanted.get(account)}
        changes += [(alliance.id, account, wanted.get(account)) for account in sorted(changed)]
        found = scoring.overlap_of(wanted.values())
        alliance.shared_worth, alliance.shared_count = found.worth, found.count
        alliance.shared_both = sum(each.by_both for each in wanted.values())
        alliance.shared_at = max((each.confirmed_at for each in wanted.values()), default=None)
        alliance.books_read_on = day
    _replace(session, changes)


def follow_account(
    session: Session, account_id: UUID, own: Collection[UUID], home: Company | None, sharing: Collection[UUID]
) -> list[Shift]:
    """Keep of one account what the books say of it now; returns the pairs for which that is something new, locked.

    `own` are the companies whose books changed there, `sharing` the pairs for which it is kept. Sees one room.
    """
    sellers, most = book_queries.partners_selling_to(account_id), scoring.MOST_SELLERS + 1
    many = {seller for seller in session.scalars(sellers.limit(most)) if seller}
    said, by_users = said_of(session, account_id, many, home) if len(many) < most else ({}, False)
    idf = scoring.rarity(len(many) + by_users)
    touched = set(sharing)
    if said:
        # Where nothing is kept yet, any two of its sellers may share it: there were too many before, or one alone.
        some = own if touched else said.keys()
        touched |= set(session.scalars(book_queries.pairs_between(some, said.keys()))) if some else set()
    if not touched:
        return []
    pairs = session.scalars(queries.alliances_to_change(sorted(touched))).all()
    kept = {row.alliance_id: _kept(row) for row in session.scalars(book_queries.kept_of_account(account_id, touched))}
    companies = held(session, {end for pair in pairs for end in (pair.company_a_id, pair.company_b_id)})
    found = []
    for pair in pairs:
        both = (companies[pair.company_a_id], companies[pair.company_b_id])
        shift = Shift(pair, kept.get(pair.id), _at(both, account_id, said, idf))
        if shift.before != shift.after:
            found.append(shift)
    _replace(session, [(shift.alliance.id, account_id, shift.after) for shift in found])
    for shift in found:
        _sum_up(session, shift)
    return found


def held(session: Session, company_ids: Iterable[UUID]) -> dict[UUID, Company]:
    """These companies, read where the session does not hold them yet."""
    keys = {company_id: session.identity_key(Company, company_id) for company_id in company_ids}
    found = {company_id: session.identity_map[key] for company_id, key in keys.items() if key in session.identity_map}
    missing = keys.keys() - found.keys()
    read = session.scalars(queries.companies(missing)) if missing else ()
    return found | {company.id: company for company in read}


def buyers(session: Session, companies: Iterable[Company]) -> dict[UUID, list[str]]:
    """The industries that each of these companies sells into, as they are kept; read where they never were."""
    wanted = {company.id: company for company in companies}
    found: dict[UUID, list[str]] = dict(session.execute(book_queries.buyers(wanted)).all())
    for company_id in sorted(wanted.keys() - found.keys()):
        found[company_id], _ = renew_buyers(session, wanted[company_id])
    return found


def renew_buyers(session: Session, company: Company) -> tuple[list[str], bool]:
    """Keep to whom a company sells as its book says now; returns that, and whether it is something new."""
    said = session.scalars(book_queries.industries_sold_to(company))
    industries = sorted(filter(None, {compared(industry) for industry in said}))
    before = session.get(CompanyBuyers, company.id)
    if before is None:
        values = insert_for(session, CompanyBuyers).values(company_id=company.id, industries=industries)
        session.execute(values.on_conflict_do_update(index_elements=["company_id"], set_={"industries": industries}))
    elif before.industries != industries:
        before.industries = industries
    else:
        return industries, False
    session.flush()
    return industries, True


def compared(text: str | None) -> str | None:
    """A name of a category, an industry or a place as it is compared."""
    return " ".join(text.casefold().split()) or None if text else None


def _kept(row: SharedAccountRow) -> KeptAccount:
    return KeptAccount(row.account_id, row.worth, row.idf, row.confirmed_at, row.by_both)


def _at(ends: Ends, account_id: UUID, said: Mapping[UUID, Sequence[Said]], idf: float) -> KeptAccount | None:
    ours, theirs = (said.get(end.id) for end in ends)
    if not (ours and theirs and idf):
        return None
    return scoring.kept(shared_at(ends, account_id, ours, theirs, idf)).get(account_id)


def _replace(session: Session, changed: Sequence[tuple[UUID, UUID, KeptAccount | None]]) -> None:
    """Write what is kept of these pairs and accounts."""
    if not changed:
        return
    gone = delete(_ROWS).where(_ROWS.c.alliance_id == bindparam("pair"), _ROWS.c.account_id == bindparam("account"))
    session.connection().execute(gone, [{"pair": pair, "account": account} for pair, account, _ in changed])
    rows = [
        {
            "alliance_id": pair,
            "account_id": account,
            "worth": kept.worth,
            "idf": kept.idf,
            "confirmed_at": kept.confirmed_at,
            "by_both": kept.by_both,
        }
        for pair, account, kept in changed
        if kept
    ]
    if rows:
        session.connection().execute(insert(_ROWS), rows)


def _sum_up(session: Session, shift: Shift) -> None:
    """Let a changed account change the figures of its pair."""
    pair, before, after = shift.alliance, shift.before, shift.after
    pair.shared_count += (after is not None) - (before is not None)
    pair.shared_both += (after is not None and after.by_both) - (before is not None and before.by_both)
    worth = pair.shared_worth + (after.worth * after.idf if after else 0.0)
    pair.shared_worth = worth - (before.worth * before.idf if before else 0.0) if pair.shared_count else 0.0
    if after is not None and (pair.shared_at is None or after.confirmed_at >= pair.shared_at):
        pair.shared_at = after.confirmed_at
    elif before is not None and before.confirmed_at == pair.shared_at:
        pair.shared_at = session.scalar(book_queries.last_confirmed(pair.id))
