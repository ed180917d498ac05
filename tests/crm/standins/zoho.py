"""Zoho CRM as its reference tells: REST API v8, and the accounts' server that refreshes tokens.

https://www.zoho.com/crm/developer/docs/api/v8/ (upsert-records, update-records, get-records-ext, search-records,
create-notes, merge-records, del-recycle-bin-records, create-custom-field, api-limits) and its OpenAPI documents at
https://github.com/zoho/crm-oas/tree/main/v8.0
"""

from __future__ import annotations

import re
from itertools import count
from types import MappingProxyType
from typing import Any

from tests.crm.standins import Asked, Seen, StandIn, Told

REQUIRED = {"Contacts": "Last_Name", "Accounts": "Account_Name", "Notes": "Note_Content"}
OURS = "Cardally_ID"


def error(status: int, code: str, message: str, details: dict[str, Any] | None = None) -> Told:
    """Of the whole request."""
    return Told(status, {"code": code, "details": details or {}, "message": message, "status": "error"})


def refused(status: int, code: str, message: str, details: dict[str, Any], within: str = "data") -> Told:
    """Of one record of it."""
    return Told(status, {within: [{"code": code, "details": details, "message": message, "status": "error"}]})


def done(status: int, one: str, message: str, within: str = "data", **more: Any) -> Told:
    told = {"code": "SUCCESS", "details": {"id": one}, "message": message, "status": "success", **more}
    return Told(status, {within: [told]})


class Zoho(StandIn):
    """Contacts, accounts and notes. The search finds what contains the value, and nothing newer than `indexed`."""

    connector = "zoho"
    credentials = MappingProxyType(
        {"refresh_token": "1000.r1", "client_id": "1000.C1", "client_secret": "secret-1", "access_token": "1000.a1"}
    )
    own_field = "Trade_Fair"

    def __init__(self) -> None:
        super().__init__()
        self.ids = count(4876876000000001001)
        self.records: dict[str, dict[str, dict[str, Any]]] = {"Contacts": {}, "Accounts": {}, "Notes": {}}
        self.bin: dict[str, dict[str, Any]] = {}
        self.fields: dict[str, set[str]] = {"Contacts": set(), "Accounts": set()}
        self.unique: dict[str, set[str]] = {"Contacts": set(), "Accounts": set(), "Notes": set()}
        self.token = "1000.a1"
        self.is_locked = False
        self.is_indexed = True

    @property
    def settings(self) -> dict[str, str]:  # type: ignore[override]
        return {"accounts_url": self.url}

    def people(self) -> dict[str, Seen]:
        return {one: self.seen(row) for one, row in self.records["Contacts"].items()}

    def seen(self, row: dict[str, Any]) -> Seen:
        name = " ".join(filter(None, [row.get("First_Name"), row.get("Last_Name")]))
        return Seen(row.get(OURS), name, row.get("Email"), (row.get("Account_Name") or {}).get("id"), row)

    def companies(self) -> dict[str, Seen]:
        rows = self.records["Accounts"].items()
        return {one: Seen(row.get(OURS), row["Account_Name"], fields=row) for one, row in rows}

    def notes(self) -> dict[str, Seen]:
        rows = self.records["Notes"].items()
        return {
            one: Seen(row["Note_Title"], row["Note_Title"], belongs_to=row["Parent_Id"]["id"], fields=row)
            for one, row in rows
        }

    def add_person(self, email: str, ours: str | None = None) -> str:
        one = str(next(self.ids))
        self.records["Contacts"][one] = {"Last_Name": "D.", "Email": email, **({OURS: ours} if ours else {})}
        return one

    def drop_person(self, one: str) -> None:
        self.bin[one] = self.records["Contacts"].pop(one)

    def limited(self) -> Told:
        return error(429, "TOO_MANY_REQUESTS", "The API call limit is exceeded.")

    def change_locks(self) -> None:
        self.token, self.is_locked = "another", True

    def answer(self, asked: Asked) -> Told:
        if asked.path == "/oauth/v2/token":
            return self.renew(asked)
        if asked.headers.get("authorization") != f"Zoho-oauthtoken {self.token}":
            return error(401, "INVALID_TOKEN", "invalid oauth token")
        steps = asked.path.removeprefix("/crm/v8/").split("/")
        match (asked.method, *steps):
            case ("GET", "org"):
                return Told(200, {"org": [{"company_name": "Acme", "zgid": "1"}]})
            case (method, "settings", "fields"):
                return self.field(method, asked)
            case ("DELETE", "settings", "recycle_bin", one):
                return self.empty(one)
            case (method, module, *rest) if module in self.records:
                return self.module(method, module, rest, asked)
        return error(404, "INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one")

    def renew(self, asked: Asked) -> Told:
        if "refresh_token=1000.r1" not in asked.text or "client_secret=secret-1" not in asked.text or self.is_locked:
            return Told(200, {"error": "invalid_code"})
        self.token = "1000.a2"
        return Told(
            200, {"access_token": self.token, "api_domain": self.url, "token_type": "Bearer", "expires_in": 3600}
        )

    def field(self, method: str, asked: Asked) -> Told:
        names = self.fields[asked.query["module"]]
        if method == "GET":
            return Told(200, {"fields": [{"api_name": name} for name in {"Last_Name", *names}]})
        [wanted] = asked.body["fields"]
        assert wanted["external"]["type"] in ("org", "user")
        name = wanted["field_label"].replace(" ", "_")
        if name in names:
            return refused(400, "DUPLICATE_DATA", "duplicate data", {"api_name": "field_label"}, "fields")
        names.add(name)
        return done(201, str(next(self.ids)), "field created", "fields")

    def empty(self, one: str) -> Told:
        if one not in self.bin:
            return error(400, "INVALID_DATA", "the id given seems to be invalid", {"resource_path_index": 2})
        del self.bin[one]
        return done(200, one, "record deleted", "recycle_bin")

    def module(self, method: str, module: str, rest: list[str], asked: Asked) -> Told:  # noqa: C901  a table of routes
        rows = self.records[module]
        match (method, *rest):
            case ("POST",):
                return self.put(module, None, asked.body["data"][0])
            case ("POST", "upsert"):
                return self.upsert(module, asked.body)
            case ("GET", "search"):
                return self.listed(self.found(module, asked.query), rows)
            case ("GET", one, "Notes"):
                notes = self.records["Notes"]
                return self.listed([note for note, row in notes.items() if row["Parent_Id"]["id"] == one], notes)
            case ("GET", given):
                return self.read(module, given, asked)
            case ("POST", into, "actions", "merge"):
                return self.merge(module, into, asked.body["merge"][0]["data"][0]["id"])
            case (_, one) if one not in rows:
                details = {"api_name": "id", "json_path": "$.data[0].id"}
                return refused(404, "INVALID_DATA", "the id given seems to be invalid", details)
            case ("PUT", one):
                return self.put(module, one, asked.body["data"][0])
            case ("DELETE", one):
                self.bin[one] = rows.pop(one)
                if module == "Contacts":
                    notes = self.records["Notes"]
                    for note in [note for note, row in notes.items() if row["Parent_Id"]["id"] == one]:
                        self.bin[note] = notes.pop(note)
                return done(200, one, "record deleted")
        return error(400, "INVALID_REQUEST_METHOD", "The http request method type is not a valid one")

    def listed(self, ids: list[str], rows: dict[str, dict[str, Any]]) -> Told:
        return (
            Told(200, {"data": [{"id": one, **rows[one]} for one in ids], "info": {"more_records": False}})
            if ids
            else Told(204)
        )

    def read(self, module: str, given: str, asked: Asked) -> Told:
        rows, outer = self.records[module], asked.headers.get("x-external")
        if outer:
            owner, name = outer.split(".")
            if owner != module or name not in self.fields[module]:
                return error(400, "INVALID_DATA", "invalid external field", {"header_name": "X-EXTERNAL"})
            return self.listed([one for one, row in rows.items() if row.get(name) == given], rows)
        return self.listed([given] if given in rows else [], rows)

    def found(self, module: str, asked: dict[str, str]) -> list[str]:
        rows = self.records[module]
        if not self.is_indexed:
            return []
        if "email" in asked:
            return [one for one, row in rows.items() if asked["email"].lower() in str(row.get("Email") or "").lower()]
        if "word" in asked:
            return [one for one, row in rows.items() if asked["word"] in re.findall(r"\w+", str(row))]
        wanted = re.findall(r"(\w+):equals:((?:\\.|[^\\)])+)", asked["criteria"])
        wanted = [(name, re.sub(r"\\(.)", r"\1", value).lower()) for name, value in wanted]
        return [one for one, row in rows.items() if any(v in str(row.get(n) or "").lower() for n, v in wanted)]

    def upsert(self, module: str, body: dict[str, Any]) -> Told:
        [given] = body["data"]
        for name in body["duplicate_check_fields"]:
            if name not in (*self.fields[module], *self.unique[module], "Email", "Account_Name"):
                return error(400, "INVALID_DATA", "invalid data", {"api_name": "duplicate_check_fields"})
            for one, row in self.records[module].items():
                if given.get(name) and row.get(name) == given[name]:
                    told = self.put(module, one, given)
                    told.body["data"][0] |= {"duplicate_field": name, "action": "update"}
                    return told
        told = self.put(module, None, given)
        if told.status == 201:
            told.body["data"][0] |= {"duplicate_field": None, "action": "insert"}
            told.status = 200
        return told

    def put(self, module: str, one: str | None, given: dict[str, Any]) -> Told:
        rows = self.records[module]
        row = {**(rows[one] if one else {}), **given}
        if not row.get(REQUIRED[module]):
            details = {"api_name": REQUIRED[module], "json_path": f"$.data[0].{REQUIRED[module]}"}
            return refused(400, "MANDATORY_NOT_FOUND", "required field not found", details)
        for name in self.unique[module]:
            for other, there in rows.items():
                if other != one and row.get(name) and there.get(name) == row[name]:
                    duplicate = {"id": other, "module": {"api_name": module}, "Owner": {"id": "1"}}
                    details = {"api_name": name, "json_path": f"$.data[0].{name}", "duplicate_record": duplicate}
                    return refused(202, "DUPLICATE_DATA", "duplicate data", details)
        made = one or str(next(self.ids))
        rows[made] = {name: value for name, value in row.items() if value is not None and name != "id"}
        return done(200 if one else 201, made, "record updated" if one else "record added")

    def merge(self, module: str, into: str, gone: str) -> Told:
        rows = self.records[module]
        if into not in rows:
            return error(400, "INVALID_DATA", "the id given seems to be invalid", {"resource_path_index": 1})
        if gone not in rows:
            details = {"api_name": "id", "json_path": "$.merge[0].data[0].id"}
            return refused(400, "INVALID_DATA", "invalid data", details, "merge")
        del rows[gone]  # fields of the master are kept where none of the child are named
        for note in self.records["Notes"].values():
            if note["Parent_Id"]["id"] == gone:
                note["Parent_Id"] = {**note["Parent_Id"], "id": into}
        for person in self.records["Contacts"].values():
            if (person.get("Account_Name") or {}).get("id") == gone:
                person["Account_Name"] = {"id": into}
        return done(200, into, "Record has been merged", "merge")
