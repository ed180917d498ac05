"""Companies over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from app.auth.caller import CallerDep, SessionDep
from app.companies import merging, queries, service
from app.companies.merging import TooLateToUndo
from app.companies.models import Company, CompanyDoubt
from app.companies.normal import search_words
from app.companies.schemas import (
    CompanyChange,
    CompanyMergeIn,
    CompanyMergeOut,
    CompanyOut,
    DuplicateCompanyOut,
    company_out,
)
from app.companies.service import Merged
from app.kit.errors import BadCursor, Conflict, IdempotencyKeyReused, NotFound, Unauthorized, problems
from app.kit.etags import IfMatchHeader, PreconditionFailed, PreconditionRequired, show_etag
from app.kit.idempotency import KeyHeader, fingerprint, once
from app.kit.pagination import CursorQuery, LimitQuery, Page, page

router = APIRouter(prefix="/v1/companies", tags=["companies"], responses=problems(Unauthorized))


@router.get("", responses=problems(BadCursor))
def list_companies(
    session: SessionDep,
    q: Annotated[str, Query(max_length=200, description="Words in a name.")] = "",
    updated_since: Annotated[AwareDatetime | None, Query(description="Changed then or later.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[CompanyOut]:
    """Companies, newest first."""
    found = queries.companies(search_words(q), updated_since)
    return page(session, found, Company.id, cursor, limit, company_out)


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
def get_company(company_id: UUID, session: SessionDep, response: Response) -> CompanyOut:
    """A company with its names and domains."""
    company = service.get(session, company_id)
    show_etag(response, company.version)
    return company_out(company)


@router.patch("/{company_id}", responses=problems(NotFound, Merged, PreconditionRequired, PreconditionFailed))
def correct_company(
    company_id: UUID, change: CompanyChange, session: SessionDep, response: Response, if_match: IfMatchHeader = None
) -> CompanyOut:
    """Correct a company; what a person says is not overwritten by a card."""
    company = service.correct(session, company_id, if_match, change)
    show_etag(response, company.version)
    return company_out(company)
