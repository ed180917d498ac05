"""The verbs: make, change and remove endpoints, rotate their secrets, send again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from app.companies.resolution import wait_for_turn
from app.kit.clock import now
from app.kit.errors import AppError, NotFound
from app.kit.http import Allowed, Refused, check_url
from app.kit.ids import new_id
from app.kit.queue import publish
from app.kit.vault import vault_of
from app.settings import Settings
from app.webhooks import catalogue, payloads, queries, settling, signing
from app.webhooks.announcing import tell
from app.webhooks.events import EndpointDue
from app.webhooks.models import Delivery, DeliveryStatus, DisabledReason, Endpoint, EndpointSecret

_UNSEEN = {"synchronize_session": False}


class UrlRefused(AppError):
    """This URL may not be called; `reason` says why: url_malformed, scheme_refused, port_refused, address_refused."""

    status, code = 422, "url_refused"


class UnknownEventType(AppError):
    """There is no such type of message; `GET /v1/webhook-event-types` lists them."""

    status, code = 422, "unknown_event_type"


class BadSecret(AppError):
    """A secret is `whsec_` and 24 to 64 bytes in base64, or `whsk_` and 32 bytes in base64."""

    status, code = 422, "bad_secret"


@dataclass(frozen=True, slots=True)
class Range:
    """Which messages to send again: those from `since` on, before `until`, in these states and of these types."""

    since: datetime
    until: datetime | None = None
    statuses: Sequence[DeliveryStatus] = ()
    event_types: Sequence[str] = ()


def make_endpoint(session: Session, settings: Settings, given: Mapping[str, Any], secret: str) -> Endpoint:
    """Make an endpoint whose messages are signed with `secret`.

    Raises:
        UrlRefused, UnknownEventType, BadSecret.
    """
    wait_for_turn(session)  # whoever is taking people in has asked whether anybody listens
    _check(settings, given)
    endpoint = Endpoint(**given)
    session.add(endpoint)
    session.flush()
    _add_secret(session, settings, endpoint.id, secret)
    return endpoint


def change_endpoint(session: Session, settings: Settings, endpoint_id: UUID, changes: Mapping[str, Any]) -> Endpoint:
    """Change what is named in `changes`; enabling sends what was kept meanwhile.

    Raises:
        NotFound, UrlRefused, UnknownEventType.
    """
    endpoint = get_endpoint(session, endpoint_id, to_change=True)
    _check(settings, changes)
    for name, value in changes.items():
        if name != "enabled":
            setattr(endpoint, name, value)
    if changes.get("enabled") is False:
        settling.disable(session, endpoint, DisabledReason.BY_USER)
    elif changes.get("enabled"):
        endpoint.disabled_reason = endpoint.disabled_at = None
        endpoint.failing_since = endpoint.paused_until = None
        endpoint.failures = 0
        publish(session, EndpointDue(endpoint.id))
    session.flush()
    return endpoint


def _check(settings: Settings, given: Mapping[str, Any]) -> None:
    if "url" in given:
        try:
            check_url(given["url"], Allowed.of(settings.webhook_allow))
        except Refused as refused:
            raise UrlRefused(reason=refused.code) from refused
    unknown = set(given.get("event_types", ())) - set(catalogue.EVENT_TYPES)
    if unknown:
        raise UnknownEventType(f"There is no type {', '.join(sorted(unknown))}.")


def get_endpoint(session: Session, endpoint_id: UUID, *, to_change: bool = False) -> Endpoint:
    """An endpoint with its secrets.

    Raises:
        NotFound: no such endpoint, or not yours.
    """
    wanted = queries.endpoint_to_change if to_change else queries.endpoint_with_secrets
    endpoint = session.scalars(wanted(endpoint_id)).one_or_none()
    if endpoint is None:
        raise NotFound
    return endpoint


def remove_endpoint(session: Session, endpoint_id: UUID) -> None:
    """Remove an endpoint and all that is owed to it.

    Raises:
        NotFound: no such endpoint, or not yours.
    """
    removed = delete(Endpoint).where(Endpoint.id == endpoint_id).returning(Endpoint.id)
    if session.execute(removed).first() is None:
        raise NotFound


def present_secret(session: Session, settings: Settings, endpoint_id: UUID) -> str:
    """The newest secret of an endpoint.

    Raises:
        NotFound: no such endpoint, or not yours.
    """
    return vault_of(settings).open(get_endpoint(session, endpoint_id).secrets[0].sealed)


def rotate_secret(session: Session, settings: Settings, endpoint_id: UUID, secret: str, overlap: timedelta) -> UUID:
    """Sign with `secret` from now on, and for `overlap` with the one before as well. Older ones end at once.

    Raises:
        NotFound, BadSecret.
    """
    endpoint = get_endpoint(session, endpoint_id, to_change=True)
    last, *older = endpoint.secrets
    last.expires_at = now() + overlap
    session.execute(delete(EndpointSecret).where(EndpointSecret.id.in_([secret.id for secret in older])))
    return _add_secret(session, settings, endpoint_id, secret)


def old_secret_expires_at(session: Session, endpoint_id: UUID) -> datetime | None:
    """Until when the secret before the newest signs as well.

    Raises:
        NotFound: no such endpoint, or not yours.
    """
    _newest, *older = get_endpoint(session, endpoint_id).secrets
    return older[0].expires_at if older else None


def _add_secret(session: Session, settings: Settings, endpoint_id: UUID, secret: str) -> UUID:
    if not signing.is_secret(secret):
        raise BadSecret
    row = EndpointSecret(endpoint_id=endpoint_id, sealed=vault_of(settings).seal(secret))
    session.add(row)
    session.flush()
    return row.id


def send_test(session: Session, endpoint_id: UUID) -> UUID:
    """Owe an endpoint a greeting; returns the delivery's id.

    Raises:
        NotFound: no such endpoint, or not yours.
    """
    endpoint, message_id = get_endpoint(session, endpoint_id), new_id()
    tell(session, [endpoint], message_id, catalogue.TEST, endpoint_id, lambda: payloads.test(endpoint_id))
    return session.scalars(queries.delivery_of(endpoint_id, message_id)).one().id


def get_delivery(session: Session, delivery_id: UUID) -> Delivery:
    """A delivery with its message and attempts.

    Raises:
        NotFound: no such delivery, or not yours.
    """
    found = session.scalars(queries.delivery_with_attempts(delivery_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def replay(session: Session, delivery_id: UUID) -> UUID:
    """Send a message again, under its id, and by the whole schedule if need be.

    Raises:
        NotFound: no such delivery, or not yours.
    """
    found = get_delivery(session, delivery_id)
    found.status, found.attempts, found.next_at = DeliveryStatus.PENDING, 0, now()
    publish(session, EndpointDue(found.endpoint_id))
    return found.id


def replay_range(session: Session, endpoint_id: UUID, wanted: Range) -> UUID:
    """Send again what happened in a range, and what happened there before the endpoint was made; returns its id.

    Raises:
        NotFound: no such endpoint, or not yours.
    """
    endpoint = get_endpoint(session, endpoint_id, to_change=True)
    values = {"status": DeliveryStatus.PENDING, "attempts": 0, "next_at": now()}
    chosen = queries.ids_in_range(endpoint_id, wanted.since, wanted.until, wanted.statuses, wanted.event_types)
    session.execute(update(Delivery).where(Delivery.id.in_(chosen)).values(values), execution_options=_UNSEEN)
    if not wanted.statuses:
        types = [name for name in wanted.event_types or catalogue.FACTS if endpoint.wants(name)]
        missing = session.scalars(queries.never_owed(endpoint_id, wanted.since, wanted.until, types))
        owed = {"organization_id": endpoint.organization_id, "endpoint_id": endpoint_id, **values}
        rows = [owed | {"message_id": message_id} for message_id in missing]
        if rows:
            session.execute(insert(Delivery), rows)
    publish(session, EndpointDue(endpoint_id))
    return endpoint_id


def pending(session: Session, endpoint_id: UUID) -> int:
    """How many deliveries an endpoint has to get."""
    return session.scalars(queries.pending_count(endpoint_id)).one()
