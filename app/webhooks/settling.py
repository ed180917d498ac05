"""What is due to an endpoint, what became of it, and when to look again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from app.kit.clock import now
from app.kit.queue import publish
from app.kit.vault import Vault
from app.settings import Settings
from app.webhooks import queries
from app.webhooks.delivery import Again, Answered, Delivered, Gone, Health, Unanswered, next_step
from app.webhooks.events import EndpointDisabled, EndpointDue
from app.webhooks.models import Attempt, Delivery, DeliveryStatus, DisabledReason, Endpoint, EndpointSecret
from app.webhooks.sending import Batch, Letter, Sent

log = structlog.get_logger()


def due(session: Session, vault: Vault, endpoint_id: UUID, limit: int) -> Batch | None:
    """What should be sent now; None when that is nothing."""
    moment = now()
    endpoint = session.scalars(queries.endpoint_with_secrets(endpoint_id)).one_or_none()
    if endpoint is None or not endpoint.is_enabled or (endpoint.paused_until and endpoint.paused_until > moment):
        return None
    owed = session.scalars(queries.due(endpoint_id, moment, limit)).all()
    if not owed:
        return None
    return Batch(
        endpoint.url,
        live_secrets(vault, endpoint.secrets, moment),
        endpoint.concurrency,
        endpoint.max_per_second,
        Health(endpoint.failing_since, endpoint.failures),
        tuple(Letter(one.id, one.message.public_id, one.message.body) for one in owed),
    )


def live_secrets(vault: Vault, secrets: Sequence[EndpointSecret], moment: datetime) -> tuple[str, ...]:
    """Those that sign at `moment`, newest first."""
    live = (secret for secret in secrets if secret.expires_at is None or secret.expires_at > moment)
    return tuple(vault.open(secret.sealed) for secret in live)


def settle(session: Session, settings: Settings, endpoint_id: UUID, attempts: Sequence[Sent]) -> None:
    """Keep what became of each attempt; what was deleted meanwhile is not missed."""
    endpoint = session.scalars(queries.endpoint_to_change(endpoint_id)).one_or_none() if attempts else None
    if endpoint is None:
        return
    found = session.scalars(queries.to_settle([sent.delivery_id for sent in attempts]))
    deliveries = {delivery.id: delivery for delivery in found}
    schedule = [timedelta(seconds=seconds) for seconds in settings.webhook_schedule_seconds]
    health = Health(endpoint.failing_since, endpoint.failures)
    for sent in sorted(attempts, key=lambda sent: sent.started_at):
        health = health.after(sent.outcome, now(), timedelta(seconds=settings.webhook_break_seconds))
        if sent.delivery_id in deliveries:
            _settle_one(session, endpoint, deliveries[sent.delivery_id], sent, schedule)
    endpoint.failing_since, endpoint.failures = health.failing_since, health.failures
    endpoint.paused_until = _pause(endpoint, health, attempts)
    if health.is_lost(now(), timedelta(days=settings.webhook_patience_days)):
        disable(session, endpoint, DisabledReason.FAILING)


def _settle_one(
    session: Session, endpoint: Endpoint, delivery: Delivery, sent: Sent, schedule: Sequence[timedelta]
) -> None:
    delivery.attempts += 1
    step = next_step(sent.outcome, delivery.attempts, schedule, random.random())  # noqa: S311  spreads, hides nothing
    delivery.next_at = now() + step.delay if isinstance(step, Again) else now()
    if isinstance(step, Delivered):
        delivery.status = DeliveryStatus.DELIVERED
    elif not isinstance(step, Again):
        delivery.status = DeliveryStatus.FAILED
    session.add(
        Attempt(
            delivery_id=delivery.id,
            started_at=sent.started_at,
            milliseconds=sent.milliseconds,
            status_code=sent.outcome.status if isinstance(sent.outcome, Answered) else None,
            error=sent.outcome.code if isinstance(sent.outcome, Unanswered) else None,
            response=sent.response,
        )
    )
    if isinstance(step, Gone):
        disable(session, endpoint, DisabledReason.GONE)


def _pause(endpoint: Endpoint, health: Health, attempts: Sequence[Sent]) -> datetime | None:
    if not endpoint.max_per_second or not attempts:
        return health.paused_until
    last = max(sent.started_at for sent in attempts)
    free = last + timedelta(seconds=1 / endpoint.max_per_second)
    return max(free, health.paused_until or free)


def disable(session: Session, endpoint: Endpoint, reason: DisabledReason) -> None:
    """Send nothing more to it, and say so. What is owed stays owed."""
    if endpoint.is_enabled:
        endpoint.disabled_reason, endpoint.disabled_at = reason, now()
        publish(session, EndpointDisabled(endpoint.id))
        log.warning("webhook.disabled", endpoint_id=str(endpoint.id), reason=reason)


def plan(session: Session, endpoint_id: UUID) -> None:
    """See to it that what is owed to an endpoint is sent when it is due."""
    endpoint = session.get(Endpoint, endpoint_id)
    next_at = session.scalars(queries.next_due(endpoint_id)).one()
    if endpoint is not None and endpoint.is_enabled and next_at is not None:
        free = max(next_at, endpoint.paused_until or next_at)
        publish(session, EndpointDue(endpoint_id), delay=max(free - now(), timedelta(0)))
