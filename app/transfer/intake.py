"""One person of a file becomes a contact, or adds to the one that is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from app.companies.provenance import Stated
from app.companies.reasons import Verdict
from app.contacts import queries as contacts
from app.contacts.annotating import call, remember, tag, write_note
from app.contacts.creation import Author
from app.contacts.employers import employer
from app.contacts.employment import COMPANY
from app.contacts.models import Contact, PointKind
from app.contacts.resolution import PersonSeen, PointSeen, learn, look_up, make
from app.contacts.service import e164
from app.kit.clock import now
from app.kit.errors import AppError, UnstorableValue
from app.transfer.person import Person, Reach

SOURCE = "import"
_CONFIDENCE = 0.95
"""Surer than most readings, less sure than what a person says here."""
_LONGEST = {"name": 300, "name_prefix": 100, "name_suffix": 100, "title": 300, "department": 300, "company": 300}
_LONGEST_POINT = 1000
_MOST_TAGS = 100
_KINDS = {
    PointKind.EMAIL: "emails",
    PointKind.PHONE: "phones",
    PointKind.WEBSITE: "websites",
    PointKind.SOCIAL: "social",
    PointKind.ADDRESS: "addresses",
}


class Status(StrEnum):
    """What became of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row, and which contact it is."""

    status: Status
    contact_id: UUID | None = None
    code: str | None = None
    """Why it failed; of a new contact `possible_duplicate` where it may be a known one."""


def take_in(session: Session, author: Author, person: Person) -> Outcome:
    """Bring one person in; a row that fails leaves nothing. A person that nothing can be told by fails."""
    try:
        with session.begin_nested():
            outcome = _take_in(session, author, person)
            session.flush()
            return outcome
    except AppError as failure:
        return Outcome(Status.FAILED, None, failure.code)
    except DataError:
        return Outcome(Status.FAILED, None, UnstorableValue.code)


def _take_in(session: Session, author: Author, person: Person) -> Outcome:
    seen = _seen(session, author, person)
    if not seen.says_enough:
        return Outcome(Status.FAILED, None, "nothing_said")
    known = _called(session, person.external_id)
    if known is not None:
        changed = learn(session, known, seen)
        return _finished(session, author, person, known, Status.UPDATED if changed else Status.UNCHANGED)
    decision, alike = look_up(session, seen)
    if decision.verdict is Verdict.SAME:
        contact = alike[decision.matches[0].number]
        changed = learn(session, contact, seen)
        return _finished(session, author, person, contact, Status.UPDATED if changed else Status.UNCHANGED)
    contact = make(session, seen, decision, alike)
    made = _finished(session, author, person, contact, Status.CREATED)
    return Outcome(made.status, made.contact_id, "possible_duplicate" if decision.matches else None)


def _finished(session: Session, author: Author, person: Person, contact: Contact, status: Status) -> Outcome:
    """Tags, notes and the other system's name, where they are new."""
    before = {each.key for each in contact.tags}
    tags = [each.tag for each in contact.tags] + [each[:100] for each in person.tags[:_MOST_TAGS]]
    if {each.casefold() for each in tags} - before:
        tag(contact, tags)
        remember(session, contact)
        status = Status.UPDATED if status is Status.UNCHANGED else status
    if person.external_id:
        call(session, contact, [*(each.value for each in contact.external_ids), person.external_id[:200]])
    written = {note.text for note in session.scalars(contacts.notes([contact.id]))} if person.notes else set()
    for note in dict.fromkeys(person.notes):
        if note not in written:
            write_note(session, contact, author.user_id, note)
            status = Status.UPDATED if status is Status.UNCHANGED else status
    return Outcome(status, contact.id)


def _called(session: Session, external_id: str | None) -> Contact | None:
    found = session.execute(contacts.ids_by_external([external_id[:200]])).first() if external_id else None
    return session.scalars(contacts.contact(found[0])).one() if found else None


def _seen(session: Session, author: Author, person: Person) -> PersonSeen:
    points = {(point.kind, point.key): point for point in _points(person, author.region)}
    name = _stated(person.job.company, "company")
    company = employer(session, None, name, tuple(points.values()))
    job = {column: _stated(getattr(person.job, column), column) for column in ("title", "department")}
    if company is not None:
        job[COMPANY] = name
    names = {column: _stated(getattr(person, column), column) for column in ("name", "name_prefix", "name_suffix")}
    return PersonSeen(
        owner_id=author.user_id,
        seen_at=person.changed_at or now(),
        names={column: stated for column, stated in names.items() if stated},
        job={column: stated for column, stated in job.items() if stated},
        points=tuple(points.values()),
        company=company,
        origin=SOURCE,
    )


def _stated(value: str | None, column: str) -> Stated | None:
    value = (value or "").strip()[: _LONGEST.get(column, _LONGEST_POINT)]
    return Stated(value, _CONFIDENCE, SOURCE) if value else None


def _points(person: Person, region: str) -> Iterator[PointSeen]:
    for kind, name in _KINDS.items():
        reaches: tuple[Reach, ...] = getattr(person, name)
        for reach in reaches[:50]:
            value, extension = reach.value, reach.extension
            if kind is PointKind.PHONE:
                value, extension = e164(value, region, extension)
            if kind is PointKind.EMAIL and "@" not in value:
                continue
            stated = _stated(value, name)
            if stated:
                yield PointSeen(kind, stated, (reach.type or "")[:20] or None, (extension or "")[:20] or None)
