"""Whom to see on a trip: partners' reps there, dormant and warm, and events there that brought alliances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import occasion_queries as queries
from app.alliances import scoring
from app.alliances.assessment import beginning_of, today
from app.alliances.grounds import signals_of
from app.alliances.models import Alliance, Evidence
from app.alliances.terms import State
from app.alliances.yielding import Yield, yield_of
from app.contacts.models import Contact, PointKind
from app.contacts.normal import search_words
from app.kit.clock import now
from app.kit.errors import AppError
from lexicon.whereabouts import Point, Town, is_at, town

LONGEST = timedelta(days=92)
_MOST_READ = 500
"""Partners' reps that are looked at: of more those of the best pairs."""
_EVENTS_READ, _MOST_EVENTS = 30, 10
"""Events there that are looked at, the latest; and those that are told."""
_SAME_SEASON = timedelta(days=14)
"""A fair that comes back every year does so within two weeks of the same date."""


class BadRange(AppError):
    """A trip ends after it begins, is not over yet, and takes 92 days at most."""

    status, code = 422, "bad_range"


class NoPlace(AppError):
    """This names no place."""

    status, code = 422, "no_place"


class Warmth(StrEnum):
    """Whether anything happened with somebody lately."""

    WARM = "warm"
    """Something did within half a year before the trip."""
    DORMANT = "dormant"


@dataclass(frozen=True, slots=True)
class Trip:
    """Where to, from which day to which."""

    place: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """A user who knows somebody."""

    user_id: UUID
    name: str
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A partner's rep who is there."""

    contact: Contact
    alliance: Alliance
    place: str
    """What says that they are there."""
    warmth: Warmth
    tie: float
    """Between them and all users who know them, 0..1, as of the first day."""
    last_at: datetime
    known_by: tuple[Acquaintance, ...]
    """Whoever was last in touch first."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """An event there that brought alliances."""

    fruits: Yield
    same_season: bool
    """It was on at this time of the year: it may come back."""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Whom to see, and where to go."""

    counterparts: tuple[Counterpart, ...]
    occasions: tuple[Occasion, ...]


def suggestions(session: Session, trip: Trip, limit: int) -> Suggestions:
    """The `limit` best counterparts at the place, those of the best pairs first, and its most fruitful events.

    Raises:
        BadRange: the days cannot be meant.
        NoPlace: the place names nothing.
    """
    if trip.last < trip.first or trip.last < today() or trip.last - trip.first > LONGEST:
        raise BadRange
    there = town(trip.place)
    if there is None:
        raise NoPlace
    moment = max(beginning_of(trip.first), now())
    return Suggestions(
        tuple(_counterparts(session, there, moment))[:limit],
        _occasions(session, there, trip),
    )


def _counterparts(session: Session, there: Town, moment: datetime) -> Iterator[Counterpart]:
    places = [place for place in session.scalars(queries.places_of_partners()) if place and is_at(place, there)]
    words = search_words(" ".join(there.words))
    found = queries.known_at(session.get_bind().dialect.name, words, places, _MOST_READ)
    rows = [(contact, pair, last) for contact, pair, last in session.execute(found)]
    people = {each.id: each for each in session.scalars(queries.contacts_with_addresses({row[0] for row in rows}))}
    pairs = {each.id: each for each in session.scalars(queries.pairs({row[1] for row in rows}))}
    kept: dict[tuple[UUID, UUID | None], list[tuple[Evidence, str | None]]] = defaultdict(list)
    for item, name in session.execute(queries.evidence_between(pairs, people)):
        kept[item.alliance_id, item.contact_id].append((item, name))
    for contact_id, alliance_id, last_at in rows:
        contact, pair = people.get(contact_id), pairs.get(alliance_id)
        place = _place(contact, there) if contact else None
        if contact is not None and pair is not None and place is not None:
            evidence = kept[alliance_id, contact_id]
            yield _counterpart(contact, pair, (place, last_at, moment), evidence)


def _counterpart(
    contact: Contact,
    pair: Alliance,
    when: tuple[str, datetime, datetime],
    evidence: Sequence[tuple[Evidence, str | None]],
) -> Counterpart:
    place, last_at, moment = when
    signals = signals_of(pair, [item for item, _ in evidence])
    is_warm = pair.state != State.DORMANT and (moment - last_at).days <= scoring.MODEL.active_days
    known_by = {
        item.user_id: Acquaintance(item.user_id, name, item.at)
        for item, name in reversed(evidence)
        if item.user_id is not None and name is not None
    }
    return Counterpart(
        contact=contact,
        alliance=pair,
        place=place,
        warmth=Warmth.WARM if is_warm else Warmth.DORMANT,
        tie=scoring.tie(signals, moment),
        last_at=last_at,
        known_by=tuple(sorted(known_by.values(), key=lambda user: user.last_at, reverse=True)),
    )


def _place(contact: Contact, there: Town) -> str | None:
    """What says that somebody is there: an address; of somebody without one the place of a present company."""
    said = [point.value for point in contact.points if point.kind == PointKind.ADDRESS and not point.removed]
    said = said or [job.company.place or "" for job in contact.employments if job.current and job.company]
    return next((place for place in said if is_at(place, there)), None)


def _occasions(session: Session, there: Town, trip: Trip) -> tuple[Occasion, ...]:
    known = session.execute(queries.events_with_place())
    ids = [event_id for event_id, place, *point in known if is_at(place, there, _point(*point))]
    yields = [yield_of(session, event_id, 1) for event_id in ids[:_EVENTS_READ]]
    found = [Occasion(fruits, _same_season(fruits, trip)) for fruits in yields if fruits.states]
    return tuple(sorted(found, key=_fruitful, reverse=True)[:_MOST_EVENTS])


def _point(latitude: float | None, longitude: float | None) -> Point | None:
    return None if latitude is None or longitude is None else (latitude, longitude)


def _fruitful(occasion: Occasion) -> tuple[bool, int, int]:
    return occasion.same_season, len(occasion.fruits.wins), sum(occasion.fruits.states.values())


def _same_season(fruits: Yield, trip: Trip) -> bool:
    """Whether the days of the event, moved on by whole years, are those of the trip or nearly so."""
    first, last = fruits.event.starts_at.date(), fruits.event.ends_at.date()
    years = range(max(1, trip.first.year - first.year - 1), trip.last.year - first.year + 2)
    moved = [timedelta(days=round(365.2425 * year)) for year in years]
    return any(first + by - _SAME_SEASON <= trip.last and last + by + _SAME_SEASON >= trip.first for by in moved)
