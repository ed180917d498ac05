"""Exchanges and events over HTTP, and one contact with all its meetings."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from app.auth.caller import CallerDep, SessionDep
from app.auth.service import require_admin
from app.contacts import service as contacts
from app.contacts.service import Merged
from app.exchanges import handshakes, queries, service, showing
from app.exchanges.models import Exchange, MetEvent
from app.exchanges.schemas import (
    ConfirmationIn,
    ConfirmationOut,
    ContactWithMeetingsOut,
    EventChange,
    EventOut,
    ExchangeChange,
    ExchangeDetailOut,
    ExchangeOut,
    contact_with_meetings,
)
from app.exchanges.service import NotYet
from app.kit.errors import BadCursor, Forbidden, NotFound, Unauthorized, problems
from app.kit.etags import IfMatchHeader, PreconditionFailed, PreconditionRequired, show_etag
from app.kit.pagination import CursorQuery, LimitQuery, Page, page

router = APIRouter(prefix="/v1", responses=problems(Unauthorized))

_CHANGED = problems(NotFound, PreconditionRequired, PreconditionFailed)


@router.get("/exchanges", tags=["exchanges"], responses=problems(BadCursor))
def list_exchanges(
    session: SessionDep,
    contact_id: Annotated[UUID | None, Query(description="With this contact.")] = None,
    company_id: Annotated[UUID | None, Query(description="With people who worked there then.")] = None,
    event: Annotated[str | None, Query(max_length=200, description="At an event that the user called so.")] = None,
    event_id: Annotated[UUID | None, Query(description="At this event.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[ExchangeOut]:
    """Who met whom, newest first."""
    found = queries.exchanges(contact_id, company_id, event, event_id)
    return page(session, found, Exchange.id, cursor, limit, ExchangeOut.model_validate)


@router.get("/exchanges/confirmation", tags=["exchanges"])
def get_confirmation(session: SessionDep) -> ConfirmationOut:
    """Whether exchanges with users of other organizations on this server are confirmed as mutual."""
    return ConfirmationOut(confirms=handshakes.policy(session), domains=handshakes.domains(session))


@router.put("/exchanges/confirmation", tags=["exchanges"], responses=problems(Forbidden))
def set_confirmation(said: ConfirmationIn, session: SessionDep, caller: CallerDep) -> ConfirmationOut:
    """Let two users who photographed each other's card within 48 hours both hold a mutual exchange.

    Administrators only; both organizations have to want it. All that either learns is that a card which its own user
    handed over was photographed by the one it was handed to.
    """
    require_admin(caller)
    handshakes.set_policy(session, said.confirms)
    return get_confirmation(session)


@router.get("/exchanges/{exchange_id}", tags=["exchanges"], responses=problems(NotFound))
def get_exchange(exchange_id: UUID, session: SessionDep, response: Response) -> ExchangeDetailOut:
    """An exchange with both its sides."""
    exchange = service.get(session, exchange_id)
    show_etag(response, exchange.version)
    return showing.with_sides(session, exchange)


@router.patch("/exchanges/{exchange_id}", tags=["exchanges"], responses=_CHANGED | problems(NotYet))
def correct_exchange(
    exchange_id: UUID, change: ExchangeChange, session: SessionDep, response: Response, if_match: IfMatchHeader = None
) -> ExchangeDetailOut:
    """Correct an exchange: that it was mutual, when and where it was, at which event."""
    exchange = service.correct(session, exchange_id, if_match, change)
    show_etag(response, exchange.version)
    return showing.with_sides(session, exchange)


@router.get("/events", tags=["events"], responses=problems(BadCursor))
def list_events(
    session: SessionDep,
    place: Annotated[str | None, Query(max_length=200, description="Its place has this text.")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Ended then or later.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[EventOut]:
    """Events at which people were met, newest first: joined from what the photos were sent with."""
    found = page(session, queries.events(place, since), MetEvent.id, cursor, limit, lambda event: event)
    return Page(items=showing.with_figures(session, found.items), next_cursor=found.next_cursor)


@router.get("/events/{event_id}", tags=["events"], responses=problems(NotFound))
def get_event(event_id: UUID, session: SessionDep, response: Response) -> EventOut:
    """An event."""
    event = service.get_event(session, event_id)
    show_etag(response, event.version)
    return showing.with_figures(session, [event])[0]


@router.patch("/events/{event_id}", tags=["events"], responses=_CHANGED)
def correct_event(
    event_id: UUID, change: EventChange, session: SessionDep, response: Response, if_match: IfMatchHeader = None
) -> EventOut:
    """Name an event, or say where it was."""
    event = service.correct_event(session, event_id, if_match, change)
    show_etag(response, event.version)
    return showing.with_figures(session, [event])[0]


@router.get("/contacts/{contact_id}", tags=["contacts"], responses=problems(NotFound, Merged))
def get_contact(contact_id: UUID, session: SessionDep, response: Response) -> ContactWithMeetingsOut:
    """A contact with points, employments, meetings and cards."""
    contact = contacts.get(session, contact_id)
    show_etag(response, contact.version)
    return contact_with_meetings(contact, *service.meetings(session, contact_id))
