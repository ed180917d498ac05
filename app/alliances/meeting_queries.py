"""Selects over who holds a card of whom; each finds what it wants in a few steps of an index."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.auth.models import User
from app.companies.models import Company
from app.exchanges.models import Direction, Exchange

_HELD = Exchange.direction != Direction.GIVEN


def users_who_met(company_id: UUID) -> Select[UUID]:
    """The users who hold a card of a company."""
    return select(User.id).where(_last_met(company_id, User.id).is_not(None)).order_by(User.id)


def last_met_by_users(company_ids: Collection[UUID]) -> Select[UUID, UUID, datetime | None]:
    """Company and user for each of these companies of which a user holds a card, and when the two last met."""
    met = _last_met(Company.id, User.id)
    pairs = select(Company.id, User.id, met).join(User, User.organization_id == Company.organization_id)
    return pairs.where(Company.id.in_(company_ids), met.is_not(None))


def also_met(company_ids: Collection[UUID], user_ids: Collection[UUID]) -> Select[UUID]:
    """Those of these companies that any of these users holds a card of."""
    held = select(Exchange.id).where(Exchange.company_id == Company.id, Exchange.user_id.in_(user_ids), _HELD)
    return select(Company.id).where(Company.id.in_(company_ids), held.exists())


def last_met(user_id: UUID, most: int) -> Select[UUID | None, datetime]:
    """The companies of the cards that a user received last, each with when, newest first."""
    mine = (Exchange.user_id == user_id) & Exchange.company_id.is_not(None) & _HELD
    return select(Exchange.company_id, Exchange.met_at).where(mine).order_by(Exchange.met_at.desc()).limit(most)


def _last_met(company_id: Any, user_id: Any) -> Any:
    """When a user last met a company of which they hold a card; one step in an index."""
    theirs = aliased(Exchange)
    met = select(theirs.met_at).where(theirs.company_id == company_id, theirs.user_id == user_id)
    met = met.where(theirs.direction != Direction.GIVEN)
    return met.order_by(theirs.met_at.desc()).limit(1).correlate(User, Company).scalar_subquery()
