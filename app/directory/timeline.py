"""What happened with one contact: made, met, scanned, a job, a note, a merge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.contacts.models import Contact
from app.directory import queries
from app.exchanges import service as exchanges


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened."""

    at: datetime
    kind: str
    id: UUID
    user_id: UUID | None
    details: dict[str, Any]


def happenings(session: Session, contact: Contact) -> list[Happening]:
    """Everything that happened with a contact that was loaded with its employments, newest first."""
    found = [*_made(contact), *_met(session, contact), *_noted(session, contact), *_merged(session, contact)]
    return sorted(found, key=lambda each: (each.at, each.id), reverse=True)


def _made(contact: Contact) -> Iterator[Happening]:
    yield Happening(contact.created_at, "created", contact.id, contact.owner_id, {})
    for job in contact.employments:
        what = {"title": job.title, "company_id": str(job.company_id) if job.company_id else None}
        details = what | {"company_name": job.company.name if job.company else None, "current": job.current}
        yield Happening(job.created_at, "job", job.id, None, details)


def _met(session: Session, contact: Contact) -> Iterator[Happening]:
    met, cards = exchanges.meetings(session, contact.id)
    for exchange in met:
        details = {"event": exchange.event, "place": exchange.place, "direction": str(exchange.direction)}
        yield Happening(exchange.met_at, "met", exchange.id, exchange.user_id, details)
    for card in cards:
        seen: dict[str, Any] = {"scan_id": str(card.scan_id), "review": card.review}
        yield Happening(card.created_at, "scanned", card.id, card.scan.user_id, seen)


def _noted(session: Session, contact: Contact) -> Iterator[Happening]:
    for note in session.scalars(queries.notes([contact.id])):
        yield Happening(note.created_at, "note", note.id, note.user_id, {"text": note.text})


def _merged(session: Session, contact: Contact) -> Iterator[Happening]:
    for merge in session.scalars(queries.merges(contact.id)):
        details = {"merged_id": str(merge.merged_id)}
        yield Happening(merge.created_at, "merged", merge.id, merge.user_id, details)
        if merge.undone_at is not None:
            yield Happening(merge.undone_at, "merge_undone", merge.id, None, details)
