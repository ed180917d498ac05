"""Organizations, users and keys over HTTP."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response

from app.auth import members, queries, service
from app.auth.caller import CallerDep, SessionDep
from app.auth.members import LastAdministrator
from app.auth.models import ApiKey, Organization, User
from app.auth.schemas import (
    ApiKeyIn,
    ApiKeyOut,
    MeOut,
    NewApiKeyOut,
    OrganizationChange,
    OrganizationOut,
    UserChange,
    UserIn,
    UserOut,
    me_out,
)
from app.auth.service import UserExists, UserInactive
from app.kit.errors import BadCursor, Forbidden, IdempotencyKeyReused, NotFound, Unauthorized, problems
from app.kit.etags import IfMatchHeader, PreconditionFailed, PreconditionRequired, show_etag
from app.kit.idempotency import KeyHeader, fingerprint, once
from app.kit.pagination import CursorQuery, LimitQuery, Page, page

router = APIRouter(prefix="/v1", tags=["users"], responses=problems(Unauthorized))


@router.get("/me")
def get_me(session: SessionDep, caller: CallerDep) -> MeOut:
    """Whose key this is."""
    return me_out(*service.whoami(session, caller))


@router.get("/organization")
def get_organization(session: SessionDep, caller: CallerDep, response: Response) -> OrganizationOut:
    """What holds for everybody in your organization."""
    organization = session.get_one(Organization, caller.organization_id)
    show_etag(response, organization.version)
    return OrganizationOut.model_validate(organization)


@router.patch("/organization", responses=problems(Forbidden, PreconditionRequired, PreconditionFailed))
def change_organization(
    change: OrganizationChange,
    session: SessionDep,
    caller: CallerDep,
    response: Response,
    if_match: IfMatchHeader = None,
) -> OrganizationOut:
    """Say what holds from now on (administrators only). Who sees what is there already does not change."""
    service.require_admin(caller)
    organization = members.change_organization(session, if_match, change.model_dump(exclude_unset=True))
    show_etag(response, organization.version)
    return OrganizationOut.model_validate(organization)


@router.get("/users", responses=problems(BadCursor))
def list_users(session: SessionDep, cursor: CursorQuery = None, limit: LimitQuery = 50) -> Page[UserOut]:
    """Everybody in your organization, newest first."""
    return page(session, queries.users(), User.id, cursor, limit, UserOut.model_validate)


@router.post("/users", status_code=201, responses=problems(Forbidden, UserExists, IdempotencyKeyReused))
def add_user(user: UserIn, session: SessionDep, caller: CallerDep, idempotency_key: KeyHeader = None) -> UserOut:
    """Add a rep or an administrator (administrators only)."""
    service.require_admin(caller)
    add = partial(service.add_user, session, user.name, user.email, user.role)
    asked = fingerprint("user", user.model_dump_json())
    user_id = once(session, caller.user_id, idempotency_key, asked, lambda: add().id)
    return UserOut.model_validate(session.get_one(User, user_id))


@router.patch("/users/{user_id}", responses=problems(NotFound, Forbidden, LastAdministrator))
def change_user(user_id: UUID, change: UserChange, session: SessionDep, caller: CallerDep) -> UserOut:
    """Change a user's name or role, deactivate them or let them in again (administrators only).

    What a deactivated user kept private stays private until an administrator hands it over to somebody.
    """
    service.require_admin(caller)
    return UserOut.model_validate(members.change_user(session, user_id, change.model_dump(exclude_unset=True)))


@router.get("/api-keys", responses=problems(BadCursor))
def list_api_keys(
    session: SessionDep, caller: CallerDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[ApiKeyOut]:
    """Your keys, or everybody's if you are an administrator; newest first."""
    keys = queries.api_keys(None if service.is_admin(caller) else caller.user_id)
    return page(session, keys, ApiKey.id, cursor, limit, ApiKeyOut.model_validate)


@router.post("/api-keys", status_code=201, responses=problems(NotFound, Forbidden, UserInactive, IdempotencyKeyReused))
def issue_api_key(
    wanted: ApiKeyIn, session: SessionDep, caller: CallerDep, idempotency_key: KeyHeader = None
) -> NewApiKeyOut:
    """Issue a key. It is shown once, for only its digest is kept: a repeated request finds it without `key`."""
    shown: list[str] = []

    def issue() -> UUID:
        key, issued = service.issue_key_for(
            session, caller, wanted.user_id, wanted.name, wanted.expires_at, wanted.scopes
        )
        shown.append(key)
        return issued.id

    asked = fingerprint("api-key", wanted.model_dump_json())
    issued = session.get_one(ApiKey, once(session, caller.user_id, idempotency_key, asked, issue))
    return NewApiKeyOut(**ApiKeyOut.model_validate(issued).model_dump(), key=shown[0] if shown else None)


@router.delete("/api-keys/{key_id}", status_code=204, responses=problems(NotFound))
def revoke_api_key(key_id: UUID, session: SessionDep, caller: CallerDep) -> None:
    """Revoke a key of yours, or anybody's if you are an administrator."""
    service.revoke_key(session, caller, key_id)
