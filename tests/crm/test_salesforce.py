"""Salesforce gets what it asks for, and its answers are understood."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crm.standins import serving
from tests.crm.standins.salesforce import Salesforce

SECRETS = {"refresh_token": "r-1", "client_id": "c", "client_secret": "s", "access_token": "ended"}


@pytest.fixture
def salesforce() -> Iterator[Salesforce]:
    with serving(Salesforce()) as standin:
        yield standin


@pytest.fixture
def connection(salesforce, connect) -> dict:
    return connect("salesforce", salesforce.url, credentials=SECRETS, max_per_second=1000)


def test_a_contact_its_account_and_a_task(salesforce, connection, meet, links):
    contact_id = meet()
    [(one, person)] = salesforce.records["Contact"].items()
    [(company, account)] = salesforce.records["Account"].items()
    [task] = salesforce.records["Task"].values()
    assert account["Name"] == "Acme Tools GmbH"
    assert person == {
        "Cardally_Id__c": contact_id,
        "AccountId": company,
        "FirstName": "Jane",
        "LastName": "Doe",
        "Email": "jane.doe@acme.example",
        "Phone": "+4934112345678",
        "Title": "Head of Sales",
        "MailingStreet": "Hauptstraße 1, 04109 Leipzig",
    }
    assert (task["WhoId"], task["Status"]) == (one, "Completed")
    assert {link["status"] for link in links()} == {"pushed"}


def test_who_is_there_already_is_found_by_e_mail(salesforce, connection, meet):
    salesforce.records["Contact"]["003x"] = {"LastName": "D.", "Email": "jane.doe@acme.example", "LeadSource": "Web"}
    contact_id = meet()
    [(one, person)] = salesforce.records["Contact"].items()
    assert (one, person["Cardally_Id__c"], person["LeadSource"]) == ("003x", contact_id, "Web")


def test_several_records_with_our_id_are_told_and_not_guessed(client, salesforce, connection, meet, work, links):
    contact_id = meet()
    [(_, person)] = salesforce.records["Contact"].items()
    salesforce.records["Contact"] = {"003a": dict(person), "003b": dict(person)}
    url = f"/v1/crm-connections/{connection['id']}/push"
    assert client.post(url, json={"contact_id": contact_id}).status_code == 202
    work()
    [link] = [link for link in links(object_id=contact_id) if link["kind"] == "contact"]
    assert (link["status"], link["error"]) == ("refused", "several_records")


def test_merged_and_erased(client, salesforce, connection, meet, work, links):
    jane = meet()
    john = meet(name="John Roe", email="john@roe.example", phone="+4934199999999", company="Roe Pumps", website="")
    assert client.post(f"/v1/contacts/{jane}/merge", json={"other_id": john}).is_success
    work()
    [(one, person)] = salesforce.records["Contact"].items()
    assert person["Cardally_Id__c"] == jane
    assert {task["WhoId"] for task in salesforce.records["Task"].values()} == {one}
    assert client.post(f"/v1/contacts/{jane}/erasure").status_code == 201
    work()
    assert salesforce.records["Contact"] == {}
    assert salesforce.records["Task"] == {}


def test_a_trial_says_when_the_external_id_field_is_missing(client, salesforce, connect):
    made = connect("salesforce", salesforce.url, credentials=SECRETS, settings={"external_field": "Other__c"})
    tried = client.post(f"/v1/crm-connections/{made['id']}/test").json()
    assert (tried["ok"], tried["code"]) == (False, "no_external_field")
