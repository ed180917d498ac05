"""Selects behind the drawing of who is tied to whom."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, select

from app.alliances.models import Alliance
from app.companies.models import Company


def pairs_around(company_ids: Collection[UUID], but: Collection[UUID], most: int) -> Select[Alliance]:
    """The `most` best pairs that have an end in `company_ids`, without those of `but` (ids of pairs).

    As in the ranking: one whose evidence was all withdrawn is not among them, nor one of a merged company.
    """
    merged = select(Company.id).where(Company.merged_into_id.is_not(None))
    found = select(Alliance).where(Alliance.company_a_id.in_(company_ids) | Alliance.company_b_id.in_(company_ids))
    found = found.where(Alliance.last_evidence_at.is_not(None), Alliance.id.not_in(but))
    found = found.where(Alliance.company_a_id.not_in(merged), Alliance.company_b_id.not_in(merged))
    return found.order_by(Alliance.score.desc(), Alliance.id.desc()).limit(most)


def companies(ids: Collection[UUID]) -> Select[Company]:
    """These companies, those that the session may see."""
    return select(Company).where(Company.id.in_(ids), Company.merged_into_id.is_(None)).order_by(Company.id)
