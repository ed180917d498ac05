"""What the reps of two companies do for each other: introductions and referrals, asked, answered, won; joint wins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import queries
from app.alliances.assessment import Pair, assess, hold, renew_evidence
from app.alliances.models import Introduction, Win
from app.alliances.terms import Answer, Favour, Kind, Outcome, Side
from app.kit.clock import now
from app.kit.db import as_seen_by
from app.kit.errors import AppError, Conflict, NotFound

SOURCE = queries.DEALING

_CLOCKS_DIFFER = timedelta(days=1)


class NotOfThisPair(AppError):
    """A company, contact or win that is named here is none of this pair."""

    status, code = 422, "not_of_this_pair"


class NotYet(AppError):
    """This lies in the future."""

    status, code = 422, "not_yet"


@dataclass(frozen=True, slots=True)
class Between:
    """The reps and the customer that something is about."""

    user_id: UUID
    contact_id: UUID
    giver_id: UUID
    """The company that gives, or is credited."""
    customer_id: UUID | None = None
    because_of_id: UUID | None = None
    """Evidence of the earlier win of others that made these two try."""
    note: str | None = None


def introduce(session: Session, alliance_id: UUID, kind: Favour, between: Between, asked_at: datetime | None) -> UUID:
    """Keep a favour that was asked or offered; returns its id.

    Raises:
        NotFound: no such pair, or not yours.
        Conflict: neither of the two is the home company.
        NotOfThisPair: giver, contact, customer or reason do not fit the pair.
        NotYet: it was asked in the future.
    """
    pair = hold(session, alliance_id)
    common = _check(session, pair, between)
    favour = Introduction(kind=kind, giver=_side(pair, between), asked_at=past(asked_at), answer=Answer.ASKED, **common)
    session.add(favour)
    session.flush()
    return favour.id


def answer(session: Session, alliance_id: UUID, introduction_id: UUID, accepted: bool) -> UUID:
    """Accept or decline a favour. The same answer again changes nothing; returns the favour's id.

    Raises:
        NotFound: no such favour, or not yours.
        Conflict: it has the other answer.
    """
    pair, favour = _favour(session, alliance_id, introduction_id)
    wanted = Answer.ACCEPTED if accepted else Answer.DECLINED
    if favour.answer not in (Answer.ASKED, wanted):
        raise Conflict("This was answered otherwise.")
    if favour.answer == Answer.ASKED:
        favour.answer, favour.answered_at = wanted, now()
        count(session, pair)
    return favour.id


def conclude(session: Session, alliance_id: UUID, introduction_id: UUID, won: bool) -> UUID:
    """Say how the business that came of a favour ended; a won one is a win, credited to who gave it.

    Raises:
        NotFound: no such favour, or not yours.
        Conflict: it was not accepted, or it ended otherwise.
    """
    pair, favour = _favour(session, alliance_id, introduction_id)
    outcome = Outcome.WON if won else Outcome.LOST
    if favour.answer != Answer.ACCEPTED or favour.outcome not in (None, outcome):
        raise Conflict("Only what was accepted can be won or lost, once.")
    if favour.outcome is None:
        favour.outcome = outcome
        if won:
            session.add(_win_of(favour))
        session.flush()
        count(session, pair)
    return favour.id


def win(session: Session, alliance_id: UUID, between: Between, won_at: datetime | None) -> UUID:
    """Keep a deal that two reps won together; returns its id.

    Raises:
        NotFound: no such pair, or not yours.
        Conflict: neither of the two is the home company.
        NotOfThisPair: credited company, contact, customer or reason do not fit the pair, or the contact is the user:
            nobody wins with oneself.
        NotYet: it was won in the future.
    """
    pair = hold(session, alliance_id)
    common = _check(session, pair, between)
    won = Win(credited=_side(pair, between), won_at=past(won_at), **common)
    session.add(won)
    session.flush()
    count(session, pair)
    return won.id


def _check(session: Session, pair: Pair, between: Between) -> dict[str, Any]:
    """The columns that an introduction and a win share."""
    ends = {pair.alliance.company_a_id, pair.alliance.company_b_id}
    with as_seen_by(session, pair.alliance.audience_id):
        partner_id = check_partner(session, pair, between.user_id, between.contact_id)
        fits = (
            between.giver_id in ends,
            between.customer_id is None
            or (between.customer_id not in ends and session.scalar(queries.company(between.customer_id)) is not None),
            between.because_of_id is None
            or session.scalar(queries.win_evidence(pair.alliance.id, between.because_of_id)) is not None,
        )
    if not all(fits):
        raise NotOfThisPair
    return {
        "alliance_id": pair.alliance.id,
        "company_id": partner_id,
        "user_id": between.user_id,
        "contact_id": between.contact_id,
        "customer_id": between.customer_id,
        "because_of_id": between.because_of_id,
        "note": between.note,
    }


def check_partner(session: Session, pair: Pair, user_id: UUID, contact_id: UUID) -> UUID:
    """The partner of a pair with the home company, whose rep the contact is.

    Raises:
        Conflict: neither of the two is the home company.
        NotOfThisPair: the contact is none of the partner's people, or the user.
    """
    if pair.partner_id is None:
        raise Conflict("Only dealings with your own company are kept.")
    is_theirs = session.scalar(queries.person_of(pair.partner_id, contact_id)) is not None
    if not is_theirs or session.scalar(queries.is_user(contact_id, user_id)) is not None:
        raise NotOfThisPair
    return pair.partner_id


def past(moment: datetime | None) -> datetime:
    """The moment, or now.

    Raises:
        NotYet: it lies further in the future than clocks differ.
    """
    if moment is not None and moment > now() + _CLOCKS_DIFFER:
        raise NotYet
    return moment or now()


def _side(pair: Pair, between: Between) -> Side:
    return pair.side_of(between.giver_id)


def _favour(session: Session, alliance_id: UUID, introduction_id: UUID) -> tuple[Pair, Introduction]:
    pair = hold(session, alliance_id)
    favour = session.scalars(queries.introduction(alliance_id, introduction_id)).one_or_none()
    if favour is None:
        raise NotFound
    return pair, favour


def _win_of(favour: Introduction) -> Win:
    return Win(
        alliance_id=favour.alliance_id,
        company_id=favour.company_id,
        credited=favour.giver,
        user_id=favour.user_id,
        contact_id=favour.contact_id,
        customer_id=favour.customer_id,
        because_of_id=favour.because_of_id,
        won_at=now(),
        introduction_id=favour.id,
    )


def count(session: Session, pair: Pair) -> None:
    """Let what was accepted and won count as evidence, and assess the pair."""
    wanted: dict[str, dict[str, Any]] = {}
    for favour in session.scalars(queries.accepted(pair.alliance.id)):
        values = {"kind": Kind(favour.kind), "at": favour.answered_at, "giver": favour.giver}
        wanted[f"introduction:{favour.id}"] = values | _reps(favour)
    for won in session.scalars(queries.wins(pair.alliance.id)):
        values = {"kind": Kind.JOINT_WIN, "at": won.won_at, "giver": won.credited}
        wanted[f"win:{won.id}"] = values | _reps(won)
    held = session.scalars(queries.dealings_as_evidence(pair.alliance.id)).all()
    elsewhere = wanted.keys() - {item.source_key for item in held}
    kept = [*held, *(session.scalars(queries.evidence_with_keys(elsewhere)) if elsewhere else ())]
    renew_evidence(session, pair, SOURCE, kept, wanted)
    assess(session, pair)


def _reps(dealing: Introduction | Win) -> dict[str, Any]:
    return {"user_id": dealing.user_id, "contact_id": dealing.contact_id, "confidence": 1.0}
