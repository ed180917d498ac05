"""Two CRMs that nobody wrote a connector for, as unlike as REST APIs are, and the templates that drive them.

`Rolodex` speaks JSON with numbers for ids, searches, refuses duplicates with 409 and the id of who is there, and
merges. `Ledger` is keyed by our own ids: PUT makes or changes, XML goes in, an id comes back in `Location`, faults come
with 200, and there is no merge.
"""

from __future__ import annotations

import re
from itertools import count
from types import MappingProxyType
from typing import Any

from tests.crm.standins import Asked, Seen, StandIn, Told

_PERSON = {
    "find": {"path": "/api/people?ours={{ id }}", "rows": "/items"},
    "match": {
        "path": "/api/people?q={{ email }}",
        "rows": "/items",
        "claimed": "/ours",
        "same": {"/person/email": "{{ email }}"},
    },
    "create": {
        "path": "/api/people",
        "body": {
            "person": "{{ fields }}",
            "ours": "{{ id }}",
            "firm_id": "{{ company_id | int if company_id else none }}",
        },
        "id": "/created/id",
    },
    "update": {
        "path": "/api/people/{{ remote_id }}",
        "body": {
            "person": "{{ fields }}",
            "ours": "{{ id }}",
            "firm_id": "{{ company_id | int if company_id else none }}",
        },
    },
    "erase": {"path": "/api/people/{{ remote_id }}"},
    "merge": {"path": "/api/people/{{ into }}/merge", "body": {"other": "{{ remote_id | int }}"}, "id": "/person/id"},
}
_FIRM = {
    "find": {"path": "/api/firms?ours={{ id }}", "rows": "/items"},
    "match": [
        {"path": "/api/firms?q={{ name }}", "rows": "/items", "claimed": "/ours", "same": {"/firm/name": "{{ name }}"}}
    ],
    "create": {"path": "/api/firms", "body": {"firm": "{{ fields }}", "ours": "{{ id }}"}, "id": "/created/id"},
    "update": {"path": "/api/firms/{{ remote_id }}", "body": {"firm": "{{ fields }}", "ours": "{{ id }}"}},
    "erase": {"path": "/api/firms/{{ remote_id }}"},
}
_REMARK = {
    "find": {"path": "/api/remarks?ours={{ id }}", "rows": "/items"},
    "create": {
        "path": "/api/remarks",
        "body": {"remark": {"text": "{{ fields.text }}"}, "ours": "{{ id }}", "person_id": "{{ contact_id | int }}"},
        "id": "/created/id",
    },
    "update": {
        "path": "/api/remarks/{{ remote_id }}",
        "body": {"remark": {"text": "{{ fields.text }}"}, "person_id": "{{ contact_id | int }}"},
    },
    "erase": {"path": "/api/remarks/{{ remote_id }}"},
}
ROLODEX: dict[str, Any] = {
    "headers": {"X-Api-Key": "{{ secrets.api_key }}"},
    "check": {"path": "/api/me", "account": "/name"},
    "contact": _PERSON,
    "company": _FIRM,
    "note": _REMARK,
    "rules": {"LOCKED": "down", "no_key": "denied"},
    "error": {"code": "/error/code", "detail": "/error/text", "taken_id": "/error/existing/id"},
}


class Rolodex(StandIn):
    """Unique by e-mail address."""

    connector = "rest"
    credentials = MappingProxyType({"api_key": "rolodex-key-1"})
    settings = MappingProxyType(ROLODEX)
    own_field = "trade_fair"

    def __init__(self) -> None:
        super().__init__()
        self.ids = count(7001)
        self.tables: dict[str, dict[int, dict[str, Any]]] = {"people": {}, "firms": {}, "remarks": {}}
        self.key = "rolodex-key-1"
        self.is_searching = True

    def people(self) -> dict[str, Seen]:
        return {
            str(one): Seen(
                row.get("ours"),
                row["person"].get("name", ""),
                row["person"].get("email"),
                str(row["firm_id"]) if row.get("firm_id") else None,
                row["person"],
            )
            for one, row in self.tables["people"].items()
        }

    def companies(self) -> dict[str, Seen]:
        return {str(one): Seen(row.get("ours"), row["firm"]["name"]) for one, row in self.tables["firms"].items()}

    def notes(self) -> dict[str, Seen]:
        rows = self.tables["remarks"].items()
        return {
            str(one): Seen(row["ours"], "", belongs_to=str(row["person_id"]), fields=row["remark"]) for one, row in rows
        }

    def add_person(self, email: str, ours: str | None = None) -> str:
        one = next(self.ids)
        self.tables["people"][one] = {"person": {"name": "D.", "email": email}, **({"ours": ours} if ours else {})}
        return str(one)

    def drop_person(self, one: str) -> None:
        del self.tables["people"][int(one)]

    def limited(self) -> Told:
        return Told(429, {"error": {"code": "slow_down", "text": "Too fast."}}, {"retry-after": "20"})

    def change_locks(self) -> None:
        self.key = "another"

    def error(self, status: int, code: str, text: str, **more: Any) -> Told:
        return Told(status, {"error": {"code": code, "text": text, **more}})

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("x-api-key") != self.key:
            return self.error(400, "no_key", f"{asked.headers.get('x-api-key')} is not a key")
        match (asked.method, *asked.path.split("/")[2:]):
            case ("GET", "me"):
                return Told(200, {"name": "Rolodex of Acme"})
            case ("GET", table):
                return Told(200, {"items": [{"id": one, **row} for one, row in self.found(table, asked.query)]})
            case ("POST", table):
                one = next(self.ids)
                return self.put(table, one, asked.body) or Told(201, {"created": {"id": one}})
            case (_, table, one, *_) if int(one) not in self.tables[table]:
                return self.error(404, "nothing", "There is nothing.")
            case ("POST", "people", one, "merge"):
                return self.merge(int(one), asked.body["other"])
            case ("PATCH", table, one):
                return self.put(table, int(one), asked.body) or Told(204)
            case ("DELETE", table, one):
                del self.tables[table][int(one)]
                return Told(204)
        return self.error(405, "no_such_verb", "No.")

    def found(self, table: str, query: dict[str, str]) -> list[tuple[int, dict[str, Any]]]:
        rows = self.tables[table].items()
        if "ours" in query:
            return [(one, row) for one, row in rows if row.get("ours") == query["ours"]]
        return [(one, row) for one, row in rows if self.is_searching and query["q"].lower() in str(row).lower()]

    def put(self, table: str, one: int, body: dict[str, Any]) -> Told | None:
        before = self.tables[table].get(one, {})
        row = {**before, **{name: value for name, value in body.items() if not isinstance(value, dict)}}
        for name, value in body.items():
            if isinstance(value, dict):
                whole = {**before.get(name, {}), **value}
                row[name] = {part: said for part, said in whole.items() if said is not None}
        if table == "people" and (email := row["person"].get("email")):
            for other, there in self.tables[table].items():
                if other != one and there["person"].get("email") == email:
                    return self.error(409, "duplicate", f"{email} is there.", existing={"id": other})
        self.tables[table][one] = row
        return None

    def merge(self, into: int, other: int) -> Told:
        if self.tables["people"].pop(other, None) is None:
            return self.error(404, "nothing", "There is nothing.")
        for remark in self.tables["remarks"].values():
            if remark["person_id"] == other:
                remark["person_id"] = into
        return Told(200, {"person": {"id": into}})


_XML = (
    '<card key="{{ id }}"{% if %s %} of="{{ %s | e }}"{% endif %}>'
    '{% for name in fields %}{% if fields[name] is string %}<f n="{{ name }}">{{ fields[name] | e }}</f>{% endif %}'
    "{% endfor %}</card>"
)


def _sheet(name: str, parent: str, *, match: bool = False) -> dict[str, Any]:
    found = {"path": f"/v9/{name}/by-mail/{{{{ email }}}}", "id": "/0/href", "rows": "", "claimed": "/key"}
    return {
        "create": {
            "method": "PUT",
            "path": f"/v9/{name}/{{{{ id }}}}",
            "headers": {"Content-Type": "application/xml"},
            "body": _XML.replace("%s", parent),
            "id": "header:location",
        },
        "erase": {"path": f"/v9/{name}/{{{{ remote_id }}}}"},
        **({"match": {**found, "id": "/href"}} if match else {}),
    }


LEDGER: dict[str, Any] = {
    "headers": {"Authorization": "Basic {{ (secrets.user ~ ':' ~ secrets.password) | base64 }}"},
    "check": {"path": "/v9/whoami", "account": "/0"},
    "contact": _sheet("person", "company_id", match=True)
    | {
        "update": {
            "method": "PUT",
            "path": "/v9/person/{{ remote_id }}",
            "headers": {"Content-Type": "application/xml"},
            "body": _XML.replace("%s", "company_id"),
        }
    },
    "company": _sheet("firm", "none"),
    "note": _sheet("entry", "contact_id"),
    "rules": {"503": "busy", "E-LOGIN": "denied", "E-GONE": "missing"},
    "error": {"when": "/fault", "code": "/fault/no", "detail": "/fault/why"},
}


class Ledger(StandIn):
    """Everything is a card under a key; a fault comes with 200."""

    connector = "rest"
    credentials = MappingProxyType({"user": "cardally", "password": "ledger-pass-1"})
    settings = MappingProxyType(LEDGER)
    own_field = "trade_fair"

    def __init__(self) -> None:
        super().__init__()
        self.cards: dict[str, dict[str, dict[str, Any]]] = {"person": {}, "firm": {}, "entry": {}}
        self.ids = count(1)
        self.proof = "Basic Y2FyZGFsbHk6bGVkZ2VyLXBhc3MtMQ=="

    def people(self) -> dict[str, Seen]:
        return {
            one: Seen(row.get("key"), row["said"].get("name", ""), row["said"].get("email"), row.get("of"), row["said"])
            for one, row in self.cards["person"].items()
        }

    def companies(self) -> dict[str, Seen]:
        return {one: Seen(row["key"], row["said"]["name"]) for one, row in self.cards["firm"].items()}

    def notes(self) -> dict[str, Seen]:
        rows = self.cards["entry"].items()
        return {one: Seen(row["key"], "", belongs_to=row.get("of"), fields=row["said"]) for one, row in rows}

    def add_person(self, email: str, ours: str | None = None) -> str:
        one = f"there-{next(self.ids)}"
        self.cards["person"][one] = {"said": {"name": "D.", "email": email}, **({"key": ours} if ours else {})}
        return one

    def drop_person(self, one: str) -> None:
        del self.cards["person"][one]

    def limited(self) -> Told:
        return Told(503, "<busy/>", {"content-type": "application/xml", "retry-after": "15"})

    def change_locks(self) -> None:
        self.proof = "Basic another"

    def fault(self, number: str, why: str) -> Told:
        return Told(200, {"fault": {"no": number, "why": why}})

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != self.proof:
            return self.fault("E-LOGIN", "who are you?")
        match (asked.method, *asked.path.split("/")[2:]):
            case ("GET", "whoami"):
                return Told(200, ["Ledger of Acme"])
            case ("GET", "person", "by-mail", email):
                rows = self.cards["person"].items()
                found = [(one, row) for one, row in rows if row["said"].get("email") == email]
                return Told(200, [{"href": f"/v9/person/{one}", "key": row.get("key")} for one, row in found])
            case ("PUT", table, one):
                return self.put(table, one, asked)
            case ("DELETE", table, one):
                gone = self.cards[table].pop(one, None) or self.cards[table].pop(self.by_key(table, one) or "", None)
                return Told(204) if gone else self.fault("E-GONE", "no such card")
        return self.fault("E-VERB", "no such verb")

    def by_key(self, table: str, key: str) -> str | None:
        return next((one for one, row in self.cards[table].items() if row.get("key") == key), None)

    def put(self, table: str, given: str, asked: Asked) -> Told:
        assert asked.headers["content-type"] == "application/xml"
        one, rows = self.by_key(table, given) or given, self.cards[table]
        if one not in rows and "there-" not in one and not re.fullmatch(r"[0-9a-f-]{36}", one):
            return self.fault("E-GONE", "no such card")
        [(key, parent)] = re.findall(r'<card key="(.*?)"(?: of="(.*?)")?>', asked.text)
        said = dict(re.findall(r'<f n="(.*?)">(.*?)</f>', asked.text, re.DOTALL))
        rows[one] = {"key": key, "said": {**rows.get(one, {}).get("said", {}), **said}}
        if parent:
            rows[one]["of"] = parent
        return Told(201, None, {"location": f"{self.url}/v9/{table}/{one}"})
