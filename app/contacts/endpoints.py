"""Contacts over HTTP. One contact with its meetings is answered by `app.exchanges.endpoints`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from app.auth.caller import CallerDep, SessionDep
from app.contacts import queries, service
from app.contacts.models import Contact
from app.contacts.normal import search_words
from app.contacts.schemas import ContactChange, ContactOut, contact_out
from app.kit.errors import BadCursor, NotFound, Unauthorized, problems
from app.kit.etags import IfMatchHeader, PreconditionFailed, PreconditionRequired, show_etag
from app.kit.pagination import CursorQuery, LimitQuery, Page, page

router = APIRouter(prefix="/v1/contacts", tags=["contacts"], responses=problems(Unauthorized))


@router.get("", responses=problems(BadCursor))
def list_contacts(
    session: SessionDep,
    q: Annotated[str, Query(max_length=200, description="Words of a name, company or address, or digits.")] = "",
    company_id: Annotated[UUID | None, Query(description="Who works or worked there.")] = None,
    needs_review: Annotated[bool | None, Query(description="Whether a person should look.")] = None,
    updated_since: Annotated[AwareDatetime | None, Query(description="Changed then or later.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[ContactOut]:
    """Contacts, newest first."""
    found = queries.contacts(search_words(q), company_id, needs_review, updated_since)
    return page(session, found, Contact.id, cursor, limit, contact_out)


@router.patch("/{contact_id}", responses=problems(NotFound, PreconditionRequired, PreconditionFailed))
def correct_contact(
    contact_id: UUID,
    change: ContactChange,
    session: SessionDep,
    caller: CallerDep,
    response: Response,
    if_match: IfMatchHeader = None,
) -> ContactOut:
    """Correct a contact; what a person says is not overwritten by a card."""
    contact = service.correct(session, contact_id, if_match, change, caller.region)
    show_etag(response, contact.version)
    return contact_out(contact)
