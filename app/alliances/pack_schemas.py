"""What the API says in an evidence pack."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from app.alliances.dealing_schemas import GiveAndGetOut, ledger_out
from app.alliances.explaining import move_sentence
from app.alliances.models import Introduction, StateMove, Win
from app.alliances.packing import Common, Names, Pack
from app.alliances.schemas import (
    AgreementOut,
    BridgeOut,
    CompanyRef,
    Out,
    PartOut,
    companies_of,
    explanation_out,
)
from app.alliances.spreading import Sprout
from app.alliances.terms import AgreementKind, Answer, Favour, Outcome, Side, State
from app.books.terms import Relation
from app.exchanges.models import Direction, Exchange
from app.kit.clock import now


class PersonRef(BaseModel):
    """A user or a contact, in short."""

    id: UUID
    name: str | None = Field(examples=["Jane Roe"])


class Reps(BaseModel):
    """The two it was between; null where somebody is no longer known."""

    user: PersonRef | None
    contact: PersonRef | None


class ProposalOut(BaseModel):
    """What was proposed, and not taken back."""

    kind: AgreementKind
    proposed_at: datetime | None
    by: PersonRef | None


class RepPairOut(Reps):
    """Two reps who know each other."""

    title: str | None = Field(description="Of the contact.")
    since: datetime
    exchanges: int
    wins: int
    tie: float = Field(ge=0, le=1, description="How strong what links the two is by now.")
    because_of_id: UUID | None = Field(description="Evidence of the win that led to them; see `spread`.")


class MetOut(Reps):
    """Cards that changed hands."""

    met_at: datetime
    direction: Direction
    event: str | None
    place: str | None


class SharedAccountOut(Out):
    """An account of both."""

    name: str
    ours: Relation
    theirs: Relation
    confirmed_at: datetime = Field(description="By whichever side confirmed it longer ago.")
    by_both: bool


class SharedAccountsOut(BaseModel):
    """Accounts of both."""

    shown: list[SharedAccountOut]
    withheld: int = Field(description="That many stand in a book as never to be shared, and are not named.")


class FavourOut(Reps):
    """An introduction or a referral."""

    kind: Favour
    giver: str = Field(description="The company that gave it.")
    customer: str | None
    asked_at: datetime
    answer: Answer
    outcome: Outcome | None


class WonOut(Reps):
    """A deal that was won together."""

    credited: str = Field(description="The company that gave: whose lead, access or name it was.")
    customer: str | None
    won_at: datetime


class LedgerLineOut(GiveAndGetOut, Reps):
    """Give and get between two reps."""


class PackLedgerOut(BaseModel):
    """Give and get, as seen from the first company."""

    total: GiveAndGetOut
    lines: list[LedgerLineOut]


class ReasonOut(PartOut):
    """One part of the score in words; without ids, which would tell accounts that are withheld."""

    sentence: str = Field(examples=["4 shared accounts; 4 are each a customer of both."])


class ScoreOut(BaseModel):
    """The score with its reasons."""

    total: float
    coverage: float
    model_version: str
    scored_on: date
    parts: list[ReasonOut]
    missing: list[str]
    conflicts: list[str]


class StepOut(BaseModel):
    """A move of the state."""

    at: datetime
    after: State
    sentence: str


class EvidencePackOut(BaseModel):
    """All that speaks for an agreement between two companies."""

    alliance_id: UUID
    made_at: datetime
    companies: list[CompanyRef] = Field(description="Your own first, where it is one.")
    state: State
    proposal: ProposalOut | None
    agreements: list[AgreementOut] = Field(description="Newest first.")
    people: list[RepPairOut] = Field(description="Pairs of reps, the oldest first: the spread tree.")
    reproduction: float | None = Field(description="New pairs of reps for each that has won; null before any win.")
    bridge: BridgeOut | None = Field(description="On whom alone the tie hangs, if on anybody.")
    exchanges: list[MetOut] = Field(description="Newest first.")
    shared_accounts: SharedAccountsOut
    introductions: list[FavourOut] = Field(description="Both ways, newest first.")
    wins: list[WonOut] = Field(description="Newest first.")
    ledger: PackLedgerOut
    score: ScoreOut
    history: list[StepOut] = Field(description="Newest first.")
    truncated: bool = Field(description="A list has more rows than the 200 that are here.")


def pack_out(found: Pack) -> EvidencePackOut:
    """An evidence pack, as the API shows it."""
    explained, alliance, names = found.explained, found.explained.alliance, found.names
    told = explanation_out(alliance, explained.explanation, explained.bridge, explained.since)
    called = {Side.A: alliance.company_a.name, Side.B: alliance.company_b.name}
    return EvidencePackOut(
        alliance_id=alliance.id,
        made_at=now(),
        companies=[CompanyRef.model_validate(company) for company in companies_of(alliance)],
        state=State(alliance.state),
        proposal=_proposal(found.proposal, alliance.proposed_kind, names),
        agreements=[AgreementOut.model_validate(each).model_copy(update={"note": None}) for each in found.agreements],
        people=_people(found),
        reproduction=explained.spread.reproduction,
        bridge=told.bridge,
        exchanges=[_met(each, names) for each in found.exchanges],
        shared_accounts=SharedAccountsOut(shown=[_common(each) for each in found.common], withheld=found.withheld),
        introductions=[_favour(each, called, names) for each in found.introductions],
        wins=[_won(each, called, names) for each in found.wins],
        ledger=_ledger(found),
        score=ScoreOut(
            total=told.score,
            coverage=told.coverage,
            model_version=told.model_version,
            scored_on=told.scored_on,
            parts=[ReasonOut.model_validate(part) for part in explained.explanation.parts],
            missing=told.missing,
            conflicts=told.conflicts,
        ),
        history=[_step(each) for each in found.moves],
        truncated=found.truncated,
    )


def _reps(user_id: UUID | None, contact_id: UUID | None, names: Names) -> dict[str, Any]:
    user = PersonRef(id=user_id, name=names.users[user_id]) if user_id in names.users and user_id else None
    known = contact_id is not None and contact_id in names.contacts
    return {
        "user": user,
        "contact": PersonRef(id=contact_id, name=names.contacts[contact_id]) if known and contact_id else None,
    }


def _proposal(move: StateMove | None, kind: str | None, names: Names) -> ProposalOut | None:
    if kind is None:
        return None
    by = _reps(move.user_id, None, names)["user"] if move else None
    return ProposalOut(kind=AgreementKind(kind), proposed_at=move.at if move else None, by=by)


def _people(found: Pack) -> list[RepPairOut]:
    home_is_a = companies_of(found.explained.alliance)[0] is found.explained.alliance.company_a
    cards = Counter((exchange.user_id, exchange.contact_id) for exchange in found.exchanges)

    def shown(sprout: Sprout) -> RepPairOut:
        user_id, contact_id = sprout.reps if home_is_a else sprout.reps[::-1]
        return RepPairOut(
            **_reps(user_id, contact_id, found.names),
            title=found.names.titles.get(contact_id),
            since=sprout.since,
            exchanges=cards[user_id, contact_id],
            wins=sprout.wins,
            tie=sprout.tie,
            because_of_id=sprout.because_of,
        )

    return [shown(sprout) for sprout in found.explained.spread.sprouts]


def _met(exchange: Exchange, names: Names) -> MetOut:
    event = exchange.event or (exchange.met_event.name if exchange.met_event else None)
    return MetOut(
        **_reps(exchange.user_id, exchange.contact_id, names),
        met_at=exchange.met_at,
        direction=Direction(exchange.direction),
        event=event,
        place=exchange.place,
    )


def _common(account: Common) -> SharedAccountOut:
    return SharedAccountOut.model_validate(account)


def _favour(favour: Introduction, called: dict[Side, str], names: Names) -> FavourOut:
    return FavourOut(
        **_reps(favour.user_id, favour.contact_id, names),
        kind=Favour(favour.kind),
        giver=called[Side(favour.giver)],
        customer=names.customers.get(favour.customer_id) if favour.customer_id else None,
        asked_at=favour.asked_at,
        answer=Answer(favour.answer),
        outcome=Outcome(favour.outcome) if favour.outcome else None,
    )


def _won(won: Win, called: dict[Side, str], names: Names) -> WonOut:
    return WonOut(
        **_reps(won.user_id, won.contact_id, names),
        credited=called[Side(won.credited)],
        customer=names.customers.get(won.customer_id) if won.customer_id else None,
        won_at=won.won_at,
    )


def _ledger(found: Pack) -> PackLedgerOut:
    plain = ledger_out(found.explained.alliance, found.ledger)
    lines = [
        LedgerLineOut(
            **_reps(line.user_id, line.contact_id, found.names),
            **GiveAndGetOut.model_validate(line.model_dump()).model_dump(),
        )
        for line in plain.lines
    ]
    return PackLedgerOut(total=plain.total, lines=lines)


def _step(move: StateMove) -> StepOut:
    return StepOut(at=move.at, after=State(move.after), sentence=move_sentence(move.before, move.after, move.reason))
