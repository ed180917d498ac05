"""Reactions of books: accounts follow the people who sell there."""

from __future__ import annotations

from app.books import service
from app.contacts.events import ContactUpdated
from app.kit.events import Work


def follow_contact(work: Work, event: ContactUpdated) -> None:
    """Keep what a contact sells into with the company that it works for now."""
    with work.begin() as session:
        service.follow(session, event.contact_id)
