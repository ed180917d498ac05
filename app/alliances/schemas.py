"""What the API says of alliances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.alliances.explaining import Bridge, Explanation, move_sentence
from app.alliances.models import Agreement, Alliance, Evidence, StateMove
from app.alliances.terms import AgreementKind, Choice, Decision, Kind, Side, State
from app.companies.models import Company
from app.kit.db import Visibility

PartName = Literal["overlap", "tie", "reciprocity", "complement", "breadth", "locality"]


class Out(BaseModel):
    """Read straight from a value."""

    model_config = ConfigDict(from_attributes=True)


class CompanyRef(Out):
    """A company, in short."""

    id: UUID
    name: str = Field(examples=["Acme Tills"])
    is_home: bool = Field(description="Whether it is your own.")


class PartOut(Out):
    """One part of a score."""

    name: PartName
    points: float = Field(ge=0, description="Before any conflict.", examples=[11.3])
    max: float = Field(description="What the part can be worth.", examples=[25.0])
    known: bool = Field(description="False while nothing is known about it: the points are a prior then.")


class AllianceOut(Out):
    """A pair of companies that could help each other."""

    id: UUID
    visibility: Visibility = Field(description="Who sees it: `team` is everybody here, `private` you alone.")
    companies: list[CompanyRef] = Field(min_length=2, max_length=2, description="Your own first, where it is one.")
    state: State
    score: float = Field(ge=0, le=100, description="0 to 100.", examples=[53.8])
    coverage: float = Field(
        ge=0, le=1, description="Share of the score that rests on evidence instead of priors.", examples=[0.85]
    )
    parts: list[PartOut]
    conflicts: list[str] = Field(description="What speaks against it.", examples=[["same_category"]])
    model_version: str = Field(description="Of the weights that made the score.", examples=["4"])
    scored_on: date = Field(description="The score is as of the beginning of this day, UTC.")
    declared_competitors: bool = Field(description="A person said that the two compete.")
    informal_by_choice: bool = Field(description="It works without paper, and nobody should ask for any.")
    decision: Decision | None = Field(description="What a person decided and has not taken back.")
    proposed_kind: AgreementKind | None = Field(description="The agreement that was proposed.")
    last_evidence_at: datetime | None
    created_at: datetime
    updated_at: datetime


class BridgeOut(Out):
    """On whom alone a tie hangs."""

    user_id: UUID | None = Field(description="The only user with an active counterpart; null where there are several.")
    contact_id: UUID | None = Field(description="The only active counterpart; null where there are several.")
    sentence: str = Field(examples=["Only Ann Rep of Northwind is in touch with Acme Tills: the tie is gone when …"])


class AllianceListedOut(AllianceOut):
    """A pair in a list, with on whom alone it hangs."""

    bridge: BridgeOut | None = Field(description="Null where several on both sides are active, or nobody is.")


class HintOut(BaseModel):
    """What a card reminds of."""

    contact_id: UUID
    company: CompanyRef
    alliance_id: UUID | None = Field(description="The pair with your own company, where there is one yet.")
    state: State | None
    score: float | None
    alliance_hint: list[str] = Field(
        description="In sentences, the most telling first.",
        examples=[["Third person you know at Acme Tills.", "Sells to retail as you do.", "Cleo met them in May 2026."]],
    )


class DecisionIn(BaseModel):
    """What a person decides about a pair."""

    choice: Choice = Field(description="`reopen` takes a proposal or a refusal back.")
    kind: AgreementKind | None = Field(None, description="Of a proposal: which agreement.")
    note: str | None = Field(None, max_length=5000, description="Kept with the move of the state.")

    @model_validator(mode="after")
    def _a_proposal_says_of_what(self) -> Self:
        if (self.choice is Choice.PROPOSE) != (self.kind is not None):
            raise ValueError("a proposal has a kind of agreement, and nothing else has")
        return self


class AgreementIn(BaseModel):
    """What two companies put on paper."""

    kind: AgreementKind
    starts_on: date
    ends_on: date | None = Field(None, description="Its last day; left out when it is open-ended.")
    note: str | None = Field(None, max_length=5000)

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("an agreement ends after it begins")
        return self


class AgreementOut(Out):
    """An agreement of a pair."""

    id: UUID
    kind: AgreementKind
    starts_on: date
    ends_on: date | None
    note: str | None
    user_id: UUID | None = Field(description="Who recorded it.")
    created_at: datetime


class AcquaintanceOut(BaseModel):
    """A contact that one of your users met."""

    contact_id: UUID
    contact_name: str | None = Field(examples=["Jane Roe"])
    company_id: UUID
    user_id: UUID
    user_name: str = Field(examples=["Ann Rep"])
    times: int = Field(ge=1, description="Exchanges between the two.")
    first_met_at: datetime
    last_met_at: datetime


class AllianceDetailOut(AllianceListedOut):
    """A pair with its reasons, and who of them was met by whom."""

    reasons: list[str] = Field(
        description="What is known, in sentences.", examples=[["2 mutual exchanges of cards, the last 3 days ago."]]
    )
    acquaintances: list[AcquaintanceOut] = Field(description="Latest first.")
    agreements: list[AgreementOut] = Field(description="Newest first.")


class SentenceOut(PartOut):
    """One part of a score in words."""

    evidence_ids: list[UUID] = Field(description="Evidence, and for overlap accounts, that it rests on.")
    sentence: str = Field(examples=["4 shared accounts; 4 are each a customer of both."])


class ExplanationOut(BaseModel):
    """A score in words."""

    alliance_id: UUID
    score: float
    coverage: float
    model_version: str
    scored_on: date
    parts: list[SentenceOut]
    missing: list[str] = Field(
        description="What is not known yet, and what it could add.",
        examples=[["no shared accounts known yet: up to +25"]],
    )
    conflicts: list[str] = Field(examples=[["Northwind and Acme Tills sell products of the same category."]])
    since: date = Field(description="The day whose beginning `changed_since` compares with.")
    changed_since: list[str] = Field(examples=[["tie: +7.2", "locality: +3.5"]])
    bridge: BridgeOut | None = Field(description="On whom alone the tie hangs, if on anybody.")


class MoveOut(Out):
    """A pair went from one state to another."""

    type: Literal["move"] = "move"
    id: UUID
    at: datetime
    before: State | None = Field(description="Null when the pair is new.")
    after: State
    reason: str = Field(description="Stable code.", examples=["met"])
    sentence: str = Field(examples=["From aware to acquainted: both gave a card, or they met."])
    evidence_ids: list[UUID]
    user_id: UUID | None = Field(description="Who decided; null when the rules did.")
    note: str | None


class EvidenceOut(Out):
    """One dated reason for a tie."""

    type: Literal["evidence"] = "evidence"
    id: UUID
    at: datetime
    kind: Kind
    giver_company_id: UUID | None = Field(description="Of an introduction, referral or win: who gave it.")
    confidence: float
    source: str = Field(examples=["exchange"])
    exchange_id: UUID | None
    user_id: UUID | None
    contact_id: UUID | None
    note: str | None = Field(description="Of what a user reported.")
    accounts: int | None = Field(description="Of a private match of two books: the least number that both share.")


def alliance_out(alliance: Alliance) -> AllianceOut:
    """A pair that was loaded with its companies, as the API shows it."""
    return AllianceOut.model_validate(_row(alliance))


def alliance_listed(alliance: Alliance, bridge: Bridge | None) -> AllianceListedOut:
    """The same in a list."""
    return AllianceListedOut.model_validate(_row(alliance) | {"bridge": bridge})


def companies_of(alliance: Alliance) -> list[Company]:
    """The two companies of a pair that was loaded with them, the home company first."""
    return sorted((alliance.company_a, alliance.company_b), key=lambda company: not company.is_home)


def _row(alliance: Alliance) -> dict[str, Any]:
    row = {name: getattr(alliance, name) for name in AllianceOut.model_fields if name != "companies"}
    return {**row, "companies": companies_of(alliance)}


def alliance_detail(
    alliance: Alliance,
    told: tuple[Explanation, Bridge | None],
    acquaintances: Iterable[Sequence[Any]],
    agreements: Iterable[Agreement],
) -> AllianceDetailOut:
    """The same with its reasons and bridge, rows of `queries.acquaintances`, and agreements."""
    names, (explanation, bridge) = list(AcquaintanceOut.model_fields), told
    met = [dict(zip(names, row, strict=True)) for row in acquaintances]
    reasons = [part.sentence for part in explanation.parts if part.known]
    more = {"reasons": reasons, "acquaintances": met, "agreements": list(agreements), "bridge": bridge}
    return AllianceDetailOut.model_validate(_row(alliance) | more)


def explanation_out(alliance: Alliance, explanation: Explanation, bridge: Bridge | None, since: date) -> ExplanationOut:
    """The score of a pair in words, as the API shows it."""
    return ExplanationOut(
        alliance_id=alliance.id,
        score=alliance.score,
        coverage=alliance.coverage,
        model_version=alliance.model_version,
        scored_on=alliance.scored_on,
        parts=[SentenceOut.model_validate(part) for part in explanation.parts],
        missing=list(explanation.missing),
        conflicts=list(explanation.conflicts),
        since=since,
        changed_since=list(explanation.changed_since),
        bridge=BridgeOut.model_validate(bridge) if bridge else None,
    )


def hint_out(contact_id: UUID, company: Company, alliance: Alliance | None, sentences: Iterable[str]) -> HintOut:
    """What a card reminds of, as the API shows it."""
    return HintOut(
        contact_id=contact_id,
        company=CompanyRef.model_validate(company),
        alliance_id=alliance.id if alliance else None,
        state=State(alliance.state) if alliance else None,
        score=alliance.score if alliance else None,
        alliance_hint=list(sentences),
    )


def happening_out(alliance: Alliance, item: StateMove | Evidence) -> MoveOut | EvidenceOut:
    """A piece of a pair's timeline, as the API shows it."""
    return _move(item) if isinstance(item, StateMove) else evidence_out(alliance, item)


def _move(move: StateMove) -> MoveOut:
    told = move_sentence(move.before, move.after, move.reason)
    row = {name: getattr(move, name) for name in MoveOut.model_fields if hasattr(move, name)}
    return MoveOut.model_validate({**row, "sentence": told})


def evidence_out(alliance: Alliance, item: Evidence) -> EvidenceOut:
    """A piece of a pair's evidence, as the API shows it."""
    givers = {Side.A: alliance.company_a_id, Side.B: alliance.company_b_id}
    row = {name: getattr(item, name) for name in EvidenceOut.model_fields if hasattr(item, name)}
    return EvidenceOut.model_validate({**row, "giver_company_id": givers[Side(item.giver)] if item.giver else None})
