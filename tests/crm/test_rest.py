"""The REST connector: what its settings may say, what answers mean by its rules, and where secrets may not go."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.crm.connectors.rest import REST, _judge
from app.crm.connectors.rest_plan import at, complaints
from app.crm.talk import Access, Busy, Denied, Down, Kind, Missing, Rejected, Reply, Taken
from tests.crm.standins import serving
from tests.crm.standins.homemade import LEDGER, ROLODEX, Rolodex


@pytest.fixture
def rolodex():
    with serving(Rolodex()) as standin:
        yield standin


@pytest.fixture
def connected(rolodex, connect):
    def connected(**changed: Any) -> dict:
        settings = copy.deepcopy(ROLODEX) | changed
        return connect(
            "rest", rolodex.url, credentials=dict(rolodex.credentials), settings=settings, max_per_second=1000
        )

    return connected


def changed(path: str, value: Any) -> dict[str, Any]:
    settings: dict[str, Any] = copy.deepcopy(ROLODEX)
    *steps, last = path.split(".")
    place = settings
    for step in steps:
        place = place[step]
    place[last] = value
    return settings


def test_the_examples_have_nothing_wrong():
    assert complaints(ROLODEX) == complaints(LEDGER) == []


def test_the_example_of_the_docs_is_taken(client):
    [example] = re.findall(r"```json\n(.*?)```", (Path(__file__).parents[2] / "docs" / "crm.md").read_text(), re.DOTALL)
    made = client.post("/v1/crm-connections", json=orjson.loads(example))
    assert made.status_code == 201, made.text


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("contact", None, "settings.contact is missing"),
        ("contact", "x", "an object of steps"),
        ("contact.create", None, "an object with a path"),
        ("contact.erase", {}, "settings.contact.erase is missing"),
        ("contact.delete", {"path": "/x"}, "not known"),
        ("contact.create.paht", "/x", "not known"),
        ("contact.create.path", "people", "begins with /"),
        ("contact.create.path", "//evil.example/people", "begins with /"),
        ("contact.create.path", "https://evil.example/people", "begins with /"),
        ("contact.create.path", "/people/{{ remote_id }}", "there is no remote_id"),
        ("contact.create.path", 7, "begins with /"),
        ("contact.create.method", "TRACE", "one of GET"),
        ("contact.create.body", {"a": {"b": ["{{ secrets.token }}"]}}, "there is no secrets"),
        ("contact.create.path", "/people?key={{ secrets.token }}", "there is no secrets"),
        ("contact.create.body", {"a": "{{ fields.name.upper() }}"}, "Call is not part"),
        ("contact.create.id", "id", "a pointer"),
        ("contact.match.same", {"email": "x"}, "no pointer"),
        ("contact.match.same", {"/email": 7}, "/email: a template"),
        ("contact.match", [{"path": "/x"}] * 6, "more than 5"),
        ("headers", {"Authorization": "Bearer pat-123"}, "settings are shown"),
        ("headers", {"X-Api-Key": "123"}, "settings are shown"),
        ("headers", {"Host": "evil.example"}, "no header"),
        ("headers", {"X\r\nY": "a"}, "no header"),
        ("headers", {"X-A": 7}, "a text"),
        ("headers", [], None),
        ("headers", "x", "from names to templates"),
        ("rules", {"409": "fine"}, "one of ok"),
        ("rules", "x", "from statuses"),
        ("error", {"code": "error/code"}, "pointers are"),
        ("error", 7, "an object of pointers"),
        ("check", {}, "begins with /"),
        ("note.find", None, "an object with a path"),
        ("contact.create.body", {"a": "x" * 60_001}, "longer than 60000"),
    ],
)
def test_what_is_wrong_is_said(path, value, told):
    found = complaints(changed(path, value))
    assert found == [] if told is None else any(told in one for one in found), found


def test_without_a_search_a_record_is_made_by_put_or_not_at_all():
    settings = changed("note", {"create": {"path": "/notes"}, "erase": {"path": "/notes/{{ remote_id }}"}})
    assert [one for one in complaints(settings) if "made twice" in one]


def test_a_document_deeper_than_deep_is_no_trouble():
    body: Any = "x"
    for _ in range(500):
        body = {"a": [body]}
    assert complaints(changed("contact.create.body", body))


def test_mistakes_reach_whoever_makes_the_connection(client):
    given = {"connector": "rest", "name": "CRM", "url": "https://crm.example", "credentials": {}}
    settings = changed("contact.create.body", {"a": "{{ ''.__class__() }}"})
    answer = client.post("/v1/crm-connections", json={**given, "settings": settings})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_crm_connection")
    assert "settings.contact.create.body.a" in answer.text


RULES = {"rules": {"300": "taken", "422": "missing", "LOCKED": "down", "E-AUTH": "denied", "202": "busy", "418": "ok"}}
ERROR = {"error": {"when": "/fault", "code": "/fault/no", "detail": "/fault/why", "taken_id": "/there/0"}}


@pytest.mark.parametrize(
    ("status", "body", "headers", "trouble", "code"),
    [
        (200, {"id": 1}, {}, None, None),
        (204, None, {}, None, None),
        (418, {"id": 1}, {}, None, None),
        (200, {"fault": {"no": "E-AUTH", "why": "no"}}, {}, Denied, "E-AUTH"),
        (200, {"fault": {"no": "LOCKED"}}, {}, Down, "LOCKED"),
        (200, {"fault": {"no": "E-7", "why": "bad name"}}, {}, Rejected, "E-7"),
        (200, {"fault": None}, {}, None, None),
        (202, {}, {"retry-after": "7"}, Busy, "http_202"),
        (300, {"there": ["/people/17?x"]}, {}, Taken, "http_300"),
        (409, {"there": [17]}, {}, Taken, "http_409"),
        (409, "nonsense", {}, Taken, "http_409"),
        (422, {}, {}, Missing, "missing"),
        (404, {}, {}, Missing, "missing"),
        (401, {}, {}, Denied, "unauthorized"),
        (403, {}, {}, Denied, "forbidden"),
        (429, {}, {"retry-after": "20"}, Busy, "rate_limited"),
        (400, {"fault": {"no": 12}}, {}, Rejected, "12"),
        (500, {}, {}, Down, "http_500"),
        (302, None, {"location": "http://127.0.0.1/"}, Rejected, "http_302"),
    ],
)
def test_rules_say_what_an_answer_means(status, body, headers, trouble, code):
    found = _judge(Access("https://crm.example", RULES | ERROR, {}), reply(status, body, headers))
    assert type(found) is (trouble or type(None))
    assert code is None or found.code == code
    if isinstance(found, Taken):
        assert found.remote_id == (None if body == "nonsense" else "17")


def reply(status: int, body: Any, headers: dict[str, str]) -> Reply:
    text = "" if body is None else body if isinstance(body, str) else orjson.dumps(body).decode()
    return Reply(status, text, headers)


def test_several_records_without_a_rule_are_told_and_not_guessed():
    found = _judge(Access("https://crm.example", {}, {}), reply(300, ["/people/1", "/people/2"], {}))
    assert (type(found), found.code) == (Rejected, "several_records")


@pytest.mark.parametrize(
    ("pointer", "found"),
    [("", {"a/b": [{"~": 7}]}), ("/a~1b/0/~0", 7), ("/a~1b/1", None), ("/a~1b/x", None), ("/a~1b/0/~0/z", None)],
)
def test_a_pointer_leads_somewhere_or_nowhere(pointer, found):
    assert at({"a/b": [{"~": 7}]}, pointer) == found


def test_a_secret_that_the_crm_repeats_is_masked(client, rolodex, connected):
    connection = connected()
    rolodex.change_locks()
    tried = client.post(f"/v1/crm-connections/{connection['id']}/test").json()
    assert (tried["ok"], tried["code"], tried["detail"]) == (False, "no_key", "••• is not a key")


def test_a_secret_that_was_not_given_is_named(client, rolodex, connected):
    connection = connected(headers={"Authorization": "Bearer {{ secrets.token }}"})
    tried = client.post(f"/v1/crm-connections/{connection['id']}/test").json()
    assert (tried["ok"], tried["code"]) == (False, "secret_missing")
    assert rolodex.asked == []


def test_new_headers_need_no_credentials_and_a_new_address_does(client, connected):
    url = f"/v1/crm-connections/{connected()['id']}"
    assert client.patch(url, json={"settings": ROLODEX | {"rules": {"423": "down"}}}).status_code == 200
    assert client.patch(url, json={"url": "https://elsewhere.example"}).status_code == 422


def test_a_dry_run_of_a_template_that_fails_says_where(client, connected, meet):
    settings = changed("contact.create.body", {"age": "{{ fields.age }}"})
    contact_id = meet()
    connection = connected(contact=settings["contact"])
    shown = client.post(f"/v1/crm-connections/{connection['id']}/dry-run", json={"contact_id": contact_id})
    assert (shown.status_code, shown.json()["code"]) == (422, "bad_crm_connection")
    assert "age" in shown.text


def test_a_dry_run_shows_every_request_and_masks_what_proves(client, connected, meet):
    contact_id = meet()
    connection = connected(headers={"X-Api-Key": "{{ secrets.api_key | base64 }}", "X-Client": "cardally"})
    shown = client.post(f"/v1/crm-connections/{connection['id']}/dry-run", json={"contact_id": contact_id}).json()
    assert [(one["method"], one["reads"]) for one in shown["requests"]] == [
        ("GET", True),
        ("GET", True),
        ("POST", False),
    ]
    assert {one["headers"]["x-api-key"] for one in shown["requests"]} == {"•••"}
    assert {one["headers"]["x-client"] for one in shown["requests"]} == {"cardally"}
    assert shown["requests"][-1]["body"]["person"]["email"] == "jane.doe@acme.example"


@pytest.mark.parametrize("searching", [True, False])
def test_an_address_that_is_there_once_leads_to_who_has_it(rolodex, connected, meet, searching):
    connected()
    rolodex.is_searching = searching
    there = rolodex.add_person("jane.doe@acme.example")
    contact_id = meet()
    assert {one: person.ours for one, person in rolodex.people().items()} == {there: contact_id}


def test_a_kind_without_steps_is_refused_by_name(connected, meet, links):
    connected(company=None, note=None)
    meet()
    refused = {link["kind"]: link["error"] for link in links() if link["status"] == "refused"}
    assert refused == {"company": "no_template", "note": "no_template"}


@pytest.mark.parametrize("remote_id", ["..", "."])
def test_an_id_of_the_crm_leads_to_no_other_place(remote_id):
    talk = REST.forget(Access("https://crm.example", ROLODEX, {}), Kind.CONTACT, remote_id)
    with pytest.raises(Rejected, match="bad_path"):
        next(talk)


def test_a_header_takes_no_second_line():
    settings = {**ROLODEX, "headers": {"X-Api-Key": "{{ secrets.api_key }}"}}
    with pytest.raises(Rejected, match="bad_header"):
        REST.headers(Access("https://crm.example", settings, {"api_key": "a\r\nX-Evil: 1"}))
