"""Reactions and chores of contacts."""

from __future__ import annotations

import structlog

from app.companies.events import CompanyRenamed
from app.companies.resolution import wait_for_turn
from app.contacts import handover, queries
from app.contacts.events import HandoverDue
from app.contacts.merging import UNDO_WITHIN
from app.contacts.resolution import refresh
from app.kit import journal
from app.kit.chores import Upkeep
from app.kit.events import Work
from app.kit.queue import publish

log = structlog.get_logger()

_BATCH = 100


def hand_over(work: Work, event: HandoverDue) -> None:
    """Hand over what a user kept private, a part at a time; what is handed over is not found again."""
    with work.begin() as session:
        if handover.go_on(session, event.user_id, event.to_user_id):
            publish(session, event)


def follow_company(work: Work, event: CompanyRenamed) -> None:
    """Who works or worked at a company is found by its present name."""
    with work.begin(reading=True) as session:
        ids = sorted(session.scalars(queries.people_of(event.company_id)))
    for start in range(0, len(ids), _BATCH):
        with work.begin() as session:
            wait_for_turn(session)  # nobody corrects these people meanwhile
            for contact in session.scalars(queries.whole(ids[start : start + _BATCH])):
                refresh(contact)


def forget_merges(upkeep: Upkeep) -> None:
    """Drop what merges of contacts took apart, once they cannot be undone any more."""
    forgotten = journal.forget(upkeep.sessions, queries.merges(), UNDO_WITHIN)
    log.info("contact_merges.forgotten", merges=forgotten)
