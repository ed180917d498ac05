"""Two third companies that a user could introduce to each other: both sell to one customer, and one user met both."""

from __future__ import annotations

from itertools import product
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import queries
from app.alliances.assessment import assess, compete, open_pair
from app.companies.models import Company
from app.kit.db import in_room

MOST_SELLERS = 20
"""A customer that more companies sell to brings no two of them together: it says little, and the pairs are many."""

Ends = tuple[UUID, UUID]


def pairs_through(session: Session, account_id: UUID, holder_id: UUID) -> list[Ends]:
    """Which pairs of third companies what `holder_id` sells to `account_id` bears on, in a fixed order."""
    sellers = {seller for seller in session.scalars(queries.partners_selling_to(account_id)) if seller}
    if len(sellers) > MOST_SELLERS:
        return []
    employers = {employer for employer in session.scalars(queries.employers(holder_id)) if employer}
    home = session.scalars(queries.home_company()).one_or_none()
    outside = {account_id} | ({home.id} if home else set())
    third = product(employers - outside, sellers - outside)
    return sorted({(min(ends), max(ends)) for ends in third if ends[0] != ends[1]})


def reassess_third_pair(session: Session, one_id: UUID, other_id: UUID) -> None:
    """Assess the pair of two third companies, made where one user met both and they do not compete."""
    one, other = session.get(Company, one_id), session.get(Company, other_id)
    if one is None or other is None or one.audience_id != other.audience_id:
        return
    with in_room(session, one.audience_id):
        _reassess(session, one, other)


def _reassess(session: Session, one: Company, other: Company) -> None:
    is_known = session.scalar(queries.pair(one.id, other.id)) is not None
    met_by_one_user = session.scalar(queries.user_who_met_both(one.id, other.id)) is not None
    if is_known or (met_by_one_user and not compete(one, other)):
        assess(session, open_pair(session, one.id, other.id))
