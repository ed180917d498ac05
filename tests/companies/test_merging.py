"""Two companies become one, and two again exactly as they were."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import inspect, select

from app.auth.models import User
from app.companies.models import Company, CompanyAlias, CompanyBlock, CompanyDomain, CompanyDoubt, CompanyLogo
from app.contacts.models import Employment
from app.exchanges import service
from app.exchanges.models import Exchange
from tests.readings import jane, read_scan

TABLES = (Company, CompanyAlias, CompanyDomain, CompanyLogo, CompanyDoubt, Employment, Exchange)


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
    """Paths of two companies of one name and two domains: the older, the newer."""
    absorb(jane(), logo="00ff")
    absorb(jane(name="Eva Roe", email="eva@acme-tools.example", website="", phone=""), logo="0ff0")
    newer, older = client.get("/v1/companies", params={"q": "acme"}).json()["items"]
    return f"/v1/companies/{older['id']}", f"/v1/companies/{newer['id']}"


def id_of(path: str) -> str:
    return path.rpartition("/")[2]


def merge(client, survivor, other, **headers):
    return client.post(f"{survivor}/merge", json={"other_id": id_of(other)}, headers=headers)


def everything(begin):
    with begin() as session:
        rows = {
            (model.__tablename__, row.id): {
                column.key: getattr(row, column.key)
                for column in inspect(model).column_attrs
                if column.key not in ("version", "updated_at")
            }
            for model in TABLES
            for row in session.scalars(select(model))
        }
        blocks = set(session.execute(select(CompanyBlock.block, CompanyBlock.alias_id)))
        return rows, blocks


def test_duplicates_are_listed_and_dismissed(client, two):
    [double] = client.get("/v1/companies/duplicates").json()["items"]
    assert (double["company"]["id"], double["other"]["id"]) == (id_of(two[1]), id_of(two[0]))
    assert {reason["code"] for reason in double["reasons"]} >= {"same_name", "different_domains"}
    assert client.get(two[1]).json()["review"] == ["company_ambiguous"]
    assert client.post(f"/v1/companies/duplicates/{double['id']}/dismiss").json()["state"] == "different"
    assert client.get("/v1/companies/duplicates").json()["items"] == []
    assert client.get(two[1]).json()["review"] == []


def test_a_merge_shows_first_what_it_would_do(client, begin, two):
    before = everything(begin)
    shown = client.get(f"{two[0]}/merge", params={"other_id": id_of(two[1])}).json()
    assert everything(begin) == before
    merge(client, *two)
    there = client.get(two[0]).json()
    assert {key: there[key] for key in shown if key != "updated_at"} == {
        key: value for key, value in shown.items() if key != "updated_at"
    }


def test_a_merge_takes_everything_along(client, absorb, two):
    older, newer = two
    merge(client, older, newer)
    kept = client.get(older).json()
    assert set(kept["domains"]) == {"acme.example", "acme-tools.example"}
    assert kept["review"] == []
    people = client.get("/v1/contacts", params={"company_id": id_of(older)}).json()["items"]
    assert {person["name"] for person in people} == {"Jane Doe", "Eva Roe"}
    assert {person["company_id"] for person in people} == {id_of(older)}
    assert len(client.get("/v1/exchanges", params={"company_id": id_of(older)}).json()["items"]) == 2
    assert client.get(newer, follow_redirects=False).headers["Location"] == older
    absorb(jane(name="Tim Ray", email="tim@acme-tools.example", website="", phone=""))
    absorb(jane(name="Kim Orr", email="", website="", phone=""))
    assert [company["id"] for company in client.get("/v1/companies?q=acme").json()["items"]] == [id_of(older)]


def test_undo_restores_every_row(client, begin, absorb, two):
    before = everything(begin)
    made = merge(client, *two).json()
    undone = client.post(f"/v1/companies/merges/{made['id']}/undo").json()
    assert undone["undone_at"] is not None
    assert everything(begin) == before
    assert client.post(f"/v1/companies/merges/{made['id']}/undo").json() == undone
    absorb(jane(name="Tim Ray", email="tim@acme-tools.example", website="", phone=""))
    [tim] = client.get("/v1/contacts?q=tim").json()["items"]
    assert tim["company_id"] == id_of(two[1])


def test_what_a_person_said_outlives_a_merge(client, two):
    older, newer = two
    client.patch(newer, json={"name": "ACME", "industry": "Tools"}, headers={"If-Match": "*"})
    client.patch(older, json={"industry": "Machines"}, headers={"If-Match": "*"})
    merge(client, older, newer)
    kept = client.get(older).json()
    assert (kept["name"], kept["industry"]) == ("ACME", "Machines")


def test_what_cannot_be_merged(client, as_new_user, two):
    [home] = [company for company in client.get("/v1/companies").json()["items"] if company["is_home"]]
    assert merge(client, two[0], two[0]).status_code == 409
    assert merge(client, two[0], f"/v1/companies/{home['id']}").status_code == 409
    assert merge(client, two[0], two[1], **as_new_user()).status_code == 404
    assert merge(client, f"/v1/companies/{home['id']}", two[1]).status_code == 201
