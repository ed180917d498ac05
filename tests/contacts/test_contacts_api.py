"""Contacts, companies and exchanges over HTTP: find, correct, and never lose what a person said."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.auth.models import User
from app.exchanges import service
from app.kit.clock import now
from app.kit.ids import new_id
from tests.readings import jane, read_scan


@pytest.fixture
def absorb(house, client):
    """Absorbs a scan of these cards for the caller of `client`; the caller's organization comes from their key."""
    organization_id = UUID(client.get("/v1/me").json()["organization_id"])

    def run(*cards, **said):
        with house.sessions.begin(organization_id) as session:
            user_id = session.scalars(select(User.id)).first()
            scan_id = read_scan(session, user_id, *cards, **said)
        with house.sessions.begin(organization_id) as session:
            service.absorb(session, scan_id)

    return run


def only(client, path="/v1/contacts", **query):
    [item] = client.get(path, params=query).json()["items"]
    return item


def found(client, q, path="/v1/contacts"):
    return [item["name"] for item in client.get(path, params={"q": q}).json()["items"]]


def patch(client, path, change, **headers):
    tag = client.get(path).headers["ETag"]
    return client.patch(path, json=change, headers={"If-Match": tag} | headers)


EVA = jane(
    name="Eva Müller-Roe",
    title="CEO",
    company="Globex AG",
    email="eva@globex.example",
    phone="+41446681800",
    website="",
    address="",
)


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("jane", ["Jane Doe"]),
        ("DOE jane", ["Jane Doe"]),
        ("müller", ["Eva Müller-Roe"]),
        ("mueller", []),
        ("muller", ["Eva Müller-Roe"]),
        ("acme", ["Jane Doe"]),
        ("acme tools jane", ["Jane Doe"]),
        ("acme eva", []),
        ("eva@globex.example", ["Eva Müller-Roe"]),
        ("globex", ["Eva Müller-Roe"]),
        ("044 668 18 00", ["Eva Müller-Roe"]),
        ("+41 44 668", ["Eva Müller-Roe"]),
        ("%", []),
        ("", ["Eva Müller-Roe", "Jane Doe"]),
    ],
)
def test_search(client, absorb, q, names):
    absorb(jane())
    absorb(EVA)
    assert found(client, q) == names


def test_filters_and_pages(client, absorb):
    absorb(jane(), review=("glare",))
    later = now() + timedelta(days=1)
    absorb(EVA)
    acme = only(client, "/v1/companies", q="acme")
    assert only(client, company_id=acme["id"])["name"] == "Jane Doe"
    assert only(client, needs_review=True)["name"] == "Jane Doe"
    assert only(client, needs_review=False)["name"] == "Eva Müller-Roe"
    assert client.get("/v1/contacts", params={"updated_since": later.isoformat()}).json()["items"] == []
    first = client.get("/v1/contacts", params={"limit": 1}).json()
    second = client.get("/v1/contacts", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert [page["items"][0]["name"] for page in (first, second)] == ["Eva Müller-Roe", "Jane Doe"]
    assert second["next_cursor"] is None
    assert client.get("/v1/contacts", params={"cursor": "!"}).status_code == 400


def test_one_contact_shows_meetings_and_cards(client, absorb):
    absorb(jane(), event="Fair", place="Leipzig")
    shown = client.get(f"/v1/contacts/{only(client)['id']}").json()
    assert (shown["title"], shown["company_name"]) == ("Head of Sales", "Acme Tools GmbH")
    assert [(met["event"], met["direction"]) for met in shown["exchanges"]] == [("Fair", "received")]
    [card] = shown["cards"]
    assert card["image_url"] == f"/v1/scans/{card['scan_id']}/cards/0/image"
    assert only(client, "/v1/exchanges", contact_id=shown["id"])["id"] == shown["exchanges"][0]["id"]
    assert only(client, "/v1/exchanges", event="Fair")["company_id"] == shown["company_id"]
    assert client.get("/v1/exchanges", params={"event": "Other"}).json()["items"] == []


def test_a_change_needs_the_version_that_was_seen(client, absorb):
    absorb(jane())
    acme = only(client, "/v1/companies", q="acme")
    for path in (f"/v1/contacts/{only(client)['id']}", f"/v1/companies/{acme['id']}"):
        seen = client.get(path).headers["ETag"]
        assert client.patch(path, json={}).json()["code"] == "precondition_required"
        assert client.patch(path, json={"name": "New"}, headers={"If-Match": seen}).status_code == 200
        late = client.patch(path, json={"name": "Late"}, headers={"If-Match": seen})
        assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
        again = client.get(path)
        assert again.json()["name"] == "New"
        assert again.headers["ETag"] != seen
        assert client.patch(path, json={"name": "Any"}, headers={"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"nmae": "typo"},
        {"points": None},
        {"needs_review": True},
        {"points": [{"kind": "email", "value": "nobody"}]},
        {"points": [{"kind": "fax", "value": "1"}]},
        {"name": ""},
        {"name": "x" * 301},
        [],
    ],
)
def test_what_makes_no_sense_is_refused(client, absorb, change):
    absorb(jane())
    refused = patch(client, f"/v1/contacts/{only(client)['id']}", change)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")


def test_corrections_outlive_later_cards(client, absorb):
    absorb(jane(), review=("low_confidence:email",))
    path = f"/v1/contacts/{only(client)['id']}"
    points = [
        {"kind": "email", "value": "jane@acme.example"},
        {"kind": "phone", "value": "(212) 555-0123", "type": "mobile"},
        {"kind": "phone", "value": "+49 341 12345678"},
    ]
    said = {"name": "Jane Q. Doe", "title": None, "points": points}
    answer = patch(client, path, said).json()
    assert (answer["name"], answer["title"]) == ("Jane Q. Doe", None)
    assert (answer["review"], answer["needs_review"]) == ([], False)
    kept = {(point["kind"], point["value"], point["source"]) for point in answer["points"]}
    assert kept == {
        ("email", "jane@acme.example", "user"),
        ("phone", "+12125550123", "user"),
        ("phone", "+4934112345678", "rapidocr"),
    }
    absorb([*jane(name="Jane Doe"), ("phone", "+4934112345679", 1.0)])
    later = client.get(path).json()
    assert (later["name"], later["title"]) == ("Jane Q. Doe", None)
    now_there = {(point["kind"], point["value"]) for point in later["points"]}
    assert ("email", "jane.doe@acme.example") not in now_there, "struck out by a person"
    assert ("phone", "+4934112345679") in now_there, "a card may still add"


def test_a_corrected_company_is_not_a_job_change(client, absorb):
    absorb(jane(company="Acrne Toois", email="", website=""))
    absorb(EVA)
    globex = only(client, "/v1/companies", q="globex")
    contact = only(client, q="jane")
    path = f"/v1/contacts/{contact['id']}"
    assert patch(client, path, {"company_id": globex["id"]}).json()["company_name"] == "Globex AG"
    absorb(jane(company="Acrne Toois", email="", website=""))
    jobs = client.get(path).json()["employments"]
    assert [job["company_name"] for job in jobs] == ["Globex AG"]
    assert patch(client, path, {"company_id": str(new_id())}).status_code == 404
    assert patch(client, path, {"company_id": None}).json()["company_id"] is None


def test_a_reviewed_contact_needs_no_review(client, absorb):
    absorb(jane(), review=("glare", "low_confidence:name"))
    path = f"/v1/contacts/{only(client)['id']}"
    assert patch(client, path, {"name": "Jane Doe"}).json()["review"] == ["glare"]
    assert patch(client, path, {"needs_review": False}).json()["review"] == []


def test_companies_are_corrected(client, absorb):
    absorb(jane())
    path = f"/v1/companies/{only(client, '/v1/companies', q='acme')['id']}"
    said = {"name": "ACME Werkzeuge", "industry": "Machine tools", "product_category": "Drills"}
    answer = patch(client, path, said).json()
    assert said.items() <= answer.items()
    assert (answer["aliases"], answer["domains"], answer["confidence"]) == (["Acme Tools GmbH"], ["acme.example"], 1.0)
    absorb(jane(company="Acme Tools Inc"))
    assert client.get(path).json()["name"] == "ACME Werkzeuge"
    assert patch(client, path, {"industry": None}).json()["industry"] is None
    assert patch(client, path, {"name": None}).status_code == 422


def test_nothing_of_another_organization_is_there(client, absorb, as_new_user):
    absorb(jane())
    contact, company = only(client), only(client, "/v1/companies", q="acme")
    stranger = as_new_user()
    for path in (f"/v1/contacts/{contact['id']}", f"/v1/companies/{company['id']}"):
        assert client.get(path, headers=stranger).status_code == 404
        assert client.patch(path, json={}, headers=stranger | {"If-Match": "*"}).status_code == 404
    for path in ("/v1/contacts", "/v1/exchanges", "/v1/companies?q=acme", "/v1/contacts?q=acme"):
        assert client.get(path, headers=stranger).json()["items"] == []
    mine = client.get(f"/v1/contacts?company_id={company['id']}", headers=stranger).json()["items"]
    assert mine == []
