"""What recurs: matches whose time is over end, and old ones are forgotten."""

from __future__ import annotations

from datetime import timedelta

import structlog

from app.kit.chores import Upkeep
from app.kit.clock import now
from app.matches import moving, queries

log = structlog.get_logger()

_BATCH = 100
LEFT_BEHIND_FOR = timedelta(days=1)
"""Whoever did not leave has so long to fetch its half of a round that was complete."""
REMEMBERED_FOR = timedelta(days=92)
"""After its end: the budget of a month looks at matches of this and the last one."""


def end_matches(upkeep: Upkeep) -> None:
    """End what is out of time, with the messages that wait in it, and delete what ended long ago."""
    ended = 0
    while True:
        with upkeep.sessions.begin() as session:
            some = moving.expire(session, now(), _BATCH)
        ended += some
        if some < _BATCH:
            break
    with upkeep.sessions.begin() as session:
        session.execute(queries.left_behind(now() - LEFT_BEHIND_FOR))
        session.execute(queries.ended_before(now() - REMEMBERED_FOR))
    log.info("matches.ended", count=ended)
