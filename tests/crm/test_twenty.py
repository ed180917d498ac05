"""What is Twenty's own: unique parts of composite fields, upserts, and a field that is made before the first push."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.crm.standins import serving
from tests.crm.standins.twenty import Twenty


@pytest.fixture
def twenty() -> Iterator[Twenty]:
    with serving(Twenty()) as standin:
        yield standin


@pytest.fixture
def connection(twenty, connect) -> dict:
    return connect("twenty", twenty.url, credentials=dict(twenty.credentials), max_per_second=1000)


def test_the_parts_of_a_person(twenty, connection, meet):
    contact_id = meet()
    [(one, person)] = twenty.tables["people"].items()
    [(company, firm)] = twenty.tables["companies"].items()
    assert person == {
        "id": one,
        "cardallyId": contact_id,
        "companyId": company,
        "name": {"firstName": "Jane", "lastName": "Doe"},
        "emails": {"primaryEmail": "jane.doe@acme.example"},
        "phones": {"primaryPhoneNumber": "+4934112345678"},
        "jobTitle": "Head of Sales",
    }
    assert firm["domainName"] == {"primaryLinkUrl": "https://acme.example"}
    made = [asked.body["objectMetadataId"] for asked in twenty.asked if asked.path == "/rest/metadata/fields"]
    assert sorted(made) == ["meta-companies", "meta-notes", "meta-people"]


def test_who_came_in_between_is_written_to_and_not_made_again(twenty, connection, meet, links):
    search = twenty.search

    def late(plural, query):
        found = search(plural, query)
        if plural == "people" and "emails.primaryEmail" in query.get("filter", ""):
            twenty.add_person("jane.doe@acme.example")
        return found

    twenty.search = late
    contact_id = meet()
    assert [person.ours for person in twenty.people().values()] == [contact_id]
    assert {link["status"] for link in links()} == {"pushed"}


def test_a_second_person_with_an_address_comes_without_it(twenty, connection, meet):
    other = str(uuid4())
    there = twenty.add_person("jane.doe@acme.example", ours=other)
    contact_id = meet()
    people = twenty.people()
    assert people[there].ours == other
    [made] = [person for one, person in people.items() if one != there]
    assert (made.ours, made.name, made.email) == (contact_id, "Jane Doe", None)


def test_a_domain_that_ends_alike_is_another_company(twenty, connection, meet):
    firm = {"name": "Not Acme", "domainName": {"primaryLinkUrl": "https://www.notacme.example"}}
    twenty.tables["companies"]["n"] = {"id": "n", **firm}
    twenty.tables["companies"]["a"] = {"id": "a", "name": "ACME", "domainName": {"primaryLinkUrl": "acme.example"}}
    meet()
    assert {one: company.name for one, company in twenty.companies().items()} == {
        "n": "Not Acme",
        "a": "Acme Tools GmbH",
    }


def test_a_limit_without_a_word_about_how_long_lasts_a_minute(client, twenty, connection, meet, links):
    meet()
    twenty.next_answers = [twenty.limited()]
    meet(name="John Roe", email="john@roe.example", phone="", company="Roe Pumps", website="")
    state = client.get(f"/v1/crm-connections/{connection['id']}").json()
    assert state["paused_until"] is not None
    assert state["tally"]["rate_limited"] == 1
    assert len(twenty.people()) == 1
