"""What is due to an endpoint, what became of it, and when to look again."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.kit.clock import now
from app.kit.queue import publish
from app.kit.vault import Vault
from app.settings import Settings
from app.webhooks import queries
from app.webhooks.delivery import (
    Again,
    Answered,
    Delivered,
    GivenUp,
    Gone,
    Health,
    Unanswered,
    is_gone,
    label,
    next_step,
)
from app.webhooks.events import EndpointDisabled, EndpointDue
from app.webhooks.models import Attempt, Delivery, DeliveryStatus, DisabledReason, Endpoint, EndpointSecret, public_id
from app.webhooks.sending import Batch, Letter, Sent

log = structlog.get_logger()


def due(session: Session, vault: Vault, endpoint_id: UUID, limit: int) -> Batch | None:
    """What should be sent now; None when that is nothing."""
    moment = now()
    endpoint = session.scalars(queries.endpoint_with_secrets(endpoint_id)).one_or_none()
    if endpoint is None or not endpoint.is_enabled or (endpoint.paused_until and endpoint.paused_until > moment):
        return None
    owed = session.execute(queries.due(endpoint_id, moment, limit)).all()
    if not owed:
        return None
    return Batch(
        endpoint.url,
        live_secrets(vault, endpoint.secrets, moment),
        endpoint.concurrency,
        endpoint.max_per_second,
        _health(endpoint),
        tuple(Letter(delivery_id, public_id(message_id), body) for delivery_id, message_id, body in owed),
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
    _note_health(endpoint, settings, attempts)
    found = session.execute(queries.attempts_so_far([sent.delivery_id for sent in attempts])).all()
    before = dict(found)
    known = [sent for sent in attempts if sent.delivery_id in before]
    if known:
        schedule = [timedelta(seconds=seconds) for seconds in settings.webhook_schedule_seconds]
        settled = [_settled(sent, before[sent.delivery_id] + 1, schedule) for sent in known]
        session.execute(update(Delivery), settled)
        session.execute(insert(Attempt), [_attempt(endpoint.organization_id, sent) for sent in known])
    if any(is_gone(sent.outcome) for sent in attempts):
        disable(session, endpoint, DisabledReason.GONE)
    elif _health(endpoint).is_lost(now(), timedelta(days=settings.webhook_patience_days)):
        disable(session, endpoint, DisabledReason.FAILING)


def _settled(sent: Sent, attempt: int, schedule: Sequence[timedelta]) -> dict[str, Any]:
    step = next_step(sent.outcome, attempt, schedule, random.random())  # noqa: S311  spreads, hides nothing
    match step:
        case Delivered():
            status = DeliveryStatus.DELIVERED
        case Again():
            status = DeliveryStatus.PENDING
        case GivenUp() | Gone():
            status = DeliveryStatus.FAILED
    next_at = now() + step.delay if isinstance(step, Again) else now()
    return {"id": sent.delivery_id, "status": status, "attempts": attempt, "next_at": next_at}


def _attempt(organization_id: UUID, sent: Sent) -> dict[str, Any]:
    return {
        "organization_id": organization_id,
        "delivery_id": sent.delivery_id,
        "started_at": sent.started_at,
        "milliseconds": sent.milliseconds,
        "status_code": sent.outcome.status if isinstance(sent.outcome, Answered) else None,
        "error": sent.outcome.code if isinstance(sent.outcome, Unanswered) else None,
        "response": sent.response,
    }


def _health(endpoint: Endpoint) -> Health:
    return Health(endpoint.failing_since, endpoint.failures)


def _note_health(endpoint: Endpoint, settings: Settings, attempts: Sequence[Sent]) -> None:
    health, first_break = _health(endpoint), timedelta(seconds=settings.webhook_break_seconds)
    by_time = sorted(attempts, key=lambda sent: sent.started_at)
    for sent in by_time:
        health = health.after(sent.outcome, now(), first_break)
    pauses = [health.paused_until] if health.paused_until else []
    if endpoint.max_per_second:
        pauses.append(by_time[-1].started_at + timedelta(seconds=1 / endpoint.max_per_second))
    endpoint.tally = dict(Counter(endpoint.tally) + Counter(label(sent.outcome) for sent in attempts))
    endpoint.failing_since, endpoint.failures = health.failing_since, health.failures
    endpoint.paused_until = max(pauses, default=None)


def disable(session: Session, endpoint: Endpoint, reason: DisabledReason) -> None:
    """Send nothing more to it, and say so. What is owed stays owed."""
    if endpoint.is_enabled:
        endpoint.disabled_reason, endpoint.disabled_at = reason, now()
        publish(session, EndpointDisabled(endpoint.id))
        log.warning("webhook.disabled", endpoint_id=str(endpoint.id), reason=reason)


def plan(session: Session, endpoint_id: UUID) -> None:
    """See to it that what is owed to an endpoint is sent when it is due."""
    endpoint = session.get(Endpoint, endpoint_id)
    next_at = session.scalars(queries.next_due(endpoint_id)).one_or_none()
    if endpoint is not None and endpoint.is_enabled and next_at is not None:
        free = max(next_at, endpoint.paused_until or next_at)
        publish(session, EndpointDue(endpoint_id), delay=max(free - now(), timedelta(0)))
