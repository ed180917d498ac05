"""Reviews over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from app.auth.caller import BeginDep, CallerDep, SessionDep
from app.kit.errors import BadCursor, Conflict, IdempotencyKeyReused, NotFound, Unauthorized, problems
from app.kit.idempotency import KeyHeader, fingerprint, once
from app.kit.pagination import CursorQuery, LimitQuery, Page, page
from app.reviews import queries, service
from app.reviews.models import Review, ReviewState
from app.reviews.schemas import Resolution, ReviewOut, review_out
from app.reviews.service import AlreadyResolved, Claimed

router = APIRouter(prefix="/v1/reviews", tags=["reviews"], responses=problems(Unauthorized))

_TAKEN = problems(NotFound, Claimed, AlreadyResolved)
_LINES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}, "description": "A card a line."}
}


@router.get("", responses=problems(BadCursor))
def list_reviews(
    session: SessionDep,
    state: Annotated[ReviewState, Query(description="Where they are.")] = ReviewState.OPEN,
    reason: Annotated[str | None, Query(max_length=60, description="Why: `glare`, `low_confidence:email`, …")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[ReviewOut]:
    """Cards that a person should look at, newest first."""
    return page(session, queries.reviews(state, reason), Review.id, cursor, limit, review_out)


@router.get("/truth", response_class=Response, responses=_LINES)
def export_truth(begin: BeginDep) -> StreamingResponse:
    """What is printed on every card that somebody resolved, as lines of truth to measure a reader with."""
    return StreamingResponse(service.truth(begin), media_type="application/x-ndjson")


@router.get("/{review_id}", responses=problems(NotFound))
def get_review(review_id: UUID, session: SessionDep) -> ReviewOut:
    """One of them."""
    return review_out(service.get(session, review_id))


@router.post("/{review_id}/claim", responses=_TAKEN)
def claim_review(review_id: UUID, session: SessionDep, caller: CallerDep) -> ReviewOut:
    """Look at a card: for ten minutes nobody else may resolve it; ask again to keep it."""
    return review_out(service.claim(session, caller.user_id, review_id))


@router.post("/{review_id}/skip", responses=_TAKEN)
def skip_review(review_id: UUID, session: SessionDep, caller: CallerDep) -> ReviewOut:
    """Put a card aside; it can still be resolved."""
    return review_out(service.skip(session, caller.user_id, review_id))


@router.post(
    "/{review_id}/resolve", responses=_TAKEN | problems(Claimed, AlreadyResolved, Conflict, IdempotencyKeyReused)
)
def resolve_review(
    review_id: UUID, said: Resolution, session: SessionDep, caller: CallerDep, idempotency_key: KeyHeader = None
) -> ReviewOut:
    """Say what is printed on a card: what is left out was read rightly. The contact follows, and no card undoes it."""
    asked = fingerprint("resolve", str(review_id), said.model_dump_json(exclude_unset=True))
    once(
        session,
        caller.user_id,
        idempotency_key,
        asked,
        lambda: service.resolve(session, caller.user_id, review_id, said, caller.region).id,
    )
    return review_out(service.get(session, review_id))
