"""Reactions of exchanges: a reading is absorbed, and two halves of one meeting find each other."""

from __future__ import annotations

import structlog

from app.contacts.events import ContactShared, ContactWithdrawn
from app.exchanges import handshakes, service
from app.exchanges.events import ExchangeRecorded, OtherHalfFound
from app.kit.chores import Upkeep
from app.kit.db import bind_organization
from app.kit.events import Work
from app.kit.queue import publish
from app.scans.events import ScanRead

log = structlog.get_logger()


def absorb_reading(work: Work, event: ScanRead) -> None:
    """Make contacts and exchanges of what was read."""
    with work.begin() as session:
        service.absorb(session, event.scan_id)


def follow_shared(work: Work, event: ContactShared) -> None:
    """The events of what is shared now are the team's."""
    with work.begin() as session:
        service.follow_audience(session, event.contact_id)


def follow_withdrawn(work: Work, event: ContactWithdrawn) -> None:
    """And of what is not, its owner's."""
    with work.begin() as session:
        service.follow_audience(session, event.contact_id)


def offer_half(work: Work, event: ExchangeRecorded) -> None:
    """Look for the other half of a meeting, and let the other organization look as well."""
    with work.begin() as session:
        found = handshakes.offer(session, event.exchange_id)
    for other in found:
        with work.begin() as session:
            bind_organization(session, other.organization_id)  # to leave it a job, and nothing else
            publish(session, OtherHalfFound(other.exchange_id))


def accept_half(work: Work, event: OtherHalfFound) -> None:
    """Take an exchange as mutual whose other half has come."""
    with work.begin() as session:
        handshakes.accept(session, event.exchange_id)


def forget_halves(upkeep: Upkeep) -> None:
    """Delete halves of meetings whose other half can no longer come."""
    with upkeep.sessions.begin() as session:
        log.info("handshakes.forgotten", count=handshakes.forget_old(session))
