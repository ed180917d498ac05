"""Alliances over HTTP."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from app.alliances import decisions, radar, schemas, service
from app.alliances.assessment import By
from app.alliances.decisions import Signed
from app.alliances.ranking import Sort, Wanted
from app.alliances.schemas import (
    AgreementIn,
    AgreementOut,
    AllianceDetailOut,
    AllianceListedOut,
    AllianceOut,
    DecisionIn,
    EvidenceOut,
    ExplanationOut,
    HintOut,
    MoveOut,
)
from app.alliances.terms import State
from app.auth.caller import CallerDep, SessionDep
from app.kit.errors import BadCursor, IdempotencyKeyReused, NotFound, Unauthorized, problems
from app.kit.idempotency import KeyHeader, fingerprint, once
from app.kit.pagination import CursorQuery, LimitQuery, Page

router = APIRouter(prefix="/v1/alliances", tags=["alliances"], responses=problems(Unauthorized))


@router.get("", responses=problems(BadCursor))
def list_alliances(
    session: SessionDep,
    caller: CallerDep,
    state: Annotated[list[State] | None, Query(max_length=10, description="Only pairs in one of these.")] = None,
    min_score: Annotated[float | None, Query(ge=0, le=100, description="Only pairs with at least this score.")] = None,
    min_coverage: Annotated[float | None, Query(ge=0, le=1, description="… that rests on evidence so far.")] = None,
    industry: Annotated[str | None, Query(max_length=100, description="Of the other company.")] = None,
    place: Annotated[str | None, Query(max_length=200, description="The other company's place has this text.")] = None,
    with_home: Annotated[
        bool | None, Query(description="Pairs with your own company, or of two others you could introduce.")
    ] = None,
    scope: Annotated[
        Literal["mine", "team"], Query(description="`mine`: with companies whose people you met yourself.")
    ] = "team",
    sort: Annotated[Sort, Query(description="Greatest first; `recent` goes by the last evidence.")] = Sort.SCORE,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[AllianceListedOut]:
    """Pairs of companies that could help each other, best first."""
    of_user = caller.user_id if scope == "mine" else None
    wanted = Wanted(tuple(state or ()), min_score, min_coverage, industry, place, with_home, of_user, sort)
    ranked = service.ranking(session, wanted, cursor, limit)
    items = [schemas.alliance_listed(row, ranked.bridges.get(row.id)) for row in ranked.alliances]
    return Page(items=items, next_cursor=ranked.next_cursor)


@router.get("/hints", responses=problems(NotFound))
def list_hints(
    scan_id: Annotated[UUID, Query(description="The scan, once it is `done`.")], session: SessionDep, caller: CallerDep
) -> list[HintOut]:
    """What the cards of a scan remind of: whom you know there, whom they sell to, which colleague met them."""
    found = radar.hints_of(session, scan_id, caller.user_id)
    return [schemas.hint_out(hint.contact_id, hint.company, hint.alliance, hint.sentences) for hint in found]


@router.get("/{alliance_id}", responses=problems(NotFound))
def get_alliance(alliance_id: UUID, session: SessionDep) -> AllianceDetailOut:
    """A pair with its score, its reasons, and who of the other company was met by whom."""
    found = service.explained(session, alliance_id)
    met, agreements = service.acquaintances(session, found.alliance), service.agreements(session, found.alliance)
    return schemas.alliance_detail(found.alliance, (found.explanation, found.bridge), met, agreements)


@router.get("/{alliance_id}/explanation", responses=problems(NotFound))
def explain_alliance(
    alliance_id: UUID,
    session: SessionDep,
    since: Annotated[
        date | None, Query(description="Compare with the beginning of this day (UTC); 30 days back when left out.")
    ] = None,
) -> ExplanationOut:
    """The score in sentences: what each part rests on, what is missing, what speaks against, what has changed."""
    found = service.explained(session, alliance_id, since)
    return schemas.explanation_out(found.alliance, found.explanation, found.bridge, found.since)


@router.get("/{alliance_id}/timeline", responses=problems(NotFound, BadCursor))
def get_timeline(
    alliance_id: UUID, session: SessionDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[MoveOut | EvidenceOut]:
    """How a pair came to be what it is: the moves of its state and its evidence, newest first."""
    found = service.timeline(session, alliance_id, cursor, limit)
    items = [schemas.happening_out(found.alliance, item) for item in found.happened]
    return Page(items=items, next_cursor=found.next_cursor)


@router.post("/{alliance_id}/decisions", responses=problems(NotFound, IdempotencyKeyReused))
def decide(
    alliance_id: UUID,
    decision: DecisionIn,
    session: SessionDep,
    caller: CallerDep,
    idempotency_key: KeyHeader = None,
) -> AllianceOut:
    """Decide what only people decide: propose an agreement, decline, reopen, stay informal, or consider paper again.

    The state follows at once, unless the two compete: then it stays `conflict`.
    """
    by = By(caller.user_id, decision.note)
    asked = fingerprint("decision", alliance_id.hex, decision.model_dump_json())
    take = partial(decisions.decide, session, alliance_id, decision.choice, by, decision.kind)
    once(session, caller.user_id, idempotency_key, asked, take)
    return schemas.alliance_out(service.get(session, alliance_id))


@router.post("/{alliance_id}/agreements", status_code=201, responses=problems(NotFound, IdempotencyKeyReused))
def record_agreement(
    alliance_id: UUID,
    agreement: AgreementIn,
    session: SessionDep,
    caller: CallerDep,
    idempotency_key: KeyHeader = None,
) -> AgreementOut:
    """Record what the two companies put on paper: `formal` while it is in force, at its end `producing` again."""
    signed = Signed(**agreement.model_dump())
    asked = fingerprint("agreement", alliance_id.hex, agreement.model_dump_json())
    record = partial(decisions.record_agreement, session, alliance_id, signed, By(caller.user_id, agreement.note))
    return AgreementOut.model_validate(
        service.agreement(session, once(session, caller.user_id, idempotency_key, asked, record))
    )
