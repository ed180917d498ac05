"""One person of a file becomes a contact, or adds to the one that is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from app.companies.provenance import Stated
from app.companies.reasons import Verdict
from app.companies.resolution import resolve_all
from app.contacts import queries as contacts
from app.contacts.annotating import recall, tag
from app.contacts.creation import Author
from app.contacts.employers import sighting
from app.contacts.employment import COMPANY
from app.contacts.models import Contact, ContactNote, ContactPicture, ExternalId, PictureKind, PointKind
from app.contacts.resolution import Desk, PersonSeen, PointSeen
from app.contacts.service import e164
from app.kit.clock import now
from app.kit.db import within_one_room
from app.kit.errors import AppError, UnstorableValue
from app.kit.files import FileStore
from app.kit.ids import new_id
from app.scans.thumbnails import hash_of_logo, small_picture
from app.transfer.person import Person, Reach

SOURCE = "import"
_CONFIDENCE = 0.95
"""Surer than most readings, less sure than what a person says here."""
_LONGEST = {"name": 300, "name_prefix": 100, "name_suffix": 100, "title": 300, "department": 300, "company": 300}
_LONGEST_POINT = 1000
_MOST_TAGS = 100
_LONGEST_ID = 200
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


def take_in(session: Session, files: FileStore, author: Author, people: Sequence[Person]) -> list[Outcome]:
    """Bring people in, one after the other, with the statements of one; a row that fails leaves nothing.

    What a database refuses it refuses for all that were written with it: they are then taken in by halves.
    """
    try:
        with session.begin_nested():
            return _take_in(session, files, author, people)
    except (AppError, DataError) as failure:
        if len(people) == 1:
            code = failure.code if isinstance(failure, AppError) else UnstorableValue.code
            return [Outcome(Status.FAILED, None, code)]
    half = len(people) // 2
    return take_in(session, files, author, people[:half]) + take_in(session, files, author, people[half:])


@within_one_room
def _take_in(session: Session, files: FileStore, author: Author, people: Sequence[Person]) -> list[Outcome]:
    people = [_with_small_pictures(person) for person in people]
    cards = _cards(session, author, people)
    told = [seen for seen in cards if seen.says_enough]
    called = _called(session, people)
    desk = Desk(session, told, called.values())
    books = _Books(session, files, author, desk, called)
    books.open(told)
    with session.no_autoflush:
        outcomes = [books.enter(person, seen) for person, seen in zip(people, cards, strict=True)]
    desk.settle()
    books.settle()
    return outcomes


class _Books:
    """Where what a file says of people is entered: what is known of them besides what they are recognised by."""

    def __init__(self, session: Session, files: FileStore, author: Author, desk: Desk, called: dict[str, UUID]) -> None:
        self._session = session
        self._files = files
        self._author = author
        self._desk = desk
        self._called = called
        self._notes: dict[UUID, list[str]] = {}
        self._pictures: dict[UUID, dict[PictureKind, ContactPicture]] = {}
        self._new: list[ContactNote | ContactPicture] = []

    def open(self, cards: Sequence[PersonSeen]) -> None:
        """Load those who are likely meant."""
        decisions = [self._desk.look_up(seen) for seen in cards]
        same = {known[each.matches[0].number].id for each, known in decisions if each.verdict is Verdict.SAME}
        self._desk.circle.load(same.union(self._called.values()))

    def enter(self, person: Person, seen: PersonSeen) -> Outcome:
        """Bring one person in."""
        if not seen.says_enough:
            return Outcome(Status.FAILED, None, "nothing_said")
        contact_id = self._called.get((person.external_id or "")[:_LONGEST_ID])
        if contact_id is not None:
            return self._add_to(contact_id, person, seen)
        decision, known = self._desk.look_up(seen)
        if decision.verdict is Verdict.SAME:
            return self._add_to(known[decision.matches[0].number].id, person, seen)
        contact = self._desk.make(seen, decision, known)
        self._annotate(person, contact, is_new=True)
        return Outcome(Status.CREATED, contact.id, "possible_duplicate" if decision.matches else None)

    def _add_to(self, contact_id: UUID, person: Person, seen: PersonSeen) -> Outcome:
        contact = self._desk.circle.contact(contact_id)
        changed = self._desk.learn(contact, seen)
        changed |= self._annotate(person, contact, is_new=False)
        return Outcome(Status.UPDATED if changed else Status.UNCHANGED, contact.id)

    def settle(self) -> None:
        """Write notes and pictures, whose contacts are there now."""
        self._session.add_all(self._new)
        self._session.flush()

    def _annotate(self, person: Person, contact: Contact, *, is_new: bool) -> bool:
        """Tags, notes and the other system's name, where they are new; True where one of the first two is."""
        if person.external_id:
            name = person.external_id[:_LONGEST_ID]
            if name not in {each.value for each in contact.external_ids}:
                contact.external_ids.append(ExternalId(contact_id=contact.id, value=name))
            self._called[name] = contact.id
        before = {each.key for each in contact.tags}
        tags = [each.tag for each in contact.tags] + [each[:100] for each in person.tags[:_MOST_TAGS]]
        has_tags = bool({each.casefold() for each in tags} - before)
        if has_tags:
            tag(contact, tags)
        written = self._notes_of(contact, is_new=is_new) if person.notes or has_tags else []
        new = [note for note in dict.fromkeys(person.notes) if note not in written]
        for text in new:
            whose = {"contact_id": contact.id, "user_id": self._author.user_id}
            self._new.append(ContactNote(id=new_id(), **whose, text=text))
            written.insert(0, text)
        if new or has_tags:
            recall(contact, written)
        shown = self._show(person, contact, is_new=is_new)
        if new or has_tags or shown:
            self._desk.touch(contact)
        return bool(new or has_tags or shown)

    def _show(self, person: Person, contact: Contact, *, is_new: bool) -> bool:
        """Keep the pictures that came along; True where one is new."""
        pictures = {PictureKind.PHOTO: person.photo, PictureKind.LOGO: person.logo}
        brought = {kind: data for kind, data in pictures.items() if data}
        known = self._pictures_of(contact, is_new=is_new) if brought else {}
        changed = False
        for kind, data in brought.items():
            key = self._files.put(self._session.info["organization_id"], data)
            if kind in known and known[kind].image_file == key:
                continue
            changed = True
            if kind in known:
                known[kind].image_file = key
            else:
                known[kind] = ContactPicture(id=new_id(), contact_id=contact.id, kind=kind, image_file=key)
                self._new.append(known[kind])
        return changed

    def _pictures_of(self, contact: Contact, *, is_new: bool) -> dict[PictureKind, ContactPicture]:
        if contact.id not in self._pictures:
            found = () if is_new else self._session.scalars(contacts.brought_pictures([contact.id]))
            self._pictures[contact.id] = {PictureKind(each.kind): each for each in found}
        return self._pictures[contact.id]

    def _notes_of(self, contact: Contact, *, is_new: bool) -> list[str]:
        if contact.id not in self._notes:
            found = () if is_new else self._session.scalars(contacts.notes([contact.id]))
            self._notes[contact.id] = [note.text for note in found]
        return self._notes[contact.id]


def _called(session: Session, people: Sequence[Person]) -> dict[str, UUID]:
    """Which contacts other systems call as these people are called."""
    names = {person.external_id[:_LONGEST_ID] for person in people if person.external_id}
    found = session.execute(contacts.ids_by_external(sorted(names))) if names else ()
    return {name: contact_id for contact_id, name in found}


def _cards(session: Session, author: Author, people: Sequence[Person]) -> list[PersonSeen]:
    """What is said of them, their companies found or made."""
    cards = [_seen(author, person) for person in people]
    both = zip(people, cards, strict=True)
    names = [_stated(person.job.company, "company") if seen.says_enough else None for person, seen in both]
    logos = [_logos(person) if name else () for name, person in zip(names, people, strict=True)]
    sightings = [sighting(name, seen.points, logo) for name, seen, logo in zip(names, cards, logos, strict=True)]
    return [
        seen if company is None else replace(seen, company=company, job=seen.job | ({COMPANY: name} if name else {}))
        for seen, name, company in zip(cards, names, resolve_all(session, sightings), strict=True)
    ]


def _with_small_pictures(person: Person) -> Person:
    """The same with pictures as they are kept, and without what is none."""
    if not (person.photo or person.logo):
        return person
    photo, logo = (small_picture(data) if data else None for data in (person.photo, person.logo))
    return replace(person, photo=photo, logo=logo)


def _logos(person: Person) -> tuple[str, ...]:
    """The company is known again by its logo, among those who see the contact; the picture stays with the contact."""
    known_by = hash_of_logo(person.logo) if person.logo else None
    return (known_by,) if known_by else ()


def _seen(author: Author, person: Person) -> PersonSeen:
    points = {(point.kind, point.key): point for point in _points(person, author.region)}
    job = {column: _stated(getattr(person.job, column), column) for column in ("title", "department")}
    names = {column: _stated(getattr(person, column), column) for column in ("name", "name_prefix", "name_suffix")}
    return PersonSeen(
        owner_id=author.user_id,
        seen_at=person.changed_at or now(),
        names={column: stated for column, stated in names.items() if stated},
        job={column: stated for column, stated in job.items() if stated},
        points=tuple(points.values()),
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
