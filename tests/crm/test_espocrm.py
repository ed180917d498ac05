"""What is EspoCRM's own: duplicates that are namesakes, or the same person; fields that it does not know."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crm.standins import serving
from tests.crm.standins.espocrm import EspoCrm


@pytest.fixture
def espo() -> Iterator[EspoCrm]:
    with serving(EspoCrm()) as standin:
        yield standin


@pytest.fixture
def connection(espo, connect) -> dict:
    return connect("espocrm", espo.url, credentials=dict(espo.credentials), max_per_second=1000)


def test_a_namesake_is_somebody_else(espo, connection, meet, links):
    espo.records["Contact"]["1a"] = {"firstName": "Jane", "lastName": "Doe", "emailAddress": "jane@other.example"}
    contact_id = meet()
    assert {person.ours for person in espo.people().values()} == {None, contact_id}
    tried = [asked.headers.get("x-skip-duplicate-check") for asked in espo.asked if asked.path == "/api/v1/Contact"]
    assert tried[-2:] == [None, "true"]


def test_who_came_in_between_is_found_in_the_conflict(espo, connection, meet, links):
    espo.records["Contact"]["1a"] = {"id": "1a", "lastName": "D.", "emailAddress": "jane.doe@acme.example"}
    search = espo.search
    espo.search = lambda entity, query: search(entity, {**query, "where[0][value]": "nobody"})
    contact_id = meet()
    assert {one: person.ours for one, person in espo.people().items()} == {"1a": contact_id}
    assert {link["status"] for link in links()} == {"pushed"}


def test_a_number_with_an_extension_is_taken_without_it(client, espo, connection, meet, work):
    contact_id = meet()
    url = f"/v1/contacts/{contact_id}"
    points = [{"kind": "phone", "value": "+4934112345678", "extension": "22"}]
    assert client.patch(url, json={"points": points}, headers={"If-Match": "*"}).is_success
    work()
    [person] = espo.people().values()
    assert person.fields["phoneNumber"] == "+4934112345678"


def test_what_is_wrong_is_named(espo, connection, client, meet, links):
    mapping = {"contact": {"firstName": "first_name", "lastName": "department"}}
    assert client.patch(f"/v1/crm-connections/{connection['id']}", json={"mapping": mapping}).is_success
    contact_id = meet()
    [link] = [link for link in links(object_id=contact_id) if link["kind"] == "contact"]
    found = (link["status"], link["error"], link["detail"])
    assert found == ("refused", "validationFailure", "Field validation failure validationFailure lastName")


def test_nothing_is_pushed_without_the_field_for_our_id(espo, connection, client, meet, again, links):
    espo.fields["Meeting"].discard("cCardallyId")
    meet()
    assert espo.people() == {}
    state = client.get(f"/v1/crm-connections/{connection['id']}").json()
    assert state["last_error"] == "no_external_field"
    espo.fields["Meeting"].add("cCardallyId")
    again()
    again()
    assert {link["status"] for link in links()} == {"pushed"}
