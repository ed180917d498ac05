"""EspoCRM as its reference tells: CRUD, search, duplicates, metadata, merging, authentication by key or HMAC.

https://docs.espocrm.com/development/api/ and https://docs.espocrm.com/development/api-search-params/
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from itertools import count
from types import MappingProxyType
from typing import Any

from tests.crm.standins import Asked, Seen, StandIn, Told

Row = dict[str, Any]
OURS = "cCardallyId"
REQUIRED = {"Contact": "lastName", "Account": "name", "Meeting": "dateStart"}


def error(status: int, reason: str, label: str = "", field: str = "") -> Told:
    body = {"messageTranslation": {"label": label, "scope": None, "data": {"field": field}}} if label else None
    return Told(status, body, {"x-status-reason": reason})


class EspoCrm(StandIn):
    """A contact is like another one by name or address, an account by name. Unknown attributes are ignored."""

    connector = "espocrm"
    credentials = MappingProxyType({"api_key": "key-of-cardally"})
    own_field = "cTradeFair"

    def __init__(self) -> None:
        super().__init__()
        self.ids = count(1)
        self.records: dict[str, dict[str, Row]] = {"Contact": {}, "Account": {}, "Meeting": {}}
        self.fields = {
            "Contact": {"firstName", "lastName", "emailAddress", "phoneNumber", "title", "addressStreet", "accountId"},
            "Account": {"name", "website", "billingAddressCity"},
            "Meeting": {"name", "description", "dateStart", "dateEnd", "status", "contactsIds"},
        }
        for known in self.fields.values():
            known |= {OURS, "cTradeFair"}
        self.key = "key-of-cardally"

    def people(self) -> dict[str, Seen]:
        return {
            one: Seen(row.get(OURS), self.name(row), row.get("emailAddress"), row.get("accountId"), row)
            for one, row in self.records["Contact"].items()
        }

    def companies(self) -> dict[str, Seen]:
        return {one: Seen(row.get(OURS), row["name"], fields=row) for one, row in self.records["Account"].items()}

    def notes(self) -> dict[str, Seen]:
        rows = self.records["Meeting"].items()
        return {one: Seen(row[OURS], row["name"], None, row["contactsIds"][0], row) for one, row in rows}

    def name(self, row: Row) -> str:
        return row.get("name") or " ".join(filter(None, [row.get("firstName"), row.get("lastName")]))

    def add_person(self, email: str, ours: str | None = None) -> str:
        one = f"{next(self.ids):017x}"
        self.records["Contact"][one] = {"id": one, "lastName": "D.", "emailAddress": email, OURS: ours}
        return one

    def drop_person(self, one: str) -> None:
        del self.records["Contact"][one]

    def limited(self) -> Told:
        return Told(429, None, {"retry-after": "10"})  # of the web server before it

    def change_locks(self) -> None:
        self.key = "another"

    def lets_in(self, asked: Asked) -> bool:
        return asked.headers.get("x-api-key") == self.key

    def answer(self, asked: Asked) -> Told:  # noqa: C901  a table of routes
        if not self.lets_in(asked):
            return error(401, "")
        assert asked.path.startswith("/api/v1/")
        match (asked.method, *asked.path.removeprefix("/api/v1/").split("/")):
            case ("GET", "App", "user"):
                return Told(200, {"user": {"userName": "cardally"}, "acl": {}})
            case ("GET", "Metadata"):
                _, entity, _, field = asked.query["key"].split(".")
                return Told(200, {"type": "varchar"} if field in self.fields[entity] else None)
            case ("POST", "Action"):
                return self.act(asked.body)
            case ("GET", entity):
                return self.search(entity, asked.query)
            case ("POST", entity):
                return self.create(entity, asked)
            case (_, entity, one) if one not in self.records[entity]:
                return error(404, "Record does not exist." if asked.method == "PUT" else "")
            case ("GET", entity, one):
                return Told(200, self.records[entity][one])
            case ("PUT", entity, one):
                return self.put(entity, one, asked.body)
            case ("DELETE", entity, one):
                del self.records[entity][one]
                return Told(200, True)
        return error(405, "")

    def search(self, entity: str, query: dict[str, str]) -> Told:
        attribute, value = query["where[0][attribute]"], query["where[0][value]"]
        fits = [row for row in self.records[entity].values() if (row.get(attribute) or "").lower() == value.lower()]
        selected = query["select"].split(",")
        rows = [{name: row.get(name) for name in selected} for row in fits[: int(query["maxSize"])]]
        return Told(200, {"list": rows, "total": -1 if "offset" in query else len(fits)})

    def create(self, entity: str, asked: Asked) -> Told:
        alike = [row for row in self.records[entity].values() if self.are_alike(entity, row, asked.body)]
        if alike and asked.headers.get("x-skip-duplicate-check") != "true":
            rows = [{"name": self.name(row), **row} for row in alike]
            return Told(409, rows, {"x-status-reason": "duplicate"})
        return self.put(entity, f"{next(self.ids):017x}", asked.body)

    def are_alike(self, entity: str, row: Row, said: Row) -> bool:
        if entity == "Meeting":
            return False
        email = said.get("emailAddress")
        return self.name(row) == self.name(said) or bool(email and row.get("emailAddress") == email)

    def put(self, entity: str, one: str, said: Row) -> Told:
        row = self.records[entity].get(one, {}) | {n: v for n, v in said.items() if n in self.fields[entity]}
        if not row.get(REQUIRED[entity]):
            return error(400, "Field validation failure", "validationFailure", REQUIRED[entity])
        if "ext" in (row.get("phoneNumber") or ""):
            return error(400, "Field validation failure", "validationFailure", "phoneNumber")
        self.records[entity][one] = row | {"id": one}
        return Told(200, self.records[entity][one])

    def act(self, said: Row) -> Told:
        rows, target = self.records[said["entityType"]], said["id"]
        if said["action"] != "merge" or target not in rows:
            return error(404, "")
        rows[target] |= said["data"]["attributes"]
        for source in said["data"]["sourceIdList"]:
            del rows[source]
            for meeting in self.records["Meeting"].values():
                meeting["contactsIds"] = [target if one == source else one for one in meeting["contactsIds"]]
            for person in self.records["Contact"].values():
                if person.get("accountId") == source:
                    person["accountId"] = target
        return Told(200, rows[target])


class EspoCrmHmac(EspoCrm):
    """An API user who signs: the key, a colon and the HMAC-SHA256 of method and path, in base64."""

    credentials = MappingProxyType({"api_key": "key-of-cardally", "secret_key": "never-sent"})

    def lets_in(self, asked: Asked) -> bool:
        key, _, proof = base64.b64decode(asked.headers.get("x-hmac-authorization", "")).partition(b":")
        said = f"{asked.method} {asked.path.removeprefix('/api/v1')}"
        return key.decode() == self.key and proof == hmac.new(b"never-sent", said.encode(), hashlib.sha256).digest()
