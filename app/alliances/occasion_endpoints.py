"""What events have yielded, and whom to see on a trip, over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.alliances import trips, yielding
from app.alliances.occasion_schemas import SuggestionsOut, YieldOut, suggestions_out, yield_out
from app.alliances.trips import BadRange, NoPlace, Trip
from app.auth.caller import SessionDep
from app.kit.errors import NotFound, Unauthorized, problems

router = APIRouter(prefix="/v1", tags=["alliances"], responses=problems(Unauthorized))


@router.get("/events/{event_id}/yield", responses=problems(NotFound))
def get_yield(
    event_id: UUID,
    session: SessionDep,
    limit: Annotated[int, Query(ge=1, le=200, description="Alliances at most; the weaker are left out.")] = 50,
) -> YieldOut:
    """What came of an event: who met, which alliances there are now of it, and the wins that go back to it."""
    return yield_out(yielding.yield_of(session, event_id, limit))


@router.get("/trips/suggestions", responses=problems(BadRange, NoPlace))
def suggest(
    session: SessionDep,
    place: Annotated[str, Query(min_length=1, max_length=200, description="A town: `Leipzig`, `Portland, OR`.")],
    first: Annotated[date, Query(alias="from", description="The first day.")],
    last: Annotated[date, Query(alias="to", description="The last day; not past, and 92 days after at most.")],
    limit: Annotated[int, Query(ge=1, le=100, description="Counterparts at most.")] = 20,
) -> SuggestionsOut:
    """Whom to see on a trip: partners' reps there, dormant and warm, and events there that brought alliances.

    A town is known by its name alone, on cards and of companies; no map and no network is asked.
    """
    return suggestions_out(trips.suggestions(session, Trip(place, first, last), limit))
