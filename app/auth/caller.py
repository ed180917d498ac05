"""What an endpoint asks for: the caller, and a session that sees what the caller may see, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated

import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from app.auth import service
from app.auth.service import Caller
from app.kit.db import Begin, Sessions
from app.kit.errors import Unauthorized
from app.kit.files import FileStore
from app.settings import Settings

_SAFE_METHODS = {"GET", "HEAD", "PROPFIND", "REPORT"}
_bearer = HTTPBearer(auto_error=False, description="An API key: `ck_…`.")


def get_caller(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    """Who calls.

    Raises:
        Unauthorized: no key, or none that is valid.
    """
    if given is None:
        raise Unauthorized
    sessions: Sessions = request.app.state.sessions
    with sessions.begin(reading=True) as session:
        caller, stale = service.identify(session, given.credentials)
    if stale:
        with sessions.begin() as session:
            service.note_use(session, given.credentials)
    structlog.contextvars.bind_contextvars(organization_id=str(caller.organization_id), user_id=str(caller.user_id))
    return caller


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
