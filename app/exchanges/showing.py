"""Gathers what one answer of the API shows of an exchange or of events."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.companies.models import Company
from app.contacts.models import Contact
from app.exchanges import queries, service
from app.exchanges.models import Exchange, MetEvent
from app.exchanges.schemas import EventOut, ExchangeDetailOut, ExchangeOut, event_out, side_out


def with_sides(session: Session, exchange: Exchange) -> ExchangeDetailOut:
    """An exchange with the people, companies and logos of both sides."""
    held = [card_id for card_id in (exchange.card_id, exchange.own_card_id) if card_id]
    cards = {card.id: card for card in session.scalars(queries.cards(held))}
    user = session.scalars(queries.user(exchange.user_id)).one()
    home = session.scalars(queries.home()).one_or_none()
    company = session.get(Company, exchange.company_id) if exchange.company_id else None
    contact = session.get_one(Contact, exchange.contact_id)
    own = cards.get(exchange.own_card_id) if exchange.own_card_id else None
    theirs = cards.get(exchange.card_id) if exchange.card_id else None
    return ExchangeDetailOut(
        **ExchangeOut.model_validate(exchange).model_dump(),
        ours=side_out(user.id, user.name, home, own),
        theirs=side_out(contact.id, contact.name, company, theirs),
    )


def with_figures(session: Session, events: Sequence[MetEvent]) -> list[EventOut]:
    """Events with how many cards, people and companies each brought."""
    figures = service.figures(session, events)
    return [event_out(event, figures.get(event.id, (0, 0, 0))) for event in events]
