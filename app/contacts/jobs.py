"""Reactions of contacts."""

from __future__ import annotations

from app.contacts import handover
from app.contacts.events import HandoverDue
from app.kit.events import Work
from app.kit.queue import publish


def hand_over(work: Work, event: HandoverDue) -> None:
    """Hand over what a user kept private, a part at a time; what is handed over is not found again."""
    with work.begin() as session:
        if handover.go_on(session, event.user_id, event.to_user_id):
            publish(session, event)
