"""What Pipedrive alone does: keys of fields that differ, lists that others write in, budgets, wiping first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from app.crm.connectors.pipedrive import PIPEDRIVE
from app.crm.talk import Busy, Denied, Down, Missing, Rejected, Reply
from tests.crm.standins import Told, serving
from tests.crm.standins.pipedrive import Pipedrive, error, good


@pytest.fixture
def pipedrive() -> Iterator[Pipedrive]:
    with serving(Pipedrive()) as standin:
        yield standin


@pytest.fixture
def connection(pipedrive, connect) -> dict:
    return connect("pipedrive", pipedrive.url, credentials=dict(pipedrive.credentials), max_per_second=1000)


@pytest.mark.parametrize(
    ("told", "trouble", "code"),
    [
        (good({"id": 1}), None, None),
        (Told(200, {"success": False, "error": "Nothing was changed."}), Rejected, "not_a_success"),
        (error(400, "Bad name", code="ERR_SCHEMA_VALIDATION_FAILED"), Rejected, "ERR_SCHEMA_VALIDATION_FAILED"),
        (Told(400, {"success": False, "error": "invalid_grant"}), Rejected, "http_400"),
        (error(401, "unauthorized access", errorCode=401), Denied, "unauthorized"),
        (error(403, "Scope and URL mismatch"), Denied, "forbidden"),
        (error(403, "Custom fields limit reached.", code="feature_capping_custom_fields_limit"), Rejected, None),
        (Told(403, "<html>error code: 1015</html>"), Down, "blocked"),
        (error(404, "Person not found"), Missing, "missing"),
        (error(410, "Gone"), Missing, "missing"),
        (error(429, "Request over limit"), Busy, "rate_limited"),
        (error(500, "Something went wrong"), Down, "http_500"),
    ],
)
def test_an_answer_means(told, trouble, code):
    text = told.body if isinstance(told.body, str) else orjson.dumps(told.body).decode()
    found = PIPEDRIVE.trouble(Reply(told.status, text))
    assert type(found) is (trouble or type(None))
    assert code is None or found.code == code


@pytest.mark.parametrize(
    ("headers", "code", "wait"),
    [
        ({"x-ratelimit-reset": "2"}, "rate_limited", timedelta(seconds=2)),
        ({"retry-after": "30", "x-ratelimit-reset": "2"}, "rate_limited", timedelta(seconds=30)),
        ({"x-daily-requests-left": "0", "x-ratelimit-reset": "2"}, "daily_limit", timedelta(hours=1)),
        ({}, "rate_limited", None),
    ],
)
def test_it_is_waited_as_long_as_the_headers_say(headers, code, wait):
    found = PIPEDRIVE.trouble(Reply(429, "{}", headers))
    assert isinstance(found, Busy)
    assert (found.code, found.wait) == (code, wait)


def test_an_empty_window_is_waited_for_before_the_limit_is_hit():
    assert PIPEDRIVE.pause is not None
    assert PIPEDRIVE.pause(Reply(200, "", {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2"})) == timedelta(
        seconds=2
    )
    assert PIPEDRIVE.pause(Reply(200, "", {"x-ratelimit-remaining": "1", "x-ratelimit-reset": "2"})) is None


def test_the_fields_of_our_id_are_made_once_and_their_keys_kept(client, pipedrive, connection, connect, meet):
    meet()
    kept = client.get(f"/v1/crm-connections/{connection['id']}").json()["settings"]
    [key] = [key for key, name in pipedrive.fields["persons"].items() if name == "Cardally ID"]
    assert (kept["person_field"], set(pipedrive.fields["organizations"])) == (key, {kept["organization_field"]})
    another = connect("pipedrive", pipedrive.url, credentials=dict(pipedrive.credentials), max_per_second=1000)
    meet(name="John Roe", email="john@roe.example", phone="+4934199999999", company="Roe Pumps", website="")
    kept_there = client.get(f"/v1/crm-connections/{another['id']}").json()["settings"]
    assert kept_there["person_field"] == key
    assert len(pipedrive.fields["persons"]) == 2


def test_what_others_wrote_in_the_lists_stays(client, pipedrive, connection, meet, work):
    there = int(pipedrive.add_person("jane.doe@acme.example"))
    row = pipedrive.tables["persons"][there]
    row["emails"].append({"value": "jane@home.example", "primary": False, "label": "home"})
    row["phones"] = [{"value": "+49 341 5", "primary": True, "label": "home"}]
    contact_id = meet()
    assert [entry["value"] for entry in row_of(pipedrive)["emails"]] == ["jane.doe@acme.example", "jane@home.example"]
    assert [(entry["value"], entry["primary"]) for entry in row_of(pipedrive)["phones"]] == [
        ("+49 341 5", True),
        ("+4934112345678", False),
    ]
    contact = client.get(f"/v1/contacts/{contact_id}")
    points = [{"kind": "email", "value": "jane.doe@acme.example"}]
    changed = client.patch(
        f"/v1/contacts/{contact_id}", json={"points": points}, headers={"If-Match": contact.headers["ETag"]}
    )
    assert changed.is_success, changed.text
    work()
    assert [entry["value"] for entry in row_of(pipedrive)["phones"]] == ["+49 341 5"], "ours goes, theirs stays"


def row_of(pipedrive: Pipedrive) -> dict:
    [row] = pipedrive.live("persons").values()
    return row


def test_what_is_deleted_is_not_found_though_a_search_may_name_it(pipedrive, connection, meet, monkeypatch):
    there = int(pipedrive.add_person("jane.doe@acme.example"))
    pipedrive.drop_person(str(there))
    monkeypatch.setattr(pipedrive, "found", lambda table, asked: [there])
    contact_id = meet()
    [(one, person)] = pipedrive.people().items()
    assert (one != str(there), person.ours) == (True, contact_id)


def test_the_erased_are_wiped_before_they_are_deleted(client, pipedrive, connection, meet, work):
    contact_id = meet(company="")
    assert client.post(f"/v1/contacts/{contact_id}/erasure").status_code == 201
    work()
    assert all(row["is_deleted"] for table in ("persons", "notes") for row in pipedrive.tables[table].values())
    assert not [word for word in ("Jane", "jane", "4934112345678", contact_id) if word in str(pipedrive.tables)]


def test_notes_are_html_and_nobody_writes_markup_into_them(pipedrive, connection, meet):
    meet(name="Jane <img src=x>", event="Fair & <b>Sons</b>")
    [note] = pipedrive.notes().values()
    assert "<img" not in note.fields["content"]
    assert "Fair &amp; &lt;b&gt;Sons&lt;/b&gt;" in note.fields["content"]


def test_a_token_of_oauth_is_renewed(client, pipedrive, connect, meet):
    secrets = {"refresh_token": "r-1", "client_id": "c", "client_secret": "secret-1", "access_token": "at-1"}
    connect("pipedrive", pipedrive.url, credentials=secrets, settings={"oauth_url": pipedrive.url}, max_per_second=1000)
    meet()
    assert len(pipedrive.people()) == 1
    assert len([asked for asked in pipedrive.asked if asked.path == "/oauth/token"]) == 1


def test_a_used_up_day_pauses_for_an_hour(client, pipedrive, connection, meet):
    pipedrive.next_answers = [Told(429, {"success": False, "error": "over"}, {"x-daily-requests-left": "0"})]
    meet()
    state = client.get(f"/v1/crm-connections/{connection['id']}").json()
    assert state["paused_until"] is not None
    wait = datetime.fromisoformat(state["paused_until"]) - datetime.now(UTC)
    assert timedelta(minutes=50) < wait <= timedelta(hours=1)
