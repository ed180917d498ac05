"""From exchanges of cards to evidence: who met whom is a reason for a tie between their companies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import queries
from app.alliances.assessment import Pair, assess, open_pair, renew_evidence
from app.alliances.events import AssessmentDue
from app.alliances.terms import Kind
from app.companies.models import Company
from app.exchanges.models import Direction, Exchange
from app.kit.db import in_room
from app.kit.queue import publish

SOURCE = "exchange"

_BY_PLACE_AND_DAY = 0.5
"""Chance that who was met at the place of an event while it was on, was met at the event."""

Encounter = list[Exchange]
"""All exchanges of one user with one contact on one day: a card that is photographed twice was handed over once."""


def reassess_company(session: Session, company_id: UUID) -> None:
    """Let every exchange with a company count for its pair with the home company; again changes nothing.

    Without a home company there is no pair, nor is there one of the home company with itself. What a user keeps
    private is with a company of their own, and counts for no other pair than that one's.
    """
    home = session.scalars(queries.home_company()).one_or_none()
    company = session.get(Company, company_id)
    if home is None or company is None or company.id == home.id or company.merged_into_id is not None:
        return  # what a merged company had is its survivor's: `following` takes it there
    with in_room(session, company.audience_id):
        _reassess(session, home, company)


def count_exchange(session: Session, exchange: Exchange) -> None:
    """Let one exchange count for the pair of its company, with all of the same two people; again changes nothing."""
    home = session.scalars(queries.home_company()).one_or_none()
    company = session.get(Company, exchange.company_id) if exchange.company_id else None
    if home is None or company is None or company.id == home.id or company.merged_into_id is not None:
        return
    with in_room(session, company.audience_id):
        pair = open_pair(session, home.id, company.id)
        user_id, contact_id = exchange.user_id, exchange.contact_id
        met = session.scalars(queries.meetings(user_id, contact_id, company.id)).all()
        wanted = _evidence(met, company)
        of = (pair.alliance.id, SOURCE, user_id, contact_id, [each.id for each in met])
        renew_evidence(session, pair, SOURCE, session.scalars(queries.evidence_of_meetings(*of)), wanted)
        assess(session, pair)


def _evidence(met: Iterable[Exchange], company: Company) -> dict[str, dict[str, Any]]:
    wanted: dict[str, dict[str, Any]] = {}
    for encounter in encounters(met):
        wanted |= evidence_of(encounter, company.confidence)
    return wanted


def _reassess(session: Session, home: Company, company: Company) -> None:
    if not _is_met(session, home.id, company.id):
        return
    pair = open_pair(session, home.id, company.id)
    _send_on(session, pair, company.id, home.id)
    wanted = _evidence(session.scalars(queries.exchanges_with(company.id)), company)
    kept = session.scalars(queries.evidence_met(company.id, pair.alliance.id, SOURCE))
    renew_evidence(session, pair, SOURCE, kept, wanted)
    assess(session, pair, books=True)


def _send_on(session: Session, pair: Pair, company_id: UUID, home_id: UUID) -> None:
    """What happened with people who are found to be of another company belongs to that one's pair."""
    for item, other_id in session.execute(queries.strayed(pair.alliance.id, company_id)).all():
        if other_id is not None and other_id != home_id:
            item.alliance_id = open_pair(session, home_id, other_id).alliance.id
            publish(session, AssessmentDue(other_id))
    session.flush()


def _is_met(session: Session, home_id: UUID, company_id: UUID) -> bool:
    known = session.scalar(queries.pair(home_id, company_id))
    return known is not None or session.scalars(queries.exchanges_with(company_id).limit(1)).first() is not None


def encounters(exchanges: Iterable[Exchange]) -> list[Encounter]:
    """Exchanges grouped by user, contact and day (UTC)."""
    grouped: dict[tuple[UUID, UUID, date], Encounter] = defaultdict(list)
    for exchange in exchanges:
        grouped[exchange.user_id, exchange.contact_id, exchange.met_at.date()].append(exchange)
    return list(grouped.values())


def evidence_of(encounter: Encounter, confidence: float) -> dict[str, dict[str, Any]]:
    """The evidence in an encounter, by source key: the cards, and the event where it names one."""
    first = min(encounter, key=lambda exchange: exchange.id)
    values = {
        "at": min(exchange.met_at for exchange in encounter),
        "confidence": confidence,
        "exchange_id": first.id,
        "user_id": first.user_id,
        "contact_id": first.contact_id,
    }
    found = {f"{SOURCE}:{first.id}:cards": {**values, "kind": _of_cards(encounter)}}
    sureness = max(map(_at_event, encounter))
    if sureness:
        at_event = {"kind": Kind.MET_AT_EVENT, "confidence": confidence * sureness}
        found[f"{SOURCE}:{first.id}:event"] = {**values, **at_event}
    return found


def _at_event(exchange: Exchange) -> float:
    """How surely the two met at an event, 0..1: as the user said, or as place and day tell of one that has a name."""
    if exchange.event:
        return 1.0
    return _BY_PLACE_AND_DAY if exchange.met_event is not None and exchange.met_event.name else 0.0


def _of_cards(encounter: Encounter) -> Kind:
    directions = {exchange.direction for exchange in encounter}
    if Direction.MUTUAL in directions or {Direction.GIVEN, Direction.RECEIVED} <= directions:
        return Kind.MUTUAL_EXCHANGE
    return Kind.CARD_RECEIVED  # by us or, where a card was given, by them
