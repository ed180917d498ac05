"""Salesforce as its reference tells: REST API v62.0, OAuth 2.0 refresh, SOAP merge().

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest (upsert by external id, status codes and error
responses) and https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_merge.htm
"""

from __future__ import annotations

import re
from itertools import count
from types import MappingProxyType
from typing import Any

from tests.crm.standins import Asked, Seen, StandIn, Told

OURS = "Cardally_Id__c"
REQUIRED = {"Contact": "LastName", "Account": "Name", "Task": "Subject"}


def error(status: int, code: str, message: str, *fields: str) -> Told:
    return Told(status, [{"message": message, "errorCode": code, "fields": list(fields)}])


class Salesforce(StandIn):
    """Contacts, accounts and tasks; an upsert by external id answers 201, 200 or 300."""

    connector = "salesforce"
    credentials = MappingProxyType(
        {"refresh_token": "r-1", "client_id": "c", "client_secret": "s", "access_token": "ended"}
    )
    own_field = "Trade_Fair__c"

    def __init__(self) -> None:
        super().__init__()
        self.ids = count(1)
        self.records: dict[str, dict[str, dict[str, Any]]] = {"Contact": {}, "Account": {}, "Task": {}}
        self.token = "session-1"
        self.is_locked = False

    def people(self) -> dict[str, Seen]:
        return {
            one: Seen(
                row.get(OURS),
                " ".join(filter(None, [row.get("FirstName"), row.get("LastName")])),
                row.get("Email"),
                row.get("AccountId"),
                row,
            )
            for one, row in self.records["Contact"].items()
        }

    def companies(self) -> dict[str, Seen]:
        return {one: Seen(row.get(OURS), row["Name"], fields=row) for one, row in self.records["Account"].items()}

    def notes(self) -> dict[str, Seen]:
        rows = self.records["Task"].items()
        return {one: Seen(row["Subject"], row["Subject"], belongs_to=row.get("WhoId"), fields=row) for one, row in rows}

    def add_person(self, email: str, ours: str | None = None) -> str:
        one = f"003{next(self.ids):015d}"
        self.records["Contact"][one] = {"LastName": "D.", "Email": email, **({OURS: ours} if ours else {})}
        return one

    def drop_person(self, one: str) -> None:
        del self.records["Contact"][one]

    def limited(self) -> Told:
        return error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")

    def change_locks(self) -> None:
        self.token, self.is_locked = "another", True

    def answer(self, asked: Asked) -> Told:  # noqa: C901  a table of routes
        if asked.path == "/services/oauth2/token":
            if "refresh_token=r-1" not in asked.text or self.is_locked:
                return Told(400, {"error": "invalid_grant", "error_description": "expired access/refresh token"})
            self.token = "session-2"
            return Told(200, {"access_token": self.token, "instance_url": self.url, "token_type": "Bearer"})
        if asked.path.startswith("/services/Soap/u/"):
            return self.merge(asked)
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return error(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if asked.path.endswith("/query"):
            return self.query(asked.query["q"])
        kind, *rest = asked.path.split("/sobjects/")[1].split("/")
        match (asked.method, *rest):
            case ("GET", "describe"):
                return Told(200, {"name": kind, "fields": [{"name": OURS}, {"name": REQUIRED[kind]}]})
            case (_, field, value) if field == OURS:
                return self.by_external_id(asked, kind, value)
            case ("POST",):
                return self.put(kind, None, asked.body)
            case (_, one) if one not in self.records[kind]:
                return error(404, "NOT_FOUND", "The requested resource does not exist")
            case ("DELETE", one):
                del self.records[kind][one]
                return Told(204)
            case ("PATCH", one):
                return self.put(kind, one, asked.body)
        return error(405, "METHOD_NOT_ALLOWED", "HTTP Method not allowed")

    def by_external_id(self, asked: Asked, kind: str, value: str) -> Told:
        found = [one for one, row in self.records[kind].items() if row.get(OURS) == value]
        if len(found) > 1:
            return Told(300, [f"/services/data/v62.0/sobjects/{kind}/{one}" for one in found])
        if asked.method == "GET":
            return Told(200, {"Id": found[0]}) if found else error(404, "NOT_FOUND", "Provided external ID not found")
        told = self.put(kind, found[0] if found else None, asked.body | {OURS: value})
        return Told(200, {"id": found[0], "success": True, "errors": [], "created": False}) if found else told

    def put(self, kind: str, one: str | None, body: dict[str, Any]) -> Told:
        row = {**(self.records[kind].get(one, {}) if one else {}), **body}
        if not row.get(REQUIRED[kind]):
            return error(400, "REQUIRED_FIELD_MISSING", "Required fields are missing", REQUIRED[kind])
        if len(row.get("LastName") or "") > 80:
            return error(400, "STRING_TOO_LONG", "Last Name: data value too large", "LastName")
        made = one or f"{REQUIRED[kind][:3]}{next(self.ids):015d}"
        self.records[kind][made] = {name: value for name, value in row.items() if value is not None}
        return Told(204) if one else Told(201, {"id": made, "success": True, "errors": [], "created": True})

    def query(self, soql: str) -> Told:
        kind, name, how, value = re.search(r"FROM (\w+) WHERE (\w+) (=|LIKE) '(.*?)'", soql).groups()
        wanted = value.removeprefix("%").replace("\\'", "'")
        rows = self.records[kind].items()
        fits = (lambda text: text == wanted) if how == "=" else (lambda text: text.endswith(wanted))
        found = [{"Id": one, OURS: row.get(OURS)} for one, row in rows if fits(str(row.get(name) or ""))]
        return Told(200, {"totalSize": len(found), "done": True, "records": found})

    def merge(self, asked: Asked) -> Told:
        said = dict(re.findall(r"<(?:urn|obj):(sessionId|type|Id|recordToMergeIds)>(.*?)<", asked.text))
        if said["sessionId"] != self.token:
            return Told(500, "<faultcode>sf:INVALID_SESSION_ID</faultcode>", {"content-type": "text/xml"})
        rows = self.records[said["type"]]
        if said["recordToMergeIds"] not in rows:
            failed = "<success>false</success><statusCode>ENTITY_IS_DELETED</statusCode>"
            return Told(200, failed, {"content-type": "text/xml"})
        del rows[said["recordToMergeIds"]]
        for task in self.records["Task"].values():
            if task.get("WhoId") == said["recordToMergeIds"]:
                task["WhoId"] = said["Id"]
        return Told(200, "<result><success>true</success></result>", {"content-type": "text/xml"})
