"""Selects over accounts."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from app.books.models import Account
from app.books.terms import Relation
from app.contacts.models import Contact, Employment


def book(user_id: UUID | None, contact_id: UUID | None, relation: Relation | None = None) -> Select[Account]:
    """The accounts of one user or one contact, with their companies."""
    held = Account.user_id == user_id if contact_id is None else Account.contact_id == contact_id
    found = select(Account).where(held).options(joinedload(Account.company))
    return found if relation is None else found.where(Account.relation == relation)


def account(account_id: UUID) -> Select[Account]:
    """One account with its company."""
    return select(Account).where(Account.id == account_id).options(joinedload(Account.company))


def account_to_change(user_id: UUID | None, contact_id: UUID | None, company_id: UUID) -> Select[Account]:
    """What a book says of one company, locked until the transaction ends."""
    held = Account.user_id == user_id if contact_id is None else Account.contact_id == contact_id
    found = select(Account).join(Account.company).options(contains_eager(Account.company))
    return found.where(held, Account.company_id == company_id).with_for_update(of=Account)


def held_by_contacts(company_ids: Collection[UUID]) -> Select[UUID]:
    """Those of these companies that any contact sells into."""
    held = select(Account.company_id).where(Account.contact_id.is_not(None), Account.company_id.in_(company_ids))
    return held.distinct().order_by(Account.company_id)


def sold_by_users(industry: str) -> Select[UUID]:
    """One account of a user in this industry, if there is any: one step in an index, however long the books are."""
    return select(Account.id).where(Account.industry == industry, Account.user_id.is_not(None)).limit(1)


def audience_of_contact(contact_id: UUID) -> Select[UUID]:
    """Who sees a contact that is there."""
    return select(Contact.audience_id).where(Contact.id == contact_id)


def employer(contact_id: UUID) -> Select[UUID | None]:
    """Where a contact works now; of several jobs the one seen last."""
    jobs = select(Employment.company_id).where(Employment.contact_id == contact_id, Employment.current)
    return jobs.where(Employment.company_id.is_not(None)).order_by(Employment.seen_at.desc(), Employment.id).limit(1)


def sold_by_contact(contact_id: UUID) -> Select[Account]:
    """What a contact sells into, locked until the transaction ends."""
    return select(Account).where(Account.contact_id == contact_id).order_by(Account.company_id).with_for_update()
