"""Selects over endpoints, messages and deliveries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.webhooks.models import Delivery, DeliveryStatus, Endpoint, Message


def endpoints() -> Select[Endpoint]:
    """All of them."""
    return select(Endpoint)


def endpoint_with_secrets(endpoint_id: UUID) -> Select[Endpoint]:
    """One endpoint and its secrets, newest first."""
    return select(Endpoint).where(Endpoint.id == endpoint_id).options(selectinload(Endpoint.secrets))


def endpoint_to_change(endpoint_id: UUID) -> Select[Endpoint]:
    """One endpoint with its secrets, locked until the transaction ends."""
    return endpoint_with_secrets(endpoint_id).with_for_update(of=Endpoint)


def due(endpoint_id: UUID, moment: datetime, limit: int) -> Select[UUID, UUID, str]:
    """Delivery, message and body of what an endpoint should have been sent by `moment`, longest due first."""
    pending = (Delivery.endpoint_id == endpoint_id, Delivery.status == DeliveryStatus.PENDING)
    found = select(Delivery.id, Message.id, Message.body).join(Delivery.message).where(*pending)
    return found.where(Delivery.next_at <= moment).order_by(Delivery.next_at).limit(limit)


def next_due(endpoint_id: UUID) -> Select[datetime]:
    """When the next delivery to an endpoint is due; null when none is pending."""
    pending = Delivery.status == DeliveryStatus.PENDING
    return select(func.min(Delivery.next_at)).where(Delivery.endpoint_id == endpoint_id, pending)


def attempts_so_far(delivery_ids: Collection[UUID]) -> Select[UUID, int]:
    """Of those that still exist, locked until the transaction ends."""
    return select(Delivery.id, Delivery.attempts).where(Delivery.id.in_(delivery_ids)).with_for_update()


def deliveries(endpoint_id: UUID | None = None, status: DeliveryStatus | None = None) -> Select[Delivery]:
    """Deliveries with their messages."""
    found = select(Delivery).options(joinedload(Delivery.message, innerjoin=True))
    if endpoint_id is not None:
        found = found.where(Delivery.endpoint_id == endpoint_id)
    return found if status is None else found.where(Delivery.status == status)


def delivery_with_attempts(delivery_id: UUID) -> Select[Delivery]:
    """One delivery with its message and attempts."""
    return deliveries().where(Delivery.id == delivery_id).options(selectinload(Delivery.tries))


def delivery_of(endpoint_id: UUID, message_id: UUID) -> Select[Delivery]:
    """What an endpoint is owed of a message."""
    return select(Delivery).where(Delivery.endpoint_id == endpoint_id, Delivery.message_id == message_id)


def pending_count(endpoint_id: UUID) -> Select[int]:
    """How many deliveries an endpoint has to get."""
    pending = Delivery.status == DeliveryStatus.PENDING
    return select(func.count()).select_from(Delivery).where(Delivery.endpoint_id == endpoint_id, pending)


def ids_in_range(
    endpoint_id: UUID,
    since: datetime,
    until: datetime | None,
    statuses: Sequence[DeliveryStatus],
    event_types: Sequence[str],
) -> Select[UUID]:
    """Deliveries of what happened from `since` on and before `until`; no statuses or types: all of them."""
    found = select(Delivery.id).join(Delivery.message).where(Delivery.endpoint_id == endpoint_id)
    found = found.where(*_when(since, until))
    if statuses:
        found = found.where(Delivery.status.in_(statuses))
    return found.where(Message.type.in_(event_types)) if event_types else found


def never_owed(endpoint_id: UUID, since: datetime, until: datetime | None, event_types: Sequence[str]) -> Select[UUID]:
    """Messages of these types that the endpoint has no delivery of, oldest first."""
    owed = exists().where(Delivery.endpoint_id == endpoint_id, Delivery.message_id == Message.id)
    missing = select(Message.id).where(Message.type.in_(event_types), *_when(since, until), ~owed)
    return missing.order_by(Message.id)


def _when(since: datetime, until: datetime | None) -> list[ColumnElement[bool]]:
    return [Message.created_at >= since] + ([Message.created_at < until] if until else [])


def figures() -> Select[str, str | None, int, datetime]:
    """Over all organizations, by status and why the endpoint is disabled: how many, when the oldest fell due."""
    deliveries, endpoints = Delivery.__table__, Endpoint.__table__
    joined = deliveries.join(endpoints, endpoints.c.id == deliveries.c.endpoint_id)
    by = (deliveries.c.status, endpoints.c.disabled_reason)
    return select(*by, func.count(), func.min(deliveries.c.next_at)).select_from(joined).group_by(*by)
