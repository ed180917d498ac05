"""A reading becomes contacts and exchanges."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.companies.models import Company
from app.companies.resolution import resolve as resolve_company
from app.companies.resolution import wait_for_turn
from app.contacts.models import Contact
from app.contacts.resolution import resolve as resolve_contact
from app.exchanges import queries
from app.exchanges.events import ExchangeRecorded
from app.exchanges.models import Direction, Exchange
from app.exchanges.reading import company_on, person_on
from app.kit.db import in_room
from app.kit.queue import publish
from app.scans import queries as scan_queries
from app.scans import service as scans
from app.scans.models import Card, Scan, ScanStatus

SAME_MEETING = timedelta(hours=12)
"""Two photos of one card within this time show one meeting."""


def absorb(session: Session, scan_id: UUID) -> None:
    """Make contacts and exchanges of the cards of a scan that was read. A second time changes nothing.

    A card that says too little makes no contact. A card of the home company is the user's own side of the exchange.
    """
    wait_for_turn(session)
    scan = session.scalars(scan_queries.scan_to_change(scan_id)).one_or_none()
    if scan is None or scan.status != ScanStatus.READ:
        return
    with in_room(session, scan.audience_id):
        _absorb(session, scan)


def _absorb(session: Session, scan: Scan) -> None:
    cards = list(session.scalars(scan_queries.cards_of_scan(scan.id)))
    companies = [resolve_company(session, company_on(card)) for card in cards]
    own = next((card for card, company in zip(cards, companies, strict=True) if company and company.is_home), None)
    made = [_absorb_card(session, scan, *pair, own) for pair in zip(cards, companies, strict=True)]
    scans.finish(session, scan.id, list(zip(cards, made, strict=True)))


def meetings(session: Session, contact_id: UUID) -> tuple[list[Exchange], list[Card]]:
    """When a contact was met, and the cards it was read from; newest first."""
    met = session.scalars(queries.of_contact(contact_id)).all()
    return list(met), list(session.scalars(scan_queries.cards_of_contact(contact_id)))


def _absorb_card(session: Session, scan: Scan, card: Card, company: Company | None, own: Card | None) -> UUID | None:
    person = person_on(card, company, scan.user_id, scan.captured_at)
    if (company and company.is_home) or not person.says_enough:
        return None
    contact = resolve_contact(session, person)
    _record(session, scan, card, contact, company, own)
    return contact.id


def _record(
    session: Session, scan: Scan, card: Card, contact: Contact, company: Company | None, own: Card | None
) -> None:
    """Keep who met whom; one more photo of the same meeting adds what it knows to the exchange that is there."""
    around = (scan.captured_at - SAME_MEETING, scan.captured_at + SAME_MEETING)
    exchange = session.scalars(queries.meeting(scan.user_id, contact.id, *around)).one_or_none()
    if exchange is None:
        exchange = Exchange(
            user_id=scan.user_id,
            contact_id=contact.id,
            company_id=company.id if company else None,
            scan_id=scan.id,
            card_id=card.id,
            direction=Direction.RECEIVED,
            met_at=scan.captured_at,
        )
        session.add(exchange)
    exchange.event, exchange.place = exchange.event or scan.event, exchange.place or scan.place
    exchange.note = exchange.note or scan.note
    if own is not None:
        exchange.own_card_id, exchange.direction = own.id, Direction.MUTUAL
    session.flush()
    publish(session, ExchangeRecorded(exchange.id))
