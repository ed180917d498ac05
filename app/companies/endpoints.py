"""Companies over HTTP."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from app.auth.caller import SessionDep
from app.companies import queries, service
from app.companies.models import Company
from app.companies.normal import search_words
from app.companies.schemas import CompanyChange, CompanyOut, company_out
from app.kit.errors import BadCursor, NotFound, Unauthorized, problems
from app.kit.etags import IfMatchHeader, PreconditionFailed, PreconditionRequired, show_etag
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


@router.get("/{company_id}", responses=problems(NotFound))
def get_company(company_id: UUID, session: SessionDep, response: Response) -> CompanyOut:
    """A company with its names and domains."""
    company = service.get(session, company_id)
    show_etag(response, company.version)
    return company_out(company)


@router.patch("/{company_id}", responses=problems(NotFound, PreconditionRequired, PreconditionFailed))
def correct_company(
    company_id: UUID, change: CompanyChange, session: SessionDep, response: Response, if_match: IfMatchHeader = None
) -> CompanyOut:
    """Correct a company; what a person says is not overwritten by a card."""
    company = service.correct(session, company_id, if_match, change)
    show_etag(response, company.version)
    return company_out(company)
