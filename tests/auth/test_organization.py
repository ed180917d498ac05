"""What an organization says of itself, and what follows for what its users make."""

from __future__ import annotations

import pytest

from tests.drawing import card_photo, encoded


def test_the_organization_is_read_and_changed_by_who_saw_it(client):
    seen = client.get("/v1/organization")
    assert (seen.json()["name"], seen.json()["default_visibility"]) == ("Northwind Retail Systems", "team")
    etag = {"If-Match": seen.headers["ETag"]}
    changed = client.patch("/v1/organization", json={"name": "Northwind", "region": "DE"}, headers=etag)
    assert (changed.status_code, changed.json()["name"], changed.json()["region"]) == (200, "Northwind", "DE")
    assert changed.headers["ETag"] == client.get("/v1/organization").headers["ETag"] != etag["If-Match"]
    late = client.patch("/v1/organization", json={"name": "Southwind"}, headers=etag)
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    blind = client.patch("/v1/organization", json={"name": "Southwind"})
    assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")
    for wrong in ({"name": None}, {"name": " "}, {"region": "us"}, {"default_visibility": "world"}, {"id": "x"}):
        assert client.patch("/v1/organization", json=wrong, headers={"If-Match": "*"}).status_code == 422, wrong
    assert client.get("/v1/me").json()["organization"] == "Northwind"


@pytest.mark.parametrize("visibility", ["team", "private"])
def test_what_users_make_is_seen_by_whom_the_organization_says(client, work, organization, as_new_user, visibility):
    client.patch("/v1/organization", json={"default_visibility": visibility}, headers={"If-Match": "*"})
    as_ben = as_new_user(organization, name="Ben", admin=True)
    client.post("/v1/scans", files={"front": encoded(card_photo())})
    client.post("/v1/contacts", json={"name": "Zora Quick"})
    work()
    mine = {each["name"]: each for each in client.get("/v1/contacts").json()["items"]}
    assert len(mine) == 2
    assert {each["visibility"] for each in mine.values()} == {visibility}
    seen = client.get("/v1/contacts", headers=as_ben).json()["items"]
    assert {each["name"] for each in seen} == (set(mine) if visibility == "team" else set())
    for each in mine.values():
        answer = client.get(f"/v1/contacts/{each['id']}", headers=as_ben)
        assert answer.status_code == (200 if visibility == "team" else 404)
    scans = client.get("/v1/scans", headers=as_ben).json()["items"]
    assert len(scans) == (1 if visibility == "team" else 0)


def test_what_is_there_stays_as_it_is(client, organization, as_new_user):
    client.patch("/v1/organization", json={"default_visibility": "private"}, headers={"If-Match": "*"})
    made = client.post("/v1/contacts", json={"name": "Zora Quick"}).json()
    client.patch("/v1/organization", json={"default_visibility": "team"}, headers={"If-Match": "*"})
    assert client.get(f"/v1/contacts/{made['id']}").json()["visibility"] == "private"
    as_ben = as_new_user(organization, name="Ben")
    assert client.get(f"/v1/contacts/{made['id']}", headers=as_ben).status_code == 404
