"""What an event has yielded: whom it brought together, which pairs of companies, and what these have won since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import occasion_queries as queries
from app.alliances.grounds import signals_of
from app.alliances.models import Alliance, Evidence, Win
from app.alliances.service import spread_of
from app.alliances.spreading import RepPair
from app.alliances.terms import Kind, State
from app.alliances.tracing import Way, trace
from app.exchanges import service as exchanges
from app.exchanges.models import MetEvent
from app.kit.clock import now


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two reps at an event."""

    user_id: UUID
    contact_id: UUID
    company_id: UUID | None
    at: datetime
    exchanges: int


@dataclass(frozen=True, slots=True)
class Traced:
    """A win that goes back to an event, and how."""

    win: Win
    way: Way


@dataclass(frozen=True, slots=True)
class Fruit:
    """A pair of companies that an event brought together, or closer."""

    alliance: Alliance
    began_here: bool
    """Nobody had met anybody there before."""
    meetings: tuple[Meeting, ...]
    introductions: int
    """Introductions and referrals accepted since, between reps who met there."""
    wins: tuple[Traced, ...]


@dataclass(frozen=True, slots=True)
class Yield:
    """All that came of an event, as far as the session may see it."""

    event: MetEvent
    meetings: tuple[Meeting, ...]
    strangers: int
    """Pairs of reps who had not met before."""
    states: Mapping[State, int]
    """Of all its pairs of companies."""
    fruits: tuple[Fruit, ...]
    """The best of them."""
    wins: tuple[Traced, ...]
    """Of all of them, newest first."""


def yield_of(session: Session, event_id: UUID, limit: int) -> Yield:
    """What an event has yielded, with the `limit` best of its pairs of companies.

    Raises:
        NotFound: no such event, or not yours.
    """
    event = exchanges.get_event(session, event_id)
    meetings = tuple(Meeting(*row) for row in session.execute(queries.reps_at(event_id)))
    known = {(user, contact) for user, contact in session.execute(queries.knew_each_other(event_id))}
    best = session.scalars(queries.pairs_met_at(event_id).limit(limit)).all()
    winners = session.scalars(queries.pairs_met_at_that_won(event_id)).all()
    fruits = _fruits(session, event, {pair.id: pair for pair in (*best, *winners)}.values(), meetings)
    wins = sorted((won for fruit in fruits.values() for won in fruit.wins), key=lambda won: won.win.won_at)
    return Yield(
        event=event,
        meetings=meetings,
        strangers=len({(met.user_id, met.contact_id) for met in meetings} - known),
        states={State(state): count for state, count in session.execute(queries.states_of_pairs_met_at(event_id))},
        fruits=tuple(fruits[pair.id] for pair in best),
        wins=tuple(reversed(wins)),
    )


def _fruits(
    session: Session, event: MetEvent, pairs: Iterable[Alliance], meetings: Sequence[Meeting]
) -> dict[UUID, Fruit]:
    by_id = {pair.id: pair for pair in pairs}
    evidence: dict[UUID, list[Evidence]] = defaultdict(list)
    for item in session.scalars(queries.evidence_of(by_id)):
        evidence[item.alliance_id].append(item)
    wins = {f"win:{won.id}": won for won in session.scalars(queries.wins_of(by_id))}
    ends = {end for pair in by_id.values() for end in (pair.company_a_id, pair.company_b_id)}
    first = dict(session.execute(queries.first_met(ends)).all())
    return {
        pair.id: _fruit(session, event, pair, (evidence[pair.id], wins, first, meetings)) for pair in by_id.values()
    }


_Known = tuple[list[Evidence], Mapping[str, Win], Mapping[UUID | None, datetime], Sequence[Meeting]]
"""Evidence of a pair, wins by the key of their evidence, first meetings by company, and who met at the event."""


def _fruit(session: Session, event: MetEvent, pair: Alliance, known: _Known) -> Fruit:
    evidence, wins, first, everybody = known
    others = [company.id for company in (pair.company_a, pair.company_b) if not company.is_home]
    meetings = tuple(met for met in everybody if met.company_id in others)
    met: dict[RepPair, datetime] = {}
    for each in meetings:
        reps = (each.user_id, each.contact_id)
        met[reps] = min(each.at, met.get(reps, each.at))
    found: dict[UUID, Way] = {}
    if any(item.kind == Kind.JOINT_WIN for item in evidence):
        sides = {reps if pair.company_a.is_home else reps[::-1]: at for reps, at in met.items()}
        spread = spread_of(session, pair, evidence, now())
        found = trace(signals_of(pair, evidence), spread, sides)
    return Fruit(
        alliance=pair,
        began_here=all(first.get(other, event.starts_at) >= event.starts_at for other in others),
        meetings=meetings,
        introductions=sum(_came_after(item, met) for item in evidence),
        wins=tuple(
            Traced(wins[item.source_key], found[item.id])
            for item in evidence
            if item.id in found and item.source_key in wins
        ),
    )


def _came_after(item: Evidence, met: Mapping[RepPair, datetime]) -> bool:
    if item.kind not in (Kind.INTRODUCTION, Kind.REFERRAL) or item.user_id is None or item.contact_id is None:
        return False
    at = met.get((item.user_id, item.contact_id))
    return at is not None and item.at >= at
