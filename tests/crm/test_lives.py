"""What is private stays out of CRMs; a merge and its undo are seen there, of people and of companies."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.crm.standins import StandIn
from tests.crm.test_journeys import OTHER
from tests.readings import jane, read_scan


@pytest.fixture
def meet_in_private(client, house, me, work):
    """A card that its owner alone sees; returns the contact's id."""

    def meet(**said: str) -> str:
        with house.sessions.begin(UUID(me["organization_id"])) as session:
            user_id = UUID(me["id"])
            scan_id = read_scan(session, user_id, jane(**said), event="Retail Week", audience_id=user_id)
        work()
        return client.get(f"/v1/scans/{scan_id}").json()["cards"][0]["contact_id"]

    return meet


def said(crm: StandIn) -> str:
    """Everything that a CRM was ever told."""
    return " ".join(f"{asked.path} {asked.query} {asked.text}" for asked in crm.asked)


def test_what_is_private_comes_when_it_is_shared_and_goes_when_it_is_not(
    client, crm, connection, meet_in_private, work, links
):
    contact_id = meet_in_private()
    assert client.get(f"/v1/contacts/{contact_id}").json()["visibility"] == "private"
    assert client.post(f"/v1/crm-connections/{connection['id']}/push", json={}).status_code == 202
    work()
    assert (crm.people(), crm.companies(), crm.notes(), links()) == ({}, {}, {}, [])
    assert not [word for word in ("Doe", "acme", "Acme", contact_id) if word in said(crm)], "nothing was even asked for"

    assert client.post(f"/v1/contacts/{contact_id}/share").is_success
    work()
    [(one, person)] = crm.people().items()
    [note] = crm.notes().values()
    assert (person.name, note.belongs_to) == ("Jane Doe", one)

    assert client.post(f"/v1/contacts/{contact_id}/unshare").is_success
    work()
    assert (crm.people(), crm.notes()) == ({}, {})
    assert [link for link in links() if link["kind"] != "company"] == []


def test_one_private_contact_cannot_be_pushed_by_hand(client, crm, connection, meet_in_private):
    url = f"/v1/crm-connections/{connection['id']}/push"
    refused = client.post(url, json={"contact_id": meet_in_private()})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert crm.asked == []


def test_a_record_that_was_there_before_us_outlives_the_sharing(client, crm, connection, meet, work, links):
    there = crm.add_person("jane.doe@acme.example")
    contact_id = meet()
    assert list(crm.people()) == [there]
    assert client.post(f"/v1/contacts/{contact_id}/unshare").is_success
    work()
    assert list(crm.people()) == [there], "it is theirs"
    assert crm.notes() == {}, "the meeting was ours to tell, and is not any more"
    assert [link for link in links() if link["kind"] != "company"] == []


def test_notes_of_who_was_merged_go_when_the_survivor_becomes_private(client, crm, connection, meet, work):
    survivor, other = meet(), meet(**OTHER, website="")
    assert client.post(f"/v1/contacts/{survivor}/merge", json={"other_id": other}).is_success
    work()
    assert len(crm.notes()) == 2
    assert client.post(f"/v1/contacts/{survivor}/unshare").is_success
    work()
    assert (crm.people(), crm.notes()) == ({}, {})


def test_a_merge_that_is_undone_is_undone_there(client, crm, connection, meet, work, links):
    survivor, other = meet(), meet(**OTHER, website="")
    before = told(crm)
    merge = client.post(f"/v1/contacts/{survivor}/merge", json={"other_id": other}).json()
    work()
    assert len(crm.people()) == 1
    assert client.post(f"/v1/contacts/merges/{merge['id']}/undo").is_success
    work()
    assert told(crm) == before
    assert {link["status"] for link in links()} == {"pushed"}


def test_companies_that_are_merged_are_one_there_and_two_again(client, crm, connection, meet, work, links):
    meet()
    meet(**OTHER, website="")
    before = told(crm)
    acme, roe = (client.get("/v1/companies", params={"q": name}).json()["items"][0]["id"] for name in ("Acme", "Roe"))
    merge = client.post(f"/v1/companies/{acme}/merge", json={"other_id": roe}).json()
    work()
    [firm] = crm.companies()
    assert {person.belongs_to for person in crm.people().values()} == {firm}
    assert client.post(f"/v1/companies/merges/{merge['id']}/undo").is_success
    work()
    assert told(crm) == before
    assert {link["status"] for link in links()} == {"pushed"}


def told(crm: StandIn) -> list[tuple[str, str | None, str, str]]:
    """Of each note: who was met, where they are reached, at which company, and that it is about them."""
    people, companies = crm.people(), crm.companies()
    return sorted(
        (person.name, person.email, companies[person.belongs_to].name, note.name)
        for note in crm.notes().values()
        for person in [people[note.belongs_to]]
    )
