"""HubSpot as its reference tells: CRM objects v3, properties v3, associations v4, OAuth v1.

https://developers.hubspot.com/docs/api-reference (contacts, companies, notes, merge, gdpr-delete, error handling)
"""

from __future__ import annotations

from itertools import count
from types import MappingProxyType
from typing import Any

from tests.crm.standins import Asked, Seen, StandIn, Told


def error(status: int, category: str, message: str, **more: str) -> Told:
    return Told(status, {"status": "error", "message": message, "correlationId": "c", "category": category, **more})


class HubSpot(StandIn):
    """Contacts are unique by e-mail address, and by every property with `hasUniqueValue`."""

    connector = "hubspot"
    credentials = MappingProxyType({"token": "pat-1"})
    own_field = "lead_source"

    def __init__(self) -> None:
        super().__init__()
        self.ids = count(101)
        self.records: dict[str, dict[str, dict[str, str]]] = {"contacts": {}, "companies": {}, "notes": {}}
        self.unique: dict[str, set[str]] = {"contacts": {"email"}, "companies": set(), "notes": set()}
        self.properties: set[tuple[str, str]] = set()
        self.links: dict[tuple[str, str], str] = {}
        self.token = "pat-1"

    def people(self) -> dict[str, Seen]:
        return {one: self.seen("contact", one, row) for one, row in self.records["contacts"].items()}

    def companies(self) -> dict[str, Seen]:
        return {one: self.seen("company", one, row) for one, row in self.records["companies"].items()}

    def notes(self) -> dict[str, Seen]:
        return {one: self.seen("note", one, row) for one, row in self.records["notes"].items()}

    def seen(self, kind: str, one: str, row: dict[str, str]) -> Seen:
        name = row.get("name") or " ".join(filter(None, [row.get("firstname"), row.get("lastname")]))
        return Seen(row.get("cardally_id"), name, row.get("email"), self.links.get((kind, one)), row)

    def add_person(self, email: str, ours: str | None = None) -> str:
        one = str(next(self.ids))
        self.records["contacts"][one] = {"email": email, **({"cardally_id": ours} if ours else {})}
        return one

    def drop_person(self, one: str) -> None:
        del self.records["contacts"][one]

    def limited(self) -> Told:
        told = error(429, "RATE_LIMITS", "You have reached your limit.", policyName="TEN_SECONDLY_ROLLING")
        return Told(told.status, told.body, {"retry-after": "10"})

    def change_locks(self) -> None:
        self.token = "another"

    def answer(self, asked: Asked) -> Told:
        if asked.path == "/oauth/v1/token":
            return self.renew(asked)
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
        steps = asked.path.strip("/").split("/")
        match (asked.method, *steps):
            case ("GET", "account-info", "v3", "details"):
                return Told(200, {"portalId": 4711})
            case ("GET", "crm", "v3", "properties", kind, name):
                there = (kind, name) in self.properties
                return Told(200, {"name": name}) if there else error(404, "OBJECT_NOT_FOUND", "no such property")
            case ("POST", "crm", "v3", "properties", kind):
                self.properties.add((kind, asked.body["name"]))
                if asked.body.get("hasUniqueValue"):
                    self.unique[kind].add(asked.body["name"])
                return Told(201, asked.body)
            case ("PUT", "crm", "v4", "objects", own, one, "associations", "default", _, other):
                self.links[own, one] = other
                return Told(200, {"status": "COMPLETE"})
            case ("DELETE", "crm", "v4", "objects", _, one, "associations", _, other):
                self.links = {key: to for key, to in self.links.items() if (key[1], to) != (one, other)}
                return Told(204)
            case (method, "crm", "v3", "objects", kind, *rest):
                return self.objects(method, kind, rest, asked)
        return error(404, "OBJECT_NOT_FOUND", "resource not found")

    def renew(self, asked: Asked) -> Told:
        if "refresh_token=r-1" not in asked.text or "client_secret=s" not in asked.text:
            return Told(400, {"status": "BAD_REFRESH_TOKEN", "message": "missing or invalid refresh token"})
        self.token = "at-2"
        return Told(200, {"access_token": "at-2", "refresh_token": "r-1", "expires_in": 1800, "token_type": "bearer"})

    def objects(self, method: str, kind: str, rest: list[str], asked: Asked) -> Told:
        rows = self.records[kind]
        match (method, *rest):
            case ("POST",):
                return self.put(kind, str(next(self.ids)), asked.body, 201)
            case ("POST", "search"):
                [wanted] = asked.body["filterGroups"][0]["filters"]
                found = [i for i, row in rows.items() if row.get(wanted["propertyName"]) == wanted["value"]]
                return Told(200, {"total": len(found), "results": [self.shown(kind, i) for i in found[:1]]})
            case ("POST", "gdpr-delete"):
                rows.pop(asked.body["objectId"], None)
                return Told(204)
            case ("POST", "merge"):
                into, gone = asked.body["primaryObjectId"], asked.body["objectIdToMerge"]
                new = str(next(self.ids))  # the survivor gets a new id
                rows[new] = {**rows.pop(gone), **rows.pop(into)}
                self.links = {key: new if to in (into, gone) else to for key, to in self.links.items()}
                return Told(200, {"id": new, "properties": rows[new]})
            case (_, given):
                name = asked.query.get("idProperty")
                found = next((i for i, row in rows.items() if row.get(name) == given), None) if name else given
                if found not in rows:
                    return error(404, "OBJECT_NOT_FOUND", "resource not found")
                if method == "GET":
                    return Told(200, self.shown(kind, found))
                if method == "DELETE":
                    del rows[found]
                    return Told(204)
                return self.put(kind, found, asked.body, 200)
        return error(405, "BAD_REQUEST", "no such verb")

    def shown(self, kind: str, one: str) -> dict[str, Any]:
        return {"id": one, "properties": self.records[kind][one], "archived": False}

    def put(self, kind: str, one: str, body: dict[str, Any], status: int) -> Told:
        said = {name: value for name, value in body["properties"].items() if value}
        for name in self.unique[kind] & said.keys():
            for other, row in self.records[kind].items():
                if other != one and row.get(name) == said[name]:
                    if status == 201 and name == "email":
                        return error(409, "CONFLICT", f"Contact already exists. Existing ID: {other}")
                    return error(
                        400, "VALIDATION_ERROR", f"Property values were not valid: {other} already has that value"
                    )
        empty = {name for name, value in body["properties"].items() if not value}
        before = self.records[kind].get(one, {})
        self.records[kind][one] = {n: v for n, v in {**before, **said}.items() if n not in empty}
        for each in body.get("associations", ()):
            self.links["note", one] = each["to"]["id"]
        return Told(status, self.shown(kind, one))
