"""What companies announce."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.kit.events import Event


@dataclass(frozen=True, slots=True)
class CompaniesMerged(Event):
    """Two companies became one."""

    merge_id: UUID


@dataclass(frozen=True, slots=True)
class CompaniesParted(Event):
    """A merge was undone."""

    merge_id: UUID


@dataclass(frozen=True, slots=True)
class CompanySaved(Event):
    """A company is new, or something about it changed."""

    company_id: UUID


@dataclass(frozen=True, slots=True)
class CompanyRenamed(Event):
    """People who work there are shown with another name of it."""

    company_id: UUID


@dataclass(frozen=True, slots=True)
class CompanyLeft(Event):
    """Contacts that named a company went where another one stands for it; perhaps nothing names it any more."""

    company_id: UUID
