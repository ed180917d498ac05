"""Hand sealed messages from one end to the other: of the right length, in order, once, and both at the same time.

The server cannot open a message. What it can do is refuse one that is not as long as the agreed sizes make it, and
hand over neither side's before both are there: who leaves early has learnt nothing.
"""

from __future__ import annotations

from hmac import compare_digest
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.clock import now
from app.kit.db import insert_if_absent
from app.kit.errors import AppError
from app.kit.ids import new_id
from app.matches import moving, queries, states
from app.matches.models import MatchMessage
from app.matches.moving import MatchOver, Seated, WrongOrder
from app.matches.states import Act, WrongOrderError
from app.matches.terms import MOST_OFFERED_BYTES, SEAL_BYTES, Reason, Step


class WrongLength(AppError):
    """The message is not as long as the sizes that both sides agreed on make it."""

    status, code = 422, "wrong_length"


class AlreadySent(AppError):
    """Another message of this step was sent before; it is not replaced."""

    status, code = 409, "already_sent"


class NotThereYet(AppError):
    """The messages of this step are handed over when both sides have sent theirs."""

    status, code = 409, "not_there_yet"


def send(session: Session, user_id: UUID, match_id: UUID, step: Step, body: bytes) -> None:
    """Take a message for the other end. The same bytes again change nothing.

    Raises:
        NotFound: no such match, or not yours.
        MatchOver: it has ended.
        WrongOrder: it is not the time for this step.
        WrongLength: it is too long or too short.
        AlreadySent: other bytes were sent before.
    """
    here = moving.to_change(session, user_id, match_id)
    before = session.scalars(queries.message(match_id, here.own.side, step)).one_or_none()
    if before is not None:
        if not compare_digest(before.body, body):
            raise AlreadySent
        return
    _check_time(session, here, step)
    _check_length(here, step, body)
    values = {"id": new_id(), "created_at": now(), "body": body, "match_id": match_id}
    side = here.own.side
    insert_if_absent(session, MatchMessage, unique=("match_id", "side", "step"), side=side, step=step, **values)
    if step is Step.POINTS and step in moving.complete_steps(session, match_id):
        state = moving.next_state(here.match, Act.SEND_POINTS)
        moving.move(session, here.match, state, here.own.side, Reason.BOTH_SENT)


def fetch(session: Session, user_id: UUID, match_id: UUID, step: Step) -> bytes:
    """The partner's message.

    Raises:
        NotFound: no such match, or not yours.
        NotThereYet: one of the two has not sent theirs.
        MatchOver: it has ended, and nothing of this step is left.
    """
    here = moving.look(session, user_id, match_id)
    if step in moving.complete_steps(session, match_id):
        return session.scalars(queries.message(match_id, here.partner.side, step)).one().body
    if here.match.state in states.OVER:
        raise MatchOver
    raise NotThereYet


def _check_time(session: Session, here: Seated, step: Step) -> None:
    try:
        states.check_step(here.match.state, step)
    except WrongOrderError as wrong:
        raise WrongOrder(str(wrong)) from wrong
    first = states.NEEDED_FIRST.get(step)
    if first is not None and first not in moving.complete_steps(session, here.match.id):
        raise WrongOrder(f"Both sides have to send {first} before.")


def _check_length(here: Seated, step: Step, body: bytes) -> None:
    assert here.own.size is not None and here.partner.size is not None  # noqa: S101, PT018  both have accepted
    exact = states.exact_bytes(step, here.own.size, here.partner.size)
    least, most = (SEAL_BYTES, MOST_OFFERED_BYTES) if exact is None else (exact, exact)
    if not least <= len(body) <= most:
        raise WrongLength
