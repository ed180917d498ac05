"""Reactions and chores of privacy: an erasure is finished, and what was held long enough is erased."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import Engine

from app.kit.chores import Upkeep
from app.kit.clock import now
from app.kit.events import Work
from app.policy import queries as policies
from app.policy.service import promise
from app.privacy import queries
from app.privacy.erasing import erase
from app.privacy.events import ErasureRecorded
from app.privacy.leftovers import forget_deleted
from app.privacy.models import Erasure, Reason
from app.scans import expiry

log = structlog.get_logger()

_BATCH = 50


def finish_erasure(work: Work, event: ErasureRecorded) -> None:
    """Delete the files of whoever was erased so far, and what the database keeps of deleted rows."""
    with work.begin() as session:
        erasure = session.get(Erasure, event.erasure_id)
        if erasure is None or erasure.finished_at is not None:
            return
        waiting = session.scalars(queries.unfinished_erasures()).all()
        deleted = sum(expiry.delete_unused(session, work.files, each.files) for each in waiting)
        engine = session.get_bind()
    if isinstance(engine, Engine):
        forget_deleted(engine)
    with work.begin() as session:
        for each in waiting:
            erasure = session.get_one(Erasure, each.id)
            erasure.files, erasure.finished_at = [], erasure.finished_at or now()
    log.info("erasures.finished", erasures=len(waiting), files=deleted)


def erase_overdue(upkeep: Upkeep) -> None:
    """Erase contacts whose last day is over, or who were quiet for as long as the organization's policy says."""
    with upkeep.sessions.begin(reading=True) as session:
        organizations = session.scalars(policies.organizations()).all()
    for organization_id in organizations:
        begin = partial(upkeep.sessions.begin, organization_id)
        with begin(reading=True) as session:
            days = promise(session, upkeep.settings).contact_days
        quiet_since = now() - timedelta(days=days) if days else None
        while True:
            with begin(reading=True) as session:
                due = session.scalars(queries.overdue(now().date(), quiet_since, _BATCH)).all()
            for contact_id in due:
                with begin() as session:
                    erase(session, contact_id, None, Reason.RETENTION)
            log.info("contacts.overdue", organization_id=str(organization_id), erased=len(due))
            if len(due) < _BATCH:
                break
