"""Books over HTTP, on both databases."""

from __future__ import annotations

from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from app.books import service

URL = "/v1/accounts"


def save(client: TestClient, company: str = "Corner Stores", relation: str = "customer", **more) -> dict:
    answer = client.post(URL, json={"company": company, "relation": relation, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def send(client: TestClient, text: str, **more):
    return client.post(f"{URL}/import", files={"file": ("accounts.csv", text.encode(), "text/csv")}, **more)


def book(client: TestClient, **params) -> list[tuple[str, str]]:
    items = client.get(URL, params=params).json()["items"]
    return [(item["company"]["name"], item["relation"]) for item in items]


def test_an_account_is_kept_once_and_corrected(client):
    first = save(client, industry="retail", domain="https://www.corner.example/about")
    again = save(client, "CORNER STORES, Inc.", "open_opportunity")
    assert again["id"] == first["id"]
    assert (again["relation"], again["industry"], again["confirmed"]) == ("open_opportunity", "retail", True)
    assert again["confirmed_at"] > first["confirmed_at"]
    assert book(client) == [(first["company"]["name"], "open_opportunity")]


def test_the_same_domain_is_the_same_company(client):
    assert (
        save(client, "Corner", domain="corner.example")["company"]
        == (save(client, "Corner Retail Group", domain="www.corner.example")["company"])
    )


def test_pages_and_filter(client):
    for number, name in enumerate(("Zebra Tours", "Quartz Mining", "Violet Bakery", "Juniper Clinic", "Tidal Power")):
        save(client, name, "prospect" if number % 2 else "customer")
    found, cursor = [], None
    while True:
        page = client.get(URL, params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        found += page["items"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert len({item["id"] for item in found}) == len(found) == 5
    assert len(book(client, relation="prospect")) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"company": "", "relation": "customer"},
        {"company": "  ", "relation": "customer"},
        {"company": "Kiosk"},
        {"company": "Kiosk", "relation": "friend"},
        {"company": "K" * 301, "relation": "customer"},
        {"company": "!!!", "relation": "customer"},
    ],
)
def test_accounts_that_cannot_be_meant(client, body):
    assert client.post(URL, json=body).status_code == 422
    assert book(client) == []


def test_an_unknown_contact(client):
    body = {"company": "Kiosk", "relation": "customer", "contact_id": str(uuid4())}
    assert client.post(URL, json=body).status_code == 404


def test_a_file(client):
    save(client, "Corner Stores", "prospect", industry="retail")
    text = (
        "company,relation,industry\nCorner Stores,customer,\nNorth Hotel,customer,hotels\n,customer,\n---,customer,\n"
    )
    assert send(client, text).json() == {
        "added": 1,
        "changed": 1,
        "confirmed": 0,
        "refused": [
            {"line": 4, "problem": "no company"},
            {"line": 5, "problem": "This name has no letters or digits."},
        ],
    }
    assert sorted(book(client)) == [("Corner Stores", "customer"), ("North Hotel", "customer")]
    assert send(client, text).json() | {"refused": []} == {"added": 0, "changed": 0, "confirmed": 2, "refused": []}


def test_files_that_cannot_be_used(client):
    assert send(client, "nonsense").json()["code"] == "bad_sheet"
    many = "company,relation\n" + "Kiosk,customer\n" * (service.MOST_ROWS + 1)
    answer = send(client, many)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_many_rows")


def test_nobody_sees_or_touches_a_colleagues_book(client, organization_of_client, as_new_user):
    mine = save(client)
    colleague = as_new_user(organization_of_client, name="Cleo")
    stranger = as_new_user()
    for headers in (colleague, stranger):
        assert client.get(URL, headers=headers).json()["items"] == []
        assert client.delete(f"{URL}/{mine['id']}", headers=headers).status_code == 404
    assert client.delete(f"{URL}/{mine['id']}").status_code == 204
    assert book(client) == []


def test_a_post_that_is_sent_twice(client):
    body, headers = {"company": "Kiosk", "relation": "customer"}, {"Idempotency-Key": "one"}
    first, second = (client.post(URL, json=body, headers=headers).json() for _ in range(2))
    assert first == second
    assert client.post(URL, json={**body, "relation": "prospect"}, headers=headers).status_code == 409
