"""What is private is seen by one user: alone, through what hangs on it, in counts, by id, and when it is written."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import aliased, selectinload

from app.auth import service
from app.composition import House
from app.contacts.models import Contact, ContactDoubt, ContactPoint, PointKind
from app.exchanges.models import Direction, Exchange
from app.kit.clock import now
from app.kit.db import Base, Personal, Scoped, Visibility, as_seen_by, in_room, room_of, view_of_user
from app.scans.models import Card, CardField, Scan

PRIVATE, TEAM = Visibility.PRIVATE, Visibility.TEAM


@pytest.fixture
def users(house: House, organization_id: UUID) -> dict[str, UUID]:
    with house.sessions.begin(organization_id) as session:
        return {name: service.add_user(session, name, f"{name}@northwind.example").id for name in ("ann", "ben")}


@pytest.fixture
def as_user(house, organization_id, users):
    """Opens a session that sees what Ann or Ben sees, and makes what they keep private or share."""

    def begin(name: str, makes: Visibility = PRIVATE):
        return house.sessions.begin(organization_id, view=view_of_user(organization_id, users[name], makes))

    return begin


def contact_of(user_id: UUID, name: str) -> Contact:
    email = ContactPoint(kind=PointKind.EMAIL, value=name, key=name, confidence=1.0, source="user", removed=False)
    return Contact(owner_id=user_id, name=name, confidence=1.0, provenance={}, points=[email], employments=[])


@pytest.fixture
def contacts(as_user, users) -> dict[str, UUID]:
    """One contact that Ann shares, and one that each of them keeps."""
    made = {}
    for name, user, makes in (("shared", "ann", TEAM), ("anns", "ann", PRIVATE), ("bens", "ben", PRIVATE)):
        with as_user(user, makes) as session:
            contact = contact_of(users[user], name)
            session.add(contact)
            session.flush()
            made[name] = contact.id
    return made


def names(session) -> set[str]:
    return set(session.scalars(sa.select(Contact.name)))


def test_a_user_sees_what_is_shared_and_what_is_their_own(as_user, contacts):
    for _ in range(3):  # again from the statement cache, where the condition's values must still be this user's
        with as_user("ann") as session:
            assert names(session) == {"shared", "anns"}
        with as_user("ben") as session:
            assert names(session) == {"shared", "bens"}


def test_a_session_without_a_view_sees_everything_in_the_organization(begin, contacts):
    with begin() as session:
        assert names(session) == {"shared", "anns", "bens"}


def test_what_hangs_on_a_private_thing_is_as_private(as_user, contacts):
    with as_user("ben") as session:
        assert set(session.scalars(sa.select(ContactPoint.value))) == {"shared", "bens"}
        assert session.scalar(sa.select(sa.func.count()).select_from(ContactPoint)) == 2
        other = aliased(ContactPoint)
        assert set(session.scalars(sa.select(other.value).where(other.key == "anns"))) == set()


def test_it_is_not_there_by_its_id_nor_by_a_join_nor_in_an_aggregate(as_user, contacts):
    with as_user("ben") as session:
        assert session.get(Contact, contacts["anns"]) is None
        joined = sa.select(Contact.name, ContactPoint.value).join(ContactPoint, ContactPoint.contact_id == Contact.id)
        assert {name for name, _ in session.execute(joined)} == {"shared", "bens"}
        assert session.scalar(sa.select(sa.func.max(Contact.name))) == "shared"
        inner = sa.select(ContactPoint.contact_id).where(ContactPoint.key == "anns")
        assert session.scalar(sa.select(inner.exists())) is False
        whole = sa.select(Contact).options(selectinload(Contact.points))
        assert {p.value for c in session.scalars(whole) for p in c.points} == {"shared", "bens"}


def test_nobody_else_changes_or_deletes_it(as_user, begin, contacts):
    with as_user("ben") as session:
        session.execute(sa.update(Contact).values(name_suffix="seen by ben"))
        session.execute(sa.delete(ContactPoint))
        session.execute(sa.delete(Contact))
    with begin() as session:
        [left] = session.scalars(sa.select(Contact).options(selectinload(Contact.points)))
        assert (left.name, left.name_suffix, [point.value for point in left.points]) == ("anns", None, ["anns"])


def test_a_question_about_two_things_is_seen_by_who_sees_both(as_user, begin, contacts):
    with begin() as session:
        for other in ("anns", "bens"):
            pair = {"contact_id": contacts[other], "other_id": contacts["shared"]}
            session.add(ContactDoubt(**pair, bits=1.0, reasons=[]))
        session.add(ContactDoubt(contact_id=contacts["anns"], other_id=contacts["bens"], bits=1.0, reasons=[]))
    with as_user("ann") as session:
        assert session.scalars(sa.select(ContactDoubt.contact_id)).all() == [contacts["anns"]]


def test_a_field_is_seen_through_its_card_and_its_scan(as_user, users, organization_id):
    with as_user("ann") as session:
        scan = Scan(user_id=users["ann"], front_file="x", captured_at=now(), cards=[])
        card = {"quad": [], "quad_confidence": 1.0, "turn": 0, "image_file": "y", "lines": [], "quality": {}}
        field = {"kind": "name", "side": "front", "value": "Jane", "raw": "", "confidence": 1.0, "polygon": []}
        fields = [CardField(position=0, source="x", repairs=[], alternatives=[], **field)]
        scan.cards = [Card(position=0, review=[], fields=fields, logos=[], **card)]
        session.add(scan)
        session.flush()
        assert session.scalars(sa.select(CardField.value)).all() == ["Jane"]
    with as_user("ben") as session:
        assert session.scalars(sa.select(CardField.value)).all() == []


def test_in_a_room_only_what_belongs_to_it_is_there(as_user, begin, contacts, users, organization_id):
    with begin() as session:
        with in_room(session, users["ann"]):
            assert names(session) == {"anns"}
            session.add(contact_of(users["ann"], "another"))
        with in_room(session, organization_id):
            assert names(session) == {"shared"}
        with as_seen_by(session, users["ben"]):
            assert names(session) == {"shared", "bens"}
        assert room_of(session) == organization_id
    with as_user("ben") as session:
        assert "another" not in names(session)


def test_an_exchange_is_seen_by_who_sees_the_contact(as_user, begin, contacts, users):
    with begin() as session:
        for name in contacts:
            said = {"contact_id": contacts[name], "note": name, "direction": Direction.RECEIVED, "met_at": now()}
            session.add(Exchange(user_id=users["ben"], **said))
    with as_user("ann") as session:
        assert set(session.scalars(sa.select(Exchange.note))) == {"shared", "anns"}


def test_a_model_that_refers_to_something_personal_is_seen_through_it():
    """A new model cannot forget it: whoever refers to a contact, scan or alliance says so, or says here why not."""
    open_to_all = {
        "cards.contact_id": "the card is seen through its scan, and the id alone says nothing",
        "contacts.merged_into_id": "both are moved together",
        "exchanges.event_id": "the exchange is seen through its contact, whose audience its event has",
        "exchanges.company_id": "the exchange is seen through its contact",
        "exchanges.scan_id": "as above",
        "exchanges.card_id": "as above",
        "exchanges.own_card_id": "as above",
        "employments.company_id": "as above",
        "contact_points.field_id": "as above",
        "accounts.company_id": "a user's own book is seen by that user alone; a contact's through the contact",
        "accounts.seller_id": "the same",
        "alliances.company_a_id": "a pair has the audience of its companies",
        "alliances.company_b_id": "the same",
        "company_aliases.company_id": "a name has the audience of its company",
        "company_domains.company_id": "so has a domain",
        "company_brands.company_id": "so has a brand",
        "company_aliases.brand_id": "a name has the audience of its company, whose brand it is",
        "company_domains.brand_id": "so has a domain",
        "companies.parent_id": "the parent is in the same room, and shown to whoever sees it",
        "evidence.exchange_id": "evidence is seen through its alliance, whose room counts what is in the room",
        "evidence.contact_id": "as above",
        "companies.merged_into_id": "both have one audience",
        "evidence.company_id": "an end of its alliance, or one that was merged into it, in the same room",
        "agreements.company_id": "the same",
        "introductions.company_id": "the same",
        "wins.company_id": "the same",
        "match_seats.contact_id": "a seat is its user's alone: every query asks for the caller's",
        "introductions.customer_id": "seen through alliance and contact",
        "introductions.because_of_id": "as above",
        "wins.customer_id": "as above",
        "wins.introduction_id": "as above",
        "wins.because_of_id": "as above",
    }
    models = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}

    def is_personal(model) -> bool:
        return issubclass(model, Scoped) and (issubclass(model, Personal) or bool(model.seen_through))

    forgotten = [
        f"{table.name}.{key.parent.name}"
        for table, model in models.items()
        for key in table.foreign_keys
        if issubclass(model, Scoped) and is_personal(models[key.column.table])
        if key.parent.name not in model.seen_through and f"{table.name}.{key.parent.name}" not in open_to_all
    ]
    assert forgotten == [], "add the column to `seen_through`, or its reason to the list above"
