"""Chores of companies."""

from __future__ import annotations

import structlog

from app.companies import queries
from app.companies.merging import UNDO_WITHIN
from app.kit import journal
from app.kit.chores import Upkeep

log = structlog.get_logger()


def forget_merges(upkeep: Upkeep) -> None:
    """Drop what merges of companies took apart, once they cannot be undone any more."""
    forgotten = journal.forget(upkeep.sessions, queries.merges(), UNDO_WITHIN)
    log.info("company_merges.forgotten", merges=forgotten)
