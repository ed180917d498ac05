"""Matches over HTTP. `docs/matching.md` shows a whole one; `cardally match` runs an end."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Response
from sqlalchemy.orm import Session

from app.auth.caller import CallerDep, SessionDep
from app.auth.service import Caller
from app.books.models import Account
from app.books.terms import Relation
from app.kit.clock import now
from app.kit.errors import BadCursor, Conflict, Forbidden, IdempotencyKeyReused, NotFound, Unauthorized, problems
from app.kit.idempotency import KeyHeader, fingerprint, once
from app.kit.pagination import CursorQuery, LimitQuery, Page, page
from app.matches import moving, policy, queries, relay, schemas, service
from app.matches.models import Match
from app.matches.moving import MatchOver, WrongOrder
from app.matches.relay import AlreadySent, NotThereYet, WrongLength
from app.matches.schemas import (
    AcceptanceIn,
    BandIn,
    ClosingIn,
    DepthIn,
    FoundIn,
    JoinIn,
    MatchAccountOut,
    MatchIn,
    MatchOut,
    MovesOut,
    PoliciesOut,
    PolicyIn,
    PolicyOut,
)
from app.matches.service import (
    BadSizes,
    BudgetSpent,
    NoMutualExchange,
    NotAllowed,
    NotOnCard,
    Terms,
    TooManyMatches,
)
from app.matches.terms import Step

OCTETS = "application/octet-stream"

router = APIRouter(prefix="/v1", tags=["matches"], responses=problems(Unauthorized))

_MADE = problems(NoMutualExchange, NotAllowed, TooManyMatches, IdempotencyKeyReused)
_SAID = problems(NotFound, MatchOver, WrongOrder, Conflict)


@router.get("/matches", responses=problems(BadCursor))
def list_matches(
    session: SessionDep, caller: CallerDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[MatchOut]:
    """The matches you take part in, newest first. Nobody else sees them, administrators included."""
    show = partial(_shown, session, caller)
    return page(session, queries.matches_of(caller.user_id), Match.id, cursor, limit, show)


@router.post("/matches", status_code=201, responses=_MADE)
def propose(proposal: MatchIn, session: SessionDep, caller: CallerDep, idempotency_key: KeyHeader = None) -> MatchOut:
    """Propose a match to a contact. Hand the invitation to them yourself: the server never has it."""
    terms = Terms(proposal.contact_id, proposal.own, proposal.partner, proposal.depth)
    make = partial(service.propose, session, caller.user_id, terms, proposal.token_digest)
    asked = fingerprint("match", proposal.model_dump_json())
    return _out(session, caller, once(session, caller.user_id, idempotency_key, asked, make))


@router.post("/matches/join", responses=_MADE | problems(NotFound, MatchOver, Conflict))
def join(invitation: JoinIn, session: SessionDep, caller: CallerDep, idempotency_key: KeyHeader = None) -> MatchOut:
    """Take the other seat of a match that you were invited to. Its token opens it once; nothing is agreed yet."""
    make = partial(service.join, session, caller.user_id, invitation.token, invitation.contact_id)
    asked = fingerprint("join", invitation.model_dump_json())
    return _out(session, caller, once(session, caller.user_id, idempotency_key, asked, make))


@router.get("/matches/{match_id}", responses=problems(NotFound))
def get_match(match_id: UUID, session: SessionDep, caller: CallerDep) -> MatchOut:
    """One match that you take part in."""
    return _out(session, caller, match_id)


@router.get("/matches/{match_id}/moves", responses=problems(NotFound))
def list_moves(match_id: UUID, session: SessionDep, caller: CallerDep) -> MovesOut:
    """How a match came to where it is."""
    moving.look(session, caller.user_id, match_id)
    return MovesOut(items=[schemas.move_out(move) for move in session.scalars(queries.moves(match_id))])


@router.get("/matches/{match_id}/accounts", responses=problems(NotFound, BadCursor))
def list_accounts(
    match_id: UUID, session: SessionDep, caller: CallerDep, cursor: CursorQuery = None, limit: LimitQuery = 200
) -> Page[MatchAccountOut]:
    """Which accounts of your own book take part: of the agreed relations, without those never to be shared."""
    here = moving.look(session, caller.user_id, match_id)
    found = queries.accounts_that_take_part(caller.user_id, [Relation(name) for name in here.own.relations])
    return page(session, found, Account.id, cursor, limit, schemas.account_out)


@router.put("/matches/{match_id}/acceptance", responses=_SAID | problems(NotAllowed, NotOnCard, BadSizes, BudgetSpent))
def accept(match_id: UUID, said: AcceptanceIn, session: SessionDep, caller: CallerDep) -> MatchOut:
    """Agree to the terms and to the person who holds the other seat. When both have, it counts against the budget."""
    service.accept(session, caller.user_id, match_id, said.size, said.unlisted)
    return _out(session, caller, match_id)


@router.put(
    "/matches/{match_id}/messages/{step}",
    responses=problems(NotFound, MatchOver, WrongOrder, AlreadySent, WrongLength),
    status_code=204,
)
def send_message(
    match_id: UUID,
    step: Step,
    body: Annotated[bytes, Body(media_type=OCTETS, description="Sealed; the server cannot open it.")],
    session: SessionDep,
    caller: CallerDep,
) -> None:
    """Send a message to the other end. Its length must be what the agreed sizes make it; it is never replaced."""
    relay.send(session, caller.user_id, match_id, step, body)


@router.get(
    "/matches/{match_id}/messages/{step}",
    responses=problems(NotFound, MatchOver, NotThereYet) | {200: {"content": {OCTETS: {}}}},
    response_class=Response,
)
def fetch_message(match_id: UUID, step: Step, session: SessionDep, caller: CallerDep) -> Response:
    """The other end's message, once both of this step are there."""
    return Response(relay.fetch(session, caller.user_id, match_id, step), media_type=OCTETS)


@router.put("/matches/{match_id}/band", responses=_SAID)
def say_band(match_id: UUID, said: BandIn, session: SessionDep, caller: CallerDep) -> MatchOut:
    """Say what your end has found; it is shown when both have found the same."""
    service.say_band(session, caller.user_id, match_id, said.band)
    return _out(session, caller, match_id)


@router.put("/matches/{match_id}/depth", responses=_SAID)
def go_on(match_id: UUID, said: DepthIn, session: SessionDep, caller: CallerDep) -> MatchOut:
    """Agree to go on: to the accounts, and from there to the fields."""
    service.go_on(session, caller.user_id, match_id, said.depth)
    return _out(session, caller, match_id)


@router.put("/matches/{match_id}/confirmation", responses=_SAID)
def confirm(match_id: UUID, said: FoundIn, session: SessionDep, caller: CallerDep) -> MatchOut:
    """Say which accounts your end has found, as a digest; the result stands when both have found the same."""
    service.confirm(session, caller.user_id, match_id, said.digest)
    return _out(session, caller, match_id)


@router.put("/matches/{match_id}/closing", responses=problems(NotFound))
def close(match_id: UUID, said: ClosingIn, session: SessionDep, caller: CallerDep) -> MatchOut:
    """Refuse, leave, or finish a match. One that is over stays as it is."""
    service.close(session, caller.user_id, match_id, said.done)
    return _out(session, caller, match_id)


@router.get("/match-policy")
def get_policies(session: SessionDep, caller: CallerDep) -> PoliciesOut:
    """What you allow of matching, what your organization does, and what holds for you."""
    return _policies(session, caller)


@router.put("/match-policy")
def set_policy(said: PolicyIn, session: SessionDep, caller: CallerDep) -> PoliciesOut:
    """Say what you allow."""
    policy.set_own(session, caller, said.limits())
    return _policies(session, caller)


@router.put("/match-policy/organization", responses=problems(Forbidden))
def set_organization_policy(said: PolicyIn, session: SessionDep, caller: CallerDep) -> PoliciesOut:
    """Say what your organization allows everybody in it. Administrators only."""
    policy.set_for_all(session, caller, said.limits())
    return _policies(session, caller)


def _out(session: Session, caller: Caller, match_id: UUID) -> MatchOut:
    return _shown(session, caller, moving.look(session, caller.user_id, match_id).match)


def _shown(session: Session, caller: Caller, match: Match) -> MatchOut:
    here = moving.seated(match, session.scalars(queries.seat(match.id, caller.user_id)).one())
    sent = {(side, step) for _, side, step in session.execute(queries.sent((match.id,)))}
    return schemas.match_out(here, sent, service.is_on_card(session, here), now())


def _policies(session: Session, caller: Caller) -> PoliciesOut:
    said = (
        policy.own(session, caller.user_id),
        policy.own(session, caller.organization_id),
        policy.allowed(session, caller.user_id),
    )
    own, organization, effective = map(PolicyOut.model_validate, said)
    return PoliciesOut(own=own, organization=organization, effective=effective)
