"""What reps do for each other, over HTTP: introductions, referrals, wins, give and get, the spread."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from fastapi import APIRouter

from app.alliances import dealing_schemas as schemas
from app.alliances import dealings, queries, reports, service
from app.alliances.dealing_schemas import (
    AnswerIn,
    DealingIn,
    IntroductionIn,
    IntroductionOut,
    LedgerOut,
    OutcomeIn,
    ReportIn,
    SpreadOut,
    WinIn,
    WinOut,
)
from app.alliances.dealings import Between, NotOfThisPair, NotYet
from app.alliances.models import Introduction, Win
from app.alliances.reports import Report
from app.alliances.schemas import EvidenceOut, evidence_out
from app.alliances.terms import Kind
from app.auth.caller import CallerDep, SessionDep
from app.kit.errors import BadCursor, Conflict, IdempotencyKeyReused, NotFound, Unauthorized, problems
from app.kit.idempotency import KeyHeader, fingerprint, once
from app.kit.pagination import CursorQuery, LimitQuery, Page, page

router = APIRouter(prefix="/v1/alliances/{alliance_id}", tags=["alliances"], responses=problems(Unauthorized))

_MADE = problems(NotFound, Conflict, IdempotencyKeyReused, NotOfThisPair, NotYet)


def _between(said: DealingIn, user_id: UUID, giver_id: UUID) -> Between:
    return Between(user_id, said.contact_id, giver_id, said.customer_id, said.because_of_id, said.note)


@router.post("/introductions", status_code=201, responses=_MADE)
def introduce(
    alliance_id: UUID, said: IntroductionIn, session: SessionDep, caller: CallerDep, idempotency_key: KeyHeader = None
) -> IntroductionOut:
    """Keep an introduction or referral that was asked for or offered; it counts once it is accepted."""
    between = _between(said, caller.user_id, said.giver_company_id)
    make = partial(dealings.introduce, session, alliance_id, said.kind, between, said.asked_at)
    asked = fingerprint("introduction", alliance_id.hex, said.model_dump_json())
    return _introduction(session, alliance_id, once(session, caller.user_id, idempotency_key, asked, make))


@router.get("/introductions", responses=problems(NotFound, BadCursor))
def list_introductions(
    alliance_id: UUID, session: SessionDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[IntroductionOut]:
    """Introductions and referrals of a pair, newest first."""
    show = partial(schemas.introduction_out, service.get(session, alliance_id))
    return page(session, queries.introductions(alliance_id), Introduction.id, cursor, limit, show)


@router.post("/introductions/{introduction_id}/answer", responses=problems(NotFound, Conflict))
def answer_introduction(
    alliance_id: UUID, introduction_id: UUID, said: AnswerIn, session: SessionDep
) -> IntroductionOut:
    """Accept or decline; the same answer again changes nothing."""
    return _introduction(session, alliance_id, dealings.answer(session, alliance_id, introduction_id, said.accepted))


@router.post("/introductions/{introduction_id}/outcome", responses=problems(NotFound, Conflict))
def conclude_introduction(
    alliance_id: UUID, introduction_id: UUID, said: OutcomeIn, session: SessionDep
) -> IntroductionOut:
    """Say how the business that came of it ended. A won one is a win, credited to who gave it."""
    return _introduction(session, alliance_id, dealings.conclude(session, alliance_id, introduction_id, said.won))


def _introduction(session: SessionDep, alliance_id: UUID, introduction_id: UUID) -> IntroductionOut:
    favour = session.scalars(queries.introduction(alliance_id, introduction_id)).one()
    return schemas.introduction_out(service.get(session, alliance_id), favour)


@router.post("/wins", status_code=201, responses=_MADE)
def record_win(
    alliance_id: UUID, said: WinIn, session: SessionDep, caller: CallerDep, idempotency_key: KeyHeader = None
) -> WinOut:
    """Keep a deal that you and a rep of the partner won together."""
    between = _between(said, caller.user_id, said.credited_company_id)
    make = partial(dealings.win, session, alliance_id, between, said.won_at)
    asked = fingerprint("win", alliance_id.hex, said.model_dump_json())
    won = once(session, caller.user_id, idempotency_key, asked, make)
    return schemas.win_out(service.get(session, alliance_id), session.scalars(queries.win(alliance_id, won)).one())


@router.get("/wins", responses=problems(NotFound, BadCursor))
def list_wins(
    alliance_id: UUID, session: SessionDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[WinOut]:
    """Deals that a pair won together, newest first."""
    show = partial(schemas.win_out, service.get(session, alliance_id))
    return page(session, queries.wins(alliance_id), Win.id, cursor, limit, show)


@router.post("/evidence", status_code=201, responses=_MADE)
def report_evidence(
    alliance_id: UUID, said: ReportIn, session: SessionDep, caller: CallerDep, idempotency_key: KeyHeader = None
) -> EvidenceOut:
    """Report a meeting, a message, or that you saw a partner's rep at a customer."""
    what = Report(Kind(said.kind), said.contact_id, said.at, said.note)
    make = partial(reports.report, session, alliance_id, caller.user_id, what)
    asked = fingerprint("report", alliance_id.hex, said.model_dump_json())
    made = once(session, caller.user_id, idempotency_key, asked, make)
    reported = session.scalars(queries.report(alliance_id, made, caller.user_id)).one_or_none()
    if reported is None:  # it was withdrawn since
        raise NotFound
    return evidence_out(service.get(session, alliance_id), reported)


@router.delete("/evidence/{evidence_id}", status_code=204, responses=problems(NotFound))
def withdraw_evidence(alliance_id: UUID, evidence_id: UUID, session: SessionDep, caller: CallerDep) -> None:
    """Take back what you reported."""
    reports.withdraw(session, alliance_id, evidence_id, caller.user_id)


@router.get("/ledger", responses=problems(NotFound))
def get_ledger(alliance_id: UUID, session: SessionDep) -> LedgerOut:
    """Give and get: in all, and between each two reps."""
    return schemas.ledger_out(*service.ledger(session, alliance_id))


@router.get("/spread", responses=problems(NotFound))
def get_spread(alliance_id: UUID, session: SessionDep) -> SpreadOut:
    """Which win led to which new pair of reps, how fast that goes, and on whom alone the tie hangs."""
    return schemas.spread_out(*service.spread(session, alliance_id))
