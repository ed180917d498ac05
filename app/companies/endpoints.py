"""Companies over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from app.auth.caller import CallerDep, SessionDep
from app.companies import branding, merging, queries, service, showing
from app.companies.branding import BrandTaken, DomainTaken
from app.companies.family import ParentCycle
from app.companies.merging import TooLateToUndo
from app.companies.models import Company, CompanyBrand, CompanyDoubt
from app.companies.normal import search_words
from app.companies.schemas import (
    BrandIn,
    BrandOut,
    CompanyChange,
    CompanyDetailOut,
    CompanyMergeIn,
    CompanyMergeOut,
    CompanyOut,
    DuplicateCompanyOut,
    Include,
    brand_out,
    company_out,
)
from app.companies.service import Merged
from app.kit.errors import (
    BadCursor,
    Conflict,
    IdempotencyKeyReused,
    InvalidRequest,
    NotFound,
    Unauthorized,
    problems,
)
from app.kit.etags import IfMatchHeader, PreconditionFailed, PreconditionRequired, show_etag
from app.kit.idempotency import KeyHeader, fingerprint, once
from app.kit.pagination import CursorQuery, LimitQuery, Page, page

IncludeQuery = Annotated[list[Include], Query(description="What else comes along.")]

router = APIRouter(prefix="/v1/companies", tags=["companies"], responses=problems(Unauthorized))


@router.get("", responses=problems(BadCursor))
def list_companies(
    session: SessionDep,
    q: Annotated[str, Query(max_length=200, description="Words in a name.")] = "",
    updated_since: Annotated[AwareDatetime | None, Query(description="Changed then or later.")] = None,
    parent_id: Annotated[UUID | None, Query(description="What belongs to this company.")] = None,
    include: IncludeQuery = [],  # noqa: B006
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[CompanyDetailOut]:
    """Companies, newest first."""
    found = queries.companies(search_words(q), updated_since, parent_id)
    shown = page(session, found, Company.id, cursor, limit, lambda company: company)
    return Page(items=showing.detailed(session, shown.items, include), next_cursor=shown.next_cursor)


@router.get("/duplicates", responses=problems(BadCursor))
def list_duplicates(
    session: SessionDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[DuplicateCompanyOut]:
    """Pairs of companies that may be one, with the reasons, newest first."""
    return page(session, queries.duplicates(), CompanyDoubt.id, cursor, limit, partial(_duplicate, session))


@router.post("/duplicates/{duplicate_id}/dismiss", responses=problems(NotFound))
def dismiss_duplicate(duplicate_id: UUID, session: SessionDep) -> DuplicateCompanyOut:
    """They are two companies: do not ask again."""
    return _duplicate(session, service.dismiss(session, duplicate_id))


def _duplicate(session: Session, doubt: CompanyDoubt) -> DuplicateCompanyOut:
    company, other = (company_out(service.get(session, each)) for each in (doubt.company_id, doubt.other_id))
    facts = {"id": doubt.id, "state": doubt.state, "bits": doubt.bits, "reasons": doubt.reasons}
    return DuplicateCompanyOut.model_validate(facts | {"company": company, "other": other})


@router.get("/{company_id}/merge", responses=problems(NotFound, Merged, Conflict))
def preview_merge(
    company_id: UUID, session: SessionDep, other_id: Annotated[UUID, Query(description="The one that would go.")]
) -> CompanyOut:
    """The company that a merge would make; nothing is changed."""
    return company_out(merging.preview(session, company_id, other_id))


@router.post(
    "/{company_id}/merge", status_code=201, responses=problems(NotFound, Merged, Conflict, IdempotencyKeyReused)
)
def merge_companies(
    company_id: UUID, asked: CompanyMergeIn, session: SessionDep, caller: CallerDep, idempotency_key: KeyHeader = None
) -> CompanyMergeOut:
    """Make another company part of this one; the other id answers 308 from then on."""
    merge = partial(merging.merge, session, company_id, asked.other_id, caller.user_id)
    what = fingerprint("merge companies", str(company_id), str(asked.other_id))
    merge_id = once(session, caller.user_id, idempotency_key, what, lambda: merge().id)
    return CompanyMergeOut.model_validate(merging.get(session, merge_id))


@router.post("/merges/{merge_id}/undo", responses=problems(NotFound, Conflict, TooLateToUndo))
def undo_merge(merge_id: UUID, session: SessionDep) -> CompanyMergeOut:
    """Make two of them again, as they were; for 30 days."""
    return CompanyMergeOut.model_validate(merging.undo(session, merge_id))


@router.get("/{company_id}", responses=problems(NotFound, Merged))
def get_company(
    company_id: UUID,
    session: SessionDep,
    response: Response,
    include: IncludeQuery = [],  # noqa: B006
) -> CompanyDetailOut:
    """A company with its names, domains and brands."""
    company = service.get(session, company_id)
    show_etag(response, company.version)
    return showing.detailed(session, [company], include)[0]


@router.patch(
    "/{company_id}",
    responses=problems(NotFound, Merged, Conflict, ParentCycle, PreconditionRequired, PreconditionFailed),
)
def correct_company(
    company_id: UUID, change: CompanyChange, session: SessionDep, response: Response, if_match: IfMatchHeader = None
) -> CompanyOut:
    """Correct a company; what a person says is not overwritten by a card."""
    company = service.correct(session, company_id, if_match, change)
    show_etag(response, company.version)
    return company_out(company)


@router.get("/{company_id}/brands", responses=problems(NotFound, Merged, BadCursor))
def list_brands(
    company_id: UUID, session: SessionDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[BrandOut]:
    """Names under which a company sells, newest first: cards with them mean the company."""
    company = service.get(session, company_id)
    found = queries.brands(company.id)
    return page(session, found, CompanyBrand.id, cursor, limit, lambda brand: brand_out(brand, company.domains))


@router.post(
    "/{company_id}/brands",
    status_code=201,
    responses=problems(NotFound, Merged, BrandTaken, DomainTaken, InvalidRequest, IdempotencyKeyReused),
)
def add_brand(
    company_id: UUID, said: BrandIn, session: SessionDep, caller: CallerDep, idempotency_key: KeyHeader = None
) -> BrandOut:
    """Let cards with this name, or with one of these domains, mean the company."""
    add = partial(branding.add, session, company_id, said.name, said.domains)
    asked = fingerprint("brand", str(company_id), said.model_dump_json())
    brand_id = once(session, caller.user_id, idempotency_key, asked, lambda: add().id)
    company = service.get(session, company_id)
    return brand_out(branding.get(session, company.id, brand_id), company.domains)


@router.delete("/{company_id}/brands/{brand_id}", status_code=204, responses=problems(NotFound, Merged))
def remove_brand(company_id: UUID, brand_id: UUID, session: SessionDep) -> None:
    """Let the name and the domains of a brand mean the company no more."""
    branding.remove(session, company_id, brand_id)
