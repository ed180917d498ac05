"""Who is in an organization: invited, changed, deactivated."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.auth.models import Invitation
from app.kit.clock import now

CLEO = {"email": "Cleo@Northwind.example", "name": "Cleo Hall"}


@pytest.fixture
def invite(client):
    def make(**said) -> dict:
        answer = client.post("/v1/invitations", json=CLEO | said)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return make


@pytest.fixture
def accept(api):
    """Without any key."""

    def send(token: str, headers: dict | None = None, **said):
        sent = {"Authorization": ""} | (headers or {})
        return api.post("/v1/invitations/accept", json={"token": token} | said, headers=sent)

    return send


def test_whoever_has_the_token_becomes_the_user_once(client, invite, accept, house):
    invitation = invite(role="admin")
    with house.sessions.engine.connect() as connection:
        kept = str(connection.execute(sa.select(Invitation.__table__)).mappings().one())
    assert invitation["token"] not in kept, "only its digest is kept"
    answer = accept(invitation["token"])
    assert (answer.status_code, answer.json()["email"], answer.json()["name"]) == (
        201,
        "cleo@northwind.example",
        "Cleo Hall",
    )
    headers = {"Authorization": f"Bearer {answer.json()['key']}"}
    me = client.get("/v1/me", headers=headers).json()
    assert (me["id"], me["role"]) == (answer.json()["id"], "admin")
    again = accept(invitation["token"])
    assert (again.status_code, again.json()["code"]) == (410, "invitation_over")
    [listed] = client.get("/v1/invitations").json()["items"]
    assert (listed["user_id"], "token" in listed) == (me["id"], False)
    assert listed["accepted_at"]


def test_accepted_four_times_at_once_makes_one_user(client, invite, accept):
    token = invite()["token"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(accept, [token] * 4))
    assert sorted(answer.status_code for answer in answers) == [201, 410, 410, 410]
    assert len(client.get("/v1/users").json()["items"]) == 2


def test_an_answer_that_was_lost_can_be_asked_for_again(invite, accept):
    token = invite()["token"]
    first = accept(token, {"Idempotency-Key": "a"}, name="Cleo H.").json()
    again = accept(token, {"Idempotency-Key": "a"}, name="Cleo H.")
    assert (again.status_code, again.json()["id"], again.json()["key"]) == (201, first["id"], None)
    assert first["name"] == "Cleo H."
    assert accept(token, {"Idempotency-Key": "a"}, name="Other").status_code == 409


def test_what_cannot_be_accepted(client, house, organization, invite, accept):
    revoked = invite()
    assert client.delete(f"/v1/invitations/{revoked['id']}").status_code == 204
    replaced, last = invite(), invite(email="CLEO@northwind.example")
    expired = invite(email="late@northwind.example")
    with house.sessions.begin(organization) as session:
        session.get_one(Invitation, UUID(expired["id"])).expires_at = now() - timedelta(seconds=1)
    for token in (revoked["token"], replaced["token"], expired["token"]):
        assert (accept(token).status_code, accept(token).json()["code"]) == (410, "invitation_over")
    assert accept("ci_forged").status_code == 404
    assert accept(last["token"]).status_code == 201
    taken = client.post("/v1/invitations", json=CLEO)
    assert (taken.status_code, taken.json()["code"]) == (409, "user_exists")


def test_an_accepted_invitation_cannot_be_revoked(client, invite, accept):
    invitation = invite()
    accept(invitation["token"])
    assert client.delete(f"/v1/invitations/{invitation['id']}").status_code == 204
    [listed] = client.get("/v1/invitations").json()["items"]
    assert (bool(listed["accepted_at"]), listed["revoked_at"]) == (True, None)


def test_members_invite_and_change_nobody(client, organization, invite, as_new_user):
    member = as_new_user(organization, name="Ben", admin=False)
    invitation = invite()
    for method, path, body in (
        ("GET", "/v1/invitations", None),
        ("POST", "/v1/invitations", {"email": "x@northwind.example"}),
        ("DELETE", f"/v1/invitations/{invitation['id']}", None),
        ("PATCH", f"/v1/users/{client.get('/v1/me').json()['id']}", {"role": "member"}),
        ("PATCH", "/v1/organization", {"name": "Ours"}),
    ):
        answer = client.request(method, path, json=body, headers=member | {"If-Match": "*"})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), path


def test_a_login_is_bound_by_an_invitation(client, invite, accept, issuer, ask):
    token = issuer.token("cleo-1", name="Cleo at the provider")
    assert ask(token).status_code == 403
    assert ask(token, "/v1/invitations/accept", "POST", json={"token": "ci_forged"}).status_code == 404
    accepted = accept(invite(name=None)["token"], {"Authorization": f"Bearer {token}"})
    assert (accepted.status_code, accepted.json()["key"], accepted.json()["name"]) == (
        201,
        None,
        "Cleo at the provider",
    )
    assert ask(token).json()["id"] == accepted.json()["id"]
    taken = accept(invite(email="dan@northwind.example")["token"], {"Authorization": f"Bearer {token}"})
    assert (taken.status_code, taken.json()["code"]) == (409, "login_taken")
    refused = accept(invite(email="eve@northwind.example")["token"], {"Authorization": "Bearer a.b.c"})
    assert refused.status_code == 401, "who means to bind a login does not get a key instead"


def test_the_last_administrator_stays(client, organization, as_new_user):
    me = client.get("/v1/me").json()["id"]
    for change in ({"role": "member"}, {"active": False}):
        answer = client.patch(f"/v1/users/{me}", json=change)
        assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
    as_ben = as_new_user(organization, name="Ben")
    ben = client.get("/v1/me", headers=as_ben).json()["id"]
    assert client.patch(f"/v1/users/{ben}", json={"active": False}).status_code == 200
    assert client.patch(f"/v1/users/{me}", json={"role": "member"}).status_code == 409, "one who is gone does not count"


def test_two_administrators_who_remove_each_other_do_not_both_succeed(client, organization, as_new_user):
    me = client.get("/v1/me").json()["id"]
    as_ben = as_new_user(organization, name="Ben")
    ben = client.get("/v1/me", headers=as_ben).json()["id"]
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(client.patch, f"/v1/users/{ben}", json={"role": "member"})
        other = pool.submit(client.patch, f"/v1/users/{me}", json={"role": "member"}, headers=as_ben)
    assert sorted([one.result().status_code, other.result().status_code]) in ([200, 403], [200, 409])
    roles = [user["role"] for user in client.get("/v1/users").json()["items"]]
    assert sorted(roles) == ["admin", "member"]


def test_a_deactivated_user_is_let_in_by_no_key_and_no_login(client, organization, as_new_user, issuer, ask):
    as_ben = as_new_user(organization, name="Ben")
    ben = client.get("/v1/me", headers=as_ben).json()
    login = issuer.token("ben-1", email=ben["email"], email_verified=True)
    assert ask(login).json()["id"] == ben["id"]
    gone = client.patch(f"/v1/users/{ben['id']}", json={"active": False}).json()
    assert gone["deactivated_at"]
    for answer in (client.get("/v1/me", headers=as_ben), ask(login)):
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    key = client.post("/v1/api-keys", json={"name": "x", "user_id": ben["id"]})
    assert (key.status_code, key.json()["code"]) == (409, "user_inactive")
    other = issuer.token("ben-2", email=ben["email"], email_verified=True)
    assert ask(other).status_code == 403, "no other login of the same address either"
    assert client.patch(f"/v1/users/{ben['id']}", json={"active": True}).json()["deactivated_at"] is None
    assert ask(login).status_code == 200
    assert client.get("/v1/me", headers=as_ben).status_code == 401, "keys stay dead"
    assert client.patch(f"/v1/users/{ben['id']}", json={"name": "Ben O."}).json()["name"] == "Ben O."
    for wrong in ({"role": "king"}, {"active": None}, {"name": ""}, {"email": "x@y.example"}):
        assert client.patch(f"/v1/users/{ben['id']}", json=wrong).status_code == 422
    assert client.patch(f"/v1/users/{ben['id']}", json={}, headers=as_new_user()).status_code == 404
