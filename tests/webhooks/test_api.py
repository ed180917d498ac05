"""Webhooks over HTTP: who may do what, what is refused, and what is never shown."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.webhooks.catalogue import EVENT_TYPES
from app.webhooks.models import EndpointSecret

HOOK = "http://127.0.0.1:9/hook"


@pytest.fixture
def endpoint(client):
    return client.post("/v1/webhook-endpoints", json={"url": HOOK}).json()


def code_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_the_secret_is_shown_once_and_stored_sealed(client, house):
    made = client.post("/v1/webhook-endpoints", json={"url": HOOK, "description": "CRM"})
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secret.startswith("whsec_")
    path = f"/v1/webhook-endpoints/{made.json()['id']}"
    for answer in (client.get(path), client.get("/v1/webhook-endpoints"), client.patch(path, json={})):
        assert answer.status_code == 200
        assert "secret" not in answer.text
    with house.sessions.begin() as session:
        [sealed] = session.execute(sa.select(EndpointSecret.__table__.c.sealed)).scalars()
    assert secret not in sealed
    assert secret.removeprefix("whsec_") not in sealed


def test_members_see_but_do_not_change(client, as_new_user, endpoint):
    organization = UUID(client.get("/v1/me").json()["organization_id"])
    member = {"headers": as_new_user(organization, admin=False)}
    path = f"/v1/webhook-endpoints/{endpoint['id']}"
    delivery = client.post(f"{path}/test").json()
    shown = client.get(f"/v1/webhook-deliveries/{delivery['id']}", **member)
    assert (shown.status_code, shown.json()["body"]) == (200, None)
    assert client.get(f"/v1/webhook-deliveries/{delivery['id']}").json()["body"] is not None
    for allowed in (path, "/v1/webhook-endpoints", "/v1/webhook-deliveries", "/v1/webhook-event-types"):
        assert client.get(allowed, **member).status_code == 200
    for refused in (
        client.post("/v1/webhook-endpoints", json={"url": HOOK}, **member),
        client.patch(path, json={"description": "mine"}, **member),
        client.post(f"{path}/rotate-secret", **member),
        client.post(f"{path}/test", **member),
        client.post(f"{path}/replay", json={"since": "2026-01-01T00:00:00Z"}, **member),
        client.post(f"/v1/webhook-deliveries/{delivery['id']}/replay", **member),
        client.delete(path, **member),
    ):
        assert code_of(refused) == (403, "forbidden")


def test_another_organization_is_not_there(client, as_new_user, endpoint):
    delivery = client.post(f"/v1/webhook-endpoints/{endpoint['id']}/test").json()
    other = {"headers": as_new_user()}
    path = f"/v1/webhook-endpoints/{endpoint['id']}"
    for answer in (
        client.get(path, **other),
        client.patch(path, json={}, **other),
        client.post(f"{path}/test", **other),
        client.post(f"{path}/rotate-secret", **other),
        client.post(f"{path}/replay", json={"since": "2026-01-01T00:00:00Z"}, **other),
        client.get(f"/v1/webhook-deliveries/{delivery['id']}", **other),
        client.post(f"/v1/webhook-deliveries/{delivery['id']}/replay", **other),
        client.delete(path, **other),
    ):
        assert code_of(answer) == (404, "not_found")
    for listing in ("/v1/webhook-endpoints", "/v1/webhook-deliveries"):
        assert client.get(listing, **other).json()["items"] == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/", "scheme_refused"),
        ("https://10.0.0.1/", "address_refused"),
        ("https://169.254.169.254/latest/", "address_refused"),
        ("https://example.com:22/", "port_refused"),
        ("https://user:secret@example.com/", "url_malformed"),
        ("nonsense", "url_malformed"),
    ],
)
def test_a_url_that_may_not_be_called_is_refused(client, endpoint, url, reason):
    for answer in (
        client.post("/v1/webhook-endpoints", json={"url": url}),
        client.patch(f"/v1/webhook-endpoints/{endpoint['id']}", json={"url": url}),
    ):
        assert code_of(answer) == (422, "url_refused")
        assert answer.json()["reason"] == reason


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "invalid_request"),
        ({"url": HOOK, "event_types": ["contact.imagined"]}, "unknown_event_type"),
        ({"url": HOOK, "secret": "whsec_short"}, "bad_secret"),
        ({"url": HOOK, "concurrency": 0}, "invalid_request"),
        ({"url": HOOK, "max_per_second": 0}, "invalid_request"),
        ({"url": HOOK, "signature": "v2"}, "invalid_request"),
        ({"url": HOOK, "colour": "red"}, "invalid_request"),
        ({"url": "https://" + "a" * 3000}, "invalid_request"),
    ],
)
def test_bad_input(client, given, code):
    assert code_of(client.post("/v1/webhook-endpoints", json=given)) == (422, code)
    assert client.get("/v1/webhook-endpoints").json()["items"] == []


def test_a_change_leaves_alone_what_it_does_not_name(client, endpoint):
    path = f"/v1/webhook-endpoints/{endpoint['id']}"
    changed = client.patch(path, json={"description": "CRM", "event_types": ["scan.finished"], "max_per_second": 5})
    assert changed.json() == client.get(path).json()
    assert changed.json()["url"] == HOOK
    assert client.patch(path, json={"max_per_second": None}).json()["max_per_second"] is None
    assert client.get(path).json()["description"] == "CRM"
    assert code_of(client.patch(path, json={"url": None})) == (422, "invalid_request")


def test_a_secret_of_ones_own(client):
    own = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert client.post("/v1/webhook-endpoints", json={"url": HOOK, "secret": own}).json()["secret"] == own


@pytest.mark.parametrize("verb", ["", "/{id}/rotate-secret", "/{id}/test", "/{id}/replay"])
def test_a_post_that_is_sent_four_times_at_once_does_its_work_once(client, endpoint, verb):
    body = {"": {"url": HOOK}, "/{id}/replay": {"since": "2026-01-01T00:00:00Z"}}.get(verb, {})
    path = "/v1/webhook-endpoints" + verb.format(id=endpoint["id"])

    def post(_):
        return client.post(path, json=body or None, headers={"Idempotency-Key": "one"})

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(post, range(4)))
    assert {answer.status_code for answer in answers} <= {200, 201, 202}
    assert len({json.dumps(answer.json(), sort_keys=True) for answer in answers}) == 1
    assert len(client.get("/v1/webhook-endpoints").json()["items"]) == (2 if verb == "" else 1)
    assert len(client.get("/v1/webhook-deliveries").json()["items"]) == (1 if verb == "/{id}/test" else 0)


def test_the_same_key_for_something_else_is_refused(client, endpoint):
    key = {"headers": {"Idempotency-Key": "one"}}
    own = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_NfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
    assert client.post("/v1/webhook-endpoints", json={"url": HOOK, "secret": own[0]}, **key).status_code == 201
    for other in ({"url": HOOK, "secret": own[1]}, {"url": HOOK, "secret": own[0], "description": "x"}):
        assert code_of(client.post("/v1/webhook-endpoints", json=other, **key)) == (409, "idempotency_key_reused")


def test_deliveries_are_paged_and_filtered(client, endpoint, work):
    other = client.post("/v1/webhook-endpoints", json={"url": HOOK}).json()
    for _ in range(3):
        client.post(f"/v1/webhook-endpoints/{endpoint['id']}/test")
    client.post(f"/v1/webhook-endpoints/{other['id']}/test")
    first = client.get("/v1/webhook-deliveries", params={"limit": 3}).json()
    rest = client.get("/v1/webhook-deliveries", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (3, 1, None)
    mine = client.get("/v1/webhook-deliveries", params={"endpoint_id": other["id"]}).json()["items"]
    assert [one["endpoint_id"] for one in mine] == [other["id"]]
    assert client.get("/v1/webhook-deliveries", params={"status": "delivered"}).json()["items"] == []
    assert code_of(client.get("/v1/webhook-deliveries", params={"cursor": "x"})) == (400, "bad_cursor")


def test_the_catalogue_says_what_is_sent(client):
    shown = {one["name"]: one for one in client.get("/v1/webhook-event-types").json()}
    assert set(shown) == set(EVENT_TYPES)
    for name, event_type in EVENT_TYPES.items():
        example = shown[name]["example"]
        assert event_type.data.model_validate(example["data"]).model_dump(mode="json") == _as_sent(event_type, example)
        schema = shown[name]["schema"]
        assert set(schema["required"]) == set(example)
        assert set(schema["properties"]["data"]["properties"]) == set(example["data"])


def _as_sent(event_type, example) -> dict:
    return event_type.data.model_validate_json(json.dumps(example["data"])).model_dump(mode="json")
