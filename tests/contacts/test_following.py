"""Contacts are found by the present names of their companies; what merges took apart is forgotten after a month."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.companies.jobs import forget_merges as forget_company_merges
from app.companies.models import CompanyMerge
from app.contacts.jobs import forget_merges as forget_contact_merges
from app.contacts.models import Contact, ContactMerge
from app.flow import CHORES
from app.kit.chores import Upkeep
from app.kit.clock import now

MARK = {"If-Match": "*"}


@pytest.fixture
def begin(house, client):
    organization_id = UUID(client.get("/v1/me").json()["organization_id"])
    return lambda: house.sessions.begin(organization_id)


@pytest.fixture
def two(client, work):
    """Jane of Acme, Otto of Globex."""
    made = []
    for name, company in (("Jane Doe", "Acme Tools"), ("Otto Brandt", "Globex")):
        made.append(client.post("/v1/contacts", json={"name": name, "company": company}).json())
    work()
    return made


@pytest.fixture
def found(client, work):
    def search(q: str) -> set[str]:
        work()
        return {each["name"] for each in client.get("/v1/contacts", params={"q": q}).json()["items"]}

    return search


def test_people_are_found_by_the_new_name_of_their_company(client, two, found):
    jane, _ = two
    since = client.get("/v1/contacts").json()["items"][0]["updated_at"]
    assert (found("acme"), found("zenith")) == ({"Jane Doe"}, set())
    client.patch(f"/v1/companies/{jane['company_id']}", json={"name": "Zenith Drills"}, headers=MARK)
    assert (found("acme"), found("zenith")) == (set(), {"Jane Doe"})
    changed = client.get("/v1/contacts", params={"updated_since": since}).json()["items"]
    assert ("Jane Doe", "Zenith Drills") in {(each["name"], each["company_name"]) for each in changed}


def test_people_are_found_by_the_name_of_the_company_that_theirs_became(client, two, found):
    jane, otto = two
    path = f"/v1/companies/{jane['company_id']}"
    merged = client.post(f"{path}/merge", json={"other_id": otto["company_id"]}).json()
    assert (found("acme"), found("globex")) == ({"Jane Doe", "Otto Brandt"}, set())
    assert client.post(f"/v1/companies/merges/{merged['id']}/undo").status_code == 200
    assert (found("acme"), found("globex")) == ({"Jane Doe"}, {"Otto Brandt"})


def test_a_name_that_a_merge_brought_is_looked_for_until_it_is_undone(client, two, found):
    jane, otto = two
    client.patch(f"/v1/companies/{otto['company_id']}", json={"name": "Globex International"}, headers=MARK)
    path = f"/v1/companies/{jane['company_id']}"
    with_source = client.get(path).json()["provenance"]["name"]["source"]
    assert with_source == "user"
    merged = client.post(f"/v1/companies/{otto['company_id']}/merge", json={"other_id": jane["company_id"]}).json()
    assert found("globex") == {"Jane Doe", "Otto Brandt"}
    client.post(f"/v1/companies/merges/{merged['id']}/undo")
    assert (found("acme"), found("globex")) == ({"Jane Doe"}, {"Otto Brandt"})


def test_who_says_what_of_a_company_is_in_the_preview_of_a_merge(client, two):
    jane, otto = two
    client.patch(f"/v1/companies/{otto['company_id']}", json={"industry": "Steel"}, headers=MARK)
    path = f"/v1/companies/{jane['company_id']}/merge"
    shown = client.get(path, params={"other_id": otto["company_id"]}).json()
    assert (shown["name"], shown["industry"]) == ("Acme Tools", "Steel")
    assert {field: said["source"] for field, said in shown["provenance"].items()} == {
        "name": "user",
        "industry": "user",
    }


def test_what_merges_took_apart_is_forgotten_after_a_month(client, two, house, begin):
    jane, otto = two
    merges = {
        "contacts": client.post(f"/v1/contacts/{jane['id']}/merge", json={"other_id": otto["id"]}).json()["id"],
        "companies": client.post(
            f"/v1/companies/{jane['company_id']}/merge", json={"other_id": otto["company_id"]}
        ).json()["id"],
    }
    upkeep = Upkeep(house.sessions, house.files, house.settings)
    chores = (forget_contact_merges, forget_company_merges)
    assert set(chores) <= {chore.run for chore in CHORES}

    def kept() -> list[bool]:
        for chore in chores:
            chore(upkeep)
        with begin() as session:
            rows = [session.scalars(select(model)).one() for model in (ContactMerge, CompanyMerge)]
            return [bool(row.changes) for row in rows] + [bool(row.moved) for row in rows]

    def grow_older(days: float) -> None:
        with begin() as session:
            for model in (ContactMerge, CompanyMerge):
                session.execute(update(model).values(created_at=now() - timedelta(days=days)))

    grow_older(29.9)
    assert kept()[:2] == [True, True]
    grow_older(30.1)
    assert kept() == [False] * 4
    for kind, merge_id in merges.items():
        answer = client.post(f"/v1/{kind}/merges/{merge_id}/undo")
        assert (answer.status_code, answer.json()["code"]) == (409, "too_late_to_undo")
        [again] = client.app.openapi()["paths"][f"/v1/{kind}/merges/{{merge_id}}/undo"].values()
        assert "too_late_to_undo" in again["responses"]["409"]["description"]
    with begin() as session:
        assert session.get_one(Contact, UUID(otto["id"])).merged_into_id == UUID(jane["id"])
    assert client.get(f"/v1/contacts/{otto['id']}").json()["id"] == jane["id"]
