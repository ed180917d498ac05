"""From what a card says of a person to the contact: found, or made; and what the card adds to it.

Whoever calls this has waited for the organization's turn (`app.companies.resolution.wait_for_turn`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.companies.models import Company
from app.companies.provenance import Stated, fill, outranks
from app.companies.reasons import Decision, Match, Verdict
from app.companies.resolution import AMBIGUOUS
from app.contacts import queries
from app.contacts.employment import COMPANY, employ
from app.contacts.events import ContactCreated, ContactUpdated, JobChanged
from app.contacts.finding import Circle, Known, recognised, traits_of
from app.contacts.matching import Traits, decide, same_picture
from app.contacts.models import BUSINESS_CARD, Contact, ContactDoubt, ContactPoint, PointKind
from app.contacts.normal import name_key, point_key, search_text, sort_key
from app.kit.clock import now
from app.kit.db import within_one_room
from app.kit.events import Event
from app.kit.ids import new_id
from app.kit.queue import publish_all

POSSIBLE_DUPLICATE = "possible_duplicate"
LOW_CONFIDENCE = "low_confidence:"


@dataclass(frozen=True, slots=True)
class PointSeen:
    """A way to reach somebody, as a card says."""

    kind: PointKind
    stated: Stated
    type: str | None = None
    extension: str | None = None

    @property
    def key(self) -> str:
        return point_key(self.kind, self.stated.value, self.extension)


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """What a card says of a person."""

    owner_id: UUID
    seen_at: datetime
    names: dict[str, Stated]
    """By column of a contact: `name`, `name_prefix`, `name_suffix`."""
    job: dict[str, Stated]
    """By column of an employment: `title`, `department`; and `company`, from where the company is known."""
    points: tuple[PointSeen, ...]
    company: Company | None = None
    review: tuple[str, ...] = ()
    picture: str | None = None
    """Hash of the card's picture."""
    origin: str = BUSINESS_CARD
    """How the organization comes to know the person."""

    @property
    def says_enough(self) -> bool:
        """Whether somebody could be told from it: a name, an address or a number."""
        return "name" in self.names or any(point.kind in (PointKind.EMAIL, PointKind.PHONE) for point in self.points)

    @property
    def traits(self) -> Traits:
        name = self.names.get("name")
        points = [(point.kind, point.key, point.type) for point in self.points]
        companies = frozenset({self.company.id}) if self.company else frozenset()
        pictures = frozenset({self.picture}) if self.picture else frozenset()
        return traits_of((name.value,) if name else (), points, companies, pictures)


def look_alikes(session: Session, contact: Contact) -> tuple[Decision, list[Known]]:
    """Which other contacts may be this person; and those that the matches number."""
    traits = recognised(session, [contact.id])[contact.id].traits
    known = [each for each in Circle(session, [traits]).like(traits) if each.id != contact.id]
    return decide(traits, [each.traits for each in known]), known


@within_one_room
def resolve(session: Session, seen: PersonSeen) -> Contact:
    """The contact that a card means, made where it is new, with everything that the card adds.

    A contact that may be another one gets the review reason `possible_duplicate`, and a doubt for each it may be.
    """
    desk = Desk(session, [seen])
    decision, known = desk.look_up(seen)
    if decision.verdict is Verdict.SAME:
        contact = desk.circle.contact(known[decision.matches[0].number].id)
        desk.learn(contact, seen)
    else:
        contact = desk.make(seen, decision, known)
    desk.settle()
    return contact


class Desk:
    """Where cards are taken in, one after the other: what is known of their people, and what is announced at the end.

    Whoever takes many in at once waits with `settle` until all are done.
    """

    def __init__(self, session: Session, cards: Sequence[PersonSeen], also: Collection[UUID] = ()) -> None:
        self._session = session
        self._traits = {id(seen): seen.traits for seen in cards}
        self._pictured = {
            id(seen): _of_like_pictures(session, seen.owner_id, seen.picture) for seen in cards if seen.picture
        }
        alike = {each for ids in self._pictured.values() for each in ids}
        self.circle = Circle(session, list(self._traits.values()), alike.union(also))
        self._looked_up: dict[int, tuple[Decision, list[Known]]] = {}
        self._doubts: list[ContactDoubt] = []
        self._events: dict[Event, None] = {}

    def look_up(self, seen: PersonSeen) -> tuple[Decision, list[Known]]:
        """Whether a card is of a known contact, a new one, or somebody has to say; and whom its matches number."""
        traits, before = self._traits[id(seen)], self._looked_up.get(id(seen))
        known = self.circle.like(traits, self._pictured.get(id(seen), ()))
        if before is None or before[1] != known:
            before = self._looked_up[id(seen)] = decide(traits, [each.traits for each in known]), known
        return before

    def make(self, seen: PersonSeen, decision: Decision, known: Sequence[Known]) -> Contact:
        """A new contact, with a doubt for each that it may be."""
        ambiguous = [AMBIGUOUS] if seen.company and AMBIGUOUS in seen.company.review else []
        double = [POSSIBLE_DUPLICATE] if decision.matches else []
        contact = Contact(
            id=new_id(),
            owner_id=seen.owner_id,
            source=seen.origin,
            confidence=0.0,
            provenance={},
            review=[*seen.review, *ambiguous, *double],
            points=[],
            employments=[],
            tags=[],
            external_ids=[],
            crm_ids=[],
        )
        self._session.add(contact)
        _take_over(contact, seen)
        refresh(contact)
        self.circle.keep(contact)
        self._doubts += [_doubt(contact, known[match.number].id, match) for match in decision.matches]
        self._events[ContactCreated(contact.id)] = None
        return contact

    def learn(self, contact: Contact, seen: PersonSeen) -> bool:
        """Take over what is new or surer; True when something changed."""
        present = {job.id for job in contact.employments if job.current}
        changed = _take_over(contact, seen)
        if not changed:
            return False
        doubtful = {kind for kind in changed if LOW_CONFIDENCE + kind in seen.review}
        settled = {LOW_CONFIDENCE + kind for kind in changed - doubtful}
        review = [reason for reason in contact.review if reason not in settled]
        contact.review = list(dict.fromkeys([*review, *(LOW_CONFIDENCE + kind for kind in sorted(doubtful))]))
        refresh(contact)
        self.circle.keep(contact)
        self._note_update(contact)
        self._events |= dict.fromkeys(_changes_of_job(contact, present))
        return True

    def touch(self, contact: Contact) -> None:
        """Something else about it changed."""
        contact.updated_at = now()
        self._note_update(contact)

    def _note_update(self, contact: Contact) -> None:
        if ContactCreated(contact.id) not in self._events:
            self._events[ContactUpdated(contact.id)] = None

    def settle(self) -> None:
        """Write and announce it: doubts refer to rows that are there then."""
        self._session.flush()
        self._session.add_all(self._doubts)
        publish_all(self._session, list(self._events))


def _of_like_pictures(session: Session, owner_id: UUID, picture: str) -> set[UUID]:
    """Whoever is on a like picture that its owner took lately."""
    recent = session.execute(queries.recent_pictures(owner_id))
    return {contact_id for contact_id, other in recent if same_picture(picture, other)}


def _doubt(contact: Contact, other_id: UUID, match: Match) -> ContactDoubt:
    return ContactDoubt(contact_id=contact.id, other_id=other_id, bits=match.bits, reasons=match.documents())


def _changes_of_job(contact: Contact, before: Collection[UUID]) -> Iterator[JobChanged]:
    """Where one of the jobs of `before` has ended and another one has begun."""
    ended = [job for job in contact.employments if job.id in before and not job.current]
    began = [job for job in contact.employments if job.id not in before and job.current]
    if ended and began:
        yield JobChanged(contact.id, began[0].id, max(ended, key=lambda job: job.seen_at).id)


def _take_over(contact: Contact, seen: PersonSeen) -> set[str]:
    """Fill gaps and take surer values; returns the kinds of what changed."""
    changed = {column for column, stated in seen.names.items() if fill(contact, column, stated)}
    changed |= {str(point.kind) for point in seen.points if _reach(contact, point)}
    return changed | employ(contact, seen.company, seen.job, seen.seen_at)


def _reach(contact: Contact, seen: PointSeen) -> bool:
    """Know one more way to reach the contact, or know it better; True when something changed."""
    known = next((point for point in contact.points if point.kind == seen.kind and point.key == seen.key), None)
    if known is None:
        contact.points.append(point_of(contact, seen))
        return True
    said = {"source": known.source, "confidence": known.confidence}
    if known.removed or not outranks(seen.stated, said):
        return False
    before = (known.value, known.type, known.extension)
    known.value, known.confidence, known.source = seen.stated.value, seen.stated.confidence, seen.stated.source
    known.field_id, known.type = seen.stated.field_id, seen.type or known.type
    return before != (known.value, known.type, known.extension)


def point_of(contact: Contact, seen: PointSeen) -> ContactPoint:
    """A new row for one more way to reach the contact."""
    return ContactPoint(
        id=new_id(),
        contact_id=contact.id,
        kind=seen.kind,
        value=seen.stated.value,
        key=seen.key,
        type=seen.type,
        extension=seen.extension,
        confidence=seen.stated.confidence,
        source=seen.stated.source,
        field_id=seen.stated.field_id,
        removed=False,
    )


def refresh(contact: Contact) -> None:
    """Bring what follows from the values up to date: keys, search text, confidence, and that it changed."""
    present = [point for point in contact.points if not point.removed]
    contact.name_key = name_key(contact.name) if contact.name else None
    contact.sort_key = sort_key(contact.name)
    contact.search = search_text(_texts(contact, present), [p.key for p in present if p.kind == PointKind.PHONE])
    contact.needs_review = bool(contact.review)
    contact.confidence = min(_confidences(contact), default=0.0)
    contact.updated_at = now()


def _texts(contact: Contact, present: Sequence[ContactPoint]) -> Iterator[str]:
    yield from filter(None, (contact.name, contact.name_prefix, contact.name_suffix))
    for job in contact.employments:
        company = job.company.name if job.company_id and job.company else None
        yield from filter(None, (company, job.title, job.department))
    yield from (point.value for point in present if point.kind != PointKind.PHONE)


def _confidences(contact: Contact) -> Iterator[float]:
    """Of the values that people look at first: name, present job, addresses and numbers."""
    if contact.name:
        yield contact.provenance["name"]["confidence"]
    for job in contact.employments:
        if job.current:
            yield from (job.provenance[said]["confidence"] for said in (COMPANY, "title") if said in job.provenance)
    for point in contact.points:
        if point.kind in (PointKind.EMAIL, PointKind.PHONE) and not point.removed:
            yield point.confidence
