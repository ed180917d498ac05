"""A key is good for what it was made for, and gives no more than that away."""

from __future__ import annotations

import pytest

from app.auth.scopes import Scope


@pytest.fixture
def with_key(client):
    """Headers of a new key with these scopes."""

    def make(*scopes: str) -> dict[str, str]:
        answer = client.post("/v1/api-keys", json={"name": "program", "scopes": list(scopes)})
        assert answer.status_code == 201, answer.text
        assert answer.json()["scopes"] == sorted(scopes)
        return {"Authorization": f"Bearer {answer.json()['key']}"}

    return make


def test_a_key_with_scopes_opens_what_they_name_and_nothing_else(client, with_key):
    reads = with_key("contacts:read")
    assert client.get("/v1/contacts", headers=reads).status_code == 200
    assert client.get("/v1/me", headers=reads).status_code == 200
    for method, path, scope in (
        ("POST", "/v1/contacts", "contacts:write"),
        ("GET", "/v1/scans", "scans:read"),
        ("GET", "/v1/webhook-endpoints", "webhooks:admin"),
        ("POST", "/v1/users", "users:admin"),
    ):
        refused = client.request(method, path, headers=reads, json={"name": "x"} if method == "POST" else None)
        assert (refused.status_code, refused.json()["code"], refused.json()["scope"]) == (403, "scope_missing", scope)


def test_the_address_book_asks_for_a_scope_as_well(client, with_key):
    assert client.request("PROPFIND", "/dav/", headers=with_key("scans:write")).status_code == 403
    assert client.request("PROPFIND", "/dav/", headers=with_key("contacts:read")).status_code == 207


def test_a_key_gives_no_more_away_than_it_has(client, with_key):
    limited = with_key("users:admin", "contacts:read")
    refused = client.post("/v1/api-keys", headers=limited, json={"name": "more", "scopes": ["scans:write"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    same = client.post("/v1/api-keys", headers=limited, json={"name": "as much"}).json()
    assert same["scopes"] == ["contacts:read", "users:admin"]


def test_an_unknown_scope_is_refused(client):
    assert client.post("/v1/api-keys", json={"name": "x", "scopes": ["moon:read"]}).status_code == 422


def test_the_openapi_file_names_the_scope_of_every_route(api):
    for path, methods in api.app.openapi()["paths"].items():
        for method, said in methods.items():
            if "security" in said and path != "/v1/me":
                assert said["x-scope"] in set(Scope), f"{method} {path}: give its tag an area in app/auth/scopes.py"
