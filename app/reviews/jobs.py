"""Reactions of reviews: a finished scan may have cards that a person should look at."""

from __future__ import annotations

from app.kit.events import Work
from app.reviews import service
from app.scans.events import ScanFinished


def queue_cards(work: Work, event: ScanFinished) -> None:
    """Queue the doubtful cards of a scan."""
    with work.begin() as session:
        service.enqueue(session, event.scan_id)
