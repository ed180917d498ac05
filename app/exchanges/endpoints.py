"""Exchanges over HTTP, and one contact with all its meetings."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.auth.caller import SessionDep
from app.contacts import service as contacts
from app.contacts.service import Merged
from app.exchanges import queries, service
from app.exchanges.models import Exchange
from app.exchanges.schemas import ContactWithMeetingsOut, ExchangeOut, contact_with_meetings
from app.kit.errors import BadCursor, NotFound, Unauthorized, problems
from app.kit.etags import show_etag
from app.kit.pagination import CursorQuery, LimitQuery, Page, page

router = APIRouter(prefix="/v1", responses=problems(Unauthorized))


@router.get("/exchanges", tags=["exchanges"], responses=problems(BadCursor))
def list_exchanges(
    session: SessionDep,
    contact_id: Annotated[UUID | None, Query(description="With this contact.")] = None,
    company_id: Annotated[UUID | None, Query(description="With people who worked there then.")] = None,
    event: Annotated[str | None, Query(max_length=200, description="At this event.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[ExchangeOut]:
    """Who met whom, newest first."""
    found = queries.exchanges(contact_id, company_id, event)
    return page(session, found, Exchange.id, cursor, limit, ExchangeOut.model_validate)


@router.get("/contacts/{contact_id}", tags=["contacts"], responses=problems(NotFound, Merged))
def get_contact(contact_id: UUID, session: SessionDep, response: Response) -> ContactWithMeetingsOut:
    """A contact with points, employments, meetings and cards."""
    contact = contacts.get(session, contact_id)
    show_etag(response, contact.version)
    return contact_with_meetings(contact, *service.meetings(session, contact_id))
