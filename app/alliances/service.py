"""What can be asked about pairs: the ranking, one of them with its reasons, and how it came to be what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import queries, scoring
from app.alliances.assessment import beginning_of
from app.alliances.bridging import bridge_of, bridges
from app.alliances.explaining import Bridge, Explanation, Named, explain
from app.alliances.grounds import case_of, signals_of
from app.alliances.ledger import Ledger, make_ledger
from app.alliances.models import Agreement, Alliance, Evidence, StateMove
from app.alliances.ranking import Place, Sort, Wanted, decode, encode
from app.alliances.ranking_queries import happened_before
from app.alliances.ranking_queries import ranking as ranked_pairs
from app.alliances.scoring import Score
from app.alliances.spreading import RepPair, Spread, make_spread
from app.alliances.terms import Case, Signal
from app.kit.clock import now
from app.kit.errors import BadCursor, NotFound

LOOK_BACK = timedelta(days=30)
"""How far back an explanation looks for changes, unless it is told."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Some pairs, best first, and the cursor behind the last one; None when there are no more."""

    alliances: Sequence[Alliance]
    bridges: Mapping[UUID, Bridge]
    """By pair: on whom alone its tie hangs, where it hangs on anybody."""
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Explained:
    """A pair with its score in words, as of the day that it was scored on."""

    alliance: Alliance
    case: Case
    explanation: Explanation
    since: date
    spread: Spread
    bridge: Bridge | None


def ranking(session: Session, wanted: Wanted, cursor: str | None, limit: int) -> Ranked:
    """One page of the pairs that have any evidence, in the order that is wanted.

    Raises:
        BadCursor: the cursor was not made here.
    """
    after = _decoded(wanted.sort, cursor)
    found = session.scalars(ranked_pairs(wanted, after).limit(limit + 1)).all()
    shown = found[:limit]
    last = encode(wanted.sort, _place(wanted.sort, shown[-1])) if len(found) > limit else None
    return Ranked(shown, bridges(session, shown, now()), last)


def _place(sort: Sort, last: Alliance) -> Place:
    by: dict[Sort, float | datetime | None] = {
        Sort.SCORE: last.score,
        Sort.COVERAGE: last.coverage,
        Sort.RECENT: last.last_evidence_at,
    }
    value = by[sort]
    assert value is not None  # noqa: S101  the ranking has only pairs with evidence
    return Place(value, last.id)


def get(session: Session, alliance_id: UUID) -> Alliance:
    """A pair with its companies.

    Raises:
        NotFound: no such pair, or not yours.
    """
    found = session.scalars(queries.alliance(alliance_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def explained(session: Session, alliance_id: UUID, since: date | None = None) -> Explained:
    """A pair with its score in words, and what changed since the beginning of a day (UTC).

    Raises:
        NotFound: no such pair, or not yours.
    """
    alliance = get(session, alliance_id)
    since = min(since or alliance.scored_on - LOOK_BACK, alliance.scored_on)
    kept = session.scalars(queries.evidence(alliance_id)).all()
    case, day = case_of(session, alliance, kept), beginning_of(alliance.scored_on)
    scored = scoring.score(case, day)
    named = Named(case, alliance.company_a.name, alliance.company_b.name)
    before = _score_then(session, alliance, kept, since)
    spread = spread_of(session, alliance, kept, now())
    explanation = explain(named, scored, day, before)
    return Explained(alliance, case, explanation, since, spread, bridge_of(session, alliance, spread))


def _score_then(session: Session, alliance: Alliance, kept: Sequence[Evidence], day: date) -> Score | None:
    """The score by what had been recorded when `day` began; None when nothing had been."""
    begun = beginning_of(day)
    recorded = [item for item in kept if item.created_at < begun]
    return scoring.score(case_of(session, alliance, recorded, begun), begun) if recorded else None


def agreements(session: Session, alliance: Alliance) -> Sequence[Agreement]:
    """What the two companies put on paper, newest first."""
    return session.scalars(queries.agreements(alliance.id)).all()


def agreement(session: Session, agreement_id: UUID) -> Agreement:
    """An agreement that is known to be there."""
    return session.scalars(queries.agreement(agreement_id)).one()


def ledger(session: Session, alliance_id: UUID) -> tuple[Alliance, Ledger]:
    """What the reps of a pair did for each other.

    Raises:
        NotFound: no such pair, or not yours.
    """
    alliance = get(session, alliance_id)
    return alliance, make_ledger(_signals(session, alliance))


def spread(session: Session, alliance_id: UUID) -> tuple[Alliance, Spread]:
    """How a pair spreads from rep to rep.

    Raises:
        NotFound: no such pair, or not yours.
    """
    alliance = get(session, alliance_id)
    return alliance, spread_of(session, alliance, session.scalars(queries.evidence(alliance_id)).all(), now())


def spread_of(session: Session, alliance: Alliance, kept: Sequence[Evidence], moment: datetime) -> Spread:
    """The spread tree of a pair that was loaded with its companies, and has this evidence."""
    named: dict[RepPair, UUID] = {}
    for user_id, contact_id, evidence_id in session.execute(queries.reasons(alliance.id)):
        if user_id and contact_id and evidence_id:
            named[(user_id, contact_id) if alliance.company_a.is_home else (contact_id, user_id)] = evidence_id
    return make_spread(signals_of(alliance, kept), named, moment)


def _signals(session: Session, alliance: Alliance) -> tuple[Signal, ...]:
    return signals_of(alliance, session.scalars(queries.evidence(alliance.id)))


def acquaintances(session: Session, alliance: Alliance) -> Sequence[Sequence[Any]]:
    """Who of the two companies was met by whom, latest first: rows of `queries.acquaintances`."""
    return session.execute(queries.acquaintances([alliance.company_a_id, alliance.company_b_id])).all()


@dataclass(frozen=True, slots=True)
class Timeline:
    """Some of what happened with a pair, newest first, and the cursor behind the last; None when there is no more."""

    alliance: Alliance
    happened: Sequence[StateMove | Evidence]
    next_cursor: str | None


def timeline(session: Session, alliance_id: UUID, cursor: str | None, limit: int) -> Timeline:
    """One page of how a pair came to be what it is: the moves of its state and its evidence.

    Raises:
        NotFound: no such pair, or not yours.
        BadCursor: the cursor was not made here.
    """
    alliance = get(session, alliance_id)
    after = _decoded(Sort.RECENT, cursor)
    moves = happened_before(queries.moves(alliance_id), StateMove, after).limit(limit + 1)
    evidence = happened_before(queries.evidence(alliance_id), Evidence, after).limit(limit + 1)
    found: list[StateMove | Evidence] = [*session.scalars(moves), *session.scalars(evidence)]
    found.sort(key=lambda item: (item.at, item.id), reverse=True)
    shown = found[:limit]
    last = Place(shown[-1].at, shown[-1].id) if len(found) > limit else None
    return Timeline(alliance, shown, encode(Sort.RECENT, last) if last else None)


def _decoded(sort: Sort, cursor: str | None) -> Place | None:
    try:
        return None if cursor is None else decode(sort, cursor)
    except ValueError as wrong:
        raise BadCursor from wrong


def moves(session: Session, alliance: Alliance) -> Sequence[StateMove]:
    """How a pair came to its state, newest first."""
    return session.scalars(queries.moves(alliance.id)).all()
