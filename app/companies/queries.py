"""Selects over companies and what they are recognised by."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from app.auth.models import Organization
from app.companies.models import Company, CompanyAlias, CompanyBlock, CompanyDomain, CompanyDoubt, DoubtState

_RECOGNISED_BY = (selectinload(Company.aliases), selectinload(Company.domains), selectinload(Company.logos))


def company(company_id: UUID) -> Select[Company]:
    """One company with its names, domains and logos."""
    return select(Company).where(Company.id == company_id).options(*_RECOGNISED_BY)


def company_to_change(company_id: UUID) -> Select[Company]:
    """The same, locked until the transaction ends."""
    return company(company_id).with_for_update()


def companies(words: Sequence[str] = (), updated_since: datetime | None = None) -> Select[Company]:
    """Companies, those with each of `words` (in the form of a key) somewhere in their names."""
    found = select(Company).options(*_RECOGNISED_BY)
    for word in words:
        found = found.where(Company.id.in_(named(word)))
    return found if updated_since is None else found.where(Company.updated_at >= updated_since)


def named(word: str) -> Select[UUID]:
    """Ids of the companies with `word` somewhere in a name."""
    return select(CompanyAlias.company_id).where(CompanyAlias.key.contains(word, autoescape=True))


def home() -> Select[Company]:
    """The home company."""
    return select(Company).where(Company.is_home).options(*_RECOGNISED_BY)


def with_ids(ids: Collection[UUID]) -> Select[Company]:
    """These companies, in the order in which they were made."""
    return select(Company).where(Company.id.in_(ids)).order_by(Company.id).options(*_RECOGNISED_BY)


def ids_by_domain(domains: Collection[str]) -> Select[UUID]:
    """Which companies use one of these domains."""
    return select(CompanyDomain.company_id).where(CompanyDomain.domain.in_(domains))


def taken_domains(domains: Collection[str]) -> Select[str]:
    """Those of these domains that some company uses."""
    return select(CompanyDomain.domain).where(CompanyDomain.domain.in_(domains))


def ids_by_key(key: str) -> Select[UUID]:
    """Which companies have a name of this key."""
    return select(CompanyAlias.company_id).where(CompanyAlias.key == key)


def keys_in_blocks(blocks: Collection[int], limit: int) -> Select[UUID, str]:
    """Company id and key of the names that share most of these blocks."""
    shared = (
        select(CompanyBlock.alias_id)
        .where(CompanyBlock.block.in_(blocks))
        .group_by(CompanyBlock.alias_id)
        .order_by(func.count().desc(), CompanyBlock.alias_id)
        .limit(limit)
    )
    return select(CompanyAlias.company_id, CompanyAlias.key).where(CompanyAlias.id.in_(shared))


def open_doubts(company_id: UUID) -> Select[CompanyDoubt]:
    """Questions about this company that nobody has answered."""
    about = (CompanyDoubt.company_id == company_id) | (CompanyDoubt.other_id == company_id)
    return select(CompanyDoubt).where(about, CompanyDoubt.state == DoubtState.OPEN).order_by(CompanyDoubt.id)


def turn(organization_id: UUID) -> Select[UUID]:
    """Locks the organization's row for whoever else asks so; rows that refer to it are written meanwhile."""
    return select(Organization.id).where(Organization.id == organization_id).with_for_update(key_share=True)
