"""Reactions of webhooks: facts become messages, and messages are delivered."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from app.alliances.events import AllianceChanged
from app.contacts.events import ContactCreated, ContactUpdated
from app.kit.chores import Upkeep
from app.kit.clock import now
from app.kit.events import Work
from app.kit.ids import first_id_at
from app.kit.vault import vault_of
from app.scans.events import ScanFinished
from app.scans.links import Links
from app.webhooks import catalogue, payloads, queries, settling
from app.webhooks.announcing import announce
from app.webhooks.events import EndpointDisabled, EndpointDue
from app.webhooks.sending import Courier

log = structlog.get_logger()

StateOf = Callable[[Session, UUID], dict[str, Any] | None]
"""Loads the full state of an object, ready for JSON; None when it is gone."""

_TURN_SECONDS = 2.0
"""How long one endpoint may keep a runner before it goes to the end of the line."""
_BATCH = 64
_FORGET_BATCH = 500
_BATCH_SECONDS = 0.5
"""What was sent and not yet recorded when a process dies is sent again: keep it short."""


def announce_scan(work: Work, event: ScanFinished) -> None:
    """`scan.finished`"""
    _announce(work, catalogue.SCAN_FINISHED, event.scan_id, partial(payloads.scan, links=Links.of(work.settings)))


def announce_new_contact(work: Work, event: ContactCreated) -> None:
    """`contact.created`"""
    _announce(work, catalogue.CONTACT_CREATED, event.contact_id, _contact(work))


def announce_contact(work: Work, event: ContactUpdated) -> None:
    """`contact.updated`"""
    _announce(work, catalogue.CONTACT_UPDATED, event.contact_id, _contact(work))


def _contact(work: Work) -> StateOf:
    return partial(payloads.contact, links=Links.of(work.settings))


def announce_alliance(work: Work, event: AllianceChanged) -> None:
    """`alliance.changed`"""
    _announce(work, catalogue.ALLIANCE_CHANGED, event.alliance_id, payloads.alliance)


def announce_disabled(work: Work, event: EndpointDisabled) -> None:
    """`endpoint.disabled`, to the other endpoints."""
    _announce(work, catalogue.DISABLED, event.endpoint_id, payloads.endpoint)


def _announce(work: Work, event_type: str, object_id: UUID, state_of: StateOf) -> None:
    with work.begin() as session:
        announce(session, work.job_id, event_type, object_id, lambda: state_of(session, object_id))


def deliver(work: Work, event: EndpointDue) -> None:
    """Send what is owed to an endpoint, for one turn. There is one such job an endpoint, so nothing is sent twice.

    Killed between sending and recording, it sends the same messages again, under the same ids.
    """
    vault, ends = vault_of(work.settings), time.monotonic() + _TURN_SECONDS
    with Courier(work.settings) as courier:
        while True:
            with work.begin(reading=True) as session:
                batch = settling.due(session, vault, event.endpoint_id, _BATCH)
            sent = courier.send(batch, _BATCH_SECONDS) if batch is not None else []
            is_over = batch is None or len(batch.letters) < _BATCH or time.monotonic() >= ends
            with work.begin() as session:
                settling.settle(session, work.settings, event.endpoint_id, sent)
                if is_over:
                    settling.plan(session, event.endpoint_id)
            log.info("webhook.sent", endpoint_id=str(event.endpoint_id), attempts=len(sent))
            if is_over:
                return


def forget_old(upkeep: Upkeep) -> None:
    """Delete messages that are old and were delivered or given up, with everything about them."""
    before = first_id_at(now() - timedelta(days=upkeep.settings.webhook_keep_days))
    deleted = _FORGET_BATCH
    while deleted == _FORGET_BATCH:
        with upkeep.sessions.begin() as session:
            old = session.execute(queries.settled_messages(before, _FORGET_BATCH)).scalars().all()
            session.execute(queries.removal(old))
        deleted = len(old)
        log.info("webhook.forgotten", messages=deleted)
