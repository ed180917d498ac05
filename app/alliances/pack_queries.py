"""Selects behind the evidence pack."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.alliances.models import Alliance, Introduction, StateMove, Win
from app.alliances.terms import State
from app.auth.models import User
from app.books.models import Account
from app.companies.models import Company
from app.contacts.models import Contact, Employment
from app.exchanges.models import Exchange


def exchanges_between(alliance: Alliance, most: int) -> Select[Exchange]:
    """Exchanges with people of a pair's companies, newest first, with their events."""
    ends = [company.id for company in (alliance.company_a, alliance.company_b) if not company.is_home]
    met = select(Exchange).where(Exchange.company_id.in_(ends)).options(joinedload(Exchange.met_event))
    return met.order_by(Exchange.met_at.desc(), Exchange.id.desc()).limit(most)


def introductions(alliance_id: UUID, most: int) -> Select[Introduction]:
    """The favours between the reps of a pair, newest first."""
    found = select(Introduction).where(Introduction.alliance_id == alliance_id)
    return found.order_by(Introduction.asked_at.desc(), Introduction.id.desc()).limit(most)


def wins(alliance_id: UUID, most: int) -> Select[Win]:
    """The deals that a pair won, newest first."""
    found = select(Win).where(Win.alliance_id == alliance_id)
    return found.order_by(Win.won_at.desc(), Win.id.desc()).limit(most)


def proposal(alliance_id: UUID) -> Select[StateMove]:
    """The move by which somebody proposed an agreement last."""
    moves = select(StateMove).where(StateMove.alliance_id == alliance_id, StateMove.after == State.PROPOSED)
    return moves.order_by(StateMove.id.desc()).limit(1)


def never_shared(company_ids: Collection[UUID]) -> Select[UUID]:
    """Those of these companies that stand in any book as never to be shared."""
    kept = select(Account.company_id).where(Account.never_share, Account.company_id.in_(company_ids))
    return kept.distinct()


def company_names(ids: Collection[UUID]) -> Select[UUID, str]:
    """What these companies are called."""
    return select(Company.id, Company.name).where(Company.id.in_(ids))


def user_names(ids: Collection[UUID]) -> Select[UUID, str]:
    """What these users are called."""
    return select(User.id, User.name).where(User.id.in_(ids))


def contact_names(ids: Collection[UUID]) -> Select[UUID, str | None]:
    """What these contacts are called."""
    return select(Contact.id, Contact.name).where(Contact.id.in_(ids))


def titles(contact_ids: Collection[UUID], company_ids: Collection[UUID]) -> Select[UUID, str | None]:
    """What these contacts are at these companies; of several jobs the one seen last comes last."""
    jobs = select(Employment.contact_id, Employment.title).where(Employment.contact_id.in_(contact_ids))
    return jobs.where(Employment.company_id.in_(company_ids), Employment.title.is_not(None)).order_by(
        Employment.seen_at
    )
