"""Webhooks over HTTP. Only administrators change anything."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from app.auth.caller import CallerDep, SessionDep, SettingsDep
from app.auth.service import Caller, is_admin, require_admin
from app.kit.errors import BadCursor, Forbidden, IdempotencyKeyReused, NotFound, Unauthorized, problems
from app.kit.idempotency import KeyHeader, fingerprint, once
from app.kit.pagination import CursorQuery, LimitQuery, Page, page
from app.webhooks import queries, schemas, service, signing
from app.webhooks.catalogue import EVENT_TYPES
from app.webhooks.models import Delivery, DeliveryStatus, Endpoint
from app.webhooks.schemas import (
    DeliveryOut,
    DeliveryWithAttemptsOut,
    EndpointChange,
    EndpointIn,
    EndpointOut,
    EventTypeOut,
    NewEndpointOut,
    ReplayIn,
    ReplayOut,
    RotationIn,
    SecretOut,
)
from app.webhooks.service import BadSecret, Range, UnknownEventType, UrlRefused

router = APIRouter(prefix="/v1", tags=["webhooks"], responses=problems(Unauthorized))

_CHANGE = problems(Forbidden, NotFound, IdempotencyKeyReused)


def get_admin(caller: CallerDep) -> Caller:
    """Who calls, when that is an administrator."""
    require_admin(caller)
    return caller


AdminDep = Annotated[Caller, Depends(get_admin)]


@router.get("/webhook-event-types")
def list_event_types(caller: CallerDep) -> list[EventTypeOut]:  # noqa: ARG001  for those who have a key
    """Every type of message with the JSON Schema of its body and an example."""
    return [EventTypeOut.model_validate(event_type) for event_type in EVENT_TYPES.values()]


@router.post(
    "/webhook-endpoints",
    status_code=201,
    responses=problems(Forbidden, UrlRefused, UnknownEventType, BadSecret, IdempotencyKeyReused),
)
def make_endpoint(
    wanted: EndpointIn, session: SessionDep, admin: AdminDep, settings: SettingsDep, idempotency_key: KeyHeader = None
) -> NewEndpointOut:
    """Make an endpoint. Its secret is shown now and never again (administrators only)."""

    def make() -> UUID:
        given = wanted.model_dump(exclude={"signature", "secret"})
        return service.make_endpoint(session, settings, given, _secret(wanted)).id

    endpoint_id = once(session, admin.user_id, idempotency_key, _asked("endpoint", None, wanted), make)
    secret = service.present_secret(session, settings, endpoint_id)
    shown = EndpointOut.model_validate(service.get_endpoint(session, endpoint_id)).model_dump()
    shown["is_enabled"] = shown.pop("enabled")
    return NewEndpointOut(**shown, secret=secret, public_key=signing.public_key(secret))


@router.get("/webhook-endpoints", responses=problems(BadCursor))
def list_endpoints(session: SessionDep, cursor: CursorQuery = None, limit: LimitQuery = 50) -> Page[EndpointOut]:
    """Endpoints, newest first."""
    return page(session, queries.endpoints(), Endpoint.id, cursor, limit, EndpointOut.model_validate)


@router.get("/webhook-endpoints/{endpoint_id}", responses=problems(NotFound))
def get_endpoint(endpoint_id: UUID, session: SessionDep) -> EndpointOut:
    """An endpoint and how it has been doing."""
    return EndpointOut.model_validate(service.get_endpoint(session, endpoint_id))


@router.patch("/webhook-endpoints/{endpoint_id}", responses=problems(Forbidden, NotFound, UrlRefused, UnknownEventType))
def change_endpoint(
    endpoint_id: UUID, change: EndpointChange, session: SessionDep, _admin: AdminDep, settings: SettingsDep
) -> EndpointOut:
    """Change an endpoint. Enabling it sends what was kept while it was disabled (administrators only)."""
    changes = change.model_dump(exclude_unset=True)
    return EndpointOut.model_validate(service.change_endpoint(session, settings, endpoint_id, changes))


@router.delete("/webhook-endpoints/{endpoint_id}", status_code=204, responses=problems(Forbidden, NotFound))
def remove_endpoint(endpoint_id: UUID, session: SessionDep, _admin: AdminDep) -> None:
    """Remove an endpoint and what is owed to it (administrators only)."""
    service.remove_endpoint(session, endpoint_id)


@router.post("/webhook-endpoints/{endpoint_id}/rotate-secret", responses=_CHANGE | problems(BadSecret))
def rotate_secret(
    endpoint_id: UUID,
    session: SessionDep,
    admin: AdminDep,
    settings: SettingsDep,
    wanted: RotationIn | None = None,
    idempotency_key: KeyHeader = None,
) -> SecretOut:
    """Sign with a new secret, and for a while with the old one as well (administrators only)."""
    how = wanted or RotationIn()

    def rotate() -> UUID:
        overlap = timedelta(hours=how.overlap_hours)
        return service.rotate_secret(session, settings, endpoint_id, _secret(how), overlap)

    once(session, admin.user_id, idempotency_key, _asked("rotation", endpoint_id, how), rotate)
    secret = service.present_secret(session, settings, endpoint_id)
    old_expires_at = service.old_secret_expires_at(session, endpoint_id)
    return SecretOut(secret=secret, public_key=signing.public_key(secret), old_expires_at=old_expires_at)


@router.post("/webhook-endpoints/{endpoint_id}/test", status_code=202, responses=_CHANGE)
def send_test(
    endpoint_id: UUID, session: SessionDep, admin: AdminDep, idempotency_key: KeyHeader = None
) -> DeliveryOut:
    """Send a `webhook.test` message, whatever the endpoint subscribes to (administrators only)."""
    asked = _asked("test", endpoint_id)
    delivery_id = once(session, admin.user_id, idempotency_key, asked, lambda: service.send_test(session, endpoint_id))
    return schemas.delivery(service.get_delivery(session, delivery_id))


@router.post("/webhook-endpoints/{endpoint_id}/replay", status_code=202, responses=_CHANGE)
def replay_range(
    endpoint_id: UUID, wanted: ReplayIn, session: SessionDep, admin: AdminDep, idempotency_key: KeyHeader = None
) -> ReplayOut:
    """Send again everything since a moment, under the same ids; also what happened before the endpoint was made.

    `webhook-id` stays the same, so a receiver that got a message already can tell (administrators only).
    """
    span = Range(wanted.since, wanted.until, wanted.statuses, wanted.event_types)
    asked = _asked("replay", endpoint_id, wanted)
    once(
        session,
        admin.user_id,
        idempotency_key,
        asked,
        lambda: service.replay_range(session, endpoint_id, span),
    )
    return ReplayOut(endpoint_id=endpoint_id, pending=service.pending(session, endpoint_id))


@router.get("/webhook-deliveries", responses=problems(BadCursor))
def list_deliveries(
    session: SessionDep,
    endpoint_id: Annotated[UUID | None, Query(description="Only to this endpoint.")] = None,
    status: Annotated[DeliveryStatus | None, Query(description="Only in this state.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[DeliveryOut]:
    """Deliveries, newest first."""
    return page(session, queries.deliveries(endpoint_id, status), Delivery.id, cursor, limit, schemas.delivery)


@router.get("/webhook-deliveries/{delivery_id}", responses=problems(NotFound))
def get_delivery(delivery_id: UUID, session: SessionDep, caller: CallerDep) -> DeliveryWithAttemptsOut:
    """A delivery with each attempt; administrators see its body."""
    found = service.get_delivery(session, delivery_id)
    return schemas.delivery_with_attempts(found, with_body=is_admin(caller))


@router.post("/webhook-deliveries/{delivery_id}/replay", status_code=202, responses=_CHANGE)
def replay(delivery_id: UUID, session: SessionDep, admin: AdminDep, idempotency_key: KeyHeader = None) -> DeliveryOut:
    """Send a message again, under the same id (administrators only)."""
    asked = _asked("replay one", delivery_id)
    once(session, admin.user_id, idempotency_key, asked, lambda: service.replay(session, delivery_id))
    return schemas.delivery(service.get_delivery(session, delivery_id))


def _secret(wanted: EndpointIn | RotationIn) -> str:
    if wanted.secret is not None:
        return wanted.secret.get_secret_value()
    return signing.make_private_key() if wanted.signature == "v1a" else signing.make_secret()


def _asked(verb: str, of: UUID | None, body: EndpointIn | RotationIn | ReplayIn | None = None) -> str:
    # The secret is part of what was asked for, and shows only when asked to.
    own = getattr(body, "secret", None)
    parts = (body.model_dump_json() if body else None, own.get_secret_value() if own else None)
    return fingerprint(f"webhooks {verb}", str(of), *parts)
