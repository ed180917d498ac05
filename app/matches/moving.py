"""Find the caller's match and move it on; every move is stored, and the relay is emptied at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.clock import now
from app.kit.errors import AppError, NotFound
from app.matches import queries, states
from app.matches.models import Match, MatchMove, MatchSide, Seat
from app.matches.states import Act, WrongOrderError
from app.matches.terms import Reason, Side, State, Step

INVITED_FOR = timedelta(days=7)
"""To join and to agree."""
WORKED_ON_FOR = timedelta(days=3)
"""From the agreement to the end: people have to decide in between."""


class MatchOver(AppError):
    """This match has ended."""

    status, code = 409, "match_over"


class WrongOrder(AppError):
    """It is not the time for this."""

    status, code = 409, "wrong_order"


@dataclass(frozen=True, slots=True)
class Seated:
    """A match as one of its two reps stands in it."""

    match: Match
    seat: Seat
    own: MatchSide
    partner: MatchSide

    @property
    def both(self) -> tuple[MatchSide, MatchSide]:
        return self.own, self.partner


def seated(match: Match, seat: Seat) -> Seated:
    """A match that was loaded with its sides."""
    sides = {side.side: side for side in match.sides}
    return Seated(match, seat, sides[seat.side], sides[Side(seat.side).other])


def look(session: Session, user_id: UUID, match_id: UUID) -> Seated:
    """The caller's match, over or not.

    Raises:
        NotFound: no such match, or the caller takes no part in it.
    """
    match = session.scalars(queries.matches_of(user_id).where(Match.id == match_id)).one_or_none()
    if match is None:
        raise NotFound
    return seated(match, session.scalars(queries.seat(match_id, user_id)).one())


def to_change(session: Session, user_id: UUID, match_id: UUID) -> Seated:
    """The caller's match, locked until the transaction ends.

    Raises:
        NotFound: no such match, or the caller takes no part in it.
        MatchOver: it has ended, or its time is over.
    """
    match = session.scalars(queries.match_to_change(match_id, user_id)).one_or_none()
    if match is None:
        raise NotFound
    if match.state in states.OVER or match.expires_at <= now():
        raise MatchOver
    return seated(match, session.scalars(queries.seat(match_id, user_id)).one())


def next_state(match: Match, act: Act) -> State:
    """Where this act leads.

    Raises:
        WrongOrder: it cannot happen in the present state.
    """
    try:
        return states.after(State(match.state), act)
    except WrongOrderError as wrong:
        raise WrongOrder(str(wrong)) from wrong


def move(session: Session, match: Match, after: State, side: Side | None, reason: Reason) -> None:
    """Put a match into another state; when it is over nothing stays in the relay.

    Except one thing: of a step that both had sent when one of them left, the other may still fetch its half.
    """
    before, match.state = match.state, after
    session.add(MatchMove(match_id=match.id, before=before, after=after, side=side, reason=reason))
    if after in states.OVER:
        match.ended_at, match.reason, match.token_digest = now(), reason, None
        complete = complete_steps(session, match.id) if reason is Reason.LEFT else frozenset()
        session.execute(queries.messages_gone(match.id, frozenset(Step) - complete))
    session.flush()


def complete_steps(session: Session, match_id: UUID) -> frozenset[Step]:
    """The steps whose messages wait in the relay from both sides."""
    sent = {(side, step) for _, side, step in session.execute(queries.sent((match_id,)))}
    return frozenset(step for step in Step if all((side, step) in sent for side in Side))


def expire(session: Session, moment: datetime, limit: int) -> int:
    """End matches whose time is over, at most so many; returns how many."""
    late = session.scalars(queries.out_of_time(moment, limit)).all()
    for match in late:
        move(session, match, State.EXPIRED, None, Reason.OUT_OF_TIME)
    return len(late)
