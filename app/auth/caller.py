"""What an endpoint asks for: the caller, and a session that sees what the caller may see, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from app.auth import keys, logins, service
from app.auth.issuer import Issuer, IssuerUnreachable
from app.auth.logins import InvitedByMany, NotInvited
from app.auth.scopes import scope_of
from app.auth.service import Caller, ScopeMissing
from app.auth.tokens import Login, TokenRefused
from app.kit.db import Begin, Sessions
from app.kit.errors import Unauthorized, problems
from app.kit.files import FileStore
from app.settings import Settings

_SAFE_METHODS = {"GET", "HEAD", "PROPFIND", "REPORT"}
_bearer = HTTPBearer(
    auto_error=False, description="An API key, `ck_…`, or a token of the login service that the operator has named."
)


class BadToken(Unauthorized):
    """This token is not valid; `reason` says why. Get a fresh one from your login service."""

    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}  # noqa: RUF012


REFUSALS = (ScopeMissing, NotInvited, InvitedByMany, IssuerUnreachable)
"""How any route that asks who calls may refuse, beside `Unauthorized`."""


def get_caller(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    """Who calls.

    Raises:
        Unauthorized: no key and no token, or none that is valid.
        ScopeMissing: the key is not good for this route.
        NotInvited, InvitedByMany: the token is valid, but nobody knows whose it is.
        IssuerUnreachable: nobody can tell whether the token is valid.
    """
    if given is None:
        raise Unauthorized
    by_key = keys.is_key(given.credentials)
    caller = _by_key(request, given.credentials) if by_key else _by_login(request, get_login(request, given))
    _check_scope(request, caller)
    request.state.caller = caller
    structlog.contextvars.bind_contextvars(organization_id=str(caller.organization_id), user_id=str(caller.user_id))
    return caller


def _by_key(request: Request, key: str) -> Caller:
    sessions: Sessions = request.app.state.sessions
    with sessions.begin(reading=True) as session:
        caller, stale = service.identify(session, key)
    if stale:
        with sessions.begin() as session:
            service.note_use(session, key)
    return caller


def _by_login(request: Request, login: Login) -> Caller:
    sessions: Sessions = request.app.state.sessions
    with sessions.begin(reading=True) as session:
        caller = logins.identify(session, login)
    if caller is None:
        with sessions.begin() as session:
            caller = logins.first_login(session, login)
    return caller


def get_login(request: Request, given: HTTPAuthorizationCredentials) -> Login:
    """Whom a bearer token is about, be they known here or not.

    Raises:
        Unauthorized: no login service was named.
        BadToken: the token is not what it must be.
        IssuerUnreachable: nobody can tell.
    """
    issuer: Issuer | None = request.app.state.issuer
    if issuer is None:
        raise Unauthorized("This is no API key, and no login service is set up here.")
    try:
        return issuer.login(given.credentials)
    except TokenRefused as refused:
        raise BadToken(reason=refused.reason) from refused


def _check_scope(request: Request, caller: Caller) -> None:
    if caller.scopes is None:
        return
    route = request.scope["route"]
    needed = scope_of(route.path, [str(tag) for tag in route.tags], request.method)
    if needed is not None and needed not in caller.scopes:
        raise ScopeMissing(scope=needed)


CallerDep = Annotated[Caller, Depends(get_caller)]


def get_session(request: Request, caller: CallerDep) -> Iterator[Session]:
    """One transaction a request, committed before the answer is sent."""
    sessions: Sessions = request.app.state.sessions
    reading = request.method in _SAFE_METHODS
    with sessions.begin(caller.organization_id, reading=reading, view=caller.view, actor=caller.actor) as session:
        yield session
        request.state.shown = session.info.get("shown")


SessionDep = Annotated[Session, Depends(get_session, scope="function")]


def get_begin(request: Request, caller: CallerDep) -> Begin:
    """For the few endpoints that need more than one transaction."""
    sessions: Sessions = request.app.state.sessions
    return partial(sessions.begin, caller.organization_id, view=caller.view, actor=caller.actor)


BeginDep = Annotated[Begin, Depends(get_begin)]


def get_files(request: Request) -> FileStore:
    """The file store."""
    files: FileStore = request.app.state.files
    return files


FilesDep = Annotated[FileStore, Depends(get_files)]


def get_settings(request: Request) -> Settings:
    """The settings."""
    settings: Settings = request.app.state.settings
    return settings


SettingsDep = Annotated[Settings, Depends(get_settings)]


def name_scopes(app: FastAPI) -> None:
    """Let the OpenAPI file say which scope each route needs of a key that has not all of them, and who is refused."""
    made = app.openapi
    refusals = {str(status): said for status, said in problems(*REFUSALS).items()}

    def openapi() -> dict[str, Any]:
        document = made()
        for path, methods in document["paths"].items():
            for method, said in methods.items():
                scope = scope_of(path, said.get("tags", ()), method.upper()) if "security" in said else None
                if "security" in said and str(IssuerUnreachable.status) not in said["responses"]:
                    for status, refusal in refusals.items():
                        entry = said["responses"].setdefault(status, {"content": refusal["content"]})
                        told = [entry.get("description"), refusal["description"]]
                        entry["description"] = "\n\n".join(filter(None, told))
                if scope is not None:
                    said["x-scope"] = scope
        return document

    app.openapi = openapi  # type: ignore[method-assign]
