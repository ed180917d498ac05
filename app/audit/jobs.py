"""Chores of the trail: entries whose last day is over are deleted."""

from __future__ import annotations

from datetime import timedelta

import structlog

from app.audit import queries
from app.kit.chores import Upkeep
from app.kit.clock import now

log = structlog.get_logger()

_BATCH = 1000


def forget_old(upkeep: Upkeep) -> None:
    """Delete entries a day after their last one: the database, whose clock may differ, refuses sooner."""
    with upkeep.sessions.begin(reading=True) as session:
        organizations = session.scalars(queries.organizations()).all()
    yesterday = now().date() - timedelta(days=1)
    for organization_id in organizations:
        gone = _BATCH
        while gone == _BATCH:
            with upkeep.sessions.begin(organization_id) as session:
                gone = session.execute(queries.over(yesterday, _BATCH)).rowcount  # type: ignore[attr-defined]
            log.info("audit.forgotten", organization_id=str(organization_id), count=gone)
