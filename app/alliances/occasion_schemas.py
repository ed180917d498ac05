"""What the API says of what events have yielded, and of trips."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from app.alliances.hinting import brought, in_touch
from app.alliances.models import Alliance
from app.alliances.schemas import CompanyRef, Out, companies_of
from app.alliances.terms import State
from app.alliances.tracing import Way
from app.alliances.trips import Counterpart, Occasion, Suggestions, Warmth
from app.alliances.yielding import Fruit, Traced, Yield


class EventRef(Out):
    """An event, in short."""

    id: UUID
    name: str | None = Field(description="Null where nobody said what it was.", examples=["West Coast Retail Fair"])
    place: str | None = Field(examples=["Las Vegas, NV"])
    starts_at: datetime
    ends_at: datetime


class TracedWinOut(BaseModel):
    """A win that goes back to an event."""

    id: UUID
    alliance_id: UUID
    user_id: UUID | None
    contact_id: UUID | None
    customer_id: UUID | None
    won_at: datetime
    traced: Way = Field(
        description="`met`: the two had met there before; `led`: a win of such a pair had led to theirs (see `spread`)."
    )


class PairRef(BaseModel):
    """A pair of companies, in short."""

    id: UUID
    companies: list[CompanyRef] = Field(description="Your own first, where it is one.")
    state: State
    score: float = Field(ge=0, le=100, examples=[53.8])
    coverage: float = Field(ge=0, le=1)


class FruitOut(BaseModel):
    """A pair of companies that an event brought together, or closer."""

    alliance: PairRef
    began_here: bool = Field(description="Nobody here had met anybody there before.")
    exchanges: int
    rep_pairs: int = Field(description="Pairs of your users and their people who met there.")
    introductions: int = Field(description="Introductions and referrals accepted since between these pairs.")
    wins: list[TracedWinOut]


class YieldOut(BaseModel):
    """What came of an event, as far as you may see it."""

    event: EventRef
    exchanges: int
    people: int = Field(description="Contacts met there.")
    companies: int
    rep_pairs: int
    new_rep_pairs: int = Field(description="Pairs of reps who had not met before.")
    states: dict[State, int] = Field(
        description="Of all its pairs of companies, as they are now.", examples=[{"aware": 5, "producing": 1}]
    )
    wins: list[TracedWinOut] = Field(description="Of all of them, newest first. A win counts for each event behind it.")
    alliances: list[FruitOut] = Field(description="The best first, `limit` of them.")
    truncated: bool


class AcquaintanceRef(Out):
    """A user who knows somebody."""

    user_id: UUID
    name: str = Field(examples=["Ann Rep"])
    last_at: datetime = Field(description="The last evidence between the two.")


class CounterpartOut(BaseModel):
    """A partner's rep who is there."""

    contact_id: UUID
    name: str | None = Field(examples=["Jane Roe"])
    title: str | None
    company: CompanyRef
    place: str = Field(description="What says that they are there.", examples=["Hauptstraße 1, 04109 Leipzig"])
    alliance_id: UUID
    state: State
    score: float
    warmth: Warmth = Field(description="`warm`: something happened within the 180 days before the trip.")
    tie: float = Field(ge=0, le=1, description="Between them and your users, as of the first day.")
    last_at: datetime
    known_by: list[AcquaintanceRef] = Field(description="Whoever was last in touch first.")
    sentence: str = Field(examples=["Ann Rep was last in touch with Jane Roe of Acme Tills in May 2026."])


class OccasionOut(BaseModel):
    """An event there that brought alliances."""

    event: EventRef
    alliances: int
    wins: int
    same_season: bool = Field(description="It was at this time of the year: it may come back.")
    sentence: str = Field(examples=["West Coast Retail Fair in March 2026 brought 4 alliances and 1 win."])


class SuggestionsOut(BaseModel):
    """Whom to see on a trip, and where to go."""

    counterparts: list[CounterpartOut] = Field(description="Those of the best pairs first.")
    events: list[OccasionOut] = Field(description="Those of the season first, then those with most wins.")


def yield_out(found: Yield) -> YieldOut:
    """What an event has yielded, as the API shows it."""
    met = found.meetings
    return YieldOut(
        event=EventRef.model_validate(found.event),
        exchanges=sum(each.exchanges for each in met),
        people=len({each.contact_id for each in met}),
        companies=len({each.company_id for each in met if each.company_id}),
        rep_pairs=len({(each.user_id, each.contact_id) for each in met}),
        new_rep_pairs=found.strangers,
        states=dict(found.states),
        wins=[_win(won) for won in found.wins],
        alliances=[_fruit(fruit) for fruit in found.fruits],
        truncated=len(found.fruits) < sum(found.states.values()),
    )


def suggestions_out(found: Suggestions) -> SuggestionsOut:
    """Whom to see on a trip, as the API shows it."""
    return SuggestionsOut(
        counterparts=[_counterpart(each) for each in found.counterparts],
        events=[_occasion(each) for each in found.occasions],
    )


def _fruit(fruit: Fruit) -> FruitOut:
    return FruitOut(
        alliance=PairRef(**_pair(fruit.alliance)),
        began_here=fruit.began_here,
        exchanges=sum(met.exchanges for met in fruit.meetings),
        rep_pairs=len({(met.user_id, met.contact_id) for met in fruit.meetings}),
        introductions=fruit.introductions,
        wins=[_win(won) for won in fruit.wins],
    )


def _pair(alliance: Alliance) -> dict[str, Any]:
    companies = [CompanyRef.model_validate(company) for company in companies_of(alliance)]
    row = {name: getattr(alliance, name) for name in ("id", "state", "score", "coverage")}
    return row | {"companies": companies}


def _win(won: Traced) -> TracedWinOut:
    row = {name: getattr(won.win, name) for name in TracedWinOut.model_fields if name != "traced"}
    return TracedWinOut(**row, traced=won.way)


def _counterpart(each: Counterpart) -> CounterpartOut:
    partner = companies_of(each.alliance)[1]
    last = next(((user.name, user.last_at) for user in each.known_by), None)
    name = each.contact.name or "somebody"
    return CounterpartOut(
        contact_id=each.contact.id,
        name=each.contact.name,
        title=next((job.title for job in each.contact.employments if job.current), None),
        company=CompanyRef.model_validate(partner),
        place=each.place,
        alliance_id=each.alliance.id,
        state=State(each.alliance.state),
        score=each.alliance.score,
        warmth=each.warmth,
        tie=each.tie,
        last_at=each.last_at,
        known_by=[AcquaintanceRef.model_validate(user) for user in each.known_by],
        sentence=in_touch(name, partner.name, last, is_warm=each.warmth is Warmth.WARM),
    )


def _occasion(each: Occasion) -> OccasionOut:
    event, pairs, wins = each.fruits.event, sum(each.fruits.states.values()), len(each.fruits.wins)
    return OccasionOut(
        event=EventRef.model_validate(event),
        alliances=pairs,
        wins=wins,
        same_season=each.same_season,
        sentence=brought(event.name or "An event", event.starts_at, pairs, wins, same_season=each.same_season),
    )
