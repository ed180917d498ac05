"""Who may call, and what a key is good for."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.auth import keys
from app.auth.models import ApiKey
from app.kit.clock import now


def test_a_key_is_found_by_its_prefix_and_matches_its_digest():
    key, prefix, digest = keys.make_key()
    assert keys.prefix_of(key) == prefix
    assert keys.matches(key, digest)
    assert not keys.matches(key + "x", digest)
    assert key not in digest


@given(st.text())
def test_any_text_has_a_prefix_that_fits_the_column(text):
    assert len(keys.prefix_of(text)) <= 20


def test_me_says_who_i_am(client):
    me = client.get("/v1/me").json()
    assert (me["name"], me["role"], me["organization"]) == ("Ann Lee", "admin", "Northwind Retail Systems")


def test_an_administrator_adds_a_rep_and_gives_them_a_key(client):
    ben = client.post("/v1/users", json={"name": "Ben Ortiz", "email": "Ben@Northwind.example"})
    assert (ben.status_code, ben.json()["email"], ben.json()["role"]) == (201, "ben@northwind.example", "member")
    key = client.post("/v1/api-keys", json={"name": "phone", "user_id": ben.json()["id"]}).json()
    as_ben = {"Authorization": f"Bearer {key['key']}"}
    assert client.get("/v1/me", headers=as_ben).json()["name"] == "Ben Ortiz"
    everybody = client.get("/v1/users", headers=as_ben).json()["items"]
    assert [user["name"] for user in everybody] == ["Ben Ortiz", "Ann Lee"]
    assert [shown["id"] for shown in client.get("/v1/api-keys", headers=as_ben).json()["items"]] == [key["id"]]
    assert len(client.get("/v1/api-keys").json()["items"]) == 2


def test_a_member_adds_nobody_and_gets_keys_for_themselves_only(client, as_new_user):
    me = client.get("/v1/me").json()
    member = as_new_user(UUID(me["organization_id"]), name="Ben Ortiz", admin=False)
    for path, body in (
        ("/v1/users", {"name": "Cy", "email": "cy@northwind.example"}),
        ("/v1/api-keys", {"name": "theirs", "user_id": me["id"]}),
    ):
        answer = client.post(path, json=body, headers=member)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert client.post("/v1/api-keys", json={"name": "mine"}, headers=member).status_code == 201


def test_the_same_address_twice_is_a_conflict(client):
    body = {"name": "Ben Ortiz", "email": "ben@northwind.example"}
    client.post("/v1/users", json=body)
    answer = client.post("/v1/users", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "user_exists")


def test_a_revoked_key_is_refused(client):
    issued = client.post("/v1/api-keys", json={"name": "lost phone"}).json()
    lost = {"Authorization": f"Bearer {issued['key']}"}
    assert client.get("/v1/me", headers=lost).status_code == 200
    assert client.delete(f"/v1/api-keys/{issued['id']}").status_code == 204
    assert client.get("/v1/me", headers=lost).status_code == 401
    assert client.delete(f"/v1/api-keys/{issued['id']}").status_code == 204, "a second time changes nothing"


def test_an_expired_key_is_refused(client):
    soon = (now() + timedelta(hours=1)).isoformat()
    issued = client.post("/v1/api-keys", json={"name": "guest", "expires_at": soon}).json()
    assert client.get("/v1/me", headers={"Authorization": f"Bearer {issued['key']}"}).status_code == 200
    past = (now() - timedelta(hours=1)).isoformat()
    issued = client.post("/v1/api-keys", json={"name": "guest", "expires_at": past}).json()
    assert client.get("/v1/me", headers={"Authorization": f"Bearer {issued['key']}"}).status_code == 401


@pytest.mark.parametrize("moment", ["2026-01-01T00:00:00", "never", "99999-01-01T00:00:00Z"])
def test_an_expiry_that_is_no_moment_is_refused(client, moment):
    answer = client.post("/v1/api-keys", json={"name": "guest", "expires_at": moment})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_another_organizations_key_cannot_be_revoked(client, as_new_user):
    key_id = client.get("/v1/api-keys").json()["items"][0]["id"]
    assert client.delete(f"/v1/api-keys/{key_id}", headers=as_new_user()).status_code == 404


def test_the_last_use_is_noted_now_and_then(client, house):
    client.get("/v1/me")
    with house.sessions.begin() as session:
        used = sa.select(ApiKey.last_used_at)
        first = session.scalar(used, execution_options={"all_organizations": True})
        assert first is not None
    client.get("/v1/me")
    with house.sessions.begin() as session:
        assert session.scalar(used, execution_options={"all_organizations": True}) == first
