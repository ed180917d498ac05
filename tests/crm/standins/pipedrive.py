"""Pipedrive as its reference tells: persons, organizations and their fields of API v2, notes and merging of v1, OAuth.

https://developers.pipedrive.com/docs/api/v1 (Persons, Organizations, PersonFields, OrganizationFields, Notes, Oauth),
https://pipedrive.readme.io/docs/core-api-concepts-responses, …/core-api-concepts-rate-limiting,
…/core-api-concepts-custom-fields, …/merging-two-persons, and the models of https://github.com/pipedrive/client-nodejs
"""

from __future__ import annotations

import hashlib
from itertools import count
from types import MappingProxyType
from typing import Any

from tests.crm.standins import Asked, Seen, StandIn, Told

OWN = hashlib.sha1(b"Trade fair").hexdigest()
KNOWN = {
    "persons": {"name", "owner_id", "org_id", "emails", "phones", "visible_to", "label_ids", "custom_fields"},
    "organizations": {"name", "owner_id", "address", "visible_to", "label_ids", "custom_fields"},
}
TABLE = {"personFields": "persons", "organizationFields": "organizations"}


def error(status: int, said: str, **more: Any) -> Told:
    info = "Please check developers.pipedrive.com for more information about Pipedrive API."
    return Told(
        status, {"success": False, "error": said, "error_info": info, "data": None, "additional_data": None, **more}
    )


def good(data: Any, status: int = 200) -> Told:
    headers = {"x-ratelimit-limit": "20", "x-ratelimit-remaining": "19", "x-ratelimit-reset": "2"}
    return Told(status, {"success": True, "data": data}, headers)


class Pipedrive(StandIn):
    """What is deleted stays for 30 days and says so. The search sees what `is_indexed`."""

    connector = "pipedrive"
    credentials = MappingProxyType({"api_token": "pipe-token-1"})
    own_field = OWN

    def __init__(self) -> None:
        super().__init__()
        self.ids = count(31)
        self.tables: dict[str, dict[int, dict[str, Any]]] = {"persons": {}, "organizations": {}, "notes": {}}
        self.fields: dict[str, dict[str, str]] = {"persons": {OWN: "Trade fair"}, "organizations": {}}
        self.token = "pipe-token-1"
        self.access_token = "at-2"
        self.is_indexed = True

    def live(self, table: str) -> dict[int, dict[str, Any]]:
        return {one: row for one, row in self.tables[table].items() if not row["is_deleted"]}

    def ours(self, table: str, row: dict[str, Any]) -> str | None:
        key = next((key for key, name in self.fields[table].items() if name == "Cardally ID"), "")
        return row["custom_fields"].get(key)

    def people(self) -> dict[str, Seen]:
        return {
            str(one): Seen(
                self.ours("persons", row),
                row["name"],
                next((entry["value"] for entry in row["emails"]), None),
                str(row["org_id"]) if row.get("org_id") else None,
                {**row, **row["custom_fields"]},
            )
            for one, row in self.live("persons").items()
        }

    def companies(self) -> dict[str, Seen]:
        rows = self.live("organizations").items()
        return {str(one): Seen(self.ours("organizations", row), row["name"], fields=row) for one, row in rows}

    def notes(self) -> dict[str, Seen]:
        rows = self.live("notes").items()
        return {str(one): Seen(row["content"][-13:], "", None, str(row["person_id"]), row) for one, row in rows}

    def add_person(self, email: str, ours: str | None = None) -> str:
        if ours:
            self.fields["persons"] |= {hashlib.sha1(b"Cardally ID").hexdigest(): "Cardally ID"}
        key = next((key for key, name in self.fields["persons"].items() if name == "Cardally ID"), "")
        told = {"name": "D.", "emails": [{"value": email, "primary": True, "label": "home"}]}
        return str(
            self.put("persons", None, told | ({"custom_fields": {key: ours}} if ours else {})).body["data"]["id"]
        )

    def drop_person(self, one: str) -> None:
        self.tables["persons"][int(one)]["is_deleted"] = True

    def limited(self) -> Told:
        told = error(429, "Request over limit", errorCode=429)
        return Told(429, told.body, {"x-ratelimit-limit": "20", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2"})

    def change_locks(self) -> None:
        self.token = self.access_token = "another"

    def answer(self, asked: Asked) -> Told:
        if asked.path == "/oauth/token":
            return self.renew(asked)
        proofs = asked.headers.get("x-api-token"), asked.headers.get("authorization")
        if self.token != proofs[0] and f"Bearer {self.access_token}" != proofs[1]:
            return error(401, "unauthorized access", errorCode=401)
        match (asked.method, *asked.path.strip("/").split("/")):
            case ("GET", "v1", "users", "me"):
                return good({"id": 1, "name": "Ada", "company_name": "Acme"})
            case (method, "api", "v2", "personFields" | "organizationFields" as meta):
                return self.field(method, self.fields[TABLE[meta]], asked)
            case ("PUT", "v1", "persons" | "organizations" as table, one, "merge"):
                return self.merge(table, int(one), asked.body["merge_with_id"])
            case (method, "v1", "notes", *rest):
                return self.note(method, [int(one) for one in rest], asked)
            case (method, "api", "v2", "persons" | "organizations" as table, *rest):
                return self.object(method, table, rest, asked)
        return error(404, "Not found")

    def renew(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != "Basic YzpzZWNyZXQtMQ==" or "refresh_token=r-1" not in asked.text:
            return Told(400, {"success": False, "message": "Invalid grant", "error": "invalid_grant"})
        return Told(200, {"access_token": self.access_token, "refresh_token": "r-1", "expires_in": 3599})

    def field(self, method: str, fields: dict[str, str], asked: Asked) -> Told:
        if method == "GET":
            return good(
                [{"field_code": key, "field_name": name, "field_type": "varchar"} for key, name in fields.items()]
            )
        name = asked.body["field_name"]
        fields[hashlib.sha1(name.encode()).hexdigest()] = name
        return good({"field_code": list(fields)[-1], "field_name": name, "field_type": asked.body["field_type"]})

    def object(self, method: str, table: str, rest: list[str], asked: Asked) -> Told:
        rows = self.tables[table]
        match (method, *rest):
            case ("GET", "search"):
                items = [
                    {"result_score": 1.0, "item": {"id": one, "type": table[:-1]}}
                    for one in self.found(table, asked.query)
                ]
                return good({"items": items})
            case ("POST",):
                return self.put(table, None, asked.body)
            case (_, one) if int(one) not in self.live(table):
                return error(404, f"{table[:-1].capitalize()} not found", code="ERR_NOT_FOUND")
            case ("GET", one):
                return good({"id": int(one), **rows[int(one)]})
            case ("PATCH", one):
                return self.put(table, int(one), asked.body)
            case ("DELETE", one):
                rows[int(one)]["is_deleted"] = True
                return good({"id": int(one)})
        return error(405, "Method not allowed")

    def found(self, table: str, asked: dict[str, str]) -> list[int]:
        assert asked["exact_match"] == "true"
        term, field = asked["term"].lower(), asked["fields"]
        said = {
            "email": lambda row: [entry["value"] for entry in row.get("emails", ())],
            "name": lambda row: [row["name"]],
            "custom_fields": lambda row: [value for value in row["custom_fields"].values() if value],
        }[field]
        rows = self.live(table).items() if self.is_indexed else ()
        return [one for one, row in rows if term in [str(value).lower() for value in said(row)]]

    def put(self, table: str, one: int | None, body: dict[str, Any]) -> Told:
        unknown = body.keys() - KNOWN[table] | (body.get("custom_fields") or {}).keys() - self.fields[table].keys()
        if unknown:
            return error(400, f"Unknown: {', '.join(sorted(unknown))}", code="ERR_SCHEMA_VALIDATION_FAILED")
        if not isinstance(body.get("org_id", 1), int | None) or (one is None and not body.get("name")):
            return error(400, "Parameter validation failed", code="ERR_SCHEMA_VALIDATION_FAILED")
        before = self.tables[table].get(one or 0) or {
            "emails": [],
            "phones": [],
            "custom_fields": {},
            "is_deleted": False,
        }
        own = {**before["custom_fields"], **(body.get("custom_fields") or {})}
        made = one or next(self.ids)
        self.tables[table][made] = {**before, **body, "custom_fields": own}
        return good({"id": made, **self.tables[table][made]}, 200 if one else 201)

    def note(self, method: str, rest: list[int], asked: Asked) -> Told:
        rows = self.tables["notes"]
        if rest and rest[0] not in self.live("notes"):
            return error(404, "Note not found")
        if method == "GET":
            person = asked.query.get("person_id")
            found = [(one, row) for one, row in self.live("notes").items() if person in (None, str(row["person_id"]))]
            return good([{"id": one, **row} for one, row in found] or None)
        if method == "DELETE":
            rows[rest[0]]["is_deleted"] = True
            return good(True)
        one = rest[0] if rest else next(self.ids)
        row = {"is_deleted": False, **rows.get(one, {}), **asked.body}
        if asked.body.get("person_id", row["person_id"] if rest else None) not in self.tables["persons"]:
            return error(400, "Person not found")
        rows[one] = row
        return good({"id": one, **row, "active_flag": True}, 200 if rest else 201)

    def merge(self, table: str, gone: int, into: int) -> Told:
        rows = self.live(table)
        if gone not in rows or into not in rows:
            return error(404, f"{table[:-1].capitalize()} not found")
        kept, lost = rows[into], rows[gone]
        for name, value in lost.items():
            kept[name] = kept.get(name) or value
        kept["emails"] = kept["emails"] + [entry | {"primary": False} for entry in lost["emails"]]
        kept["phones"] = kept["phones"] + [entry | {"primary": False} for entry in lost["phones"]]
        del self.tables[table][gone]
        for note in self.tables["notes"].values():
            note["person_id"] = into if table == "persons" and note["person_id"] == gone else note["person_id"]
        return good({"id": into, **kept})
