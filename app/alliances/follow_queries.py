"""Selects over what follows two companies that were merged, or parted."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, select

from app.alliances.models import Alliance, Evidence, Followed
from app.books.models import Account
from app.companies.models import Company, CompanyMerge
from app.exchanges.models import Exchange


def company_merge(merge_id: UUID) -> Select[CompanyMerge]:
    """One merge of two companies."""
    return select(CompanyMerge).where(CompanyMerge.id == merge_id)


def merged_companies() -> Select[UUID, UUID | None]:
    """Every company that is part of another one, and of which."""
    return select(Company.id, Company.merged_into_id).where(Company.merged_into_id.is_not(None))


def pairs_of(company_ids: Collection[UUID]) -> Select[Alliance]:
    """The pairs in which one of these companies is an end."""
    either = Alliance.company_a_id.in_(company_ids) | Alliance.company_b_id.in_(company_ids)
    return select(Alliance).where(either).order_by(Alliance.id)


def followed(alliance_ids: Collection[UUID]) -> Select[Followed]:
    """What was recorded for one of these pairs and went along to another one."""
    return select(Followed).where(Followed.origin_id.in_(alliance_ids))


def came_along(row_ids: Collection[UUID]) -> Select[UUID]:
    """Those of these rows that were recorded for another pair."""
    return select(Followed.row_id).where(Followed.row_id.in_(row_ids))


def recorded_evidence(alliance_id: UUID) -> Select[Evidence]:
    """What a pair holds of the evidence that was recorded for it: dealings, reports, matches; not of exchanges."""
    return select(Evidence).where(Evidence.alliance_id == alliance_id, Evidence.exchange_id.is_(None))


def met_elsewhere(alliance_ids: Collection[UUID]) -> Select[Evidence, UUID | None]:
    """Evidence of these pairs whose exchange is with none of the pair's companies, and with which it is."""
    found = select(Evidence, Exchange.company_id).join(Exchange, Exchange.id == Evidence.exchange_id)
    found = found.join(Alliance, Alliance.id == Evidence.alliance_id).where(Alliance.id.in_(alliance_ids))
    return found.where(Exchange.company_id.not_in([Alliance.company_a_id, Alliance.company_b_id]))


def sellers_beside(company_ids: Collection[UUID]) -> Select[UUID | None]:
    """Companies that sell into one of these, or into what one of these sells into."""
    sold = select(Account.company_id).where(Account.seller_id.in_(company_ids))
    beside = Account.company_id.in_(sold) | Account.company_id.in_(company_ids)
    return select(Account.seller_id).where(beside, Account.seller_id.is_not(None)).distinct()
