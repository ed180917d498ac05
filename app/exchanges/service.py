"""A reading becomes contacts and exchanges, and what a person says of an exchange or an event corrects it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.auth.models import User
from app.companies.models import Company
from app.companies.resolution import resolve as resolve_company
from app.companies.resolution import wait_for_turn
from app.contacts.models import Contact
from app.contacts.resolution import resolve as resolve_contact
from app.exchanges import queries
from app.exchanges.events import ExchangeRecorded
from app.exchanges.gathering import join_event, leave_event
from app.exchanges.models import Direction, Exchange, MetEvent
from app.exchanges.nearness import event_key
from app.exchanges.reading import company_on, own_side, person_on
from app.exchanges.schemas import EventChange, ExchangeChange
from app.kit.clock import now
from app.kit.db import in_room
from app.kit.errors import AppError, NotFound
from app.kit.etags import check_etag
from app.kit.queue import publish
from app.scans import queries as scan_queries
from app.scans import service as scans
from app.scans.models import Card, Scan, ScanStatus

SAME_MEETING = timedelta(hours=12)
"""Two photos of one card within this time show one meeting."""
_CLOCKS_DIFFER = timedelta(days=1)


class NotYet(AppError):
    """This lies in the future."""

    status, code = 422, "not_yet"


def absorb(session: Session, scan_id: UUID) -> None:
    """Make contacts and exchanges of the cards of a scan that was read. A second time changes nothing.

    A card that says too little makes no contact. A card of the home company, or with the user's own address, is the
    user's side of the exchange.
    """
    wait_for_turn(session)
    scan = session.scalars(scan_queries.scan_to_change(scan_id)).one_or_none()
    if scan is None or scan.status != ScanStatus.READ:
        return
    with in_room(session, scan.audience_id):
        _absorb(session, scan)


def _absorb(session: Session, scan: Scan) -> None:
    cards = list(session.scalars(scan_queries.cards_of_scan(scan.id)))
    user = session.get_one(User, scan.user_id)
    companies = [resolve_company(session, company_on(card)) for card in cards]
    ours, own = own_side(user, list(zip(cards, companies, strict=True)))
    made = [
        None if card in ours else _absorb_card(session, scan, card, company, own)
        for card, company in zip(cards, companies, strict=True)
    ]
    scans.finish(session, scan.id, list(zip(cards, made, strict=True)))


def meetings(session: Session, contact_id: UUID) -> tuple[list[Exchange], list[Card]]:
    """When a contact was met, and the cards it was read from; newest first."""
    met = session.scalars(queries.of_contact(contact_id)).all()
    return list(met), list(session.scalars(scan_queries.cards_of_contact(contact_id)))


def get(session: Session, exchange_id: UUID) -> Exchange:
    """An exchange.

    Raises:
        NotFound: no such exchange, or not yours.
    """
    found = session.scalars(queries.exchange(exchange_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def get_event(session: Session, event_id: UUID) -> MetEvent:
    """An event.

    Raises:
        NotFound: no such event, or not yours.
    """
    found = session.scalars(queries.event(event_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def figures(session: Session, events: Sequence[MetEvent]) -> dict[UUID, tuple[int, int, int]]:
    """Of each event: exchanges, people and companies met."""
    counted = session.execute(queries.figures([event.id for event in events]))
    return {event_id: (cards, people, companies) for event_id, cards, people, companies in counted if event_id}


def correct(session: Session, exchange_id: UUID, if_match: str | None, change: ExchangeChange) -> Exchange:
    """Take over what a person says of an exchange; it moves to another event where that follows.

    Raises:
        NotFound: no such exchange, or not yours.
        PreconditionRequired: no `If-Match`.
        PreconditionFailed: it was changed meanwhile.
        NotYet: they met in the future.
    """
    wait_for_turn(session)
    exchange = session.scalars(queries.exchange_to_change(exchange_id)).one_or_none()
    if exchange is None:
        raise NotFound
    check_etag(if_match, exchange.version)
    said = change.model_dump(exclude_unset=True)
    if said.get("met_at") and said["met_at"] > now() + _CLOCKS_DIFFER:
        raise NotYet
    for name, value in said.items():
        setattr(exchange, name, value)
    if said.keys() & {"event", "place", "met_at"}:
        _find_event_again(session, exchange)
    session.flush()
    if said:
        publish(session, ExchangeRecorded(exchange.id))
    return exchange


def follow_audience(session: Session, contact_id: UUID) -> None:
    """Put the exchanges with a contact to events that are seen by who sees the contact; again changes nothing."""
    wait_for_turn(session)
    for exchange in session.scalars(queries.at_events_of_others(contact_id)).all():
        _find_event_again(session, exchange)


def _find_event_again(session: Session, exchange: Exchange) -> None:
    leave_event(session, exchange)
    with in_room(session, session.get_one(Contact, exchange.contact_id).audience_id):
        join_event(session, exchange)


def correct_event(session: Session, event_id: UUID, if_match: str | None, change: EventChange) -> MetEvent:
    """Name an event, or say where it was; everybody who was met there was met at an event of this name.

    Raises:
        NotFound: no such event, or not yours.
        PreconditionRequired: no `If-Match`.
        PreconditionFailed: it was changed meanwhile.
    """
    wait_for_turn(session)
    event = get_event(session, event_id)
    check_etag(if_match, event.version)
    said = change.model_dump(exclude_unset=True)
    for name, value in said.items():
        setattr(event, name, value)
    if "name" in said:
        event.key = event_key(change.name or "")
        for exchange in session.scalars(queries.at_event(event_id)):
            publish(session, ExchangeRecorded(exchange.id))
    session.flush()
    return event


def _absorb_card(session: Session, scan: Scan, card: Card, company: Company | None, own: Card | None) -> UUID | None:
    person = person_on(card, company, scan.user_id, scan.captured_at)
    if not person.says_enough:
        return None
    contact = resolve_contact(session, person)
    _record(session, scan, card, contact, company, own)
    return contact.id


def _record(
    session: Session, scan: Scan, card: Card, contact: Contact, company: Company | None, own: Card | None
) -> None:
    """Keep who met whom; one more photo of the same meeting adds what it knows to the exchange that is there."""
    met_at = min(scan.captured_at, scan.created_at)  # a phone whose clock is ahead met nobody in the future
    around = (met_at - SAME_MEETING, met_at + SAME_MEETING)
    exchange = session.scalars(queries.meeting(scan.user_id, contact.id, *around)).one_or_none()
    if exchange is None:
        exchange = Exchange(
            user_id=scan.user_id,
            contact_id=contact.id,
            company_id=company.id if company else None,
            scan_id=scan.id,
            card_id=card.id,
            direction=Direction.RECEIVED,
            met_at=met_at,
        )
        session.add(exchange)
    exchange.event, exchange.place = exchange.event or scan.event, exchange.place or scan.place
    exchange.note = exchange.note or scan.note
    if exchange.latitude is None:
        exchange.latitude, exchange.longitude = scan.latitude, scan.longitude
    if own is not None:
        exchange.own_card_id, exchange.direction = own.id, Direction.MUTUAL
    if scan.mutual:
        exchange.direction = Direction.MUTUAL
    session.flush()
    join_event(session, exchange)
    publish(session, ExchangeRecorded(exchange.id))
