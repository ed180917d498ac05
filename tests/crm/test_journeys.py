"""What a contact goes through in every CRM: it arrives, changes, is merged and erased; and the CRM has bad days."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import uuid4

import pytest
import sqlalchemy as sa
import structlog

from tests.crm.standins import StandIn

OTHER = {"name": "John Roe", "email": "john@roe.example", "phone": "+4934199999999", "company": "Roe Pumps"}


@pytest.fixture
def push(client, connection, work) -> Callable[[str], None]:
    def push(contact_id: str) -> None:
        url = f"/v1/crm-connections/{connection['id']}/push"
        assert client.post(url, json={"contact_id": contact_id}).status_code == 202
        work()

    return push


def test_a_contact_its_company_and_a_note_arrive(client, crm, connection, meet, links):
    contact_id = meet()
    [(one, person)] = crm.people().items()
    [(firm, company)] = crm.companies().items()
    [(sheet, note)] = crm.notes().items()
    assert (person.ours, person.name, person.email) == (contact_id, "Jane Doe", "jane.doe@acme.example")
    assert (company.name, person.belongs_to, note.belongs_to) == ("Acme Tools GmbH", firm, one)
    assert "Retail Week" in str(note.fields)
    found = {link["kind"]: (link["remote_id"], link["status"], link["is_ours"]) for link in links()}
    assert found == {
        kind: (there, "pushed", True) for kind, there in (("contact", one), ("company", firm), ("note", sheet))
    }
    [listed] = client.get("/v1/contacts").json()["items"]
    for contact in (listed, client.get(f"/v1/contacts/{contact_id}").json()):
        assert contact["crm_ids"] == [{"connection_id": connection["id"], "remote_id": one}]


def test_who_is_there_already_is_found_by_e_mail(crm, connection, meet, links):
    there = crm.add_person("jane.doe@acme.example")
    contact_id = meet()
    [(one, person)] = crm.people().items()
    assert (one, person.ours, person.name) == (there, contact_id, "Jane Doe")
    [link] = [link for link in links(object_id=contact_id) if link["kind"] == "contact"]
    assert (link["remote_id"], link["is_ours"]) == (there, False)


def test_who_is_another_contact_of_ours_is_left_alone(crm, connection, meet):
    other = str(uuid4())
    there = crm.add_person("jane.doe@acme.example", ours=other)
    before = crm.people()[there]
    contact_id = meet()
    assert crm.people()[there] == before
    assert {person.ours for person in crm.people().values()} == {other, contact_id}


def test_a_change_changes_the_record_that_is_there(client, crm, connection, meet, work):
    contact_id = meet()
    [one] = crm.people()
    url = f"/v1/contacts/{contact_id}"
    etag = client.get(url).headers["ETag"]
    assert client.patch(url, json={"name": "Jane Doe-Smith"}, headers={"If-Match": etag}).is_success
    work()
    assert {there: person.name for there, person in crm.people().items()} == {one: "Jane Doe-Smith"}


def test_what_was_made_and_never_noted_down_is_found_by_our_id(crm, house, connection, meet, push, links):
    contact_id = meet()
    before = crm.people().keys(), crm.companies().keys(), crm.notes().keys()
    with house.sessions.begin() as session:
        session.execute(sa.text("UPDATE crm_links SET remote_id = NULL, digest = NULL, memory = '{}'"))
        session.execute(sa.text("UPDATE crm_links SET status = 'pending'"))
    push(contact_id)
    assert (crm.people().keys(), crm.companies().keys(), crm.notes().keys()) == before
    assert {link["status"] for link in links()} == {"pushed"}


def test_who_was_deleted_there_is_made_again(crm, connection, meet, push, links):
    contact_id = meet()
    [one] = crm.people()
    crm.drop_person(one)
    push(contact_id)
    [(again, person)] = crm.people().items()
    assert person.ours == contact_id
    [link] = [link for link in links(object_id=contact_id) if link["kind"] == "contact"]
    assert (link["remote_id"], link["status"]) == (again, "pushed")


def test_merged_and_erased(client, crm, connection, meet, work, links):
    jane = meet()
    john = meet(**OTHER, website="")
    assert len(crm.people()) == 2
    assert client.post(f"/v1/contacts/{jane}/merge", json={"other_id": john}).is_success
    work()
    [(one, person)] = crm.people().items()
    assert (person.ours, person.name) == (jane, "Jane Doe")
    assert {note.belongs_to for note in crm.notes().values()} == {one}
    assert {link["remote_id"] for link in links(object_id=jane)} == {one}
    assert client.post(f"/v1/contacts/{jane}/erasure").status_code == 201
    work()
    assert (crm.people(), crm.notes()) == ({}, {})
    assert [link for link in links() if link["kind"] != "company"] == []


def test_too_many_requests_pause_the_connection_and_count_as_no_failure(client, crm, connection, meet, again, links):
    crm.next_answers = [crm.limited()]
    meet()
    state = client.get(f"/v1/crm-connections/{connection['id']}").json()
    assert state["paused_until"] is not None
    assert (state["failures"], state["tally"]["rate_limited"]) == (0, 1)
    again()
    again()
    assert {link["status"] for link in links()} == {"pushed"}
    assert len(crm.people()) == len(crm.companies()) == len(crm.notes()) == 1


def test_credentials_that_are_no_good_stop_the_connection_and_lose_nothing(client, crm, connection, meet, links):
    crm.change_locks()
    meet()
    state = client.get(f"/v1/crm-connections/{connection['id']}").json()
    assert state["last_error"] is not None
    assert state["failures"] > 0
    assert crm.people() == {}
    assert "pushed" not in {link["status"] for link in links()}
    tried = client.post(f"/v1/crm-connections/{connection['id']}/test").json()
    assert tried["ok"] is False


def test_a_trial_says_who_we_are(client, crm, connection):
    tried = client.post(f"/v1/crm-connections/{connection['id']}/test").json()
    assert (tried["ok"], tried["code"]) == (True, None)
    assert tried["account"]


def test_a_dry_run_sends_nothing_and_shows_no_secret(client, crm, connection, meet):
    contact_id = meet()
    before = len(crm.asked)
    shown = client.post(f"/v1/crm-connections/{connection['id']}/dry-run", json={"contact_id": contact_id})
    assert shown.status_code == 200
    assert len(crm.asked) == before
    assert not secrets_in(crm, shown.text)
    assert any(not request["reads"] and "jane.doe@acme.example" in str(request) for request in shown.json()["requests"])


def test_secrets_are_in_no_table_answer_or_log(client, house, crm, connect, meet, caplog, capsys):
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as logged:
        made = connect(
            crm.connector, crm.url, credentials=dict(crm.credentials), settings=dict(crm.settings), max_per_second=1000
        )
        meet()
    with house.sessions.begin() as session:
        stored = str(session.execute(sa.text("SELECT * FROM crm_connections")).all())
        stored += str(session.execute(sa.text("SELECT * FROM crm_links")).all())
        stored += str(session.execute(sa.text("SELECT * FROM jobs")).all())
    told = client.get(f"/v1/crm-connections/{made['id']}").text + client.get("/v1/crm-links").text
    heard = caplog.text + str(logged) + "".join(capsys.readouterr())
    assert not secrets_in(crm, stored + told + heard)


def secrets_in(crm: StandIn, text: str) -> list[str]:
    # A client's one-letter name is no secret and in every text.
    return [secret for secret in crm.credentials.values() if len(secret) > 2 and secret in text]


def test_the_mapping_is_ones_own(client, crm, connection, meet):
    connectors = {one["name"]: one for one in client.get("/v1/crm-connectors").json()}
    mapping = connectors[crm.connector]["fields"]["contact"]["mapping"] | {crm.own_field: "=Trade fair"}
    changed = client.patch(f"/v1/crm-connections/{connection['id']}", json={"mapping": {"contact": mapping}})
    assert changed.status_code == 200, changed.text
    meet()
    [person] = crm.people().values()
    assert person.fields[crm.own_field] == "Trade fair"
