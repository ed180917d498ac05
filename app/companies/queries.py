"""Selects over companies and what they are recognised by."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Insert,
    Select,
    Table,
    bindparam,
    case,
    func,
    insert,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased, selectinload

from app.auth.models import Organization
from app.companies.models import (
    Company,
    CompanyAlias,
    CompanyBlock,
    CompanyBrand,
    CompanyDomain,
    CompanyDoubt,
    CompanyLogo,
    CompanyMerge,
    DoubtState,
)

MOST_OF_A_BLOCK = 200
"""Names in one block: whoever comes later is found by the smaller ones."""
MOST_COMPARED = 64
"""Names that are compared with one that is looked for."""
MOST_EXACT = 50
"""Companies of one name."""

_IN_USE = Company.merged_into_id.is_(None)
_RECOGNISED_BY = (
    selectinload(Company.aliases),
    selectinload(Company.domains),
    selectinload(Company.logos),
    selectinload(Company.brands),
)


def company(company_id: UUID) -> Select[Company]:
    """One company with its names, domains and logos."""
    return select(Company).where(Company.id == company_id).options(*_RECOGNISED_BY)


def whole(ids: Collection[UUID]) -> Select[Company]:
    """These companies with their names, domains and logos, in any order; those included that are part of another."""
    return select(Company).where(Company.id.in_(ids)).options(*_RECOGNISED_BY)


def companies_with_ids(ids: Collection[UUID]) -> Select[Company]:
    """These companies, those left out that are part of another one."""
    return select(Company).where(Company.id.in_(ids), _IN_USE).order_by(Company.id).options(*_RECOGNISED_BY)


def companies(
    words: Sequence[str] = (), updated_since: datetime | None = None, parent_id: UUID | None = None
) -> Select[Company]:
    """Companies, those with each of `words` (in the form of a key) somewhere in their names."""
    found = select(Company).where(_IN_USE).options(*_RECOGNISED_BY)
    if parent_id is not None:
        found = found.where(Company.parent_id == parent_id)
    for word in words:
        found = found.where(Company.id.in_(named(word)))
    return found if updated_since is None else found.where(Company.updated_at >= updated_since)


def named(word: str) -> Select[UUID]:
    """Ids of the companies with `word` somewhere in a name."""
    return select(CompanyAlias.company_id).where(CompanyAlias.key.contains(word, autoescape=True))


def home() -> Select[Company]:
    """The home company."""
    return select(Company).where(Company.is_home).options(*_RECOGNISED_BY)


@cache
def exactly() -> Select[str | None, str | None, UUID]:
    """Key, or else domain, and company: of each name of a key in the parameter `keys`, so many at most and the oldest,
    and of each domain in `domains`.
    """
    keys: BindParameter[str] = bindparam("keys", expanding=True)
    domains: BindParameter[str] = bindparam("domains", expanding=True)
    order = func.row_number().over(partition_by=CompanyAlias.key, order_by=CompanyAlias.company_id)
    ranked = select(CompanyAlias.key, CompanyAlias.company_id, order.label("order")).where(CompanyAlias.key.in_(keys))
    oldest = ranked.subquery()
    named = select(oldest.c.key, null().label("domain"), oldest.c.company_id).where(oldest.c.order <= MOST_EXACT)
    reached = select(null().label("key"), CompanyDomain.domain, CompanyDomain.company_id)
    either = union_all(named, reached.where(CompanyDomain.domain.in_(domains))).subquery()
    return select(either.c.key, either.c.domain, either.c.company_id)


@cache
def keys_in_blocks() -> Select[UUID, str, UUID, int]:
    """Company, key, alias and number of shared blocks of the names that are in most of those in `blocks`."""
    numbers: BindParameter[int] = bindparam("blocks", expanding=True)
    shared = (
        select(CompanyBlock.alias_id, func.count().label("shared"))
        .where(CompanyBlock.block.in_(numbers))
        .group_by(CompanyBlock.alias_id)
        .order_by(func.count().desc(), CompanyBlock.alias_id)
        .limit(MOST_COMPARED)
        .subquery()
    )
    names = select(CompanyAlias.company_id, CompanyAlias.key, CompanyAlias.id, shared.c.shared)
    return names.join(shared, shared.c.alias_id == CompanyAlias.id)


def sizes_of_blocks(blocks: Collection[int]) -> Select[int, int]:
    """Each of these blocks in which there are names, and how many."""
    counted = select(CompanyBlock.block, func.count()).where(CompanyBlock.block.in_(blocks))
    return counted.group_by(CompanyBlock.block)


def new_blocks() -> Insert:
    """Puts names into blocks: `block` and `alias_id` of each."""
    return insert(CompanyBlock)


@cache
def recognised_by() -> Select[UUID, str, str]:
    """What the companies of the parameter `ids` are recognised by: id, kind and value.

    A kind is a field of `matching.Traits` in the singular, or `group`: a domain of a relative, or nothing where it has
    none. One select: what a lookup waits for is the number of statements.
    """
    ids: BindParameter[UUID] = bindparam("ids", expanding=True)
    name, domain = _of_brand(CompanyAlias, "brand", "key"), _of_brand(CompanyDomain, "brand_domain", "domain")
    traits = union_all(
        _kind(name, CompanyAlias.company_id, CompanyAlias.key).where(CompanyAlias.company_id.in_(ids)),
        _kind(domain, CompanyDomain.company_id, CompanyDomain.domain).where(CompanyDomain.company_id.in_(ids)),
        _kind(literal("logo"), CompanyLogo.company_id, CompanyLogo.hash).where(CompanyLogo.company_id.in_(ids)),
        _kind(literal("place"), Company.id, Company.place).where(Company.id.in_(ids), Company.place.is_not(None)),
        _relatives(Company.id, Company.parent_id).where(Company.id.in_(ids), Company.parent_id.is_not(None)),
        _relatives(Company.parent_id, Company.id).where(Company.parent_id.in_(ids)),
    ).subquery()
    return select(traits.c.company_id, traits.c.kind, traits.c.value)


def _of_brand(model: type[CompanyAlias | CompanyDomain], brand: str, other: str) -> ColumnElement[str]:
    return case((model.brand_id.is_not(None), brand), else_=other)


def _kind(
    kind: ColumnElement[str], owner: InstrumentedAttribute[UUID], value: InstrumentedAttribute[Any]
) -> Select[UUID, str, Any]:
    return select(owner.label("company_id"), kind.label("kind"), value.label("value"))


def _relatives(owner: InstrumentedAttribute[Any], relative: InstrumentedAttribute[Any]) -> Select[UUID, str, Any]:
    theirs = aliased(CompanyDomain)
    found = select(owner.label("company_id"), literal("group").label("kind"), func.coalesce(theirs.domain, ""))
    return found.select_from(Company).outerjoin(theirs, theirs.company_id == relative)


def parents_of(ids: Collection[UUID]) -> Select[UUID, UUID | None]:
    """Each of these companies and what it belongs to."""
    return select(Company.id, Company.parent_id).where(Company.id.in_(ids))


def subsidiaries(parent_ids: Collection[UUID]) -> Select[Company]:
    """What belongs to these companies, those included that are part of another one, oldest first."""
    return select(Company).where(Company.parent_id.in_(parent_ids)).order_by(Company.id)


def relatives(parent_ids: Collection[UUID], ids: Collection[UUID]) -> Select[Company]:
    """What belongs to the companies of `parent_ids`, and those of `ids`, oldest first."""
    return select(Company).where(_IN_USE, Company.parent_id.in_(parent_ids) | Company.id.in_(ids)).order_by(Company.id)


def brands(company_id: UUID) -> Select[CompanyBrand]:
    """The brands of a company."""
    return select(CompanyBrand).where(CompanyBrand.company_id == company_id)


def brand(company_id: UUID, brand_id: UUID) -> Select[CompanyBrand]:
    """One brand of a company."""
    return select(CompanyBrand).where(CompanyBrand.company_id == company_id, CompanyBrand.id == brand_id)


def owners_of(domains: Collection[str]) -> Select[CompanyDomain]:
    """Who uses these domains."""
    return select(CompanyDomain).where(CompanyDomain.domain.in_(domains))


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


def merges() -> Table:
    """Of all organizations."""
    return cast("Table", CompanyMerge.__table__)


def merge(merge_id: UUID) -> Select[CompanyMerge]:
    """One merge."""
    return select(CompanyMerge).where(CompanyMerge.id == merge_id)


def turn(organization_id: UUID) -> Select[UUID]:
    """Locks the organization's row for whoever else asks so; rows that refer to it are written meanwhile."""
    return select(Organization.id).where(Organization.id == organization_id).with_for_update(key_share=True)
