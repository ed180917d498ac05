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
from app.contacts.matching import Traits, decide, names_fit, same_picture
from app.contacts.models import BUSINESS_CARD, Contact, ContactDoubt, ContactPoint, PointKind
from app.contacts.normal import is_role_mailbox, name_key, point_key, search_text, sort_key
from app.kit.clock import now
from app.kit.db import within_one_room
from app.kit.ids import new_id
from app.kit.queue import publish

POSSIBLE_DUPLICATE = "possible_duplicate"
LOW_CONFIDENCE = "low_confidence:"

_Point = tuple[PointKind, str, str | None]
"""Kind, key and type."""

_OWN_PHONES = frozenset({"mobile", "direct"})


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
        return _traits((name.value,) if name else (), points, companies, pictures)


def _traits_of(contact: Contact, also_named: Sequence[str], pictures: Collection[str]) -> Traits:
    """What a contact that was loaded with points and employments is recognised by.

    An address that a person struck out counts: the card that it was misread from may come again.
    """
    names = (contact.name, *also_named) if contact.name else tuple(also_named)
    points = [(PointKind(point.kind), point.key, point.type) for point in contact.points]
    companies = frozenset(job.company_id for job in contact.employments if job.company_id)
    return _traits(names, points, companies, frozenset(pictures))


def _traits(
    names: tuple[str, ...], points: Sequence[_Point], companies: frozenset[UUID], pictures: frozenset[str]
) -> Traits:
    emails = {key for kind, key, _ in points if kind == PointKind.EMAIL}
    phones = {key for kind, key, type_ in points if kind == PointKind.PHONE and type_ != "fax"}
    own = {key for kind, key, type_ in points if kind == PointKind.PHONE and type_ in _OWN_PHONES}
    shared = {email for email in emails if is_role_mailbox(email)}
    return Traits(
        names=names,
        emails=frozenset(emails - shared),
        shared_emails=frozenset(shared),
        mobiles=frozenset(own),
        phones=frozenset(phones - own),
        companies=companies,
        addresses=frozenset(key for kind, key, _ in points if kind == PointKind.ADDRESS),
        pictures=pictures,
    )


@within_one_room
def resolve(session: Session, seen: PersonSeen) -> Contact:
    """The contact that a card means, made where it is new, with everything that the card adds.

    A contact that may be another one gets the review reason `possible_duplicate`, and a doubt for each it may be.
    """
    decision, known = look_up(session, seen)
    if decision.verdict is Verdict.SAME:
        contact = known[decision.matches[0].number]
        learn(session, contact, seen)
        return contact
    return make(session, seen, decision, known)


def look_up(session: Session, seen: PersonSeen) -> tuple[Decision, list[Contact]]:
    """Whether it is a known contact, a new one, or somebody has to say; and the contacts that its matches number."""
    known = _candidates(session, seen)
    return _compared(session, seen.traits, known), known


def look_alikes(session: Session, contact: Contact) -> tuple[Decision, list[Contact]]:
    """Which other contacts may be this person, who was loaded whole; and the contacts that the matches number."""
    pictures = _pictures_of(session, [contact])[contact.id]
    traits = _traits_of(contact, _names_of_merged(session, [contact])[contact.id], pictures)
    ids = _ids_like(session, traits) - {contact.id}
    known = list(session.scalars(queries.with_ids(ids))) if ids else []
    return _compared(session, traits, known), known


def _compared(session: Session, traits: Traits, known: Sequence[Contact]) -> Decision:
    also_named = _names_of_merged(session, known)
    pictures = _pictures_of(session, known)
    return decide(traits, [_traits_of(contact, also_named[contact.id], pictures[contact.id]) for contact in known])


def _candidates(session: Session, seen: PersonSeen) -> list[Contact]:
    """Whoever is like that, and whoever is on a like picture that its owner took lately."""
    ids = _ids_like(session, seen.traits)
    if seen.picture:
        recent = session.execute(queries.recent_pictures(seen.owner_id))
        ids.update(contact_id for contact_id, picture in recent if same_picture(seen.picture, picture))
    return list(session.scalars(queries.with_ids(ids))) if ids else []


def _ids_like(session: Session, traits: Traits) -> set[UUID]:
    """Whoever shares an address, a number or the name, and colleagues with a name like it."""
    ids: set[UUID] = set()
    if traits.emails:
        ids.update(session.scalars(queries.ids_by_points(PointKind.EMAIL, traits.emails)))
    if traits.mobiles or traits.phones:
        ids.update(session.scalars(queries.ids_by_points(PointKind.PHONE, traits.mobiles | traits.phones)))
    for name in traits.names:
        ids.update(session.scalars(queries.ids_by_name(name_key(name))))
    for company_id in traits.companies if traits.names else ():
        colleagues = session.execute(queries.names_at(company_id))
        ids.update(contact_id for contact_id, name in colleagues if name and names_fit(traits, Traits((name,))))
    return ids


def _pictures_of(session: Session, known: Sequence[Contact]) -> dict[UUID, list[str]]:
    """Hashes of the cards that these were read from."""
    found: dict[UUID, list[str]] = {contact.id: [] for contact in known}
    for contact_id, picture in session.execute(queries.pictures_of(found.keys())) if found else ():
        found[contact_id].append(picture)
    return found


def _names_of_merged(session: Session, known: Sequence[Contact]) -> dict[UUID, list[str]]:
    """Names of the contacts that are part of these."""
    found: dict[UUID, list[str]] = {contact.id: [] for contact in known}
    for survivor_id, name in session.execute(queries.names_of_merged(found.keys())) if found else ():
        found[survivor_id].append(name)
    return found


def make(session: Session, seen: PersonSeen, decision: Decision, known: Sequence[Contact]) -> Contact:
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
    session.add(contact)
    _take_over(contact, seen)
    refresh(contact)
    session.flush()
    session.add_all(_doubt(contact, known[match.number], match) for match in decision.matches)
    publish(session, ContactCreated(contact.id))
    return contact


def _doubt(contact: Contact, other: Contact, match: Match) -> ContactDoubt:
    return ContactDoubt(contact_id=contact.id, other_id=other.id, bits=match.bits, reasons=match.documents())


def learn(session: Session, contact: Contact, seen: PersonSeen) -> bool:
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
    session.flush()
    publish(session, ContactUpdated(contact.id))
    _announce_change(session, contact, present)
    return True


def _announce_change(session: Session, contact: Contact, before: Collection[UUID]) -> None:
    """Say so where one of the jobs of `before` has ended and another one has begun."""
    ended = [job for job in contact.employments if job.id in before and not job.current]
    began = [job for job in contact.employments if job.id not in before and job.current]
    if ended and began:
        publish(session, JobChanged(contact.id, began[0].id, max(ended, key=lambda job: job.seen_at).id))


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
