"""Odoo as its reference tells: JSON-RPC (until 19) and JSON-2 (from 19 on), partners, messages, the merge wizard.

https://www.odoo.com/documentation/18.0/developer/reference/external_api.html
https://www.odoo.com/documentation/19.0/developer/reference/external_api.html
"""

from __future__ import annotations

import re
from itertools import count
from types import MappingProxyType
from typing import Any

from tests.crm.standins import Asked, Seen, StandIn, Told

Row = dict[str, Any]
PARTNER, MESSAGE, WIZARD = "res.partner", "mail.message", "base.partner.merge.automatic.wizard"
ADDRESS = ("street", "street2", "city", "zip")
CHARS = ("name", "ref", "email", "phone", "mobile", "function", "website", "comment", *ADDRESS)
FIELDS = {
    PARTNER: {*CHARS, "x_fair", "is_company", "parent_id", "active"},
    MESSAGE: {"body", "subject", "date", "model", "res_id", "message_id", "message_type", "is_internal"},
    WIZARD: {"state", "partner_ids", "dst_partner_id"},
}


class Raised(Exception):
    """A Python exception inside Odoo."""

    def __init__(self, name: str, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.name, self.status = name, status


def missing() -> Raised:
    return Raised("odoo.exceptions.MissingError", "Record does not exist or has been deleted.", 404)


class Odoo(StandIn):
    """Version 18 by JSON-RPC: errors have status 200, a user is a number, and the password is the API key."""

    connector = "odoo"
    credentials = MappingProxyType({"api_key": "key-of-ann", "user": "ann@northwind.example"})
    settings = MappingProxyType({"database": "crm"})
    own_field = "x_fair"
    fields = FIELDS

    def __init__(self) -> None:
        super().__init__()
        self.ids = count(7)
        self.tables: dict[str, dict[int, Row]] = {PARTNER: {}, MESSAGE: {}, WIZARD: {}}
        self.key = "key-of-ann"
        self.referred: set[int] = set()
        """Partners that an invoice names."""

    def partners(self, *, company: bool) -> dict[str, Seen]:
        return {
            str(one): Seen(
                row["ref"] or None,
                row["name"],
                row["email"] or None,
                str(row["parent_id"]) if row["parent_id"] else None,
                row,
            )
            for one, row in self.tables[PARTNER].items()
            if row["is_company"] == company and row["active"]
        }

    def people(self) -> dict[str, Seen]:
        return self.partners(company=False)

    def companies(self) -> dict[str, Seen]:
        return self.partners(company=True)

    def notes(self) -> dict[str, Seen]:
        rows = self.tables[MESSAGE].items()
        return {str(one): Seen(row["message_id"], row["body"], None, str(row["res_id"]), row) for one, row in rows}

    def add_person(self, email: str, ours: str | None = None) -> str:
        [one] = self.create(PARTNER, [{"name": "D.", "email": email, "ref": ours or False}])
        return str(one)

    def drop_person(self, one: str) -> None:
        self.unlink(PARTNER, [int(one)])

    def limited(self) -> Told:
        return Told(429, "<html>Too Many Requests</html>", {"content-type": "text/html", "retry-after": "10"})

    def change_locks(self) -> None:
        self.key = "another"

    def answer(self, asked: Asked) -> Told:
        if asked.path != "/jsonrpc":
            return Told(404, "<html>Not Found</html>", {"content-type": "text/html"})
        params = asked.body["params"]
        try:
            result = self.dispatch(params["service"], params["method"], params["args"])
        except Raised as raised:
            told = {"name": raised.name, "debug": "Traceback …", "message": str(raised), "arguments": [str(raised)]}
            error = {"code": 200, "message": "Odoo Server Error", "data": told | {"context": {}}}
            return Told(200, {"jsonrpc": "2.0", "id": asked.body["id"], "error": error})
        return Told(200, {"jsonrpc": "2.0", "id": asked.body["id"], "result": result})

    def dispatch(self, service: str, method: str, args: list[Any]) -> Any:
        if (service, method) == ("common", "authenticate"):
            database, user, key, _ = args
            return 2 if (database, user, key) == ("crm", self.credentials["user"], self.key) else False
        database, uid, key, model, name, positional, named = args
        if (database, uid, key) != ("crm", 2, self.key):
            raise Raised("odoo.exceptions.AccessDenied", "Access Denied", 403)
        if name == "create":
            [values] = positional  # its first argument is looked at by position
            return self.create(model, values)
        return self.run(model, name, positional[0] if positional else [], named)

    def run(self, model: str, name: str, ids: list[int], named: dict[str, Any]) -> Any:
        context = named.pop("context", {})
        match name:
            case "fields_get":
                return {each: {"type": "char"} for each in named["allfields"] if each in self.fields[model]}
            case "search_read":
                found = self.search(model, named["domain"], context.get("active_test", True))[: named["limit"]]
                return [
                    {"id": one} | {each: row[each] for each in named["fields"] if each != "id"} for one, row in found
                ]
            case "write":
                return self.write(model, ids, named["vals"])
            case "unlink":
                return self.unlink(model, ids)
            case "action_merge":
                return self.merge(self.tables[WIZARD][ids[0]])
        raise Raised("builtins.AttributeError", f"The method '{model}.{name}' does not exist", 500)

    def search(self, model: str, domain: list[list[Any]], active_test: bool) -> list[tuple[int, Row]]:
        rows = {one: row | {"id": one} for one, row in self.tables[model].items()}
        return [
            (one, row)
            for one, row in rows.items()
            if (row.get("active", True) or not active_test) and all(self.fits(row, *term) for term in domain)
        ]

    def fits(self, row: Row, field: str, operator: str, value: Any) -> bool:
        if operator == "=ilike":
            pattern = re.sub(r"\\(.)|(%)|(_)|(.)", like, value, flags=re.DOTALL)
            return bool(row[field]) and re.fullmatch(pattern, row[field], re.IGNORECASE) is not None
        return row[field] in value if operator == "in" else row[field] == value

    def known(self, model: str, values: Row) -> None:
        for name in values:
            if name not in self.fields[model]:
                raise Raised("builtins.ValueError", f"Invalid field '{name}' on model '{model}'", 500)

    def create(self, model: str, rows: list[Row]) -> list[int]:
        made = []
        for values in rows:
            self.known(model, values)
            if model == PARTNER and not values.get("name"):
                raise Raised("odoo.exceptions.ValidationError", "Contacts require a name")
            one = next(self.ids)
            self.tables[model][one] = dict.fromkeys(self.fields[model], False) | {"active": True} | values
            self.follow_parent(model, one, values)
            made.append(one)
        return made

    def write(self, model: str, ids: list[int], values: Row) -> bool:
        self.known(model, values)
        for one in ids:
            if one not in self.tables[model]:
                raise missing()
            self.tables[model][one] |= values
            self.follow_parent(model, one, values)
        return True

    def follow_parent(self, model: str, one: int, values: Row) -> None:
        """A contact of a company has the company's address."""
        parent = self.tables[PARTNER].get(values.get("parent_id") or 0) if model == PARTNER else None
        if parent and any(parent[name] for name in ADDRESS):
            self.tables[PARTNER][one] |= {name: parent[name] for name in ADDRESS}

    def unlink(self, model: str, ids: list[int]) -> bool:
        if self.referred & set(ids):
            said = "The operation cannot be completed: another model requires the record being deleted."
            raise Raised("odoo.exceptions.ValidationError", said)
        for one in ids:
            if self.tables[model].pop(one, None) is None:
                raise missing()
        if model == PARTNER:
            messages = self.tables[MESSAGE].items()
            self.tables[MESSAGE] = {one: row for one, row in messages if row["res_id"] not in ids}
        return True

    def merge(self, wizard: Row) -> dict[str, Any]:
        [[_, _, ids]], kept = wizard["partner_ids"], wizard["dst_partner_id"]
        rows = self.tables[PARTNER]
        if len({rows[one]["email"] for one in ids}) > 1:
            raise Raised("odoo.exceptions.UserError", "All contacts must have the same email.")
        for gone in (one for one in ids if one != kept):
            for other in rows.values():
                other["parent_id"] = kept if other["parent_id"] == gone else other["parent_id"]
            for message in self.tables[MESSAGE].values():
                message["res_id"] = kept if message["res_id"] == gone else message["res_id"]
            rows[kept] = {name: rows[kept][name] or value for name, value in rows.pop(gone).items()}
        return {"type": "ir.actions.act_window"}


def like(found: re.Match[str]) -> str:
    escaped, anything, any_one, plain = found.groups()
    return ".*" if anything else "." if any_one else re.escape(escaped or plain)


class Odoo19(Odoo):
    """By JSON-2: a bearer of a key, named arguments, and errors that have a status. Partners have no mobile number."""

    credentials = MappingProxyType({"api_key": "key-of-ann"})
    settings = MappingProxyType({"database": "crm", "api": "json2"})
    fields = FIELDS | {PARTNER: FIELDS[PARTNER] - {"mobile"}}

    def answer(self, asked: Asked) -> Told:
        try:
            if asked.headers.get("authorization") != f"bearer {self.key}":
                raise Raised("werkzeug.exceptions.Unauthorized", "Invalid apikey", 401)
            _, _, _, model, name = asked.path.split("/")
            named = dict(asked.body)
            if name == "create":
                return Told(200, self.create(model, named["vals_list"]))
            return Told(200, self.run(model, name, named.pop("ids", []), named))
        except Raised as raised:
            told = {"name": raised.name, "message": str(raised), "arguments": [str(raised)], "context": {}}
            return Told(raised.status, told | {"debug": "Traceback …"})
