"""Twenty as its documentation and its OpenAPI schema tell: core REST API and metadata API.

https://docs.twenty.com/developers/extend/api
"""

from __future__ import annotations

import re
from copy import deepcopy
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from tests.crm.standins import Asked, Seen, StandIn, Told

Row = dict[str, Any]
SINGULAR = {"people": "Person", "companies": "Company", "notes": "Note", "noteTargets": "NoteTarget"}
UNIQUE = {"people": ("emails", "primaryEmail"), "companies": ("domainName", "primaryLinkUrl")}
FIELDS = {
    "people": {
        "name": {"firstName", "lastName"},
        "emails": {"primaryEmail", "additionalEmails"},
        "phones": {"primaryPhoneNumber"},
        "linkedinLink": {"primaryLinkUrl"},
        "jobTitle": set(),
        "companyId": set(),
    },
    "companies": {
        "name": set(),
        "domainName": {"primaryLinkUrl"},
        "address": {"addressCity"},
    },
    "notes": {"title": set(), "bodyV2": {"markdown"}},
    "noteTargets": {"noteId": set(), "targetPersonId": set(), "targetCompanyId": set()},
}


def error(status: int, name: str, *messages: str) -> Told:
    return Told(status, {"statusCode": status, "error": name, "messages": list(messages)})


class Twenty(StandIn):
    """People are unique by primary e-mail address, companies by the URL of their domain."""

    connector = "twenty"
    credentials = MappingProxyType({"token": "eyJ-of-cardally"})
    own_field = "tradeFair"

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, dict[str, Row]] = {name: {} for name in SINGULAR}
        self.fields = deepcopy(FIELDS)
        self.fields["people"]["tradeFair"] = set()
        self.token = "eyJ-of-cardally"

    def people(self) -> dict[str, Seen]:
        return {
            one: Seen(
                row.get("cardallyId"),
                " ".join(filter(None, [self.at(row, "name", "firstName"), self.at(row, "name", "lastName")])),
                self.at(row, "emails", "primaryEmail"),
                row.get("companyId"),
                row,
            )
            for one, row in self.tables["people"].items()
        }

    def companies(self) -> dict[str, Seen]:
        rows = self.tables["companies"].items()
        return {one: Seen(row.get("cardallyId"), row["name"], fields=row) for one, row in rows}

    def notes(self) -> dict[str, Seen]:
        about = {row["noteId"]: row["targetPersonId"] for row in self.tables["noteTargets"].values()}
        rows = self.tables["notes"].items()
        return {one: Seen(row["cardallyId"], row["title"], None, about.get(one), row) for one, row in rows}

    @staticmethod
    def at(row: Row, whole: str, part: str) -> Any:
        return (row.get(whole) or {}).get(part) if part else row.get(whole)

    def add_person(self, email: str, ours: str | None = None) -> str:
        one = str(uuid4())
        self.fields["people"].setdefault("cardallyId", set())
        self.tables["people"][one] = {"id": one, "emails": {"primaryEmail": email}, "cardallyId": ours}
        return one

    def drop_person(self, one: str) -> None:
        del self.tables["people"][one]

    def limited(self) -> Told:
        return error(429, "ThrottlerException", "Limit reached (100 tokens per 60000 ms)")

    def change_locks(self) -> None:
        self.token = "another"

    def answer(self, asked: Asked) -> Told:  # noqa: C901  a table of routes
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return error(401, "UnauthorizedException", "Token invalid.")
        match (asked.method, *asked.path.removeprefix("/rest/").split("/")):
            case ("GET", "metadata", "objects"):
                return Told(200, {"data": {"objects": self.objects()}})
            case ("POST", "metadata", "fields"):
                return self.add_field(asked.body)
            case ("PATCH", plural, "merge"):
                return self.merge(plural, asked.body)
            case ("GET", plural):
                return Told(200, {"data": {plural: self.search(plural, asked.query)}, "totalCount": 0})
            case ("POST", plural):
                return self.create(plural, asked)
            case (_, plural, one) if one not in self.tables[plural]:
                return error(404, "NotFoundException", "Record not found")
            case ("GET", plural, one):
                return Told(200, {"data": {SINGULAR[plural].lower(): self.tables[plural][one]}})
            case ("PATCH", plural, one):
                return self.put(plural, one, asked.body, "update", 200)
            case ("DELETE", plural, one):
                return self.delete(plural, one)
        return error(400, "BadRequestException", "no such route")

    def objects(self) -> list[Row]:
        names = {plural: SINGULAR[plural] for plural in self.fields}
        return [
            {
                "id": f"meta-{plural}",
                "nameSingular": name[0].lower() + name[1:],
                "fields": [{"name": field} for field in self.fields[plural]],
            }
            for plural, name in names.items()
        ]

    def add_field(self, said: Row) -> Told:
        known = self.fields[said["objectMetadataId"].removeprefix("meta-")]
        if said["name"] in known:
            return error(400, "BadRequestException", f'Name "{said["name"]}" is not available, it already exists')
        known[said["name"]] = set()
        return Told(201, {"data": {"createOneField": said | {"id": str(uuid4())}}})

    def search(self, plural: str, query: dict[str, str]) -> list[Row]:
        if "filter" not in query:
            return list(self.tables[plural].values())[: int(query.get("limit", 60))]
        name, operator, value = re.fullmatch(r'([\w.]+)\[(\w+)]:"(.*)"', query["filter"]).groups()
        whole, _, part = name.partition(".")
        assert whole in self.fields[plural], f"{plural} has no field {whole}"
        fits = {
            "eq": lambda there: there == value,
            "ilike": lambda there: value.strip("%").lower() in (there or "").lower(),
        }[operator]
        return [row for row in self.tables[plural].values() if fits(self.at(row, whole, part))]

    def taken(self, plural: str, one: str, said: Row) -> str | None:
        whole, part = UNIQUE.get(plural, ("", ""))
        wanted = self.at(said, whole, part) if whole else None
        rows = self.tables[plural].items()
        return next(
            (other for other, row in rows if wanted and other != one and self.at(row, whole, part) == wanted), None
        )

    def create(self, plural: str, asked: Asked) -> Told:
        there = self.taken(plural, "", asked.body) if asked.query.get("upsert") == "true" else None
        return self.put(plural, there or str(uuid4()), asked.body, "create", 201)

    def put(self, plural: str, one: str, said: Row, verb: str, status: int) -> Told:
        for name, value in said.items():
            parts = self.fields[plural].get(name)
            if parts is None or (isinstance(value, dict) and not value.keys() <= parts):
                return error(400, "BadRequestException", f'Object {plural} doesn\'t have any "{name}" field.')
        if "ext" in (self.at(said, "phones", "primaryPhoneNumber") or ""):
            return error(400, "BadRequestException", "Provided phone number is invalid")
        if self.taken(plural, one, said) is not None:
            return error(400, "BadRequestException", "A duplicate entry was detected")
        row = self.tables[plural].setdefault(one, {"id": one})
        for name, value in said.items():
            row[name] = {**(row.get(name) or {}), **value} if isinstance(value, dict) else value
        return Told(status, {"data": {f"{verb}{SINGULAR[plural]}": row}})

    def delete(self, plural: str, one: str) -> Told:
        del self.tables[plural][one]
        targets = self.tables["noteTargets"].items()
        self.tables["noteTargets"] = {key: row for key, row in targets if one not in row.values()}
        return Told(200, {"data": {f"delete{SINGULAR[plural]}": {"id": one}}})

    def merge(self, plural: str, said: Row) -> Told:
        rows, kept = self.tables[plural], said["ids"][said["conflictPriorityIndex"]]
        if not set(said["ids"]) <= rows.keys():
            return error(404, "NotFoundException", "One or more records not found")
        for gone in (one for one in said["ids"] if one != kept):
            for table in self.tables.values():
                for row in table.values():
                    row.update({name: kept for name, value in row.items() if value == gone and name != "id"})
            rows[kept] = {**rows.pop(gone), **{name: value for name, value in rows[kept].items() if value}}
        return Told(200, {"data": {f"merge{SINGULAR[plural]}": rows[kept]}})
