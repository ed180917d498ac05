"""Two contacts become one, and two again exactly as they were."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import inspect, select, update

from app.auth.models import User
from app.contacts.models import Contact, ContactDoubt, ContactMerge, ContactPoint, Employment
from app.exchanges import service
from app.exchanges.models import Exchange
from app.kit.clock import now
from app.scans.models import Card
from tests.readings import jane, read_scan

THEN = now() - timedelta(days=100)
TABLES = (Contact, ContactPoint, Employment, Exchange, Card, ContactDoubt)


@pytest.fixture
def begin(house, client):
    """Opens a transaction in the organization of the caller of `client`."""
    organization_id = UUID(client.get("/v1/me").json()["organization_id"])
    return lambda: house.sessions.begin(organization_id)


@pytest.fixture
def absorb(begin):
    def run(*cards, **said):
        with begin() as session:
            scan_id = read_scan(session, session.scalars(select(User.id)).first(), *cards, **said)
        with begin() as session:
            service.absorb(session, scan_id)

    return run


@pytest.fixture
def two(client, absorb):
    """Paths of two contacts that are one Jane: an old card with little, a new one with more."""
    absorb(jane(email="jane@acme.example", title="Sales", phone="", address=""), captured_at=THEN)
    absorb(
        [*jane(email="jane.doe2@acme.example"), ("phone", "+491711234567", 0.9, "mobile")],
        review=("glare",),
        event="Fair",
    )
    newer, older = client.get("/v1/contacts").json()["items"]
    return f"/v1/contacts/{older['id']}", f"/v1/contacts/{newer['id']}"


def id_of(path: str) -> str:
    return path.rpartition("/")[2]


def everything(begin):
    """All rows, but for what every change moves on."""
    with begin() as session:
        return {
            (model.__tablename__, row.id): {
                column.key: getattr(row, column.key)
                for column in inspect(model).column_attrs
                if column.key not in ("version", "updated_at")
            }
            for model in TABLES
            for row in session.scalars(select(model))
        }


def merge(client, survivor, other, **headers):
    return client.post(f"{survivor}/merge", json={"other_id": id_of(other)}, headers=headers)


def test_duplicates_are_listed_with_reasons(client, two):
    older, newer = two
    [double] = client.get("/v1/contacts/duplicates").json()["items"]
    assert (double["contact"]["id"], double["other"]["id"]) == (id_of(newer), id_of(older))
    assert {reason["code"] for reason in double["reasons"]} == {
        "same_name",
        "same_company",
        "other_mailbox_at_the_same_domain",
    }
    assert double["bits"] == sum(reason["bits"] for reason in double["reasons"])


def test_two_people_are_not_asked_about_again(client, two):
    [double] = client.get("/v1/contacts/duplicates").json()["items"]
    assert client.get(two[1]).json()["review"] == ["glare", "possible_duplicate"]
    assert client.post(f"/v1/contacts/duplicates/{double['id']}/dismiss").json()["state"] == "different"
    assert client.get("/v1/contacts/duplicates").json()["items"] == []
    assert client.get(two[1]).json()["review"] == ["glare"]


def test_a_merge_shows_first_what_it_would_do(client, begin, two):
    before = everything(begin)
    older, newer = two
    shown = client.get(f"{older}/merge", params={"other_id": id_of(newer)}).json()
    assert everything(begin) == before
    made = merge(client, older, newer).json()
    assert made["merged_id"] == id_of(newer)
    now_there = client.get(older).json()
    for moving in ("updated_at", "etag"):
        shown.pop(moving)
    assert {key: now_there[key] for key in shown} == shown


def test_a_merge_keeps_what_both_know(client, two):
    older, newer = two
    merge(client, older, newer)
    [only] = client.get("/v1/contacts").json()["items"]
    kept = client.get(older).json()
    assert only["id"] == kept["id"] == id_of(older)
    assert {point["value"] for point in kept["points"]} >= {
        "jane@acme.example",
        "jane.doe2@acme.example",
        "+491711234567",
    }
    assert [job["company_name"] for job in kept["employments"]] == ["Acme Tools GmbH"]
    assert kept["title"] == "Sales", "as sure as the other, and here before"
    assert [met["event"] for met in kept["exchanges"]] == ["Fair", None]
    assert len(kept["cards"]) == 2
    assert kept["review"] == ["glare"]
    assert client.get("/v1/contacts/duplicates").json()["items"] == []


def test_the_old_id_leads_to_the_survivor(client, two):
    older, newer = two
    merge(client, older, newer)
    moved = client.get(newer, follow_redirects=False)
    assert (moved.status_code, moved.headers["Location"], moved.json()["code"]) == (308, older, "merged")
    assert client.get(newer).json()["id"] == id_of(older)
    changed = client.patch(newer, json={"title": "CEO"}, headers={"If-Match": "*"})
    assert (changed.status_code, changed.json()["id"]) == (200, id_of(older))


def test_a_card_that_comes_later_finds_the_survivor(client, absorb, two):
    older, newer = two
    merge(client, older, newer)
    absorb(jane(email="jane.doe2@acme.example", phone=""), captured_at=now() + timedelta(days=2))
    assert [item["id"] for item in client.get("/v1/contacts").json()["items"]] == [id_of(older)]


def test_a_card_with_the_other_name_finds_the_survivor(client, absorb):
    absorb(jane(name="Robert Ray", email="robert@acme.example", phone=""))
    absorb(jane(name="Bob Ray", email="bob@acme.example", phone="", website=""))
    bob, robert = client.get("/v1/contacts").json()["items"]
    merge(client, f"/v1/contacts/{robert['id']}", f"/v1/contacts/{bob['id']}")
    absorb(jane(name="Bob Ray", email="", phone=""), captured_at=now() + timedelta(days=2))
    assert [item["id"] for item in client.get("/v1/contacts").json()["items"]] == [robert["id"]]


def test_undo_restores_every_row(client, begin, two):
    before = everything(begin)
    made = merge(client, *two).json()
    assert everything(begin) != before
    undone = client.post(f"/v1/contacts/merges/{made['id']}/undo").json()
    assert undone["undone_at"] is not None
    assert everything(begin) == before
    assert client.post(f"/v1/contacts/merges/{made['id']}/undo").json() == undone
    assert client.get(two[1], follow_redirects=False).status_code == 200


def test_undo_loses_nothing_that_came_since(client, absorb, two):
    older, newer = two
    made = merge(client, older, newer).json()
    client.patch(older, json={"name": "Jane Q. Doe"}, headers={"If-Match": "*"})
    absorb([*jane(email="jane.doe2@acme.example", phone=""), ("phone", "+4930123456", 0.9, "mobile")])
    client.post(f"/v1/contacts/merges/{made['id']}/undo")
    kept = client.get(older).json()
    assert kept["name"] == "Jane Q. Doe"
    assert "+4930123456" in {point["value"] for point in kept["points"]}
    assert client.get(newer).json()["name"] == "Jane Doe"


def test_what_a_person_said_outlives_a_merge(client, two):
    older, newer = two
    for path, name in ((older, "Jane One"), (newer, "Jane Two")):
        client.patch(path, json={"name": name}, headers={"If-Match": "*"})
    client.patch(newer, json={"title": "Boss"}, headers={"If-Match": "*"})
    merge(client, older, newer)
    kept = client.get(older).json()
    assert (kept["name"], kept["title"]) == ("Jane One", "Boss")
    assert kept["provenance"]["title"]["source"] == "user"


def test_a_job_that_is_over_ends(client, absorb):
    absorb(jane(phone=""), captured_at=THEN)
    absorb(jane(company="Globex", email="doe@globex.example", website="", phone="", address="", title="CEO"))
    newer, older = (f"/v1/contacts/{item['id']}" for item in client.get("/v1/contacts").json()["items"])
    merge(client, older, newer)
    jobs = client.get(older).json()["employments"]
    assert [(job["title"], job["current"]) for job in jobs] == [("CEO", True), ("Head of Sales", False)]


def test_a_merge_repeated_with_its_key_is_one_merge(client, begin, two):
    first = merge(client, *two, **{"Idempotency-Key": "m1"})
    assert merge(client, *two, **{"Idempotency-Key": "m1"}).json() == first.json()
    with begin() as session:
        assert len(session.scalars(select(ContactMerge)).all()) == 1
    assert merge(client, two[1], two[0], **{"Idempotency-Key": "m1"}).status_code == 409


def test_what_cannot_be_merged_or_undone(client, begin, as_new_user, two):
    older, newer = two
    assert merge(client, older, older).status_code == 409
    assert merge(client, older, "/v1/contacts/01a20736-5a45-76ae-9964-8415f8987f3c").status_code == 404
    stranger = as_new_user()
    assert merge(client, older, newer, **stranger).status_code == 404
    made = merge(client, older, newer).json()
    undo = f"/v1/contacts/merges/{made['id']}/undo"
    assert client.post(undo, headers=stranger).status_code == 404
    assert merge(client, older, newer).status_code == 404, "it is gone"
    with begin() as session:
        session.execute(update(ContactMerge).values(created_at=now() - timedelta(days=31)))
    late = client.post(undo)
    assert (late.status_code, late.json()["code"]) == (409, "too_late_to_undo")


def test_merges_are_undone_from_the_last_one(client, absorb, two):
    older, newer = two
    absorb(jane(name="Jane Dough", email="dough@acme.example", phone=""))
    third = f"/v1/contacts/{client.get('/v1/contacts').json()['items'][0]['id']}"
    first = merge(client, older, newer).json()
    second = merge(client, third, older).json()
    assert client.post(f"/v1/contacts/merges/{first['id']}/undo").status_code == 409
    assert client.post(f"/v1/contacts/merges/{second['id']}/undo").status_code == 200
    assert client.post(f"/v1/contacts/merges/{first['id']}/undo").status_code == 200
    assert len(client.get("/v1/contacts").json()["items"]) == 3
