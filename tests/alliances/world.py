"""Rows that alliances stand on: typed functions with defaults."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.auth import service as auth
from app.auth.models import User
from app.companies.events import CompanySaved
from app.companies.models import Company
from app.companies.provenance import typed_in
from app.contacts.models import Contact
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
