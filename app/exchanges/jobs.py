"""Reactions of exchanges: a reading is absorbed."""

from __future__ import annotations

from app.exchanges import service
from app.kit.events import Work
from app.scans.events import ScanRead


def absorb_reading(work: Work, event: ScanRead) -> None:
    """Make contacts and exchanges of what was read."""
    with work.begin() as session:
        service.absorb(session, event.scan_id)
