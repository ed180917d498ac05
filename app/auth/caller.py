"""What an endpoint asks for: the caller, and a session that sees what the caller may see, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from app.auth import service
from app.auth.scopes import scope_of
from app.auth.service import Caller, ScopeMissing
from app.kit.db import Begin, Sessions
from app.kit.errors import Unauthorized, problems
from app.kit.files import FileStore
from app.settings import Settings

_SAFE_METHODS = {"GET", "HEAD", "PROPFIND", "REPORT"}
_bearer = HTTPBearer(auto_error=False, description="An API key: `ck_…`.")


def get_caller(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    """Who calls.

    Raises:
        Unauthorized: no key, or none that is valid.
        ScopeMissing: the key is not good for this route.
    """
    if given is None:
        raise Unauthorized
    sessions: Sessions = request.app.state.sessions
    with sessions.begin(reading=True) as session:
        caller, stale = service.identify(session, given.credentials)
    _check_scope(request, caller)
    if stale:
        with sessions.begin() as session:
            service.note_use(session, given.credentials)
    structlog.contextvars.bind_contextvars(organization_id=str(caller.organization_id), user_id=str(caller.user_id))
    return caller


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
    with sessions.begin(caller.organization_id, reading=reading, view=caller.view) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session, scope="function")]


def get_begin(request: Request, caller: CallerDep) -> Begin:
    """For the few endpoints that need more than one transaction."""
    sessions: Sessions = request.app.state.sessions
    return partial(sessions.begin, caller.organization_id, view=caller.view)


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
    """Let the OpenAPI file say which scope each route needs of a key that has not all of them."""
    made = app.openapi
    lacking = problems(ScopeMissing)[403]

    def openapi() -> dict[str, Any]:
        document = made()
        for path, methods in document["paths"].items():
            for method, said in methods.items():
                scope = scope_of(path, said.get("tags", ()), method.upper()) if "security" in said else None
                if scope is not None and "x-scope" not in said:
                    said["x-scope"] = scope
                    refusal = said["responses"].setdefault("403", {"content": lacking["content"]})
                    told = [refusal.get("description"), lacking["description"]]
                    refusal["description"] = "\n\n".join(filter(None, told))
        return document

    app.openapi = openapi  # type: ignore[method-assign]
