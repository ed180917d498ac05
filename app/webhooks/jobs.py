"""Reactions of webhooks: facts become messages, and messages are delivered."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Select
from sqlalchemy.orm import Session

from app.alliances.events import AllianceChanged
from app.companies.events import CompaniesMerged, CompaniesParted
from app.contacts import queries as contacts
from app.contacts.events import (
    ContactCreated,
    ContactErased,
    ContactShared,
    ContactsMerged,
    ContactsParted,
    ContactUpdated,
    ContactWithdrawn,
    JobChanged,
)
from app.kit.chores import Upkeep
from app.kit.clock import now
from app.kit.db import in_room
from app.kit.events import Work
from app.kit.ids import first_id_at
from app.kit.vault import WrongKey, vault_of
from app.scans.events import ScanFinished, ScanWithdrawn
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


def anybody_listens(session: Session) -> bool:
    """Whether there are endpoints, be they disabled."""
    return session.scalars(queries.endpoints().limit(1)).first() is not None


def announce_scan(work: Work, event: ScanFinished) -> None:
    """`scan.finished`"""
    _announce(work, catalogue.SCAN_FINISHED, event.scan_id, partial(payloads.scan, links=Links.of(work.settings)))


def announce_new_contact(work: Work, event: ContactCreated) -> None:
    """`contact.created`"""
    _announce(work, catalogue.CONTACT_CREATED, event.contact_id, _contact(work))


def announce_shared_contact(work: Work, event: ContactShared) -> None:
    """`contact.created`: to the receivers it is new."""
    _announce(work, catalogue.CONTACT_CREATED, event.contact_id, _contact(work))


def withdraw_contact(work: Work, event: ContactWithdrawn) -> None:
    """Nobody but its owner reads any more what was told of it."""
    _withdraw(work, event.contact_id)


def withdraw_scan(work: Work, event: ScanWithdrawn) -> None:
    """Nor what was told of a scan."""
    _withdraw(work, event.scan_id)


def _withdraw(work: Work, object_id: UUID) -> None:
    with work.begin() as session:
        showing = queries.messages_about(object_id, but=catalogue.CONTACT_ERASED)  # which shows nothing but an id
        session.execute(queries.removal(session.scalars(showing).all()))


def announce_contact(work: Work, event: ContactUpdated) -> None:
    """`contact.updated`"""
    _announce(work, catalogue.CONTACT_UPDATED, event.contact_id, _contact(work))


def _contact(work: Work) -> StateOf:
    return partial(payloads.contact, links=Links.of(work.settings))


def announce_erased(work: Work, event: ContactErased) -> None:
    """`contact.erased`; of what was withdrawn before, to whom it may have been told until then."""
    with work.begin() as session:
        until = session.scalar(contacts.withdrawal_of(event.contact_id))
        contact_id = event.contact_id
        data = partial(payloads.erased, contact_id)
        announce(session, work.job_id, catalogue.CONTACT_ERASED, contact_id, data, known_before=until)


def announce_job(work: Work, event: JobChanged) -> None:
    """`contact.job_changed`"""
    state = partial(payloads.job_change, event=event, links=Links.of(work.settings))
    _announce(work, catalogue.JOB_CHANGED, event.contact_id, lambda session, _contact_id: state(session))


def announce_merged_contacts(work: Work, event: ContactsMerged) -> None:
    """`contact.merged`"""
    _announce_merge(work, catalogue.CONTACT_MERGED, queries.surviving_contact(event.merge_id), _contacts(work, event))


def announce_parted_contacts(work: Work, event: ContactsParted) -> None:
    """`contact.merge_undone`"""
    survivor = queries.surviving_contact(event.merge_id)
    _announce_merge(work, catalogue.CONTACT_MERGE_UNDONE, survivor, _contacts(work, event))


def announce_merged_companies(work: Work, event: CompaniesMerged) -> None:
    """`company.merged`"""
    survivor = queries.surviving_company(event.merge_id)
    _announce_merge(work, catalogue.COMPANY_MERGED, survivor, partial(payloads.company_merge, merge_id=event.merge_id))


def announce_parted_companies(work: Work, event: CompaniesParted) -> None:
    """`company.merge_undone`"""
    survivor = queries.surviving_company(event.merge_id)
    state = partial(payloads.company_merge, merge_id=event.merge_id)
    _announce_merge(work, catalogue.COMPANY_MERGE_UNDONE, survivor, state)


def _contacts(work: Work, event: ContactsMerged | ContactsParted) -> Callable[[Session], dict[str, Any] | None]:
    return partial(payloads.contact_merge, merge_id=event.merge_id, links=Links.of(work.settings))


def _announce_merge(
    work: Work, event_type: str, survivor: Select[UUID], state: Callable[[Session], dict[str, Any] | None]
) -> None:
    """The message is about the survivor, so that it is numbered among its other messages; of private ones none is."""
    with work.begin() as session, in_room(session, session.info["organization_id"]):
        survivor_id = session.scalar(survivor)
        if survivor_id is not None:
            announce(session, work.job_id, event_type, survivor_id, lambda: state(session))


def announce_alliance(work: Work, event: AllianceChanged) -> None:
    """`alliance.changed`"""
    _announce(work, catalogue.ALLIANCE_CHANGED, event.alliance_id, payloads.alliance)


def announce_disabled(work: Work, event: EndpointDisabled) -> None:
    """`endpoint.disabled`, to the other endpoints."""
    _announce(work, catalogue.DISABLED, event.endpoint_id, payloads.endpoint)


def _announce(work: Work, event_type: str, object_id: UUID, state_of: StateOf) -> None:
    """Endpoints belong to the organization: they are told of what everybody in it sees, and of nothing private."""
    with work.begin() as session, in_room(session, session.info["organization_id"]):
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


def keep_secrets(upkeep: Upkeep) -> None:
    """Encrypt secrets with the newest key, so that the one before can be removed."""
    vault = vault_of(upkeep.settings)
    with upkeep.sessions.begin() as session:
        for secret_id, sealed in session.execute(queries.everybodys_secrets()).all():
            try:
                session.execute(queries.resealed(secret_id, vault.reseal(sealed)))
            except WrongKey:
                log.error("webhook.secret_lost", secret_id=str(secret_id))
