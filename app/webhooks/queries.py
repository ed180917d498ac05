"""Selects over endpoints, messages and deliveries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Delete, Select, Table, Update, delete, exists, func, select, update
from sqlalchemy.orm import joinedload, selectinload

from app.companies.models import CompanyMerge
from app.contacts.models import ContactMerge
from app.webhooks.models import Attempt, Delivery, DeliveryStatus, Endpoint, EndpointSecret, Message


def surviving_contact(merge_id: UUID) -> Select[UUID]:
    """The contact that a merge left."""
    return select(ContactMerge.survivor_id).where(ContactMerge.id == merge_id)


def surviving_company(merge_id: UUID) -> Select[UUID]:
    """The company that a merge left."""
    return select(CompanyMerge.survivor_id).where(CompanyMerge.id == merge_id)


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
    """When the next delivery to an endpoint is due; no row when none is pending."""
    pending = (Delivery.endpoint_id == endpoint_id, Delivery.status == DeliveryStatus.PENDING)
    return select(Delivery.next_at).where(*pending).order_by(Delivery.next_at).limit(1)


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


def standing() -> Select[str | None, dict[str, Any]]:
    """Of every endpoint of every organization: why it is disabled, and how its attempts ended."""
    endpoints = Endpoint.__table__
    return select(endpoints.c.disabled_reason, endpoints.c.tally)


def backlog() -> Select[bool, int, datetime]:
    """Over all organizations, what is owed: whether its endpoint is disabled, how much, and from when the oldest is."""
    deliveries, endpoints = Delivery.__table__, Endpoint.__table__
    disabled = endpoints.c.disabled_reason.is_not(None)
    owed = endpoints.join(deliveries, endpoints.c.id == deliveries.c.endpoint_id)
    found = select(disabled, func.count(), func.min(deliveries.c.created_at)).select_from(owed)
    return found.where(deliveries.c.status == DeliveryStatus.PENDING).group_by(disabled)


def organization_of(endpoint_id: UUID) -> Select[UUID]:
    """Whose endpoint it is, among all organizations."""
    endpoints = Endpoint.__table__
    return select(endpoints.c.organization_id).where(endpoints.c.id == endpoint_id)


def everybodys_endpoints() -> Select[UUID, UUID, str, str | None, int]:
    """Of all organizations, oldest first: organization, id, URL, why it is disabled, failures in a row."""
    one = Endpoint.__table__.c
    return select(one.organization_id, one.id, one.url, one.disabled_reason, one.failures).order_by(one.id)


def last_attempts(
    count: int, endpoint_id: UUID | None, after: UUID | None
) -> Select[UUID, datetime, int | None, str | None, int, str, UUID, UUID]:
    """Of all organizations, newest first and made after the one that `after` names.

    Attempt, when, status, error, milliseconds, type of message, message, endpoint.
    """
    attempts, deliveries, messages = Attempt.__table__, Delivery.__table__, Message.__table__
    joined = attempts.join(deliveries, deliveries.c.id == attempts.c.delivery_id)
    joined = joined.join(messages, messages.c.id == deliveries.c.message_id)
    of_attempt = [attempts.c[name] for name in ("id", "started_at", "status_code", "error", "milliseconds")]
    found = select(*of_attempt, messages.c.type, messages.c.id, deliveries.c.endpoint_id).select_from(joined)
    if endpoint_id is not None:
        found = found.where(deliveries.c.endpoint_id == endpoint_id)
    if after is not None:
        found = found.where(attempts.c.id > after)
    return found.order_by(attempts.c.id.desc()).limit(count)


def settled_messages(before: UUID, limit: int) -> Select[UUID]:
    """Of all organizations, messages older than the id `before` that no enabled endpoint still waits for."""
    messages, deliveries, endpoints = Message.__table__, Delivery.__table__, Endpoint.__table__
    waits = (deliveries.c.message_id == messages.c.id) & (deliveries.c.status == DeliveryStatus.PENDING)
    enabled = (endpoints.c.id == deliveries.c.endpoint_id) & endpoints.c.disabled_reason.is_(None)
    still = exists().select_from(deliveries.join(endpoints, enabled)).where(waits)
    return select(messages.c.id).where(messages.c.id < before, ~still).order_by(messages.c.id).limit(limit)


def messages_about(object_id: UUID, but: str) -> Select[UUID]:
    """Every message about one object, those of one type left out."""
    return select(Message.id).where(Message.object_id == object_id, Message.type != but)


def removal(message_ids: Collection[UUID]) -> Delete:
    """Removes messages of whatever organization, with their deliveries and attempts."""
    return delete(cast("Table", Message.__table__)).where(Message.__table__.c.id.in_(message_ids))


def awaited_objects(object_ids: Collection[UUID]) -> Select[UUID]:
    """Those of these objects about which a message is still to be delivered."""
    owed = select(Message.object_id).join(Delivery, Delivery.message_id == Message.id).distinct()
    return owed.where(Message.object_id.in_(object_ids), Delivery.status == DeliveryStatus.PENDING)


def everybodys_secrets() -> Select[UUID, str]:
    """Of all organizations: id and encrypted text of each secret."""
    one = EndpointSecret.__table__.c
    return select(one.id, one.sealed).order_by(one.id)


def resealed(secret_id: UUID, sealed: str) -> Update:
    """Replaces the encrypted text of a secret of whatever organization."""
    table = cast("Table", EndpointSecret.__table__)
    return update(table).where(table.c.id == secret_id).values(sealed=sealed)
