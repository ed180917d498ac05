"""A real Tryton gets contacts, companies and meetings, and what happens to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.test_road import jobs_left, wait_for
from tools.tryton import DATABASE, PASSWORD, USER, Tryton, running

SAMPLES = Path(__file__).parent.parent.parent / "bench" / "cardgen" / "samples"
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


NOTES = (
    "SELECT p.name, n.message FROM ir_note n JOIN party_party p ON n.resource = 'party.party,' || p.id ORDER BY 1, 2"
)


def test_merges_and_what_is_undone_of_people_and_companies(client, server, connection, meet, work, links):
    before_us = server.rows(NOTES)
    jane = meet()
    john = meet(name="John Roe", email="john@roe.example", phone="+4934199999999", company="Roe Pumps", website="")

    def told() -> tuple:
        rows = people(server, connection["id"], links)
        notes = [note for note in server.rows(NOTES) if note not in before_us]
        assert [link for link in links(connection_id=connection["id"]) if link["status"] != "pushed"] == []
        return sorted((row[0], row[3], row[4], row[5]) for row in rows.values()), notes

    first = told()
    assert [name for name, _ in first[1]] == ["Jane Doe", "John Roe"]
    merge = client.post(f"/v1/contacts/{jane}/merge", json={"other_id": john}).json()
    work()
    assert [name for name, _ in told()[1]] == ["Jane Doe"] * 2, "both meetings are with her"
    assert client.post(f"/v1/contacts/merges/{merge['id']}/undo").is_success
    work()
    assert told() == first

    acme, roe = (client.get("/v1/companies", params={"q": name}).json()["items"][0]["id"] for name in ("Acme", "Roe"))
    merge = client.post(f"/v1/companies/{acme}/merge", json={"other_id": roe}).json()
    work()
    assert {row[-1] for row in told()[0] if row[-1]} == {"Acme Tools GmbH"}
    assert client.post(f"/v1/companies/merges/{merge['id']}/undo").is_success
    work()
    assert told() == first


def test_what_becomes_private_is_wiped(client, server, connection, meet, work, links):
    contact_id = meet(name="Ida Blum", email="ida@blum.example", company="Blum Glass", website="", phone="")
    [remote_id] = [link["remote_id"] for link in links(object_id=contact_id) if link["kind"] == "contact"]
    assert client.post(f"/v1/contacts/{contact_id}/unshare").is_success
    work()
    assert server.rows(f"SELECT name, active FROM party_party WHERE id = {remote_id}") == [(None, 0)]
    assert "Ida Blum" not in str(server.rows(NOTES))
    assert client.post(f"/v1/contacts/{contact_id}/share").is_success
    work()
    assert "Ida Blum" in str(server.rows(NOTES))


def expected(contact: dict) -> tuple:
    """The party that a contact of ours should be: name, identifier, mechanisms, address, company."""
    first: dict[str, str] = {}
    for point in contact["points"]:
        kind = point["kind"]
        if kind == "phone" and point["type"] in ("mobile", "fax"):
            kind = point["type"]
        value = f"{point['value']} ext. {point['extension']}" if point["extension"] else point["value"]
        first.setdefault(kind, value)
    reached = sorted((kind, first[kind]) for kind in ("email", "phone", "mobile", "fax", "website") if kind in first)
    mechanisms = ", ".join(f"{kind} {value}" for kind, value in reached)
    identifier = f"cardally:{contact['id']}"
    return contact["name"], 1, identifier, mechanisms, first.get("address"), contact["company_name"]


def all_contacts(client) -> list[dict]:
    found, cursor = [], None
    while True:
        page = client.get("/v1/contacts", params={"limit": 200, **({"cursor": cursor} if cursor else {})}).json()
        found += [client.get(f"/v1/contacts/{item['id']}").json() for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def say(line: str) -> None:
    """For whoever runs it with -s."""
    sys.stderr.write(f"{line}\n")


def compare(client, server, when: str) -> None:
    """Row by row: every contact is one active party that says the same, and no other party is one of ours."""
    ours = {f"cardally:{contact['id']}": contact for contact in all_contacts(client)}
    parties = {row[3]: row[1:] for row in server.rows(PARTIES) if row[2] and row[3] and row[3] in ours}
    count = [row[3] for row in server.rows(PARTIES) if row[2] and row[3] in ours]
    unlike = [(expected(ours[code]), parties.get(code)) for code in ours if parties.get(code) != expected(ours[code])]
    say(f"{when}: {len(ours)} contacts, {len(count)} parties, {len(ours) - len(unlike)} alike, {len(unlike)} not")
    assert unlike == []
    assert len(count) == len(set(count)) == len(ours), "a person is in the CRM twice"


SURNAMES = "Abara Brandt Costa Dvorak Eklund Farouk Greco Hansen Ivanov Jansen".split()
GIVEN = "Ada Bruno Carla Dmitri Elena Felix Greta Hugo Irene Jonas".split()


def test_a_hundred_contacts_arrive_once_whatever_is_killed(client, house, server, connection, meet, work, links):
    for photo in sorted(SAMPLES.glob("*.jpg"))[:3]:
        assert client.post("/v1/scans", files={"front": (photo.name, photo.read_bytes(), "image/jpeg")}).is_success
    work()
    read = len(all_contacts(client))
    assert read >= 2, "cards that were really read"
    for number in range(100 - read):
        given, surname = GIVEN[number // 10], SURNAMES[number % 10]
        firm = f"{surname} {('Pumps', 'Valves', 'Glass')[number % 3]}"
        host = f"{surname}-{number % 3}.example".lower()
        meet(
            run=False,
            name=f"{given} {surname}",
            company=firm,
            email=f"{given}@{host}".lower(),
            phone=f"+4934155{number:05d}",
            website=f"www.{host}",
        )
    for least in (10, 35, 60):
        with pusher(house.settings) as doomed:
            wait_for(lambda least=least: pushed(server, links) >= least)
            doomed.send_signal(signal.SIGKILL)
            doomed.wait()
    with pusher(house.settings):
        wait_for(lambda: jobs_left(house) == 0, 240)
    say("workers killed in mid push: 3")
    people = all_contacts(client)
    assert len(people) == 100
    compare(client, server, "pushed")

    for person in people[:10]:
        url = f"/v1/contacts/{person['id']}"
        change = {"name": f"{person['name']} Lee", "title": "Director"}
        etag = client.get(url).headers["ETag"]
        assert client.patch(url, json=change, headers={"If-Match": etag}).status_code == 200
    for survivor, other in zip(people[10:15], people[15:20], strict=True):
        merged = client.post(f"/v1/contacts/{survivor['id']}/merge", json={"other_id": other["id"]})
        assert merged.is_success, merged.text
    erased = people[20:25]
    gone = [link["remote_id"] for person in erased for link in links(object_id=person["id"])]
    for person in erased:
        assert client.post(f"/v1/contacts/{person['id']}/erasure").status_code == 201
    work()
    assert len(all_contacts(client)) == 90
    compare(client, server, "10 changed, 5 merged, 5 erased")
    wiped = server.rows(f"SELECT name, active FROM party_party WHERE id IN ({', '.join(gone)})")
    assert wiped == [(None, 0)] * 5, "what was erased here is erased there"
    left = " ".join(str(row) for row in server.rows("SELECT message FROM ir_note"))
    names = [person["name"] for person in erased]
    say(f"erased people whose name a note still says: {sum(name in left for name in names)}")
    assert not any(name in left for name in names)
    refused = [(link["kind"], link["error"], link["detail"]) for link in links(status="refused")]
    say(f"refused at the end: {refused}")
    assert refused == []
    assert not links(status="pending") + links(status="failed"), "nothing is left to do"


@contextmanager
def pusher(settings) -> Iterator[subprocess.Popen]:
    """A worker process that reads no photos."""
    env = os.environ | {
        "CARDALLY_DATABASE_URL": settings.database_url,
        "CARDALLY_FILES_URL": settings.files_url,
        "CARDALLY_WEBHOOK_ALLOW": '["127.0.0.0/8"]',
        "CARDALLY_SECRET_FILE": str(settings.secret_file),
        "CARDALLY_LEASE_SECONDS": "1",
    }
    command = [sys.executable, "-m", "app.worker", "--lane", "quick:2", "--lane", "deliver:2"]
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def pushed(server, links) -> int:
    return len([link for link in links(status="pushed") if link["kind"] == "contact"])
