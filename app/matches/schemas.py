"""What the API says of matches."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.books.models import Account
from app.books.terms import Relation
from app.matches.limits import Limits
from app.matches.models import MatchMove
from app.matches.moving import Seated
from app.matches.terms import LEAST_ACCOUNTS, SIZES, Band, Depth, Reason, Side, State, Step

Relations = Annotated[frozenset[Relation], Field(min_length=1)]
Size = Literal[64, 256, 1024, 4096, 16384]


class MatchIn(BaseModel):
    """A proposal to a contact."""

    contact_id: UUID = Field(description="Whom you propose it to; you have each other's cards.")
    own: Relations = Field(description="Which of your accounts take part.", examples=[["customer"]])
    partner: Relations = Field(description="Which of the other's.", examples=[["customer", "open_opportunity"]])
    depth: Depth = Field(Depth.ACCOUNTS, description="How far you want to go at most.")
    token_digest: str = Field(
        pattern="^[0-9a-f]{64}$", description="SHA-256, in hex, of the token of your invitation, which you keep."
    )


class JoinIn(BaseModel):
    """An invitation is taken."""

    token: str = Field(min_length=40, max_length=100, description="Of the invitation.")
    contact_id: UUID = Field(description="Who invited you, as you know them; you have each other's cards.")


class AcceptanceIn(BaseModel):
    """You agree to the terms."""

    size: Size = Field(description="To which your list is padded.")
    unlisted: bool = Field(False, description="Accept even where the other's address is not among your contact's.")


class BandIn(BaseModel):
    """What your end has found."""

    band: Band


class DepthIn(BaseModel):
    """How far you go on."""

    depth: Literal[Depth.ACCOUNTS, Depth.FIELDS]


class FoundIn(BaseModel):
    """Which accounts your end has found."""

    digest: str = Field(pattern="^[0-9a-f]{64}$", description="Of the shared accounts, under the two ends' key.")


class ClosingIn(BaseModel):
    """You leave, or have what you want."""

    done: bool = Field(False, description="In the last round: it ends when both have said so.")


class SideOut(BaseModel):
    """One of the two, as both may see it."""

    model_config = ConfigDict(from_attributes=True)

    side: Side
    name: str | None = Field(description="Null until somebody has joined.")
    email: str | None
    organization_name: str | None
    relations: list[Relation]
    size: int | None = Field(description="Of the padded list; null until this side has accepted.")
    goes_to: Depth = Field(description="How far this side has agreed to go.")
    sent: list[Step] = Field([], description="Which messages wait.")


class MatchOut(BaseModel):
    """A match as you stand in it."""

    id: UUID
    state: State
    depth: Depth
    own: SideOut
    partner: SideOut
    contact_id: UUID | None = Field(description="The other, as you know them.")
    on_card: bool = Field(description="Whether the other's e-mail address is among your contact's.")
    band: Band | None = Field(description="How many accounts are shared, once both ends found the same.")
    expires_at: datetime
    accepted_at: datetime | None
    confirmed_at: datetime | None = Field(description="When both ends had found the same accounts.")
    ended_at: datetime | None
    reason: Reason | None = Field(description="Why it ended.")
    created_at: datetime


class MoveOut(BaseModel):
    """A step of a match from one state to another."""

    model_config = ConfigDict(from_attributes=True)

    before: State | None
    after: State
    side: Side | None = Field(description="Whose word was the last; null when time ran out.")
    reason: Reason
    created_at: datetime


class MovesOut(BaseModel):
    """All of them, from the beginning."""

    items: list[MoveOut]


class MatchAccountOut(BaseModel):
    """One of your own accounts that takes part in a match."""

    company: str
    domain: str | None
    relation: Relation
    industry: str | None
    product_category: str | None


class PolicyIn(BaseModel):
    """What is allowed of matching."""

    enabled: bool = True
    relations: frozenset[Relation] = Field(frozenset(Relation), description="Which of the own accounts may take part.")
    depth: Depth = Field(Depth.FIELDS, description="How far at most.")
    least_accounts: int = Field(
        LEAST_ACCOUNTS, ge=LEAST_ACCOUNTS, le=SIZES[-1], description="Both lists have to be padded to hold as many."
    )
    largest_size: Size = Field(16384, description="A partner's padded list at most.")
    monthly: int = Field(2, ge=1, le=31, description="Matches a calendar month with one organization.")
    cool_down_days: float = Field(7, ge=0, le=62, description="Between two matches with one organization.")

    def limits(self) -> Limits:
        return Limits(**dict(self))


class PolicyOut(PolicyIn):
    """What is allowed of matching."""

    model_config = ConfigDict(from_attributes=True)


class PoliciesOut(BaseModel):
    """What you have said, what your organization has, and what holds: the stricter of the two."""

    own: PolicyOut
    organization: PolicyOut
    effective: PolicyOut


def match_out(here: Seated, sent: set[tuple[Side, Step]], on_card: bool, moment: datetime) -> MatchOut:
    """A match as one of its reps may see it."""
    match = here.match
    late = match.ended_at is None and match.expires_at <= moment

    def side(which: Side) -> SideOut:
        row = here.own if here.own.side == which else here.partner
        steps = [step for step in Step if (which, step) in sent]
        return SideOut.model_validate(row).model_copy(update={"sent": steps})

    return MatchOut(
        id=match.id,
        state=State.EXPIRED if late else match.state,
        depth=match.depth,
        own=side(Side(here.own.side)),
        partner=side(Side(here.partner.side)),
        contact_id=here.seat.contact_id,
        on_card=on_card,
        band=match.band,
        expires_at=match.expires_at,
        accepted_at=match.accepted_at,
        confirmed_at=match.confirmed_at,
        ended_at=match.ended_at,
        reason=match.reason,
        created_at=match.created_at,
    )


def move_out(move: MatchMove) -> MoveOut:
    """A move, as the API shows it."""
    return MoveOut.model_validate(move)


def account_out(account: Account) -> MatchAccountOut:
    """An account that was loaded with its company and the company's domains."""
    domains = account.company.domains
    return MatchAccountOut(
        company=account.company.name,
        domain=domains[0].domain if domains else None,
        relation=account.relation,
        industry=account.industry,
        product_category=account.product_category,
    )
