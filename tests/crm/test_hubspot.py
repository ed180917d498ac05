"""HubSpot gets what it asks for, and its answers are understood."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.crm.standins import Told, serving
from tests.crm.standins.hubspot import HubSpot, error


@pytest.fixture
def hubspot() -> Iterator[HubSpot]:
    with serving(HubSpot()) as standin:
        yield standin


@pytest.fixture
def connection(hubspot, connect) -> dict:
    return connect("hubspot", hubspot.url, credentials={"token": "pat-1"}, max_per_second=1000)


def test_a_contact_its_company_and_a_note(hubspot, connection, meet, links):
    contact_id = meet()
    [person] = hubspot.records["contacts"].values()
    assert person == {
        "cardally_id": contact_id,
        "email": "jane.doe@acme.example",
        "firstname": "Jane",
        "lastname": "Doe",
        "phone": "+4934112345678",
        "jobtitle": "Head of Sales",
        "company": "Acme Tools GmbH",
        "website": "www.acme.example",
        "address": "Hauptstraße 1, 04109 Leipzig",
    }
    [company] = hubspot.records["companies"]
    [one] = hubspot.records["contacts"]
    [note] = hubspot.records["notes"]
    assert hubspot.links == {("contact", one): company, ("note", note): one}
    assert {link["remote_id"] for link in links(status="pushed")} == {one, company, note}


def test_who_is_there_already_is_found_by_e_mail(hubspot, connection, meet, links):
    hubspot.records["contacts"]["7"] = {"email": "jane.doe@acme.example", "hs_lead_status": "OPEN"}
    contact_id = meet()
    [(one, person)] = hubspot.records["contacts"].items()
    assert (one, person["cardally_id"], person["hs_lead_status"]) == ("7", contact_id, "OPEN")
    [link] = [link for link in links(object_id=contact_id) if link["kind"] == "contact"]
    assert (link["remote_id"], link["is_ours"]) == ("7", False)


def test_a_conflict_names_who_is_there(hubspot, connection, meet):
    hubspot.records["contacts"]["7"] = {"email": "jane.doe@acme.example"}
    hubspot.unique["contacts"].add("email")
    original = hubspot.objects

    def late(method, kind, rest, asked):
        if asked.query.get("idProperty") == "email":
            return error(404, "OBJECT_NOT_FOUND", "resource not found")  # made between the look and the push
        return original(method, kind, rest, asked)

    hubspot.objects = late
    contact_id = meet()
    assert hubspot.records["contacts"]["7"]["cardally_id"] == contact_id
    assert len(hubspot.records["contacts"]) == 1


def test_too_many_requests_pause_the_connection(client, hubspot, connection, meet, again, links):
    limited = error(
        429, "RATE_LIMITS", "You have reached your ten_secondly_rolling limit.", policyName="TEN_SECONDLY_ROLLING"
    )
    hubspot.next_answers = [Told(limited.status, limited.body, {"retry-after": "10"})] * 2
    meet()
    paused = client.get(f"/v1/crm-connections/{connection['id']}").json()
    assert paused["paused_until"] is not None
    again()
    again()
    assert {link["status"] for link in links()} == {"pushed"}
    assert len(hubspot.records["contacts"]) == 1


def test_an_access_token_that_ended_is_renewed_and_kept_encrypted(client, house, hubspot, connect, meet, links):
    secrets = {"refresh_token": "r-1", "client_id": "c", "client_secret": "s", "access_token": "at-1"}
    made = connect("hubspot", hubspot.url, credentials=secrets, max_per_second=1000)
    meet()
    assert len(hubspot.records["contacts"]) == 1
    with house.sessions.begin() as session:
        stored = str(session.execute(sa.text("SELECT * FROM crm_connections")).all())
    assert not any(secret in stored for secret in ("at-2", "at-1", "r-1", "pat-1"))
    shown = client.get(f"/v1/crm-connections/{made['id']}").text
    assert "at-2" not in shown
    assert "credentials" not in shown


def test_a_wrong_token_stops_nothing_else_and_loses_nothing(client, hubspot, connection, meet, again, links):
    hubspot.token = "another"
    meet()
    state = client.get(f"/v1/crm-connections/{connection['id']}").json()
    assert (state["last_error"], state["failures"] > 0) == ("unauthorized", True)
    hubspot.token = "pat-1"
    again()
    again()
    assert {link["status"] for link in links()} == {"pushed"}


def test_merged_and_erased(client, hubspot, connection, meet, work, links):
    jane = meet()
    john = meet(name="John Roe", email="john@roe.example", phone="+4934199999999", company="Roe Pumps", website="")
    assert client.post(f"/v1/contacts/{jane}/merge", json={"other_id": john}).is_success
    work()
    [(one, person)] = hubspot.records["contacts"].items()
    assert person["cardally_id"] == jane
    assert {link["remote_id"] for link in links(object_id=jane)} == {one}, "the survivor's new id is known"
    assert client.post(f"/v1/contacts/{jane}/erasure").status_code == 201
    work()
    assert hubspot.records["contacts"] == {}
    assert hubspot.records["notes"] == {}
    assert [link for link in links() if link["kind"] != "company"] == []


def test_a_dry_run_shows_the_requests_without_a_secret(client, hubspot, connection, meet):
    contact_id = meet()
    before = len(hubspot.asked)
    url = f"/v1/crm-connections/{connection['id']}/dry-run"
    shown = client.post(url, json={"contact_id": contact_id})
    assert shown.status_code == 200
    assert len(hubspot.asked) == before, "nothing is sent"
    assert "pat-1" not in shown.text
    [request, *_] = [one for one in shown.json()["requests"] if not one["reads"]]
    assert request["method"] == "PATCH"
    assert request["headers"]["Authorization"] == "Bearer •••"
    assert request["body"]["properties"]["email"] == "jane.doe@acme.example"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"connector": "nothing"}, "unknown_connector"),
        ({"url": "http://169.254.169.254/"}, "crm_url_refused"),
        ({"credentials": {"tokn": "x"}}, "bad_crm_connection"),
        ({"mapping": {"contact": {"No Such Field": "email"}}}, "bad_crm_mapping"),
        ({"mapping": {"contact": {"email": "e-mail"}}}, "bad_crm_mapping"),
    ],
)
def test_what_is_wrong_is_said(client, given, code):
    wanted = {"connector": "hubspot", "name": "CRM", "credentials": {"token": "x"}, **given}
    answer = client.post("/v1/crm-connections", json=wanted)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_members_see_no_connection(api, as_new_user, connection):
    headers = as_new_user(admin=False)
    assert api.get("/v1/crm-connections", headers=headers).status_code == 403


def test_credentials_do_not_follow_a_new_address(client, connection):
    moved = client.patch(f"/v1/crm-connections/{connection['id']}", json={"url": "https://elsewhere.example"})
    assert (moved.status_code, moved.json()["code"]) == (422, "bad_crm_connection")


def test_what_is_withdrawn_goes_also_where_the_erased_stay(client, hubspot, connect, meet, work):
    connect("hubspot", hubspot.url, credentials={"token": "pat-1"}, max_per_second=1000, on_erasure="keep")
    jane = meet()
    john = meet(name="John Roe", email="john@roe.example", phone="+4934199999999", company="Roe Pumps", website="")
    assert client.post(f"/v1/contacts/{jane}/unshare").is_success
    assert client.post(f"/v1/contacts/{john}/erasure").status_code == 201
    work()
    assert [person["cardally_id"] for person in hubspot.records["contacts"].values()] == [john]


@pytest.mark.parametrize("companies", [True, False])
def test_a_company_is_renamed_where_its_people_name_it(client, hubspot, connect, meet, work, companies):
    connect("hubspot", hubspot.url, credentials={"token": "pat-1"}, max_per_second=1000, companies=companies)
    contact_id = meet()
    company = client.get(f"/v1/contacts/{contact_id}").json()["company_id"]
    url = f"/v1/companies/{company}"
    assert client.patch(url, json={"name": "Acme Werkzeuge"}, headers={"If-Match": "*"}).is_success
    work()
    [person] = hubspot.records["contacts"].values()
    assert person["company"] == "Acme Werkzeuge"
    assert [firm["name"] for firm in hubspot.records["companies"].values()] == ["Acme Werkzeuge"] * companies
