"""CRMs over HTTP. Only administrators see and change connections."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import SecretStr

from app.auth.caller import BeginDep, CallerDep, SessionDep, SettingsDep
from app.auth.service import Caller, require_admin
from app.contacts.service import Merged
from app.crm import queries, service
from app.crm.connectors import CONNECTORS
from app.crm.models import Connection, Link, LinkStatus
from app.crm.schemas import (
    ConnectionChange,
    ConnectionIn,
    ConnectionOut,
    ConnectorOut,
    DryRunIn,
    DryRunOut,
    LinkOut,
    PushIn,
    PushOut,
    RequestOut,
    TrialOut,
    connector_out,
)
from app.crm.service import BadConnection, BadMapping, CredentialsLost, CrmUrlRefused, UnknownConnector
from app.kit.errors import BadCursor, Conflict, Forbidden, IdempotencyKeyReused, NotFound, Unauthorized, problems
from app.kit.idempotency import KeyHeader, fingerprint, once
from app.kit.pagination import CursorQuery, LimitQuery, Page, page

router = APIRouter(prefix="/v1", tags=["crm"], responses=problems(Unauthorized))

_REFUSALS = (CrmUrlRefused, BadConnection, BadMapping)


def get_admin(caller: CallerDep) -> Caller:
    """Who calls, when that is an administrator."""
    require_admin(caller)
    return caller


AdminDep = Annotated[Caller, Depends(get_admin)]


@router.get("/crm-connectors")
def list_connectors(caller: CallerDep) -> list[ConnectorOut]:  # noqa: ARG001  for those who have a key
    """Every CRM that there is a connector for: what it needs, its fields, and what fills them."""
    return [connector_out(connector) for connector in CONNECTORS.values()]


@router.post(
    "/crm-connections",
    status_code=201,
    responses=problems(Forbidden, UnknownConnector, *_REFUSALS, IdempotencyKeyReused),
)
def make_connection(
    wanted: ConnectionIn, session: SessionDep, admin: AdminDep, settings: SettingsDep, idempotency_key: KeyHeader = None
) -> ConnectionOut:
    """Connect a CRM: what becomes known from now on is pushed there (administrators only)."""
    given, secrets = wanted.model_dump(exclude={"credentials"}, mode="json"), _plain(wanted.credentials)
    asked = fingerprint("crm connection", wanted.model_dump_json(), *(f"{k}={secrets[k]}" for k in sorted(secrets)))
    made = once(
        session, admin.user_id, idempotency_key, asked, lambda: service.make(session, settings, given, secrets).id
    )
    return ConnectionOut.model_validate(service.get(session, made))


@router.get("/crm-connections", responses=problems(Forbidden, BadCursor))
def list_connections(
    session: SessionDep, _admin: AdminDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[ConnectionOut]:
    """Connections, newest first (administrators only)."""
    return page(session, queries.connections(), Connection.id, cursor, limit, ConnectionOut.model_validate)


@router.get("/crm-connections/{connection_id}", responses=problems(Forbidden, NotFound))
def get_connection(connection_id: UUID, session: SessionDep, _admin: AdminDep) -> ConnectionOut:
    """A connection and how it has been doing (administrators only)."""
    return ConnectionOut.model_validate(service.get(session, connection_id))


@router.patch("/crm-connections/{connection_id}", responses=problems(Forbidden, NotFound, *_REFUSALS))
def change_connection(
    connection_id: UUID, change: ConnectionChange, session: SessionDep, _admin: AdminDep, settings: SettingsDep
) -> ConnectionOut:
    """Change a connection; credentials that are named are replaced. Enabling sends what was kept (administrators)."""
    changes, secrets = change.model_dump(exclude={"credentials"}, exclude_unset=True, mode="json"), change.credentials
    return ConnectionOut.model_validate(service.change(session, settings, connection_id, changes, _plain(secrets)))


@router.delete("/crm-connections/{connection_id}", status_code=204, responses=problems(Forbidden, NotFound))
def remove_connection(connection_id: UUID, session: SessionDep, _admin: AdminDep) -> None:
    """Remove a connection with its credentials; the CRM keeps what it has (administrators only)."""
    service.remove(session, connection_id)


@router.post("/crm-connections/{connection_id}/test", responses=problems(Forbidden, NotFound, CredentialsLost))
def try_connection(connection_id: UUID, begin: BeginDep, _admin: AdminDep, settings: SettingsDep) -> TrialOut:
    """Ask the CRM who we are; changes nothing there (administrators only)."""
    return TrialOut.model_validate(service.test(begin, settings, connection_id))


@router.post(
    "/crm-connections/{connection_id}/dry-run",
    responses=problems(Forbidden, NotFound, Merged, CredentialsLost, BadConnection),
)
def dry_run(
    connection_id: UUID, wanted: DryRunIn, session: SessionDep, _admin: AdminDep, settings: SettingsDep
) -> DryRunOut:
    """The requests that pushing a contact would send, were the CRM to find nobody. Nothing is sent (administrators)."""
    shown = service.dry_run(session, settings, connection_id, wanted.contact_id)
    return DryRunOut(requests=[RequestOut.model_validate(request) for request in shown])


@router.post(
    "/crm-connections/{connection_id}/push",
    status_code=202,
    responses=problems(Forbidden, NotFound, Merged, Conflict, IdempotencyKeyReused),
)
def push(
    connection_id: UUID, wanted: PushIn, session: SessionDep, admin: AdminDep, idempotency_key: KeyHeader = None
) -> PushOut:
    """Push one contact, those that changed since a moment, or all (administrators only)."""
    asked = fingerprint("crm push", str(connection_id), wanted.model_dump_json())
    once(
        session,
        admin.user_id,
        idempotency_key,
        asked,
        lambda: service.push(session, connection_id, wanted.contact_id, wanted.since),
    )
    return PushOut(connection_id=connection_id, pending=service.pending(session, connection_id))


@router.get("/crm-links", responses=problems(BadCursor))
def list_links(
    session: SessionDep,
    connection_id: Annotated[UUID | None, Query(description="Only in this CRM.")] = None,
    object_id: Annotated[UUID | None, Query(description="Only of this contact, company or exchange.")] = None,
    status: Annotated[LinkStatus | None, Query(description="Only in this state.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[LinkOut]:
    """What our contacts, companies and exchanges are in each CRM: its id, and how the last push ended."""
    found = queries.links(connection_id, object_id, status)
    return page(session, found, Link.id, cursor, limit, LinkOut.model_validate)


def _plain(credentials: dict[str, SecretStr]) -> dict[str, str]:
    return {name: secret.get_secret_value() for name, secret in credentials.items()}
