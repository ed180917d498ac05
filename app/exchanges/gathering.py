"""From captures to events: photos with one event's name, or taken at one place on one day, are one event.

Whoever calls this has waited for the organization's turn, so that two photos of one fair do not make two events, and
sees the contact's room alone, so that what is private is gathered apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from app.exchanges import queries
from app.exchanges.events import ExchangeRecorded
from app.exchanges.models import Exchange, MetEvent
from app.exchanges.nearness import apart, event_key, same_place
from app.kit.ids import new_id
from app.kit.queue import publish

SAME_EVENT = timedelta(hours=48)
"""Longest pause within an event of one name: a fair closes for the night, or for a day."""
SAME_DAY = timedelta(hours=12)
"""Longest pause within what happens at one place on one day."""
CROWD = 3
"""So many people met at one place on one day were met at an event, though nobody said which."""


def join_event(session: Session, exchange: Exchange) -> None:
    """Put an exchange to its event, found or made, and others that this tells of; again changes nothing."""
    is_named = bool(exchange.event and event_key(exchange.event))
    event = _named(session, exchange) if is_named else _around(session, exchange)
    _put(session, exchange, event)
    if event is not None:
        _stretch(event, exchange)
        session.flush()
        if event.name:
            _gather(session, event)
    session.flush()


def leave_event(session: Session, exchange: Exchange) -> None:
    """Take an exchange from its event, and the event away where that was its last one."""
    event_id, exchange.event_id = exchange.event_id, None
    session.flush()
    if event_id is not None and session.scalars(queries.at_event(event_id).limit(1)).first() is None:
        session.delete(session.get_one(MetEvent, event_id))
        session.flush()


def _named(session: Session, exchange: Exchange) -> MetEvent:
    name = exchange.event or ""
    around = (exchange.met_at - SAME_EVENT, exchange.met_at + SAME_EVENT)
    found = session.scalars(queries.events_named(event_key(name), *around)).all()
    fitting = [event for event in found if not apart(event, exchange)]
    return _as_one(session, fitting) or _make(session, exchange, name)


def _around(session: Session, exchange: Exchange) -> MetEvent | None:
    """The event that place and time tell, if any."""
    around = (exchange.met_at - SAME_DAY, exchange.met_at + SAME_DAY)
    held = session.scalars(queries.events_named(None, *around)).all()
    for event in held:
        if same_place(event, exchange):
            return event
    with_it = [
        other
        for other in session.scalars(queries.without_event(*around))
        if other.id != exchange.id and same_place(other, exchange)
    ]
    if len({exchange.contact_id, *(other.contact_id for other in with_it)}) < CROWD:
        return None
    event = _make(session, exchange, None)
    for other in with_it:
        _put(session, other, event)
        _stretch(event, other)
    return event


def _gather(session: Session, event: MetEvent) -> None:
    """Photos without a name from the same place and day belong to a named event."""
    window = (event.starts_at - SAME_DAY, event.ends_at + SAME_DAY)
    left = set()
    for other in session.scalars(queries.without_name(*window)):
        if other.event_id != event.id and same_place(event, other):
            left.add(other.event_id)
            _put(session, other, event)
            _stretch(event, other)
    session.flush()
    for event_id in filter(None, left):
        if session.scalars(queries.at_event(event_id).limit(1)).first() is None:
            session.delete(session.get_one(MetEvent, event_id))


def _as_one(session: Session, events: Sequence[MetEvent]) -> MetEvent | None:
    """The oldest of these; days between them were found to be one event, so it takes the others' exchanges over."""
    if not events:
        return None
    kept, *others = events
    for other in others:
        for exchange in session.scalars(queries.at_event(other.id)).all():
            _put(session, exchange, kept)
        kept.starts_at, kept.ends_at = min(kept.starts_at, other.starts_at), max(kept.ends_at, other.ends_at)
        _locate(kept, other)
        session.flush()
        session.delete(other)
    return kept


def _make(session: Session, exchange: Exchange, name: str | None) -> MetEvent:
    event = MetEvent(
        id=new_id(),
        name=name,
        key=event_key(name) if name else "",
        starts_at=exchange.met_at,
        ends_at=exchange.met_at,
    )
    session.add(event)
    session.flush()
    return event


def _put(session: Session, exchange: Exchange, event: MetEvent | None) -> None:
    changed = exchange.event_id != (event.id if event else None)
    exchange.event_id = event.id if event else None
    if changed:
        publish(session, ExchangeRecorded(exchange.id))


def _stretch(event: MetEvent, exchange: Exchange) -> None:
    event.starts_at, event.ends_at = min(event.starts_at, exchange.met_at), max(event.ends_at, exchange.met_at)
    _locate(event, exchange)


def _locate(event: MetEvent, spot: MetEvent | Exchange) -> None:
    event.place = event.place or spot.place
    if event.latitude is None or event.longitude is None:
        event.latitude, event.longitude = spot.latitude, spot.longitude
