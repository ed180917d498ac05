"""Parents and brands: what belongs to what, and whom a card means that shows a brand or a subsidiary."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from app.auth.models import User
from app.companies.models import Company, CompanyAlias, CompanyBrand, CompanyDomain
from app.exchanges import service
from tests.companies.test_merging import everything, merge
from tests.readings import jane, read_scan

MARK = {"If-Match": "*"}


@pytest.fixture
def begin(house, client):
    organization_id = UUID(client.get("/v1/me").json()["organization_id"])
    return lambda: house.sessions.begin(organization_id)


@pytest.fixture
def card(begin, client):
    """A card of somebody new with this company, domain and logo; returns the company that it was put to."""
    names = iter(f"{given} {family}" for given in ("Ada", "Bo", "Cy", "Di", "Ed") for family in ("Ash", "Birk", "Cole"))

    def absorb(company: str, domain: str | None = None, **more):
        name = next(names)
        email = f"{name.replace(' ', '.').lower()}@{domain}" if domain else ""
        with begin() as session:
            user_id = session.scalars(select(User.id)).first()
            said = jane(name=name, company=company, email=email, website="", phone="", address="")
            scan_id = read_scan(session, user_id, said, **more)
        with begin() as session:
            service.absorb(session, scan_id)
        [found] = client.get("/v1/contacts", params={"q": name}).json()["items"]
        return client.get(f"/v1/companies/{found['company_id']}").json()

    return absorb


def patch(client, company, status: int = 200, **said):
    answer = client.patch(f"/v1/companies/{company['id']}", json=said, headers=MARK)
    assert answer.status_code == status, answer.text
    return answer.json()


def add_brand(client, company, name: str, *domains: str, status: int = 201):
    answer = client.post(f"/v1/companies/{company['id']}/brands", json={"name": name, "domains": domains})
    assert answer.status_code == status, answer.text
    return answer.json()


def shown(client, company, **query):
    answer = client.get(f"/v1/companies/{company['id']}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_parent_is_said_shown_and_taken_back(client, card):
    group, works = card("Acme Holding", "acme.example"), card("Brightworks", "brightworks.example")
    changed = patch(client, works, parent_id=group["id"])
    assert (changed["parent_id"], changed["provenance"]["parent_id"]["source"]) == (group["id"], "user")
    assert shown(client, works, include="parent")["parent"]["name"] == "Acme Holding"
    assert [each["id"] for each in shown(client, group, include="subsidiaries")["subsidiaries"]] == [works["id"]]
    assert shown(client, group)["subsidiaries"] == []
    below = client.get("/v1/companies", params={"parent_id": group["id"], "include": "parent"}).json()["items"]
    assert [(each["id"], each["parent"]["id"]) for each in below] == [(works["id"], group["id"])]
    assert patch(client, works, parent_id=None)["parent_id"] is None


def test_nothing_belongs_to_itself(client, card):
    one, two, three = card("Alder", "alder.example"), card("Birchwood", "birch.example"), card("Cedarville")
    patch(client, two, parent_id=one["id"])
    patch(client, three, parent_id=two["id"])
    for above, below in ((one, one), (one, two), (one, three), (two, three)):
        assert patch(client, above, 409, parent_id=below["id"])["code"] == "parent_cycle"
    patch(client, one, 404, parent_id="01a20736-5a45-76ae-9964-8415f8987f3c")
    patch(client, one, 422, parent_id="no id")


def test_a_card_with_a_brand_means_its_company(client, card):
    acme = card("Acme Tools GmbH", "acme.example")
    brand = add_brand(client, acme, "Drillmaster", "www.drillmaster.example")
    assert brand["domains"] == ["drillmaster.example"]
    for found in (
        card("Drillmaster"),
        card("Drillmaster Ltd.", "drillmaster.example"),
        card("Something Else", "drillmaster.example"),
        card("Dri11master"),
    ):
        assert found["id"] == acme["id"]
    now = shown(client, acme)
    assert (now["name"], now["aliases"]) == ("Acme Tools GmbH", []), "a brand is no name of the company"
    assert (now["domains"], [each["name"] for each in now["brands"]]) == (["acme.example"], ["Drillmaster"])
    assert card("Drillmaster", "another.example")["id"] != acme["id"], "the brand has another domain: somebody is asked"
    [double] = client.get("/v1/companies/duplicates").json()["items"]
    assert {"brand", "different_domains"} == {reason["code"] for reason in double["reasons"]}
    assert client.get("/v1/companies", params={"q": "drillm"}).json()["items"][-1]["id"] == acme["id"]


def test_a_brand_without_a_known_domain_is_known_by_its_name(client, card):
    acme = card("Acme Tools GmbH", "acme.example")
    add_brand(client, acme, "Drillmaster")
    assert card("Drillmaster", "drillmaster.example")["id"] == acme["id"]


def test_a_brand_is_taken_away(client, card, begin):
    acme = card("Acme Tools GmbH", "acme.example")
    brand = add_brand(client, acme, "Drillmaster", "drillmaster.example")
    path = f"/v1/companies/{acme['id']}/brands"
    assert [each["id"] for each in client.get(path).json()["items"]] == [brand["id"]]
    assert client.delete(f"{path}/{brand['id']}").status_code == 204
    assert client.delete(f"{path}/{brand['id']}").status_code == 404
    assert shown(client, acme)["brands"] == client.get(path).json()["items"] == []
    assert card("Drillmaster", "drillmaster.example")["id"] != acme["id"]


def test_what_cannot_be_a_brand(client, card):
    acme, other = card("Acme Tools GmbH", "acme.example"), card("Brightworks", "brightworks.example")
    add_brand(client, acme, "Drillmaster")
    assert add_brand(client, acme, "DRILLMASTER Inc", status=409)["code"] == "brand_taken"
    assert add_brand(client, acme, "Acme Tools", status=409)["code"] == "brand_taken"
    taken = add_brand(client, acme, "Brightworks", "brightworks.example", status=409)
    assert (taken["code"], taken["company_id"]) == ("domain_taken", other["id"])
    add_brand(client, acme, "Post", "gmail.com", status=422)
    add_brand(client, acme, "Post", "no domain", status=422)
    add_brand(client, acme, "!!", status=422)
    assert [each["name"] for each in shown(client, acme)["brands"]] == ["Drillmaster"]


def test_a_subsidiary_is_never_silently_its_parent(client, card):
    group, france = card("Acme Tools", "acme.example"), card("Acme France", "acme-france.example")
    patch(client, france, parent_id=group["id"])
    assert card("Acme France", "acme.example")["id"] == france["id"], "at the parent's domain it is itself"
    assert card("Acme Tools", "acme-france.example")["id"] == group["id"], "and the other way round"
    iberia = card("Acme Iberia", "acme.example")
    assert iberia["id"] not in (group["id"], france["id"]), "another name at the group's domain is asked about"
    assert iberia["review"] == ["company_ambiguous"]
    doubts = client.get("/v1/companies/duplicates").json()["items"]
    reasons = {reason["code"] for double in doubts for reason in double["reasons"]}
    assert "another_name_in_the_group" in reasons
    assert shown(client, group)["aliases"] == []


def test_two_of_a_group_with_one_name_are_asked_about(client, card):
    one, two = card("Acme Tools GmbH", "acme.example"), card("Acme Tools", "acme-tools.example")
    assert one["id"] != two["id"]
    patch(client, two, parent_id=one["id"])
    assert card("Acme Tools Inc.")["id"] not in (one["id"], two["id"])


@pytest.fixture
def two(client, card):
    """Two of one name with a brand in common; the newer one has another brand, belongs to a group and owns works."""
    older, newer = card("Acme Tools GmbH", "acme.example"), card("Acme Tools", "acme-tools.example")
    group, works = card("Globex", "globex.example"), card("Initech", "initech.example")
    patch(client, newer, parent_id=group["id"])
    patch(client, works, parent_id=newer["id"])
    add_brand(client, older, "Drillmaster", "drillmaster.example")
    add_brand(client, newer, "Drillmaster", "drillmaster.com")
    add_brand(client, newer, "Sawmaster", "sawmaster.example")
    return older, newer, group, works


def whole(begin):
    """Every row that tells of a company."""
    rows, blocks = everything(begin)
    with begin() as session:
        for model in (Company, CompanyAlias, CompanyBrand, CompanyDomain):
            for row in session.scalars(select(model)):
                values = {column.name: getattr(row, column.name) for column in model.__table__.c}
                rows[model.__tablename__, row.id] = {
                    name: value for name, value in values.items() if name not in ("version", "updated_at")
                }
    return rows, blocks


def test_a_merge_carries_brands_and_relatives_and_gives_them_back(client, begin, two, card):
    older, newer, group, works = two
    before = whole(begin)
    preview = client.get(f"/v1/companies/{older['id']}/merge", params={"other_id": newer["id"]}).json()
    assert whole(begin) == before
    paths = [f"/v1/companies/{each['id']}" for each in (older, newer)]
    made = merge(client, *paths).json()
    kept = shown(client, older)
    moving = ("updated_at", "subsidiaries", "parent")
    assert {key: value for key, value in kept.items() if key not in moving} == {
        key: value for key, value in preview.items() if key not in moving
    }
    brands = {each["name"]: set(each["domains"]) for each in kept["brands"]}
    assert brands == {
        "Drillmaster": {"drillmaster.example", "drillmaster.com"},
        "Sawmaster": {"sawmaster.example"},
    }
    assert (kept["parent_id"], kept["provenance"]["parent_id"]["source"]) == (group["id"], "user")
    assert shown(client, works)["parent_id"] == older["id"]
    assert client.post(f"/v1/companies/merges/{made['id']}/undo").status_code == 200
    assert whole(begin) == before
    assert card("Sawmaster")["id"] == newer["id"]


def test_one_is_merged_with_what_it_belongs_to(client, begin, card):
    top, middle, low = card("Alder", "alder.example"), card("Birchwood", "birch.example"), card("Cedarville")
    patch(client, middle, parent_id=top["id"])
    patch(client, low, parent_id=middle["id"])
    for survivor, other, parents in (
        (low, top, {low["id"]: None, middle["id"]: low["id"]}),
        (top, low, {top["id"]: None, middle["id"]: top["id"]}),
        (middle, top, {middle["id"]: None, low["id"]: middle["id"]}),
        (low, middle, {low["id"]: top["id"], top["id"]: None}),
    ):
        before = whole(begin)
        made = merge(client, *(f"/v1/companies/{each['id']}" for each in (survivor, other))).json()
        assert {each: shown(client, {"id": each})["parent_id"] for each in parents} == parents
        assert client.post(f"/v1/companies/merges/{made['id']}/undo").status_code == 200
        assert whole(begin) == before


def test_undoing_makes_no_circle(client, card):
    """While two were one, what belonged to one of them was put above the other."""
    top, other, low = card("Alder", "alder.example"), card("Birchwood", "birch.example"), card("Cedarville")
    patch(client, low, parent_id=other["id"])
    patch(client, other, parent_id=top["id"])
    made = merge(client, f"/v1/companies/{low['id']}", f"/v1/companies/{other['id']}").json()
    patch(client, low, parent_id=None)
    patch(client, top, parent_id=low["id"])
    assert client.post(f"/v1/companies/merges/{made['id']}/undo").status_code == 200
    for each in (top, other, low):
        seen = [each["id"]]
        while parent := shown(client, {"id": seen[-1]})["parent_id"]:
            assert parent not in seen
            seen.append(parent)


def test_a_brand_that_came_since_outlives_the_undoing(client, card):
    older, newer = card("Acme Tools GmbH", "acme.example"), card("Brightworks", "brightworks.example")
    made = merge(client, *(f"/v1/companies/{each['id']}" for each in (older, newer))).json()
    brand = add_brand(client, older, "Brightworks", "brightworks.example")
    assert client.post(f"/v1/companies/merges/{made['id']}/undo").status_code == 200
    assert [each["id"] for each in shown(client, older)["brands"]] == [brand["id"]]
    assert (shown(client, newer)["domains"], shown(client, newer)["brands"]) == (["brightworks.example"], [])
    assert card("Brightworks", "brightworks.example")["id"] == newer["id"]
