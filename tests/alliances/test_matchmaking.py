"""Two third companies that a user could introduce to each other."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.alliances import matchmaking
from app.auth.models import User
from app.contacts.events import ContactUpdated
from app.contacts.models import Contact, Employment
from app.kit.clock import now
from app.kit.queue import publish
from tests.alliances import world

URL = "/v1/accounts"


@pytest.fixture
def ann(client, begin) -> User:
    with begin() as session:
        world.make_home(session)
        return session.scalars(sa.select(User)).one()


@pytest.fixture
def contact(begin, work, ann):
    """Makes a company with one contact who met a user, Ann unless another is named."""

    def make(name: str, user: User | None = None, category: str | None = None) -> Contact:
        with begin() as session:
            company, contact = world.make_company(session, name, category=category), world.make_contact(session, ann)
            session.add(Employment(contact_id=contact.id, company_id=company.id, current=True, seen_at=now()))
            world.meet(session, user or ann, contact, company)
        work()
        return contact

    return make


@pytest.fixture
def sells(client, work):
    def save(contact: Contact, company: str) -> dict:
        body = {"company": company, "relation": "customer", "contact_id": str(contact.id), "confirmed": True}
        answer = client.post(URL, json=body)
        assert answer.status_code == 200, answer.text
        work()
        return answer.json()

    return save


def third(client) -> list[dict]:
    return client.get("/v1/alliances", params={"with_home": False}).json()["items"]


def test_two_that_sell_to_one_customer(client, contact, sells):
    for name in ("Acme", "Bolt"):
        sells(contact(name), "Corner Stores")
    [pair] = third(client)
    assert {company["name"] for company in pair["companies"]} == {"Acme", "Bolt"}
    assert pair["state"] == "aware"
    detail = client.get(f"/v1/alliances/{pair['id']}").json()
    assert len(detail["acquaintances"]) == 2
    assert detail["reasons"] == ["1 shared account; a customer of both."]
    with_home = client.get("/v1/alliances", params={"with_home": True}).json()["items"]
    assert len(with_home) == 2
    assert all(item["companies"][0]["is_home"] for item in with_home)


def test_not_two_that_compete(client, contact, sells):
    for name in ("Acme", "Bolt"):
        sells(contact(name, category="safes"), "Corner Stores")
    assert third(client) == []


def test_not_two_that_nobody_met_both_of(client, begin, contact, sells):
    with begin() as session:
        cleo = world.make_user(session, "Cleo")
    sells(contact("Acme"), "Corner Stores")
    sells(contact("Bolt", cleo), "Corner Stores")
    assert third(client) == []


def test_a_customer_of_everybody_brings_nobody_together(client, monkeypatch, contact, sells):
    monkeypatch.setattr(matchmaking, "MOST_SELLERS", 2)
    for name in ("Acme", "Bolt", "Crane"):
        sells(contact(name), "Corner Stores")
    assert len(third(client)) == 1


def test_what_is_no_longer_shared_is_no_longer_shown(client, work, contact, sells):
    sells(contact("Acme"), "Corner Stores")
    account = sells(contact("Bolt"), "Corner Stores")
    assert len(third(client)) == 1
    client.delete(f"{URL}/{account['id']}")
    work()
    assert third(client) == []


def test_a_contact_who_moves_takes_the_accounts_along(client, begin, work, contact, sells):
    bob = contact("Acme")
    client.post(URL, json={"company": "Corner Stores", "relation": "customer"})
    sells(bob, "Corner Stores")
    contact("Bolt")

    def knows_overlap(name: str) -> bool:
        for item in client.get("/v1/alliances", params={"with_home": True}).json()["items"]:
            if item["companies"][1]["name"] == name:
                return next(part["known"] for part in item["parts"] if part["name"] == "overlap")
        raise AssertionError(name)

    assert (knows_overlap("Acme"), knows_overlap("Bolt")) == (True, False)
    with begin() as session:
        bolt = session.scalars(sa.select(world.Company).where(world.Company.name == "Bolt")).one()
        job = session.scalars(sa.select(Employment).where(Employment.contact_id == bob.id)).one()
        job.current = False
        session.add(Employment(contact_id=bob.id, company_id=bolt.id, current=True, seen_at=now()))
        publish(session, ContactUpdated(bob.id))
    work()
    assert (knows_overlap("Acme"), knows_overlap("Bolt")) == (False, True)
