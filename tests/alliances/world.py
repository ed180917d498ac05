"""Rows that alliances stand on: typed functions with defaults."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.alliances import assessment, grounds, queries, scoring
from app.alliances.models import Alliance
from app.auth import service as auth
from app.auth.models import User
from app.companies.events import CompanySaved
from app.companies.models import Company
from app.companies.provenance import typed_in
from app.contacts.models import Contact, Employment
from app.exchanges.events import ExchangeRecorded
from app.exchanges.models import Direction, Exchange
from app.kit.clock import now
from app.kit.queue import publish


def make_user(session: Session, name: str = "Ann") -> User:
    return auth.add_user(session, name, f"{name}@northwind.example")


def make_company(
    session: Session,
    name: str = "Acme Tills",
    *,
    is_home: bool = False,
    category: str | None = None,
    industry: str | None = None,
    place: str | None = None,
) -> Company:
    company = Company(
        name=name,
        key=name.casefold(),
        is_home=is_home,
        product_category=category,
        industry=industry,
        place=place,
        confidence=1.0,
    )
    session.add(company)
    session.flush()
    publish(session, CompanySaved(company.id))
    return company


def make_home(session: Session, **known: str) -> Company:
    return make_company(session, "Northwind", is_home=True, **known)


def make_contact(session: Session, owner: User, name: str = "Bob") -> Contact:
    said = {"name": typed_in(name).document()}
    contact = Contact(owner_id=owner.id, name=name, confidence=1.0, provenance=said, employments=[], points=[])
    session.add(contact)
    session.flush()
    return contact


def job(contact_id: UUID, session: Session) -> Employment:
    """The contact's job at the company that they were met as one of."""
    met = session.scalars(sa.select(Exchange.company_id).where(Exchange.contact_id == contact_id)).first()
    return Employment(contact_id=contact_id, company_id=met, current=True, seen_at=now())


def meet(
    session: Session,
    user: User,
    contact: Contact,
    company: Company | None,
    *,
    days: float = 1,
    direction: Direction = Direction.RECEIVED,
    event: str | None = None,
    at: datetime | None = None,
) -> UUID:
    """An exchange `days` ago; returns its id."""
    exchange = Exchange(
        user_id=user.id,
        contact_id=contact.id,
        company_id=company.id if company else None,
        direction=direction,
        met_at=at or now() - timedelta(days=days),
        event=event,
    )
    session.add(exchange)
    session.flush()
    publish(session, ExchangeRecorded(exchange.id))
    return exchange.id


def recomputed(session: Session) -> dict[UUID, tuple[float, float, float]]:
    """Of every pair its score, the score made anew from every row there is, and the difference of the coverages."""
    found = {}
    for pair in session.scalars(sa.select(Alliance)):
        kept = session.scalars(queries.evidence(pair.id)).all()
        fresh = scoring.score(grounds.case_of(session, pair, kept), assessment.beginning_of(pair.scored_on))
        found[pair.id] = (pair.score, fresh.total, abs(pair.coverage - fresh.coverage))
    return found


def assert_scores_agree(session: Session) -> None:
    """What the jobs kept up to date, neighbourhood by neighbourhood, is what a full recompute gives, to 1e-9."""
    for pair_id, (stored, fresh, coverage) in recomputed(session).items():
        assert abs(stored - fresh) < 1e-9, f"{pair_id} is kept as {stored} and should be {fresh}"
        assert coverage < 1e-9, pair_id
