"""Selects over companies and what they are recognised by."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, BindParameter, Select, bindparam, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, selectinload

from app.auth.models import Organization
from app.companies.models import (
    Company,
    CompanyAlias,
    CompanyBlock,
    CompanyDomain,
    CompanyDoubt,
    CompanyLogo,
    CompanyMerge,
    DoubtState,
)

MOST_OF_A_BLOCK = 500
"""Names of one block that are looked at."""
MOST_COMPARED = 200
"""Names that are compared with one that is looked for."""

_IN_USE = Company.merged_into_id.is_(None)
_RECOGNISED_BY = (selectinload(Company.aliases), selectinload(Company.domains), selectinload(Company.logos))


def company(company_id: UUID) -> Select[Company]:
    """One company with its names, domains and logos."""
    return select(Company).where(Company.id == company_id).options(*_RECOGNISED_BY)


def companies_with_ids(ids: Collection[UUID]) -> Select[Company]:
    """These companies, those left out that are part of another one."""
    return select(Company).where(Company.id.in_(ids), _IN_USE).order_by(Company.id).options(*_RECOGNISED_BY)


def companies(words: Sequence[str] = (), updated_since: datetime | None = None) -> Select[Company]:
    """Companies, those with each of `words` (in the form of a key) somewhere in their names."""
    found = select(Company).where(_IN_USE).options(*_RECOGNISED_BY)
    for word in words:
        found = found.where(Company.id.in_(named(word)))
    return found if updated_since is None else found.where(Company.updated_at >= updated_since)


def named(word: str) -> Select[UUID]:
    """Ids of the companies with `word` somewhere in a name."""
    return select(CompanyAlias.company_id).where(CompanyAlias.key.contains(word, autoescape=True))


def home() -> Select[Company]:
    """The home company."""
    return select(Company).where(Company.is_home).options(*_RECOGNISED_BY)


def ids_by_domain(domains: Collection[str]) -> Select[UUID]:
    """Which companies use one of these domains."""
    return select(CompanyDomain.company_id).where(CompanyDomain.domain.in_(domains))


def taken_domains(domains: Collection[str]) -> Select[str]:
    """Those of these domains that some company uses."""
    return select(CompanyDomain.domain).where(CompanyDomain.domain.in_(domains))


def ids_by_key(key: str) -> Select[UUID]:
    """Which companies have a name of this key."""
    return select(CompanyAlias.company_id).where(CompanyAlias.key == key)


def keys_in_blocks(blocks: Sequence[int]) -> tuple[Select[UUID, str], dict[str, int]]:
    """Company id and key of the names that share most of these blocks, and the parameters that the select asks for.

    Of a large block only some are looked at: whoever is in several blocks is found by the smaller ones.
    """
    return _keys_in_blocks(len(blocks)), {f"block_{number}": block for number, block in enumerate(blocks)}


@cache
def _keys_in_blocks(count: int) -> Select[UUID, str]:
    # Made once for each number of blocks: putting the select together takes longer than running it.
    looked_at = union_all(*(_members(f"block_{number}") for number in range(count))).subquery()
    shared = (
        select(looked_at.c.alias_id)
        .group_by(looked_at.c.alias_id)
        .order_by(func.count().desc(), looked_at.c.alias_id)
        .limit(MOST_COMPARED)
    )
    return select(CompanyAlias.company_id, CompanyAlias.key).where(CompanyAlias.id.in_(shared))


def _members(block: str) -> Select[UUID]:
    of_block = CompanyBlock.block == bindparam(block, type_=BigInteger)
    members = select(CompanyBlock.alias_id).where(of_block).limit(MOST_OF_A_BLOCK).subquery()
    return select(members.c.alias_id)


@cache
def recognised_by() -> Select[UUID, str, str]:
    """What the companies of the parameter `ids` are recognised by: id, kind (key, domain, logo, place) and value.

    One select: what a lookup waits for is the number of statements.
    """
    ids: BindParameter[UUID] = bindparam("ids", expanding=True)
    traits = union_all(
        _kind("key", CompanyAlias.company_id, CompanyAlias.key).where(CompanyAlias.company_id.in_(ids)),
        _kind("domain", CompanyDomain.company_id, CompanyDomain.domain).where(CompanyDomain.company_id.in_(ids)),
        _kind("logo", CompanyLogo.company_id, CompanyLogo.hash).where(CompanyLogo.company_id.in_(ids)),
        _kind("place", Company.id, Company.place).where(Company.id.in_(ids), Company.place.is_not(None)),
    ).subquery()
    return select(traits.c.company_id, traits.c.kind, traits.c.value)


def _kind(kind: str, owner: InstrumentedAttribute[UUID], value: InstrumentedAttribute[Any]) -> Select[UUID, str, Any]:
    return select(owner.label("company_id"), literal(kind).label("kind"), value.label("value"))


def duplicates() -> Select[CompanyDoubt]:
    """Open questions whether two companies are one, both of which are still there."""
    there = select(Company.id).where(_IN_USE)
    is_open = CompanyDoubt.state == DoubtState.OPEN
    return select(CompanyDoubt).where(is_open, CompanyDoubt.company_id.in_(there), CompanyDoubt.other_id.in_(there))


def doubt(doubt_id: UUID) -> Select[CompanyDoubt]:
    """One question."""
    return select(CompanyDoubt).where(CompanyDoubt.id == doubt_id)


def doubts_between(one_id: UUID, two_id: UUID) -> Select[CompanyDoubt]:
    """Questions whether these two are one company."""
    pair = (one_id, two_id)
    return select(CompanyDoubt).where(CompanyDoubt.company_id.in_(pair), CompanyDoubt.other_id.in_(pair))


def open_doubts(company_id: UUID) -> Select[CompanyDoubt]:
    """Questions about this company that nobody has answered."""
    return duplicates().where((CompanyDoubt.company_id == company_id) | (CompanyDoubt.other_id == company_id))


def merge(merge_id: UUID) -> Select[CompanyMerge]:
    """One merge."""
    return select(CompanyMerge).where(CompanyMerge.id == merge_id)


def turn(organization_id: UUID) -> Select[UUID]:
    """Locks the organization's row for whoever else asks so; rows that refer to it are written meanwhile."""
    return select(Organization.id).where(Organization.id == organization_id).with_for_update(key_share=True)
