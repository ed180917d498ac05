"""What two companies both sell into, and what that does to their pair."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from app.alliances.models import Alliance
from app.auth.models import User
from app.contacts.models import Employment
from app.exchanges.models import Direction
from app.kit.clock import now
from tests.alliances import world

URL = "/v1/accounts"


@pytest.fixture
def ann(client, begin) -> User:
    with begin() as session:
        world.make_home(session, category="tills")
        return session.scalars(sa.select(User)).one()


@pytest.fixture
def partner(begin, work, ann):
    """Makes a company with one contact whom Ann met; returns the contact's id."""

    def make(name: str, **known: str) -> str:
        with begin() as session:
            company, contact = world.make_company(session, name, **known), world.make_contact(session, ann)
            session.add(Employment(contact_id=contact.id, company_id=company.id, current=True, seen_at=now()))
            world.meet(session, ann, contact, company, direction=Direction.MUTUAL)
        work()
        return str(contact.id)

    return make


def sells(client, company: str, relation: str = "customer", **more) -> dict:
    answer = client.post(URL, json={"company": company, "relation": relation, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def pairs(client) -> dict[str, dict]:
    items = client.get("/v1/alliances").json()["items"]
    return {item["companies"][1]["name"]: item for item in items}


def part(pair: dict, name: str) -> dict:
    return next(part for part in pair["parts"] if part["name"] == name)


def test_shared_accounts_raise_the_score_and_are_told(client, work, partner):
    bob = partner("Acme")
    before = pairs(client)["Acme"]
    shared = []
    for name in ("Corner Stores", "Harbour Hotel", "Midtown Pharmacy", "Riverside Bakery"):
        shared.append(sells(client, name)["company"]["id"])
        sells(client, name, "open_opportunity", contact_id=bob)
    sells(client, "Only Ours")
    sells(client, "Only Theirs", contact_id=bob)
    work()
    after = pairs(client)["Acme"]
    assert after["score"] > before["score"]
    assert after["coverage"] == pytest.approx(before["coverage"] + 0.30)
    told = client.get(f"/v1/alliances/{after['id']}/explanation").json()
    overlap = part(told, "overlap")
    assert sorted(overlap["evidence_ids"]) == sorted(shared)
    assert overlap["sentence"] == (
        "4 shared accounts; 4 are each a customer of one and an open opportunity of the other."
    )
    assert overlap["points"] == pytest.approx(30 * (1 - 2.718281828459045 ** (-4 / 6)))
    assert after["state"] == "acquainted"


def test_what_both_have_confirmed_is_collaborating(client, work, partner):
    bob = partner("Acme")
    sells(client, "Corner Stores")
    sells(client, "Corner Stores", contact_id=bob)
    work()
    assert pairs(client)["Acme"]["state"] == "acquainted"
    sells(client, "Corner Stores", contact_id=bob, confirmed=True)
    work()
    assert pairs(client)["Acme"]["state"] == "collaborating"


def test_taking_an_account_out_takes_it_from_the_score(client, work, partner):
    bob = partner("Acme")
    before = pairs(client)["Acme"]
    sells(client, "Corner Stores")
    theirs = sells(client, "Corner Stores", contact_id=bob)
    work()
    assert part(pairs(client)["Acme"], "overlap")["known"]
    assert client.delete(f"{URL}/{theirs['id']}").status_code == 204
    work()
    after = pairs(client)["Acme"]
    assert (after["score"], after["coverage"]) == (before["score"], before["coverage"])


def test_an_account_that_everybody_sells_into_says_less(client, work, partner):
    contacts = [partner(name) for name in ("Acme", "Bolt", "Crane")]
    sells(client, "Corner Stores")
    sells(client, "Harbour Hotel")

    def overlap_of_acme() -> float:
        work()
        told = client.get(f"/v1/alliances/{pairs(client)['Acme']['id']}/explanation").json()
        return part(told, "overlap")["points"]

    for name in ("Zebra Tours", "Quartz Mining", "Violet Bakery", "Juniper Clinic", "Walnut Press", "Tidal Power"):
        sells(client, name, "open_opportunity")  # enough that the prior is passed
        sells(client, name, "open_opportunity", contact_id=contacts[0])
    sells(client, "Corner Stores", contact_id=contacts[0])
    alone = overlap_of_acme()
    for contact in contacts[1:]:
        sells(client, "Corner Stores", contact_id=contact)
    crowded = overlap_of_acme()
    assert crowded < alone
    assert crowded == pytest.approx(30 * (1 - 2.718281828459045 ** (-(6 * 0.9 + 0.6 * 0.5) / 6)))


def test_a_contact_who_moved_takes_the_accounts_along(client, begin, work, partner):
    bob = partner("Acme")
    partner("Bolt")
    sells(client, "Corner Stores")
    sells(client, "Corner Stores", contact_id=bob)
    work()
    bolt = pairs(client)["Bolt"]["companies"][1]["id"]
    with begin() as session:
        job = session.scalars(sa.select(Employment).where(Employment.contact_id == UUID(bob))).one()
        job.company_id = UUID(bolt)
    sells(client, "Corner Stores", contact_id=bob)
    work()
    assert part(pairs(client)["Bolt"], "overlap")["known"]


def test_selling_to_the_same_buyers_complements(client, work, partner):
    bob = partner("Acme", category="safes")
    assert not part(pairs(client)["Acme"], "complement")["known"]
    sells(client, "Corner Stores", industry="Retail")
    sells(client, "Other Stores", industry="retail ", contact_id=bob)
    work()
    assert part(pairs(client)["Acme"], "complement")["points"] == 15
    sells(client, "Harbour Hotel", industry="hotels")  # one industry more, and every pair is looked at again
    work()
    assert part(pairs(client)["Acme"], "complement")["points"] == pytest.approx(15 * 0.9)


def test_no_other_organizations_buyers(client, house, as_new_user, work, partner):
    partner("Acme", category="safes")
    stranger = as_new_user()
    client.post(URL, json={"company": "Far Shop", "relation": "customer", "industry": "farms"}, headers=stranger)
    sells(client, "Corner Stores", industry="retail")
    work()
    told = client.get(f"/v1/alliances/{pairs(client)['Acme']['id']}/explanation").json()
    assert part(told, "complement")["sentence"] == "What both sell, and to whom, is not known yet."


def test_scores_agree_with_a_recompute(client, begin, work, partner):
    from app.alliances import assessment, grounds, queries, scoring

    bob = partner("Acme", category="safes", industry="retail")
    for name in ("Corner Stores", "Harbour Hotel"):
        sells(client, name, industry="retail")
        sells(client, name, contact_id=bob)
    work()
    with begin() as session:
        [pair] = session.scalars(sa.select(Alliance))
        kept = session.scalars(queries.evidence(pair.id)).all()
        fresh = scoring.score(grounds.case_of(session, pair, kept), assessment.beginning_of(pair.scored_on))
        assert pair.score == pytest.approx(fresh.total, abs=1e-9)
