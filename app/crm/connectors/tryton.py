"""Tryton 8: parties over JSON-RPC (https://docs.tryton.org/8.0/server/topics/rpc.html, modules `party` and, where it is
activated, `party_relationship`).

A person and a company are parties; ours is known by an identifier `cardally:<id>` of the party. E-mail addresses and
numbers are contact mechanisms, a postal address is an address, a meeting is a note on the party. A merge is Tryton's
own `party.replace` and an erasure its own `party.erase`. Errors come with status
200: `{"error": ["UserError", […]]}`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from app.crm.talk import (
    Access,
    Connector,
    Denied,
    Down,
    Fields,
    Found,
    Kind,
    Missing,
    Record,
    Rejected,
    Reply,
    Request,
    Saved,
    Setting,
    Talk,
    Trouble,
    plainly,
    upsert,
)

_MECHANISMS = ("email", "phone", "mobile", "fax", "website")
_ADDRESS = {"street": "street_unstructured", "postal_code": "postal_code", "city": "city", "address_name": "party_name"}
_EVER = ["active", "in", [True, False]]
_MOST_PARTS = 200
_WORKS_AT = "Works at"


def _call(access: Access, method: str, *params: Any, reads: bool = False, supposed: Any = None) -> Talk[Any]:
    body = {"id": 1, "method": method, "params": [*params, {}]}
    path = f"/{access.settings['database']}/rpc/"
    reply = yield Request("POST", path, body, reads=reads, supposed={"id": 1, "result": supposed})
    return reply.at("result")


def _model(access: Access, model: str, verb: str, *params: Any, **how: Any) -> Talk[Any]:
    return (yield from _call(access, f"model.{model}.{verb}", *params, **how))


def _rows(access: Access, model: str, domain: list[Any], names: list[str]) -> Talk[list[dict[str, Any]]]:
    how = {"reads": True, "supposed": []}
    return (yield from _model(access, model, "search_read", domain, 0, _MOST_PARTS, None, names, **how)) or []


def _headers(access: Access) -> Mapping[str, str]:
    session = access.secrets.get("session")
    return {"Authorization": f"Session {base64.b64encode(session.encode()).decode()}"} if session else {}


def _renew(access: Access) -> Talk[dict[str, str]]:
    """Log in: a session spares Tryton the hashing of the password with each request."""
    user, password = access.secrets["user"], access.secrets["password"]
    body = {"id": 1, "method": "common.db.login", "params": [user, {"password": password}]}
    reply = yield Request("POST", f"/{access.settings['database']}/rpc/", body)
    return {"session": f"{user}:{reply.at('result', 0)}:{reply.at('result', 1)}"}


def _check(access: Access) -> Talk[str]:
    yield from _rows(access, "party.party", [["id", "=", 0]], ["id"])
    if access.settings.get("relations"):
        yield from _rows(access, "party.relation.type", [["id", "=", 0]], ["id"])
    return f"Tryton, database {access.settings['database']}"


def _code(external_id: str) -> str:
    return f"cardally:{external_id}"


def _find(access: Access, kind: Kind, external_id: str) -> Talk[str | None]:
    code = _code(external_id)
    if kind == Kind.NOTE:
        notes = yield from _notes(access, external_id)
        return str(notes[0]["id"]) if notes else None
    ours = [["code", "=", code], ["active", "=", True]]
    return (yield from _first(access, "party.party", [["identifiers", "where", ours]]))


def _first(access: Access, model: str, domain: list[Any]) -> Talk[str | None]:
    rows = yield from _rows(access, model, domain, ["id"])
    return str(min(row["id"] for row in rows)) if rows else None


def _save(access: Access, record: Record) -> Talk[Saved]:
    if record.kind == Kind.NOTE:
        return (yield from _save_note(access, record))

    def update(remote_id: str, record: Record) -> Talk[Mapping[str, Any]]:
        return (yield from _update(access, record, int(remote_id)))

    def ours() -> Talk[Found | None]:
        found = yield from _find(access, record.kind, record.external_id)
        return Found(found) if found else None

    def same() -> Talk[Found | None]:
        found = yield from _find_same(access, record)
        return Found(found) if found else None

    def create(record: Record) -> Talk[Saved]:
        return (yield from _create(access, record))

    return (yield from upsert(record, update, (ours, same), create))


def _find_same(access: Access, record: Record) -> Talk[str | None]:
    """A person by e-mail address, a company by name; a party that is one of ours already is another one."""
    unclaimed = ["identifiers", "not where", [["code", "like", _code("%")], ["active", "=", True]]]
    if record.kind == Kind.COMPANY:
        return (yield from _first(access, "party.party", [["name", "ilike", _literally(record.names[-1])], unclaimed]))
    if record.email is None:
        return None
    address = [["type", "=", "email"], ["value", "ilike", _literally(record.email)], ["active", "=", True]]
    return (yield from _first(access, "party.party", [["contact_mechanisms", "where", address], unclaimed]))


def _literally(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _own(record: Record) -> dict[str, Any]:
    parts = {*_MECHANISMS, *_ADDRESS}
    return {name: value for name, value in record.fields.items() if name not in parts}


def _create(access: Access, record: Record) -> Talk[Saved]:
    """One request, so that a party is never there without its identifier."""
    mechanisms = [{"type": name, "value": record.fields[name]} for name in _MECHANISMS if record.fields.get(name)]
    address = _address(record)
    values = {**_own(record), "identifiers": [["create", [{"code": _code(record.external_id)}]]]}
    if mechanisms:
        values["contact_mechanisms"] = [["create", mechanisms]]
    if address:
        values["addresses"] = [["create", [address]]]
    made = yield from _model(access, "party.party", "create", [values], supposed=[1])
    party = made[0]
    kept = yield from _parts(access, record, party)
    return Saved(str(party), kept | (yield from _relate(access, record, party)), is_new=True)


def _address(record: Record) -> dict[str, Any]:
    values = {column: record.fields.get(name) for name, column in _ADDRESS.items() if name in record.fields}
    return values if any(values[column] for column in values if column != "party_name") else {}


def _parts(access: Access, record: Record, party: int) -> Talk[dict[str, Any]]:
    """Which contact mechanisms and which address are ours: those that say what we say."""
    there = yield from _rows(access, "party.contact_mechanism", [["party", "=", party]], ["type", "value"])
    kept: dict[str, Any] = {}
    for name in _MECHANISMS:
        value = str(record.fields.get(name) or "").casefold()
        same = (row["id"] for row in there if row["type"] == name and row["value"].casefold() == value)
        if (mine := next(same, None)) is not None:
            kept[name] = mine
    if _address(record):
        columns = list(_ADDRESS.values())
        rows = yield from _rows(access, "party.address", [["party", "=", party]], columns)
        mine = next((row["id"] for row in rows if {k: row[k] for k in columns} == _blank() | _address(record)), None)
        kept |= {"address": mine} if mine is not None else {}
    return kept


def _blank() -> dict[str, Any]:
    return dict.fromkeys(_ADDRESS.values())


def _update(access: Access, record: Record, party: int) -> Talk[Mapping[str, Any]]:
    code = _code(record.external_id)
    rows = yield from _party(access, party)
    if not rows:
        raise Missing
    values = _own(record)
    if not any(known["code"] == code for known in rows[0]["identifiers."] or ()):
        values["identifiers"] = [["create", [{"code": code}]]]
    yield from _model(access, "party.party", "write", [party], values)
    kept = dict(record.memory) or (yield from _parts(access, record, party))
    for name in _MECHANISMS:
        if name in record.fields:
            value = {"type": name, "value": record.fields[name]} if record.fields[name] else None
            yield from _put(access, "party.contact_mechanism", kept, name, party, value)
    if any(name in record.fields for name in _ADDRESS):
        yield from _put(access, "party.address", kept, "address", party, _address(record) or None)
    return kept | (yield from _relate(access, record, party))


def _party(access: Access, party: int) -> Talk[list[dict[str, Any]]]:
    domain = [["id", "=", party], ["replaced_by", "=", None]]
    names = ["identifiers.code"]
    rows = yield from _model(
        access, "party.party", "search_read", domain, 0, 1, None, names, reads=True, supposed=[{"identifiers.": []}]
    )
    return rows or []


def _put(
    access: Access, model: str, kept: dict[str, Any], name: str, party: int, values: dict[str, Any] | None
) -> Talk[None]:
    """Write our part of a party, make it, or delete it; `kept` remembers which one it is."""
    part = kept.get(name)
    if part is not None and not (yield from _rows(access, model, [["id", "=", part], ["party", "=", party]], ["id"])):
        part = None
    if values is None:
        kept.pop(name, None)
        if part is not None:
            yield from _model(access, model, "delete", [part])
    elif part is not None:
        yield from _model(access, model, "write", [part], values)
    else:
        kept[name] = (yield from _model(access, model, "create", [{**values, "party": party}], supposed=[1]))[0]


def _relate(access: Access, record: Record, party: int) -> Talk[dict[str, Any]]:
    """Say where a person works, where the module `party_relationship` is there."""
    if record.kind != Kind.CONTACT or not access.settings.get("relations"):
        return {}
    kind = yield from _first(access, "party.relation.type", [["name", "=", _WORKS_AT]])
    if kind is None:
        made = yield from _model(access, "party.relation.type", "create", [{"name": _WORKS_AT}], supposed=[1])
        kind = str(made[0])
    domain = [["from_", "=", party], ["type", "=", int(kind)]]
    there = yield from _rows(access, "party.relation.all", domain, ["to"])
    company = int(record.belongs_to) if record.belongs_to else None
    others = [row["id"] for row in there if row["to"] != company]
    if others:
        yield from _model(access, "party.relation.all", "delete", others)
    if company is not None and len(others) == len(there):
        yield from _model(access, "party.relation.all", "create", [{"from_": party, "to": company, "type": int(kind)}])
    return {}


def _save_note(access: Access, record: Record) -> Talk[Saved]:
    """Tryton lets nobody change what a note says: one that says something else is replaced by a new one."""
    resource = f"party.party,{record.belongs_to}"
    message = f"{record.fields.get('message') or ''}\n[{_code(record.external_id)}]"
    there = yield from _notes(access, record.external_id)
    right = [row["id"] for row in there if (row["message"], row["resource"]) == (message.strip(), resource)]
    if not right:
        made = yield from _model(
            access, "ir.note", "create", [{"message": message, "resource": resource}], supposed=[1]
        )
        right = [made[0]]
    others = [row["id"] for row in there if row["id"] != right[0]]
    if others:
        yield from _model(access, "ir.note", "delete", others)
    return Saved(str(right[0]), is_new=not there)


def _notes(access: Access, external_id: str) -> Talk[list[dict[str, Any]]]:
    domain = [["message", "like", f"%{_code(external_id)}%"]]
    return (yield from _rows(access, "ir.note", domain, ["message", "resource"]))


def _forget(access: Access, kind: Kind, remote_id: str) -> Talk[None]:
    """A note is deleted. A party is deactivated and wiped by `party.erase`, its history and notes with it."""
    if kind == Kind.NOTE:
        if (yield from _rows(access, "ir.note", [["id", "=", int(remote_id)]], ["id"])):
            yield from _model(access, "ir.note", "delete", [int(remote_id)])
        return
    party = int(remote_id)
    if not (yield from _rows(access, "party.party", [["id", "=", party], _EVER], ["id"])):
        return
    yield from _model(access, "party.party", "write", [party], {"active": False})
    yield from _wizard(access, "party.erase", "erase", {"party": party})


def _merge(access: Access, kind: Kind, source: str, target: str) -> Talk[str | None]:
    """`party.replace`, with its warning about different names answered."""
    if kind == Kind.NOTE:
        return None
    both = {"source": int(source), "destination": int(target)}
    there = yield from _rows(
        access, "party.party", [["id", "in", list(both.values())], _EVER], ["active", "replaced_by"]
    )
    rows = {row["id"]: row for row in there}
    if both["destination"] not in rows:
        raise Missing
    if both["source"] in rows and rows[both["source"]]["replaced_by"] is None:
        yield from _wizard(access, "party.replace", "replace", both)
    return None


def _wizard(access: Access, name: str, step: str, asked: Mapping[str, Any]) -> Talk[None]:
    session = (yield from _call(access, f"wizard.{name}.create", supposed=[1]))[0]
    for _ in range(3):
        try:
            yield from _call(access, f"wizard.{name}.execute", session, {"ask": dict(asked)}, step)
        except _Warned as warned:
            said = {"user": int(access.secrets["session"].rsplit(":", 2)[1]), "name": warned.key, "always": False}
            yield from _model(access, "res.user.warning", "create", [said])
        else:
            break
    yield from _call(access, f"wizard.{name}.delete", session)


class _Warned(Rejected):
    """Tryton asks whether that is meant; `key` names the question."""

    def __init__(self, key: str, detail: str) -> None:
        super().__init__("UserWarning", detail)
        self.key = key


def _trouble(reply: Reply) -> Trouble | None:
    error = reply.at("error")
    if not reply.is_good or not error:
        return plainly(reply)
    name, said = str(error[0]), error[1] if len(error) > 1 else ""
    texts = [str(part) for part in said if part] if isinstance(said, list) else [str(said)]
    if name == "UserWarning":
        return _Warned(texts[0], " ".join(texts[1:]))
    if name == "UserError":
        return Rejected("UserError", " ".join(texts))
    if name in ("LoginException", "AccessError"):
        return Denied(name, " ".join(texts))
    if name == "ConcurrencyException":
        return Down("ConcurrencyException", 423)
    return Rejected("server_error", name)


_PARTY = {"name": None, "email": None, "phone": None, "mobile": None, "fax": None, "website": None, "street": None}
_MORE = {"postal_code": None, "city": None, "address_name": None, "code": None}

TRYTON = Connector(
    name="tryton",
    title="Tryton",
    reference="https://docs.tryton.org/8.0/server/topics/rpc.html (Tryton 8, modules party and party_relationship)",
    settings=(
        Setting("user", "Login of a user who may write parties.", secret=True, required=True),
        Setting("password", "The user's password.", secret=True, required=True),
        Setting("database", "Name of the database.", required=True, pattern=r"[\w.-]+"),
        Setting("relations", "True where the module party_relationship is activated: says who works where."),
    ),
    fields={
        Kind.CONTACT: Fields(
            {**_PARTY, **_MORE},
            {
                "name": "name",
                "email": "email",
                "phone": "phone",
                "mobile": "mobile",
                "fax": "fax",
                "website": "website",
                "street": "address",
                "address_name": "company",
            },
            required=("name",),
        ),
        Kind.COMPANY: Fields({**_PARTY, **_MORE}, {"name": "name", "website": "website"}, required=("name",)),
        Kind.NOTE: Fields({"message": None}, {"message": "text"}, required=("message",)),
    },
    headers=_headers,
    check=_check,
    save=_save,
    find=_find,
    forget=_forget,
    merge=_merge,
    trouble=_trouble,
    limits="None of its own; a server may limit failed logins.",
    per_second=50,
    renew=_renew,
)
