"""A company that is named beside a person: what is typed there says where that person works, and renames nobody's."""

from __future__ import annotations

import pytest


@pytest.fixture
def make(client):
    def create(name, company, email=None):
        points = [{"kind": "email", "value": email}] if email else []
        answer = client.post("/v1/contacts", json={"name": name, "company": company, "points": points})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return create


@pytest.fixture
def say(client):
    """Types a company into a contact."""

    def patch(contact, company):
        answer = client.patch(f"/v1/contacts/{contact['id']}", json={"company": company}, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return patch


def names(client):
    return sorted(each["name"] for each in client.get("/v1/companies").json()["items"] if not each["is_home"])


@pytest.mark.parametrize("short", ["Acme", "ACME", "Acme Tools", "acme-tools"])
def test_a_short_name_means_the_company_at_hand_and_renames_it_for_nobody(client, make, say, short):
    jane = make("Jane Doe", "Acme Tools GmbH", "jane@acme-tools.example")
    said = say(jane, short)
    assert (said["company_id"], said["company_name"]) == (jane["company_id"], "Acme Tools GmbH")
    assert names(client) == ["Acme Tools GmbH"]


def test_a_new_contact_by_a_short_name_joins_by_the_domain_and_renames_nobody(client, make):
    jane = make("Jane Doe", "Acme Tools GmbH", "jane@acme.example")
    assert make("Otto Brandt", "Acme", "otto@acme.example")["company_id"] == jane["company_id"]
    assert names(client) == ["Acme Tools GmbH"]


def test_a_company_that_is_called_by_the_short_name_is_meant(client, make, say):
    acme = make("Otto Brandt", "Acme", "otto@acme-holding.example")
    jane = make("Jane Doe", "Acme Tools GmbH", "jane@tools.example")
    assert say(jane, "Acme")["company_id"] == acme["company_id"]
    assert names(client) == ["Acme", "Acme Tools GmbH"]


def test_another_company_is_another_one_whatever_the_address_says(client, make, say):
    jane = make("Jane Doe", "Acme Tools GmbH", "jane@acme.example")
    moved = say(jane, "Globex AG")
    assert moved["company_name"] == "Globex AG"
    assert moved["company_id"] != jane["company_id"]
    assert names(client) == ["Acme Tools GmbH", "Globex AG"]
    globex = client.get(f"/v1/companies/{moved['company_id']}").json()
    assert not globex["domains"], "the address is still Acme's"


def test_renaming_a_company_is_an_act_of_its_own(client, make):
    jane = make("Jane Doe", "Acme Tools GmbH", "jane@acme.example")
    path = f"/v1/companies/{jane['company_id']}"
    assert client.patch(path, json={"name": "Acme"}, headers={"If-Match": "*"}).status_code == 200
    assert client.get(f"/v1/contacts/{jane['id']}").json()["company_name"] == "Acme"
