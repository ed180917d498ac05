"""What is Odoo's own: partners that cannot be deleted, fields that went with a version, what its exceptions mean."""

from __future__ import annotations

import pytest

from tests.crm.standins import Told
from tests.crm.standins.odoo import PARTNER, Odoo, Odoo19

pytestmark = pytest.mark.parametrize("crm", [Odoo, Odoo19], ids=["json-rpc", "json-2"], indirect=True)


def test_whom_an_invoice_names_is_wiped_and_archived(client, crm, connection, meet, work, links):
    contact_id = meet()
    [one] = crm.people()
    crm.referred.add(int(one))
    assert client.post(f"/v1/contacts/{contact_id}/erasure").status_code == 201
    work()
    row = crm.tables[PARTNER][int(one)]
    assert (row["name"], row["active"], row["ref"]) == ("Erased", False, False)
    left = [row[name] for name in ("email", "phone", "function", "website")]
    assert left == [False] * 4
    assert [link for link in links() if link["kind"] != "company"] == []


def test_where_there_is_no_mobile_number_it_is_the_number(client, crm, connection, meet):
    mapping = {"contact": {"name": "name", "mobile": "phone", "email": "email"}}
    assert client.patch(f"/v1/crm-connections/{connection['id']}", json={"mapping": mapping}).is_success
    meet()
    [person] = crm.people().values()
    column = "mobile" if "mobile" in crm.fields[PARTNER] else "phone"
    assert person.fields[column] == "+4934112345678"


@pytest.mark.parametrize(
    ("name", "status", "state", "error"),
    [
        ("odoo.exceptions.ValidationError", 422, "refused", "ValidationError"),
        ("odoo.exceptions.UserError", 422, "refused", "UserError"),
        ("builtins.ValueError", 500, "refused", "ValueError"),
        ("odoo.exceptions.AccessError", 403, "pending", "AccessError"),
        ("psycopg2.errors.SerializationFailure", 500, "pending", "SerializationFailure"),
        ("odoo.exceptions.LockError", 409, "pending", "LockError"),
    ],
)
def test_what_an_exception_means(client, crm, connection, meet, work, links, name, status, state, error):
    contact_id = meet()
    told = {"name": name, "message": "Jane Doe: no", "arguments": [], "context": {}, "debug": "Traceback …"}
    rpc = Told(200, {"jsonrpc": "2.0", "id": 1, "error": {"code": 200, "message": "Odoo Server Error", "data": told}})
    crm.next_answers = [Told(status, told) if isinstance(crm, Odoo19) else rpc]
    asked = client.post(f"/v1/crm-connections/{connection['id']}/push", json={"contact_id": contact_id})
    assert asked.status_code == 202
    work(limit=50)
    found = {(link["status"], link["error"], link["detail"]) for link in links() if link["error"]}
    assert found == {(state, error, "…: no")}


def test_json_rpc_needs_a_login(connect, client, crm):
    secrets = {name: value for name, value in crm.credentials.items() if name != "user"}
    made = connect("odoo", crm.url, credentials=secrets, settings=dict(crm.settings))
    tried = client.post(f"/v1/crm-connections/{made['id']}/test").json()
    assert tried["ok"] is isinstance(crm, Odoo19)


def test_a_field_for_our_id_has_to_be_there(connect, client, crm):
    settings = {**crm.settings, "external_field": "x_nothing"}
    made = connect("odoo", crm.url, credentials=dict(crm.credentials), settings=settings)
    tried = client.post(f"/v1/crm-connections/{made['id']}/test").json()
    assert (tried["ok"], tried["code"]) == (False, "no_external_field")
