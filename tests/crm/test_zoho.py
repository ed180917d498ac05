"""What Zoho CRM alone does: data centres, a search that lags, a status for each record, credits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from app.crm.connectors.zoho import ZOHO
from app.crm.talk import Access, Busy, Denied, Down, Missing, Rejected, Reply, Taken
from tests.crm.standins import Told, serving
from tests.crm.standins.zoho import OURS, Zoho, error, refused


@pytest.fixture
def zoho() -> Iterator[Zoho]:
    with serving(Zoho()) as standin:
        yield standin


@pytest.fixture
def connection(zoho, connect) -> dict:
    return connect("zoho", zoho.url, credentials=dict(zoho.credentials), settings=zoho.settings, max_per_second=1000)


@pytest.mark.parametrize(
    ("url", "accounts"),
    [
        ("https://www.zohoapis.com", "https://accounts.zoho.com"),
        ("https://www.zohoapis.eu", "https://accounts.zoho.eu"),
        ("https://www.zohoapis.com.au", "https://accounts.zoho.com.au"),
        ("https://www.zohoapis.com.cn", "https://accounts.zoho.com.cn"),
        ("https://www.zohoapis.in", "https://accounts.zoho.in"),
        ("https://www.zohoapis.jp", "https://accounts.zoho.jp"),
        ("https://www.zohoapis.ca", "https://accounts.zohocloud.ca"),
    ],
)
def test_tokens_are_refreshed_in_the_same_data_centre(url, accounts):
    assert ZOHO.renew is not None
    talk = ZOHO.renew(Access(url, {}, {"refresh_token": "r", "client_id": "c", "client_secret": "s"}))
    assert next(talk).path == f"{accounts}/oauth/v2/token"


@pytest.mark.parametrize(
    ("told", "trouble", "code"),
    [
        (error(401, "INVALID_TOKEN", "invalid oauth token"), Denied, "unauthorized"),
        (error(401, "OAUTH_SCOPE_MISMATCH", "invalid oauth scope"), Denied, "OAUTH_SCOPE_MISMATCH"),
        (error(403, "NO_PERMISSION", "permission denied"), Denied, "NO_PERMISSION"),
        (error(429, "TOO_MANY_REQUESTS", "You crossed the concurrency limit"), Busy, "TOO_MANY_REQUESTS"),
        (error(429, "LIMIT_EXCEEDED", "API credits are used up"), Busy, "LIMIT_EXCEEDED"),
        (error(500, "INTERNAL_ERROR", "Internal Server Error"), Down, "INTERNAL_ERROR"),
        (
            error(400, "INVALID_DATA", "the id given seems to be invalid", {"resource_path_index": 1}),
            Missing,
            "missing",
        ),
        (refused(202, "INVALID_DATA", "invalid data", {"api_name": "Email"}), Rejected, "INVALID_DATA"),
        (refused(207, "MANDATORY_NOT_FOUND", "required field not found", {"api_name": "Last_Name"}), Rejected, None),
        (refused(202, "DUPLICATE_DATA", "duplicate data", {"id": "7", "api_name": "Email"}), Taken, "DUPLICATE_DATA"),
        (Told(200, {"error": "invalid_code"}), Denied, "refresh_refused"),
        (Told(400, {"error": "Access Denied", "error_description": "too many requests"}), Busy, "too_many_tokens"),
        (Told(502, "<html>bad gateway</html>"), Down, "http_502"),
    ],
)
def test_an_answer_means(told, trouble, code):
    found = ZOHO.trouble(reply_of(told))
    assert type(found) is trouble
    assert code in (None, found.code)


def reply_of(told: Told) -> Reply:
    return Reply(told.status, told.body if isinstance(told.body, str) else orjson.dumps(told.body).decode())


@pytest.mark.parametrize("claimed", [False, True])
def test_a_value_that_is_there_once_leads_to_who_has_it(zoho, connection, meet, claimed):
    """The search does not know the person yet, the database does."""
    zoho.unique["Contacts"].add("Email")
    zoho.is_indexed = False
    there = zoho.add_person("jane.doe@acme.example", ours="another" if claimed else None)
    contact_id = meet()
    people = zoho.people()
    if claimed:
        assert people.pop(there).ours == "another", "somebody else among ours is left alone"
        [person] = people.values()
        assert (person.ours, person.email) == (contact_id, None)
    else:
        assert {one: person.ours for one, person in people.items()} == {there: contact_id}


def test_what_merely_contains_the_address_or_name_is_somebody_else(zoho, connection, meet):
    near = zoho.add_person("mary-jane.doe@acme.example")
    zoho.records["Accounts"]["5"] = {
        "Account_Name": "Acme Tools GmbH & Co. KG",
        "Website": "https://tools.acme.example",
    }
    meet()
    assert zoho.people()[near].ours is None
    assert zoho.records["Accounts"]["5"].keys() == {"Account_Name", "Website"}
    assert (len(zoho.people()), len(zoho.companies())) == (2, 2)


def test_a_company_is_found_by_its_website(zoho, connection, meet):
    zoho.records["Accounts"]["5"] = {"Account_Name": "Acme (Tools), Leipzig", "Website": "http://www.acme.example/de"}
    meet()
    [(one, company)] = zoho.companies().items()
    assert (one, company.name) == ("5", "Acme Tools GmbH")
    assert company.ours is not None


def test_the_external_field_is_made_once(zoho, connection, meet):
    meet()
    assert zoho.fields == {"Contacts": {OURS}, "Accounts": {OURS}}
    assert [asked.method for asked in zoho.asked if asked.path.endswith("/settings/fields")] == ["GET", "POST"] * 2


def test_used_up_credits_are_waited_for_longer_than_a_moment(client, zoho, connection, meet):
    zoho.next_answers = [Told(200, {"fields": [{"api_name": OURS}]})] * 2 + [error(429, "LIMIT_EXCEEDED", "used up")]
    meet()
    state = client.get(f"/v1/crm-connections/{connection['id']}").json()
    wait = datetime.fromisoformat(state["paused_until"]) - datetime.now(UTC)
    assert timedelta(minutes=50) < wait <= timedelta(hours=1)


def test_an_ended_access_token_is_renewed_and_kept(zoho, connection, meet, house):
    zoho.token = "1000.a2"
    meet()
    assert len(zoho.people()) == 1
    assert len([asked for asked in zoho.asked if asked.path == "/oauth/v2/token"]) == 1


def test_the_erased_do_not_lie_in_the_recycle_bin(client, zoho, connection, meet, work):
    contact_id = meet()
    assert client.post(f"/v1/contacts/{contact_id}/erasure").status_code == 201
    work()
    assert (zoho.people(), zoho.notes()) == ({}, {})
    assert "Jane" not in str(zoho.bin)


def test_a_record_that_is_refused_says_why_without_the_person(zoho, connection, meet, again, links):
    original = zoho.module

    def strict(method, module, rest, asked):
        if module == "Contacts" and method == "POST":
            return refused(202, "INVALID_DATA", "invalid data: jane.doe@acme.example", {"api_name": "Email"})
        return original(method, module, rest, asked)

    zoho.module = strict
    contact_id = meet()
    [link] = [link for link in links(object_id=contact_id) if link["kind"] == "contact"]
    assert (link["status"], link["error"]) == ("refused", "INVALID_DATA")
    assert "jane" not in link["detail"].lower()
