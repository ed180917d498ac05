"""What must hold of the rows of people and companies, whatever was done to them in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.companies import queries as company_queries
from app.companies.models import Company
from app.contacts import queries
from app.contacts.models import Contact, Employment
from app.contacts.resolution import refresh
from app.exchanges.models import Exchange


def faults(session: Session) -> list[str]:
    """What does not hold in this organization; empty when all is well. Nothing is written."""
    with session.no_autoflush:
        found = [*_of_merges(session), *_of_companies(session), *_of_people(session), *_of_indexes(session)]
    session.expunge_all()
    return found


def _of_merges(session: Session) -> Iterator[str]:
    for model in (Contact, Company):
        into = dict(session.execute(select(model.id, model.merged_into_id)).all())
        for start in sorted(into):
            seen, at = {start}, into.get(start)
            while at is not None and at not in seen:
                seen.add(at)
                at = into.get(at)
            if at is not None:
                yield f"{model.__tablename__} {start} became part of itself"
    living = set(session.scalars(select(Contact.id).where(Contact.merged_into_id.is_(None))))
    for model in (Exchange, Employment):
        rows = session.execute(select(model.contact_id, model.company_id)).all()
        merged = set(session.scalars(select(Company.id).where(Company.merged_into_id.is_not(None))))
        if model is Exchange and {contact_id for contact_id, _ in rows} - living:
            yield "an exchange with somebody who became part of another"
        if {company_id for _, company_id in rows} & merged:
            yield f"{model.__tablename__} at a company that became part of another"


def _of_companies(session: Session) -> Iterator[str]:
    ids = session.scalars(select(Company.id)).all()
    known = {company.id: company for company in session.scalars(company_queries.companies_with_ids(ids))}
    for company in known.values():
        brands = {brand.id for brand in company.brands}
        if company.key not in {alias.key for alias in company.aliases if alias.brand_id is None}:
            yield f"company {company.id} is not found by its name"
        if {brand.key for brand in company.brands} - {alias.key for alias in company.aliases}:
            yield f"company {company.id} is not found by a brand"
        if {row.brand_id for row in (*company.aliases, *company.domains)} - brands - {None}:
            yield f"company {company.id} has names of a brand of somebody else"
        seen, parent = {company.id}, company.parent_id
        while parent in known and parent not in seen:
            seen.add(parent)
            parent = known[parent].parent_id
        if parent is not None:
            yield f"company {company.id} belongs to itself, or to one that is gone"


def _of_people(session: Session) -> Iterator[str]:
    for contact in session.scalars(queries.with_ids(session.scalars(select(Contact.id)).all())):
        before = _found_by(contact)
        refresh(contact)
        if before != _found_by(contact):
            yield f"contact {contact.id} is found by {before[0]}, not by {sorted(contact.search.split())}"

        session.expire(contact)


def _of_indexes(session: Session) -> Iterator[str]:
    if session.get_bind().dialect.name != "sqlite":
        return
    yield from (f"orphan: {row}" for row in session.execute(sa.text("PRAGMA foreign_key_check")))
    words = (
        "SELECT contacts.id, words, search || ' ' || remarks FROM contacts"
        " LEFT JOIN contact_numbers ON contact_id = contacts.id"
        " LEFT JOIN contact_words ON contact_words.rowid = number"
    )
    indexed = session.execute(sa.text(words))
    yield from (f"contact {UUID(row[0])} is indexed as {row[1]!r}" for row in indexed if row[1] != row[2])
    gone = "SELECT count(*) FROM contact_numbers WHERE contact_id NOT IN (SELECT id FROM contacts)"
    if more := session.scalar(sa.text(gone)):
        yield f"{more} contacts that are gone are still in the index"


def _found_by(contact: Contact) -> tuple[list[str], str | None, str, bool]:
    """What a search and a list find a contact by; the order of the words says nothing."""
    return sorted(contact.search.split()), contact.name_key, contact.sort_key, contact.needs_review
