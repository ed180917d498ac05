"""Two third companies that a user could introduce to each other: the user holds cards of both, they do not compete, and
they sell to one customer, or different products to one industry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import book_queries, meeting_queries, queries
from app.alliances.assessment import assess, assess_room, compete, open_pair, open_pairs
from app.alliances.grounds import profile
from app.alliances.keeping import buyers
from app.companies.models import Company
from app.kit.db import in_room

MOST_SELLERS = 20
"""A customer that more companies sell to brings no two of them together: it says little, and the pairs are many."""

MOST_PARTNERS = 20
"""Candidates of a company that has so many pairs already are not looked for by industry alone."""

_AT_ONCE = 5
"""So many are found at a time: those that were met last."""

_LAST_CARDS = 100
"""So many of the cards that a user received last are looked through for them."""

_USERS = 20
"""And of so many users."""


def introduce_through(session: Session, account_id: UUID, company_id: UUID) -> None:
    """Make the pairs of a company with others that sell into the same account, where there are none."""
    company = session.get(Company, company_id)
    if company is not None:
        with in_room(session, company.audience_id):
            _introduce_through(session, account_id, company)


def _introduce_through(session: Session, account_id: UUID, company: Company) -> None:
    company_id, sold = company.id, book_queries.partners_selling_to(account_id)
    sellers = {seller for seller in session.scalars(sold.limit(MOST_SELLERS + 1)) if seller}
    if company_id not in sellers or len(sellers) > MOST_SELLERS:
        return
    users = session.scalars(meeting_queries.users_who_met(company_id)).all()
    others = session.scalars(meeting_queries.also_met(sellers - {company_id, account_id}, users)).all() if users else ()
    _make(session, company, others)


def introduce_by_buyers(session: Session, company_id: UUID) -> None:
    """Make the pairs of a company with others that sell something else to the same industry: those that were met last.

    Looked for among the last cards of those who hold a card of the company. Whether two compete has to be known:
    without its product category a company is no candidate by industry alone.
    """
    company = session.get(Company, company_id)
    if company is None or company.is_home or company.product_category is None or company.merged_into_id is not None:
        return
    with in_room(session, company.audience_id):
        if len(session.scalars(queries.pairs_with(company_id, MOST_PARTNERS + 1)).all()) > MOST_PARTNERS:
            return
        users = session.scalars(meeting_queries.users_who_met(company_id).limit(_USERS)).all()
        _make(session, company, _with_other_products(session, company, _last_met(session, users)))


def reassess_third_pair(session: Session, one_id: UUID, other_id: UUID) -> None:
    """Assess the pair of two third companies, made where one user met both and they do not compete."""
    one, other = session.get(Company, one_id), session.get(Company, other_id)
    if one is None or other is None or one.audience_id != other.audience_id:
        return
    with in_room(session, one.audience_id):
        is_known = session.scalar(queries.pair(one.id, other.id)) is not None
        if is_known or (_is_met_by_one(session, one_id, other_id) and not compete(one, other)):
            assess(session, open_pair(session, one.id, other.id), books=True)


def _is_met_by_one(session: Session, one_id: UUID, other_id: UUID) -> bool:
    users = session.scalars(meeting_queries.users_who_met(one_id)).all()
    return bool(users) and session.scalars(meeting_queries.also_met([other_id], users)).first() is not None


def _make(session: Session, company: Company, other_ids: Collection[UUID]) -> None:
    """Make and assess the pairs of a company with these, as far as there are none and they do not compete."""
    known = {end for ends in session.execute(queries.ends_between(company.id, other_ids)) for end in ends}
    others = session.scalars(queries.companies(set(other_ids) - known - {company.id})).all() if other_ids else ()
    third = [other for other in others if not (other.is_home or other.merged_into_id or compete(company, other))]
    ends = [(company.id, other.id) for other in third]
    assess_room(session, open_pairs(session, ends))


def _last_met(session: Session, user_ids: Iterable[UUID]) -> list[UUID]:
    met: dict[UUID, datetime] = {}
    for user_id in user_ids:
        for company_id, met_at in session.execute(meeting_queries.last_met(user_id, _LAST_CARDS)):
            if company_id:
                met[company_id] = max(met_at, met.get(company_id, met_at))
    return sorted(met, key=lambda company_id: (met[company_id], company_id), reverse=True)


def _with_other_products(session: Session, company: Company, met: list[UUID]) -> list[UUID]:
    """Those that sell something else to the same industry, of the companies that were met, in that order."""
    found = session.scalars(queries.companies(met)).all() if met else ()
    able = {other.id: other for other in found if other.product_category and not compete(company, other)}
    sold_to = buyers(session, [company, *able.values()])
    wanted = profile(company, sold_to[company.id]).buyers
    known = {company.id, *(end for ends in session.execute(queries.ends_between(company.id, met)) for end in ends)}
    fitting = (each for each in met if each in able and profile(able[each], sold_to[each]).buyers & wanted)
    return list(islice((each for each in fitting if each not in known), _AT_ONCE))
