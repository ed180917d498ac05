"""What a user who was deactivated kept private: it stays private, and an administrator may hand it over."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.drawing import card_photo, encoded


@pytest.fixture
def ben(client, as_new_user):
    """A colleague: headers, id and contacts; one is shared."""
    organization = UUID(client.get("/v1/me").json()["organization_id"])
    headers = as_new_user(organization, name="Ben Ortiz", admin=False)
    return headers, client.get("/v1/me", headers=headers).json()["id"]


@pytest.fixture
def left_behind(client, ben, work):
    """Ben's contacts, by name; then Ben was deactivated."""
    headers, ben_id = ben
    client.patch("/v1/organization", json={"default_visibility": "private"}, headers={"If-Match": "*"})
    photo = encoded(card_photo())
    assert client.post("/v1/scans", files={"front": photo}, headers=headers).status_code == 202
    work()
    for name in ("Zora Quick", "Ole Berg"):
        said = {
            "name": name,
            "company": "Quick & Sons",
            "points": [{"kind": "email", "value": f"{name[:3]}@q.example"}],
        }
        assert client.post("/v1/contacts", json=said, headers=headers).status_code == 201
    found = {each["name"]: each for each in client.get("/v1/contacts", headers=headers).json()["items"]}
    assert client.post(f"/v1/contacts/{found['Ole Berg']['id']}/share", headers=headers).is_success
    work()
    assert client.patch(f"/v1/users/{ben_id}", json={"active": False}).is_success
    return found


def names(client, headers=None) -> dict[str, dict]:
    return {each["name"]: each for each in client.get("/v1/contacts", headers=headers).json()["items"]}


def test_it_stays_private_until_it_is_handed_over(client, ben, left_behind, work, as_new_user):
    assert set(names(client)) == {"Ole Berg"}, "an administrator sees no more than others"
    me = client.get("/v1/me").json()
    as_cleo = as_new_user(UUID(me["organization_id"]), name="Cleo", admin=False)
    cleo = client.get("/v1/me", headers=as_cleo).json()["id"]
    asked = client.post(f"/v1/users/{ben[1]}/handover", json={"to_user_id": cleo})
    assert (asked.status_code, asked.json()) == (202, {"to_user_id": cleo})
    work()
    assert set(names(client)) == {"Ole Berg"}, "nor does whoever handed it over"
    theirs = names(client, as_cleo)
    assert set(theirs) == set(left_behind)
    private = {name: each for name, each in theirs.items() if name != "Ole Berg"}
    assert {(each["owner_id"], each["visibility"]) for each in private.values()} == {(cleo, "private")}
    assert {each["id"] for each in theirs.values()} == {each["id"] for each in left_behind.values()}
    assert theirs["Ole Berg"]["owner_id"] == ben[1]
    for each in private.values():
        company = client.get(f"/v1/companies/{each['company_id']}", headers=as_cleo)
        assert company.status_code == 200
        assert client.get(f"/v1/companies/{each['company_id']}").status_code == 404
    [scan] = client.get("/v1/scans", headers=as_cleo).json()["items"]
    assert client.get(f"/v1/scans/{scan['id']}", headers=as_cleo).json()["cards"][0]["contact_id"]
    assert client.get("/v1/exchanges", headers=as_cleo).json()["items"]
    jane = next(each for name, each in private.items() if name != "Zora Quick")
    assert client.post(f"/v1/contacts/{jane['id']}/share", headers=as_cleo).is_success, "it is hers to share"
    work()
    assert jane["name"] in names(client)
    assert client.post(f"/v1/users/{ben[1]}/handover", json={"to_user_id": cleo}).status_code == 202
    work()
    assert set(names(client, as_cleo)) == set(left_behind)


def test_who_may_hand_over_what(client, ben, as_new_user):
    headers, ben_id = ben
    me = client.get("/v1/me").json()["id"]
    asked = {"to_user_id": me}
    active = client.post(f"/v1/users/{ben_id}/handover", json=asked)
    assert (active.status_code, active.json()["code"]) == (409, "user_active")
    assert client.post(f"/v1/users/{me}/handover", json=asked, headers=headers).status_code == 403
    client.patch(f"/v1/users/{ben_id}", json={"active": False})
    to_nobody = client.post(f"/v1/users/{ben_id}/handover", json={"to_user_id": ben_id})
    assert (to_nobody.status_code, to_nobody.json()["code"]) == (409, "user_inactive")
    assert client.post(f"/v1/users/{ben_id}/handover", json=asked, headers=as_new_user()).status_code == 404
    stranger = client.get("/v1/me", headers=as_new_user()).json()["id"]
    assert client.post(f"/v1/users/{ben_id}/handover", json={"to_user_id": stranger}).status_code == 404
