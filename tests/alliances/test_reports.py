"""What users report, whom they declare to be competitors, and what can be asked for."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.auth.models import User
from app.contacts.models import ContactPoint, Employment
from app.exchanges.models import Direction
from app.kit.clock import now
from tests.alliances import world
from tests.alliances.test_dealings import Pair, points


@pytest.fixture
def pair(client, begin, work) -> Pair:
    return Pair(client, begin, work)


def test_a_meeting_that_is_reported_counts_until_it_is_withdrawn(pair, client):
    before = pair.get()
    said = {"kind": "meeting", "contact_id": pair.bob, "note": "coffee"}
    made = pair.post("evidence", said, headers={"Idempotency-Key": "m"})
    again = pair.post("evidence", said, headers={"Idempotency-Key": "m"})
    assert made["id"] == again["id"]
    assert (made["source"], made["kind"], made["note"]) == ("report", "meeting", "coffee")
    assert pair.get()["score"] > before["score"]
    url = f"{pair.url}/evidence/{made['id']}"
    _, cleo = pair.colleague("Cleo")
    assert client.delete(url, headers=cleo).status_code == 404, "only who reported it takes it back"
    assert client.delete(url).status_code == 204
    assert client.delete(url).status_code == 404
    assert pair.get()["score"] == before["score"]


@pytest.mark.parametrize("kind", ["message", "seen_at_customer"])
def test_the_other_kinds(pair, kind):
    before = points(pair, "tie")
    pair.post("evidence", {"kind": kind, "contact_id": pair.bob})
    assert points(pair, "tie") > before


def test_what_cannot_be_reported(pair, begin):
    ahead = (now() + timedelta(days=9)).isoformat()
    refused = pair.post("evidence", {"kind": "meeting", "contact_id": pair.bob, "at": ahead}, 422)
    assert refused["code"] == "not_yet"
    refused = pair.post("evidence", {"kind": "meeting", "contact_id": str(pair.ann.id)}, 422)
    assert refused["code"] == "not_of_this_pair"
    assert pair.post("evidence", {"kind": "joint_win", "contact_id": pair.bob}, 422)["code"] == "invalid_request"
    with begin() as session:
        two = [world.make_company(session, name) for name in ("Bolt", "Crane")]
        from app.alliances.assessment import open_pair

        third = open_pair(session, *(company.id for company in two)).alliance.id
    answer = pair.client.post(f"/v1/alliances/{third}/evidence", json={"kind": "meeting", "contact_id": pair.bob})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_nobody_wins_with_themselves(pair, begin):
    with begin() as session:
        said = {"kind": "email", "value": pair.ann.email, "key": pair.ann.email.lower(), "confidence": 1.0}
        session.add(ContactPoint(contact_id=UUID(pair.bob), source="user", **said))
    assert pair.win(status=422)["code"] == "not_of_this_pair"
    refused = pair.post(
        "introductions",
        {"kind": "referral", "giver_company_id": str(pair.home.id), "contact_id": pair.bob},
        422,
    )
    assert refused["code"] == "not_of_this_pair"


def test_declared_competitors_are_a_conflict_until_it_is_taken_back(pair):
    before = pair.get()
    declared = pair.post("decisions", {"choice": "declare_competitors"}, 200)
    assert (declared["state"], declared["conflicts"]) == ("conflict", ["declared_competitors"])
    assert declared["score"] < before["score"] / 5
    [move] = [item for item in pair.get("/timeline")["items"] if item.get("reason") == "competitors"]
    assert move["sentence"] == "From acquainted to conflict: the two compete."
    back = pair.post("decisions", {"choice": "retract_competitors"}, 200)
    assert (back["state"], back["score"]) == (before["state"], before["score"])


@pytest.fixture
def market(client, begin, work) -> User:
    """Five partners of several industries and places, met by Ann or Ben."""
    with begin() as session:
        world.make_home(session, category="tills")
        ann = session.scalars(sa.select(User)).one()
        ben = world.make_user(session, "Ben")
        rows = [
            ("Acme", "Retail", "Portland, OR", "shelves", ann),
            ("Bolt", "retail", "Boston", "locks", ann),
            ("Crane", "Hotels", "Portland", "lifts", ben),
            ("Drum", "hotels", "Denver", None, ann),
            ("Echo", "retail", "Boston", "shelves", ann),
        ]
        for days, (name, industry, place, category, user) in enumerate(rows, 1):
            company = world.make_company(session, name, industry=industry, place=place, category=category)
            contact = world.make_contact(session, user, name)
            session.add(Employment(contact_id=contact.id, company_id=company.id, current=True, seen_at=now()))
            direction = Direction.MUTUAL if days % 2 else Direction.RECEIVED
            world.meet(session, user, contact, company, days=days, direction=direction)
    work()
    return ann


def partners(client, **query) -> list[str]:
    items = client.get("/v1/alliances", params={"with_home": True, **query}).json()["items"]
    return [company["name"] for item in items for company in item["companies"] if not company["is_home"]]


def test_filters(client, market):
    assert set(partners(client)) == {"Acme", "Bolt", "Crane", "Drum", "Echo"}
    assert set(partners(client, industry="RETAIL")) == {"Acme", "Bolt", "Echo"}
    assert set(partners(client, place="portland")) == {"Acme", "Crane"}
    assert set(partners(client, state="acquainted")) == {"Acme", "Crane", "Echo"}
    assert set(partners(client, state=["acquainted", "aware"])) == {"Acme", "Bolt", "Crane", "Drum", "Echo"}
    assert set(partners(client, scope="mine")) == {"Acme", "Bolt", "Drum", "Echo"}
    assert partners(client, min_coverage=0.99) == []
    assert client.get("/v1/alliances", params={"state": "friends"}).status_code == 422


@pytest.mark.parametrize("sort", ["score", "coverage", "recent"])
def test_every_order_pages_completely(client, market, sort):
    whole = [item["id"] for item in client.get("/v1/alliances", params={"sort": sort}).json()["items"]]
    found, cursor = [], None
    while True:
        query = {"sort": sort, "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/alliances", params=query).json()
        found += [item["id"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
        other = "coverage" if sort == "score" else "score"
        refused = client.get("/v1/alliances", params={"sort": other, "cursor": cursor})
        assert refused.json()["code"] == "bad_cursor"
    assert found == whole
    assert len(set(found)) == len(found) > 4


def test_two_that_sell_different_products_to_one_industry_are_candidates(client, market, begin, work):
    def third() -> set[str]:
        items = client.get("/v1/alliances", params={"with_home": False}).json()["items"]
        return {"+".join(sorted(company["name"] for company in item["companies"])) for item in items}

    # Crane was met by another user, Drum's products are not known, Acme and Echo compete.
    assert third() == {"Acme+Bolt", "Bolt+Echo"}
    with begin() as session:
        world.assert_scores_agree(session)
