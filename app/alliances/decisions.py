"""What people decide about a pair: to propose paper, to decline, to stay informal, to record an agreement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances.assessment import By, assess, hold
from app.alliances.models import Agreement, Alliance
from app.alliances.terms import AgreementKind, Choice, Decision
from app.kit.clock import now


@dataclass(frozen=True, slots=True)
class Signed:
    """An agreement as it is recorded."""

    kind: AgreementKind
    starts_on: date
    ends_on: date | None = None
    note: str | None = None


def decide(session: Session, alliance_id: UUID, choice: Choice, by: By, kind: AgreementKind | None = None) -> UUID:
    """Take a decision over, move the state as it asks for, and return the pair's id.

    A proposal names its `kind` and ends being informal by choice; staying informal ends a proposal.

    Raises:
        NotFound: no such pair, or not yours.
    """
    pair = hold(session, alliance_id)
    _take_over(pair.alliance, choice, kind)
    pair.alliance.decided_at = now()
    assess(session, pair, by)
    return alliance_id


def _take_over(alliance: Alliance, choice: Choice, kind: AgreementKind | None) -> None:
    match choice:
        case Choice.PROPOSE:
            alliance.decision, alliance.proposed_kind = Decision.PROPOSED, kind
            alliance.informal_by_choice = False
        case Choice.DECLINE:
            alliance.decision, alliance.proposed_kind = Decision.DECLINED, None
        case Choice.REOPEN:
            alliance.decision, alliance.proposed_kind = None, None
        case Choice.STAY_INFORMAL:
            alliance.informal_by_choice = True
            if alliance.decision == Decision.PROPOSED:
                alliance.decision, alliance.proposed_kind = None, None
        case Choice.CONSIDER_PAPER:
            alliance.informal_by_choice = False
        case Choice.DECLARE_COMPETITORS:
            alliance.declared_competitors = True
        case Choice.RETRACT_COMPETITORS:
            alliance.declared_competitors = False


def record_agreement(session: Session, alliance_id: UUID, signed: Signed, by: By) -> UUID:
    """Keep an agreement; while it is in force the pair is formal. Returns its id.

    Raises:
        NotFound: no such pair, or not yours.
    """
    pair = hold(session, alliance_id)
    agreement = Agreement(
        alliance_id=alliance_id,
        company_id=pair.partner_id,
        kind=signed.kind,
        starts_on=signed.starts_on,
        ends_on=signed.ends_on,
        note=signed.note,
        user_id=by.user_id,
    )
    session.add(agreement)
    session.flush()
    pair.alliance.decision, pair.alliance.proposed_kind, pair.alliance.decided_at = None, None, now()
    pair.alliance.informal_by_choice = False
    assess(session, pair, by)
    return agreement.id
