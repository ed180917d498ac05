"""A real Tryton gets contacts, companies and meetings, and what happens to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tools.tryton import DATABASE, PASSWORD, USER, Tryton, running

PARTIES = """
    SELECT p.id, p.name, p.active,
        (SELECT group_concat(code, ' ') FROM party_identifier i WHERE i.party = p.id AND i.active),
        (SELECT group_concat(type || ' ' || value, ', ') FROM (
            SELECT type, value FROM party_contact_mechanism m WHERE m.party = p.id AND m.active ORDER BY type, value)),
        (SELECT group_concat(street_unstructured) FROM party_address a WHERE a.party = p.id AND a.active),
        (SELECT c.name FROM party_relation r JOIN party_party c ON c.id = r."to" WHERE r.from_ = p.id)
    FROM party_party p ORDER BY p.id"""


@pytest.fixture(scope="module")
def server() -> Iterator[Tryton]:
    with running() as tryton:
        yield tryton


@pytest.fixture
def connection(server, connect) -> dict:
    return connect(
        "tryton",
        server.url,
        settings={"database": DATABASE, "relations": True},
        credentials={"user": USER, "password": PASSWORD},
    )


def people(server, connection_id, links) -> dict:
    ours = {link["remote_id"] for link in links(connection_id=connection_id) if link["kind"] != "note"}
    return {row[0]: row[1:] for row in server.rows(PARTIES) if str(row[0]) in ours}


def test_a_connection_is_tried(client, connection):
    tried = client.post(f"/v1/crm-connections/{connection['id']}/test").json()
    assert tried == {"ok": True, "account": "Tryton, database crm", "code": None, "detail": None}
    wrong = {"credentials": {"password": "wrong"}}
    assert client.patch(f"/v1/crm-connections/{connection['id']}", json=wrong).status_code == 200
    tried = client.post(f"/v1/crm-connections/{connection['id']}/test").json()
    assert (tried["ok"], tried["code"]) == (False, "unauthorized")


def test_a_card_becomes_a_party_with_its_company_and_a_note(client, server, connection, meet, links):
    contact_id = meet()
    mine = links(connection_id=connection["id"])
    assert {(link["kind"], link["status"], link["error"]) for link in mine} == {
        ("company", "pushed", None),
        ("contact", "pushed", None),
        ("note", "pushed", None),
    }
    by_kind = {link["kind"]: link for link in mine}
    assert by_kind["contact"]["object_id"] == contact_id
    rows = people(server, connection["id"], links)
    person = rows[int(by_kind["contact"]["remote_id"])]
    assert person == (
        "Jane Doe",
        1,
        f"cardally:{contact_id}",
        "email jane.doe@acme.example, phone +4934112345678, website www.acme.example",
        "Hauptstraße 1, 04109 Leipzig",
        "Acme Tools GmbH",
    )
