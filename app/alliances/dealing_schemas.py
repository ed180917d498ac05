"""What the API says of what reps do for each other: introductions, referrals, wins, give and get, the spread."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from app.alliances.ledger import Account, Ledger
from app.alliances.models import Alliance, Introduction, Win
from app.alliances.schemas import CompanyRef, Out, companies_of
from app.alliances.spreading import Spread
from app.alliances.terms import Answer, Favour, Kind, Outcome, Side


class DealingIn(BaseModel):
    """Whom something that two reps do for each other is about. The home company's rep is the caller."""

    contact_id: UUID = Field(description="The partner's rep: works or worked there, or was met as one who does.")
    customer_id: UUID | None = Field(None, description="The company it is about.")
    because_of_id: UUID | None = Field(
        None, description="Evidence of the win of others that made these two try, where somebody says so."
    )
    note: str | None = Field(None, max_length=5000)


class IntroductionIn(DealingIn):
    """A favour that is asked or offered."""

    kind: Favour
    giver_company_id: UUID = Field(description="Which of the two companies gives it.")
    asked_at: AwareDatetime | None = Field(None, description="Now, when left out.")


class ReportIn(BaseModel):
    """Something that happened between you and a partner's rep, which no photo and no dealing tells."""

    kind: Literal["meeting", "message", "seen_at_customer"]
    contact_id: UUID = Field(description="The partner's rep.")
    at: AwareDatetime | None = Field(None, description="Now, when left out; not in the future.")
    note: str | None = Field(None, max_length=5000)


class AnswerIn(BaseModel):
    """Whether a favour is accepted."""

    accepted: bool


class OutcomeIn(BaseModel):
    """How the business that came of a favour ended."""

    won: bool


class WinIn(DealingIn):
    """A deal that two reps won together."""

    credited_company_id: UUID = Field(description="The company that gave: whose lead, access or name it was.")
    won_at: AwareDatetime | None = Field(None, description="Now, when left out.")


class DealingOut(Out):
    """Something that two reps do for each other."""

    id: UUID
    user_id: UUID | None
    contact_id: UUID | None
    customer_id: UUID | None
    because_of_id: UUID | None
    note: str | None
    created_at: datetime


class IntroductionOut(DealingOut):
    """A favour and what became of it."""

    kind: Favour
    giver_company_id: UUID
    asked_at: datetime
    answer: Answer
    answered_at: datetime | None
    outcome: Outcome | None


class WinOut(DealingOut):
    """A deal that was won together."""

    credited_company_id: UUID
    won_at: datetime
    introduction_id: UUID | None = Field(description="The favour that it came of.")


class TallyOut(BaseModel):
    """How much of what."""

    introductions: int
    referrals: int
    wins: int


class GiveAndGetOut(BaseModel):
    """What went which way, as seen from the first company of `companies`."""

    gave: TallyOut
    got: TallyOut
    balance: float = Field(ge=0, le=1, description="1 when both gave as much, 0 when only one did.")


class LineOut(GiveAndGetOut):
    """The same between two reps."""

    user_id: UUID | None
    contact_id: UUID | None


class LedgerOut(BaseModel):
    """Give and get."""

    companies: list[CompanyRef]
    total: GiveAndGetOut
    lines: list[LineOut] = Field(description="By pair of reps.")


class SproutOut(BaseModel):
    """A pair of reps in the spread tree."""

    user_id: UUID
    contact_id: UUID
    since: datetime
    wins: int
    tie: float = Field(ge=0, le=1, description="How strong what links the two is by now.")
    because_of_id: UUID | None = Field(description="Evidence of the win that it came of; null when it came by itself.")
    named: bool = Field(description="Whether a person named that win, or only the time speaks for it (60 days).")


class SpreadOut(BaseModel):
    """How the alliance spreads from rep to rep."""

    pairs: list[SproutOut] = Field(description="Oldest first.")
    reproduction: float | None = Field(description="New pairs of reps for each that has won; null before any win.")
    only_user_id: UUID | None = Field(description="The only user with an active counterpart, if there is only one.")
    only_contact_id: UUID | None = Field(description="The only active counterpart, if there is only one.")


def introduction_out(alliance: Alliance, favour: Introduction) -> IntroductionOut:
    """A favour between the reps of a pair, as the API shows it."""
    return IntroductionOut.model_validate(
        _dealing(favour, IntroductionOut, giver_company_id=_company(alliance, favour.giver))
    )


def win_out(alliance: Alliance, won: Win) -> WinOut:
    """A win of a pair, as the API shows it."""
    return WinOut.model_validate(_dealing(won, WinOut, credited_company_id=_company(alliance, won.credited)))


def _company(alliance: Alliance, side: Side) -> UUID:
    return {Side.A: alliance.company_a_id, Side.B: alliance.company_b_id}[Side(side)]


def _dealing(row: Introduction | Win, out: type[DealingOut], **companies: UUID) -> dict[str, Any]:
    return {name: getattr(row, name) for name in out.model_fields if name not in companies} | companies


def ledger_out(alliance: Alliance, ledger: Ledger) -> LedgerOut:
    """Give and get, the home company's side first."""
    home_is_a = companies_of(alliance)[0] is alliance.company_a
    lines = []
    for reps, account in ledger.lines.items():
        user_id, contact_id = reps if home_is_a else reps[::-1]
        lines.append(LineOut(user_id=user_id, contact_id=contact_id, **_sides(account, home_is_a)))
    return LedgerOut(
        companies=[CompanyRef.model_validate(company) for company in companies_of(alliance)],
        total=GiveAndGetOut(**_sides(ledger.total, home_is_a)),
        lines=lines,
    )


def _sides(account: Account, home_is_a: bool) -> dict[str, Any]:
    gave, got = (account.by_a, account.by_b) if home_is_a else (account.by_b, account.by_a)
    return {"gave": _tally(gave), "got": _tally(got), "balance": account.balance}


def _tally(counts: Mapping[Kind, int]) -> TallyOut:
    return TallyOut(
        introductions=counts.get(Kind.INTRODUCTION, 0),
        referrals=counts.get(Kind.REFERRAL, 0),
        wins=counts.get(Kind.JOINT_WIN, 0),
    )


def spread_out(alliance: Alliance, spread: Spread) -> SpreadOut:
    """The spread tree, users and contacts told apart."""
    home_is_a = companies_of(alliance)[0] is alliance.company_a
    pairs = []
    for sprout in spread.sprouts:
        user_id, contact_id = sprout.reps if home_is_a else sprout.reps[::-1]
        pairs.append(
            SproutOut(
                user_id=user_id,
                contact_id=contact_id,
                since=sprout.since,
                wins=sprout.wins,
                tie=sprout.tie,
                because_of_id=sprout.because_of,
                named=sprout.named,
            )
        )
    only = (spread.bridge_a, spread.bridge_b) if home_is_a else (spread.bridge_b, spread.bridge_a)
    return SpreadOut(pairs=pairs, reproduction=spread.reproduction, only_user_id=only[0], only_contact_id=only[1])
