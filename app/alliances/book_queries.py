"""Selects over books: who sells into what, and what is kept of it with each pair."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from app.alliances.models import Alliance, CompanyBuyers, SharedAccountRow
from app.books.models import Account
from app.books.terms import Relation
from app.companies.models import Company

MOST_INDUSTRIES = 1_000
"""Industries that are read of one book: names are free, and a file can hold as many as it has rows."""


def sold_by(company: Company, other: Company, known_by: datetime | None) -> Select[UUID, Relation, datetime, int]:
    """What a company says of each account that another one sells into as well, once a relation.

    The account's company, the relation, when it was last confirmed, and 1 where whoever sells there has confirmed it.
    With `known_by`, what was recorded by then.
    """
    confirmed = func.max(case((Account.confirmed, 1), else_=0))
    said = select(Account.company_id, Account.relation, func.max(Account.confirmed_at), confirmed)
    said = said.where(is_sold_by(company), _sold_by_as_well(other))
    if known_by is not None:
        said = said.where(Account.created_at < known_by)
    return said.group_by(Account.company_id, Account.relation)


def is_sold_by(company: Company) -> ColumnElement[bool]:
    """Of the home company the accounts of users, of another one those of its present people."""
    return Account.user_id.is_not(None) if company.is_home else Account.seller_id == company.id


def _sold_by_as_well(company: Company) -> ColumnElement[bool]:
    """That a company sells into the same account: looked up one by one in the large book of the home company."""
    if company.is_home:
        ours = aliased(Account)
        return select(ours.id).where(ours.company_id == Account.company_id, ours.user_id.is_not(None)).exists()
    return Account.company_id.in_(select(Account.company_id).where(Account.seller_id == company.id))


def book_sizes(company_ids: Collection[UUID], most: int) -> CompoundSelect[UUID, int]:
    """Each of these companies with the length of its people's books, or `most` where they are longer."""
    sizes = []
    for company_id in company_ids:
        some = select(Account.id).where(Account.seller_id == company_id).limit(most).subquery()
        sizes.append(select(literal(company_id, type_=Account.id.type).label("id"), func.count()).select_from(some))
    return union_all(*sizes)


def said_by_sellers(
    company_ids: Collection[UUID], account_ids: Collection[UUID] | None = None
) -> Select[UUID | None, UUID, Relation, datetime, int]:
    """What these companies say of their accounts, or of those of `account_ids`, once a relation.

    Seller, account, relation, when last confirmed, and 1 where whoever sells there has confirmed it.
    """
    said = _said(Account.seller_id).where(Account.seller_id.in_(company_ids))
    if account_ids is not None:
        said = said.where(Account.company_id.in_(account_ids))
    return said.group_by(Account.seller_id, Account.company_id, Account.relation)


def said_by_users(account_ids: Collection[UUID]) -> Select[Any, UUID, Relation, datetime, int]:
    """The same of the users' books, with nothing for the seller."""
    said = _said(literal(None)).where(Account.user_id.is_not(None), Account.company_id.in_(account_ids))
    return said.group_by(Account.company_id, Account.relation)


def _said(seller: Any) -> Select[Any, UUID, Relation, datetime, int]:
    confirmed = func.max(case((Account.confirmed, 1), else_=0))
    return select(seller, Account.company_id, Account.relation, func.max(Account.confirmed_at), confirmed)


def sellers(account_ids: Collection[UUID], most: int) -> Select[UUID, int, bool]:
    """For each account: how many companies sell into it by their people, at most `most`; and whether users do."""
    theirs, ours, account = aliased(Account), aliased(Account), Company.__table__.c
    some = select(theirs.seller_id).where(theirs.company_id == account.id, theirs.seller_id.is_not(None))
    counted = select(func.count()).select_from(some.distinct().limit(most).correlate(Company.__table__).subquery())
    by_users = select(ours.id).where(ours.company_id == account.id, ours.user_id.is_not(None)).exists()
    found = select(account.id, counted.correlate(Company.__table__).scalar_subquery(), by_users)
    return found.where(account.id.in_(account_ids))


def all_sellers() -> Select[UUID, int, int]:
    """For each account there is: how many companies sell into it by their people, and 1 where users do."""
    by_users = func.max(case((Account.user_id.is_not(None), 1), else_=0))
    counted = select(Account.company_id, func.count(Account.seller_id.distinct()), by_users)
    return counted.group_by(Account.company_id)


def partners_selling_to(account_id: UUID) -> Select[UUID | None]:
    """The companies whose present people sell into an account."""
    sold = select(Account.seller_id).where(Account.company_id == account_id, Account.seller_id.is_not(None))
    return sold.distinct()


def industries_sold_to(company: Company) -> Select[str | None]:
    """The industries that a company is known to sell into, in order, each found by one step in an index."""
    first = select(func.min(Account.industry).label("industry")).where(is_sold_by(company))
    found = first.cte("industries", recursive=True)
    further = select(func.min(Account.industry)).where(is_sold_by(company), Account.industry > found.c.industry)
    step = select(further.scalar_subquery()).where(found.c.industry.is_not(None))
    every = found.union_all(step)
    return select(every.c.industry).where(every.c.industry.is_not(None)).limit(MOST_INDUSTRIES)


def buyers(company_ids: Collection[UUID]) -> Select[UUID, list[str]]:
    """What is kept of these companies' buyers."""
    return select(CompanyBuyers.company_id, CompanyBuyers.industries).where(CompanyBuyers.company_id.in_(company_ids))


def kept_of_pairs(alliance_ids: Collection[UUID]) -> Select[SharedAccountRow]:
    """The shared accounts that are kept for these pairs."""
    return select(SharedAccountRow).where(SharedAccountRow.alliance_id.in_(alliance_ids))


def kept_of_account(account_id: UUID, alliance_ids: Collection[UUID]) -> Select[SharedAccountRow]:
    """What is kept of one account for these pairs."""
    kept = select(SharedAccountRow).where(SharedAccountRow.account_id == account_id)
    return kept.where(SharedAccountRow.alliance_id.in_(alliance_ids))


def agreed(alliance_ids: Collection[UUID], most: int) -> Select[SharedAccountRow]:
    """Accounts of these pairs that both sides have confirmed, some of them."""
    kept = select(SharedAccountRow).where(SharedAccountRow.alliance_id.in_(alliance_ids), SharedAccountRow.by_both)
    return kept.order_by(SharedAccountRow.alliance_id, SharedAccountRow.account_id).limit(most)


def last_confirmed(alliance_id: UUID) -> Select[datetime | None]:
    """When the last of a pair's shared accounts was last confirmed."""
    return select(func.max(SharedAccountRow.confirmed_at)).where(SharedAccountRow.alliance_id == alliance_id)


def pairs_that_share(account_id: UUID) -> Select[UUID, UUID]:
    """The pairs for which an account is kept, each with its audience."""
    kept = select(Alliance.id, Alliance.audience_id).join(SharedAccountRow, SharedAccountRow.alliance_id == Alliance.id)
    return kept.where(SharedAccountRow.account_id == account_id)


def pairs_between(some: Collection[UUID], others: Collection[UUID]) -> Select[UUID]:
    """The pairs of one of `some` and one of `others`."""
    a, b = Alliance.company_a_id, Alliance.company_b_id
    return select(Alliance.id).where(or_(a.in_(some) & b.in_(others), b.in_(some) & a.in_(others)))
