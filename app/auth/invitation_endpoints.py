"""Invitations over HTTP."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.security import HTTPAuthorizationCredentials
from sqlalchemy.orm import Session

from app.auth import invitations, keys, logins, queries, service
from app.auth.caller import BadToken, CallerDep, SessionDep, SettingsDep, get_login
from app.auth.invitations import InvitationOver, Wanted
from app.auth.issuer import IssuerUnreachable
from app.auth.logins import LoginTaken
from app.auth.models import Invitation, User
from app.auth.schemas import AcceptanceIn, AcceptedOut, InvitationIn, InvitationOut, NewInvitationOut, me_out
from app.auth.service import UserExists
from app.auth.tokens import Login
from app.kit.db import Sessions
from app.kit.errors import BadCursor, Forbidden, IdempotencyKeyReused, NotFound, Unauthorized, problems
from app.kit.idempotency import KeyHeader, fingerprint, once
from app.kit.pagination import CursorQuery, LimitQuery, Page, page

router = APIRouter(prefix="/v1/invitations", tags=["users"])
_CALLED = problems(Unauthorized)


@router.get("", responses=_CALLED | problems(BadCursor, Forbidden))
def list_invitations(
    session: SessionDep, caller: CallerDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[InvitationOut]:
    """Who was invited, newest first (administrators only)."""
    service.require_admin(caller)
    return page(session, queries.invitations(), Invitation.id, cursor, limit, InvitationOut.model_validate)


@router.post("", status_code=201, responses=_CALLED | problems(Forbidden, UserExists, IdempotencyKeyReused))
def invite(
    wanted: InvitationIn,
    session: SessionDep,
    caller: CallerDep,
    settings: SettingsDep,
    idempotency_key: KeyHeader = None,
) -> NewInvitationOut:
    """Invite somebody (administrators only); an open invitation of the same address ends.

    The token is shown once: pass it on. Whoever has it becomes the user, once, until it expires. Somebody who logs in
    with the login service under the same address, which that service has verified, needs no token.
    """
    service.require_admin(caller)
    shown: list[str] = []

    def make() -> UUID:
        valid_for = timedelta(days=settings.invitation_days)
        asked = Wanted(wanted.email, wanted.role, wanted.name, valid_for)
        token, invitation = invitations.invite(session, caller.user_id, asked)
        shown.append(token)
        return invitation.id

    what = fingerprint("invitation", wanted.model_dump_json())
    invitation = session.get_one(Invitation, once(session, caller.user_id, idempotency_key, what, make))
    known = InvitationOut.model_validate(invitation).model_dump()
    return NewInvitationOut(**known, token=shown[0] if shown else None)


@router.delete("/{invitation_id}", status_code=204, responses=_CALLED | problems(NotFound, Forbidden))
def revoke_invitation(invitation_id: UUID, session: SessionDep, caller: CallerDep) -> None:
    """End an invitation (administrators only). One that was accepted stays as it is: deactivate the user."""
    service.require_admin(caller)
    invitations.revoke(session, invitation_id)


@router.post(
    "/accept",
    status_code=201,
    responses=problems(
        BadToken, NotFound, InvitationOver, UserExists, LoginTaken, IdempotencyKeyReused, IssuerUnreachable
    ),
)
def accept_invitation(said: AcceptanceIn, request: Request, idempotency_key: KeyHeader = None) -> AcceptedOut:
    """Become the user whom an invitation is for. No key is needed but the invitation's token.

    With a bearer token of the login service in `Authorization` that login is yours from now on; without one you get
    your first API key.
    """
    login = _login(request)
    sessions: Sessions = request.app.state.sessions
    with sessions.begin() as session:
        return _accept(session, said, login, idempotency_key)


def _login(request: Request) -> Login | None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    given = given.strip()
    if scheme.lower() != "bearer" or not given or keys.is_key(given):
        return None
    return get_login(request, HTTPAuthorizationCredentials(scheme=scheme, credentials=given))


def _accept(session: Session, said: AcceptanceIn, login: Login | None, idempotency_key: str | None) -> AcceptedOut:
    invitation = invitations.find(session, said.token)
    shown: list[str] = []

    def become() -> UUID:
        user = invitations.welcome(session, invitation, said.name or (login.name if login else None))
        if login is None:
            shown.append(service.issue_key(session, user, "first key")[0])
        else:
            logins.bind(session, user, login)
        return user.id

    bound_to = f"{login.issuer} {login.subject}" if login else None
    what = fingerprint("acceptance", said.model_dump_json(), bound_to)
    user = session.get_one(User, once(session, invitation.id, idempotency_key, what, become))
    known = me_out(user, service.organization_of(session)).model_dump()
    return AcceptedOut(**known, key=shown[0] if shown else None)
