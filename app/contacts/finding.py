"""Whom a card may mean, among all who are known: by index, never by going through them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.contacts import queries
from app.contacts.matching import Traits, names_fit
from app.contacts.models import Contact, PointKind
from app.contacts.normal import is_role_mailbox, name_key

_OWN_PHONES = frozenset({"mobile", "direct"})
_AT_A_TIME = 5000
_NAME = "name"

Point = tuple[PointKind, str, str | None]
"""Kind, key and type of a way to reach somebody."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is known."""

    id: UUID
    name: str | None
    traits: Traits


def traits_of(
    names: tuple[str, ...], points: Sequence[Point], companies: frozenset[UUID], pictures: frozenset[str]
) -> Traits:
    """What somebody is recognised by.

    An address that a person struck out counts: the card that it was misread from may come again.
    """
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


class _Index:
    """Whom each address, number and name belongs to, and who works where."""

    def __init__(self) -> None:
        self.by_key: dict[tuple[str, str], set[UUID]] = defaultdict(set)
        self.colleagues: dict[UUID, dict[UUID, str]] = defaultdict(dict)

    def ids_like(self, card: Traits) -> set[UUID]:
        """Whoever shares an address, a number or the name, and colleagues with a name like it."""
        found: set[UUID] = set()
        found.update(*(self.by_key.get((PointKind.EMAIL, key), ()) for key in card.emails))
        found.update(*(self.by_key.get((PointKind.PHONE, key), ()) for key in card.mobiles | card.phones))
        found.update(*(self.by_key.get((_NAME, name_key(name)), ()) for name in card.names))
        for company_id in card.companies if card.names else ():
            colleagues = self.colleagues.get(company_id, {}).items()
            found.update(one for one, name in colleagues if one not in found and names_fit(card, Traits((name,))))
        return found


class Circle:
    """The people whom some cards may mean, taken from the tables at once and kept as those cards are taken in.

    A handful of selects, whether for one card or for five hundred.
    """

    def __init__(self, session: Session, cards: Sequence[Traits], also: Iterable[UUID] = ()) -> None:
        self._session = session
        self._new = _Index()
        """Of those who were taken in since."""
        self._known: dict[UUID, Known] = {}
        self._contacts: dict[UUID, Contact] = {}
        there = _collected(session, cards)
        self._like = {id(card): there.ids_like(card) for card in cards}
        self._cards = cards
        self._recognise([*set().union(also, *self._like.values())])

    def like(self, card: Traits, also: Iterable[UUID] = ()) -> list[Known]:
        """Who is like one of the cards, and those of these ids: oldest first."""
        ids = sorted(self._like[id(card)].union(self._new.ids_like(card), also))
        return [self._known[each] for each in ids if each in self._known]

    def contact(self, contact_id: UUID) -> Contact:
        """One of them, loaded whole."""
        self.load([contact_id])
        return self._contacts[contact_id]

    def load(self, ids: Collection[UUID]) -> None:
        """Load these whole, with the selects of one."""
        missing = [each for each in ids if each not in self._contacts]
        if missing:
            self._contacts |= {each.id: each for each in self._session.scalars(queries.with_ids(missing))}

    def keep(self, contact: Contact) -> None:
        """Find a contact, loaded whole, by what it is known by now."""
        before = self._known.get(contact.id)
        known = before.traits if before else Traits()
        also_named = known.names[1:] if before and before.name else known.names
        points = [(PointKind(point.kind), point.key, point.type) for point in contact.points]
        companies = frozenset(job.company_id for job in contact.employments if job.company_id)
        names = (contact.name, *also_named) if contact.name else also_named
        self._contacts[contact.id] = contact
        self._known[contact.id] = Known(contact.id, contact.name, traits_of(names, points, companies, known.pictures))
        for kind, key, _ in points:
            self._new.by_key[kind, key].add(contact.id)
        if contact.name:
            self._new.by_key[_NAME, name_key(contact.name)].add(contact.id)
            for company_id in companies:
                self._new.colleagues[company_id][contact.id] = contact.name

    def _recognise(self, ids: Sequence[UUID]) -> None:
        for first in range(0, len(ids), _AT_A_TIME):
            self._known |= recognised(self._session, ids[first : first + _AT_A_TIME])


def _collected(session: Session, cards: Sequence[Traits]) -> _Index:
    """Whoever in the tables shares something with one of the cards."""
    index = _Index()
    emails = {key for card in cards for key in card.emails}
    phones = {key for card in cards for key in card.mobiles | card.phones}
    for kind, keys in ((PointKind.EMAIL, emails), (PointKind.PHONE, phones)):
        for key, contact_id in session.execute(queries.ids_by_points(kind, keys)) if keys else ():
            index.by_key[kind, key].add(contact_id)
    names = {name_key(name) for card in cards for name in card.names}
    for key, contact_id in session.execute(queries.ids_by_names(names)) if names else ():
        index.by_key[_NAME, key].add(contact_id)
    companies = {each for card in cards if card.names for each in card.companies}
    for company_id, contact_id, name in session.execute(queries.names_at(companies)) if companies else ():
        index.colleagues[company_id][contact_id] = name
    return index


def recognised(session: Session, ids: Collection[UUID]) -> dict[UUID, Known]:
    """What those of these contacts that are in use are recognised by."""
    if not ids:
        return {}
    named = dict(session.execute(queries.names_of(ids)).all())
    names: dict[UUID, list[str]] = defaultdict(list)
    points: dict[UUID, list[Point]] = defaultdict(list)
    companies: dict[UUID, set[UUID]] = defaultdict(set)
    pictures: dict[UUID, set[str]] = defaultdict(set)
    for survivor_id, name in session.execute(queries.names_of_merged(named)):
        names[survivor_id].append(name)
    for contact_id, kind, key, type_ in session.execute(queries.points_of(named)):
        points[contact_id].append((PointKind(kind), key, type_))
    for contact_id, company_id in session.execute(queries.companies_of(named)):
        companies[contact_id].add(company_id)
    for contact_id, picture in session.execute(queries.pictures_of(named)):
        pictures[contact_id].add(picture)
    return {
        one: Known(
            one,
            name,
            traits_of(
                (name, *names[one]) if name else (*names[one],),
                points[one],
                frozenset(companies[one]),
                frozenset(pictures[one]),
            ),
        )
        for one, name in named.items()
    }
