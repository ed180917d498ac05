"""What is Odoo's own: partners that cannot be deleted, fields that went with a version, what its exceptions mean."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crm.standins import Told, serving
from tests.crm.standins.odoo import PARTNER, Odoo, Odoo19


@pytest.fixture(params=[Odoo, Odoo19], ids=["json-rpc", "json-2"])
def odoo(request) -> Iterator[Odoo]:
    with serving(request.param()) as standin:
        yield standin


@pytest.fixture
def connection(odoo, connect) -> dict:
    given = {"credentials": dict(odoo.credentials), "settings": dict(odoo.settings), "max_per_second": 1000}
    return connect("odoo", odoo.url, **given)


def test_whom_an_invoice_names_is_wiped_and_archived(client, odoo, connection, meet, work, links):
    contact_id = meet()
    [one] = odoo.people()
    odoo.referred.add(int(one))
    assert client.post(f"/v1/contacts/{contact_id}/erasure").status_code == 201
    work()
    row = odoo.tables[PARTNER][int(one)]
    assert (row["name"], row["active"], row["ref"]) == ("Erased", False, False)
    left = [row[name] for name in ("email", "phone", "function", "website")]
    assert left == [False] * 4
    assert [link for link in links() if link["kind"] != "company"] == []


def test_where_there_is_no_mobile_number_it_is_the_number(client, odoo, connection, meet):
    mapping = {"contact": {"name": "name", "mobile": "phone", "email": "email"}}
    assert client.patch(f"/v1/crm-connections/{connection['id']}", json={"mapping": mapping}).is_success
    meet()
    [person] = odoo.people().values()
    column = "mobile" if "mobile" in odoo.fields[PARTNER] else "phone"
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
def test_what_an_exception_means(client, odoo, connection, meet, work, links, name, status, state, error):
    contact_id = meet()
    told = {"name": name, "message": "Jane Doe: no", "arguments": [], "context": {}, "debug": "Traceback …"}
    rpc = Told(200, {"jsonrpc": "2.0", "id": 1, "error": {"code": 200, "message": "Odoo Server Error", "data": told}})
    odoo.next_answers = [Told(status, told) if isinstance(odoo, Odoo19) else rpc]
    asked = client.post(f"/v1/crm-connections/{connection['id']}/push", json={"contact_id": contact_id})
    assert asked.status_code == 202
    work(limit=50)
    found = {(link["status"], link["error"], link["detail"]) for link in links() if link["error"]}
    assert found == {(state, error, "…: no")}


def test_json_rpc_needs_a_login(connect, client, odoo):
    secrets = {name: value for name, value in odoo.credentials.items() if name != "user"}
    made = connect("odoo", odoo.url, credentials=secrets, settings=dict(odoo.settings))
    tried = client.post(f"/v1/crm-connections/{made['id']}/test").json()
    assert tried["ok"] is isinstance(odoo, Odoo19)


def test_a_field_for_our_id_has_to_be_there(connect, client, odoo):
    settings = {**odoo.settings, "external_field": "x_nothing"}
    made = connect("odoo", odoo.url, credentials=dict(odoo.credentials), settings=settings)
    tried = client.post(f"/v1/crm-connections/{made['id']}/test").json()
    assert (tried["ok"], tried["code"]) == (False, "no_external_field")
