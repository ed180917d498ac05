"""Odoo: partners over JSON-RPC (https://www.odoo.com/documentation/18.0/developer/reference/external_api.html), or over
JSON-2, which takes its place from Odoo 19 on (https://www.odoo.com/documentation/19.0/developer/reference/external_api.html).

A person and a company are partners, a meeting is an internal note in the partner's chatter. Ours is known by the
partner's `ref`, or another field, and by the note's `message_id`. A merge is Odoo's own wizard. JSON-RPC answers errors
with status 200: `{"error": {"code": 200, "data": {"name": "odoo.exceptions.MissingError", "message": …}}}`; JSON-2 with
a status and `{"name": …, "message": …}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from html import escape
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

_PARTNER, _NOTE, _WIZARD = "res.partner", "mail.message", "base.partner.merge.automatic.wizard"
_MODEL = {Kind.CONTACT: _PARTNER, Kind.COMPANY: _PARTNER, Kind.NOTE: _NOTE}
_EVER = {"active_test": False}
"""Context: partners in the archive as well."""
_WIPED = ("email", "phone", "function", "website", "street", "street2", "city", "zip", "comment")


def _is_json2(access: Access) -> bool:
    return bool(access.settings.get("api") == "json2")


def _headers(access: Access) -> Mapping[str, str]:
    if not _is_json2(access):
        return {}
    database = {"X-Odoo-Database": str(access.settings["database"])}
    return {"Authorization": f"bearer {access.secrets['api_key']}", **database}


def _call(
    access: Access,
    model: str,
    method: str,
    ids: Iterable[int] = (),
    *,
    reads: bool = False,
    supposed: Any = None,
    **named: Any,
) -> Talk[Any]:
    """A method of a model, on records or on none, by either API."""
    listed = list(ids)
    if _is_json2(access):
        body = {**({"ids": listed} if listed else {}), **named}
        reply = yield Request("POST", f"/json/2/{model}/{method}", body, reads=reads, supposed=supposed)
        return reply.document
    first = [listed] if listed else [named.pop(name) for name in ("vals_list",) if name in named]
    return (yield from _rpc("object", "execute_kw", model, method, first, named, reads=reads, supposed=supposed))


def _sign(access: Access, request: Request) -> Request:
    """JSON-RPC proves who asks in the arguments: database, number of the user, key."""
    if _is_json2(access) or request.body["params"]["service"] != "object":
        return request
    user, params = access.secrets.get("uid", ""), request.body["params"]
    proof = [access.settings["database"], int(user) if user.isdigit() else user, access.secrets["api_key"]]
    return replace(request, body=request.body | {"params": params | {"args": proof + params["args"]}})


def _rpc(service: str, method: str, *args: Any, reads: bool = False, supposed: Any = None) -> Talk[Any]:
    params = {"service": service, "method": method, "args": list(args)}
    body = {"jsonrpc": "2.0", "id": 1, "method": "call", "params": params}
    reply = yield Request("POST", "/jsonrpc", body, reads=reads, supposed={"result": supposed})
    return reply.at("result")


def _renew(access: Access) -> Talk[dict[str, str]]:
    """Ask for the number of the user, which JSON-RPC wants beside the key."""
    user = access.secrets.get("user")
    if _is_json2(access) or not user:
        raise Denied("unauthorized", "" if _is_json2(access) else "JSON-RPC needs the user's login as well")
    found = yield from _rpc("common", "authenticate", access.settings["database"], user, access.secrets["api_key"], {})
    if not found:
        raise Denied("unauthorized")
    return {"uid": str(found)}


def _check(access: Access) -> Talk[str]:
    yield from _prepare(access)
    return f"Odoo, database {access.settings['database']}"


def _prepare(access: Access) -> Talk[dict[str, Any]]:
    """See that the field for our id is there, and whether partners have a mobile number."""
    ours = _ours(access)
    there = yield from _call(
        access, _PARTNER, "fields_get", reads=True, supposed={ours: {}}, allfields=[ours, "mobile"], attributes=["type"]
    )
    if ours not in (there or ()):
        raise Rejected("no_external_field", f"res.partner has no field {ours}")
    return {"has_mobile": "mobile" in there}


def _ours(access: Access) -> str:
    return str(access.settings.get("external_field") or "ref")


def _rows(access: Access, model: str, domain: list[Any], fields: list[str], **more: Any) -> Talk[list[dict[str, Any]]]:
    how: dict[str, Any] = {"reads": True, "supposed": [], "limit": 10, **more}
    return (yield from _call(access, model, "search_read", domain=domain, fields=fields, **how)) or []


def _message_id(external_id: str) -> str:
    return f"<{external_id}@cardally>"


def _find(access: Access, kind: Kind, external_id: str) -> Talk[str | None]:
    if kind == Kind.NOTE:
        rows = yield from _rows(access, _NOTE, [["message_id", "=", _message_id(external_id)]], ["id"])
    else:
        rows = yield from _rows(access, _PARTNER, [[_ours(access), "=", external_id]], ["id"], context=_EVER)
    return str(min(row["id"] for row in rows)) if rows else None


def _save(access: Access, record: Record) -> Talk[Saved]:
    model = _MODEL[record.kind]

    def update(remote_id: str, record: Record) -> Talk[None]:
        yield from _call(access, model, "write", [int(remote_id)], supposed=True, vals=_values(access, record))

    def create(record: Record) -> Talk[Saved]:
        values = _values(access, record) | (_new_note(record) if record.kind == Kind.NOTE else {})
        made = yield from _call(access, model, "create", supposed=[1], vals_list=[values])
        if not made:
            raise Down("answer_without_id")
        return Saved(str(made[0]), is_new=True)

    def ours() -> Talk[Found | None]:
        found = yield from _find(access, record.kind, record.external_id)
        return Found(found) if found else None

    def same() -> Talk[Found | None]:
        return (yield from _same(access, record))

    return (yield from upsert(record, update, (ours, same), create))


def _same(access: Access, record: Record) -> Talk[Found | None]:
    """A person by e-mail address, a company by name; one that nobody claims, else one that is claimed."""
    if record.kind == Kind.CONTACT and record.email:
        wanted = ["email", "=ilike", _literally(record.email)]
    elif record.kind == Kind.COMPANY and record.names:
        wanted = ["name", "=ilike", _literally(record.names[-1])]
    else:
        return None
    ours = _ours(access)
    domain = [wanted, ["is_company", "=", record.kind == Kind.COMPANY]]
    rows = yield from _rows(access, _PARTNER, domain, [ours])
    row = min(rows, key=lambda row: bool(row[ours]), default=None)
    return Found(str(row["id"]), row[ours] or None) if row else None


def _literally(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _values(access: Access, record: Record) -> dict[str, Any]:
    values: dict[str, Any] = {name: value or False for name, value in record.fields.items()}  # False: Odoo's no value
    if record.kind == Kind.NOTE:
        values["res_id"] = int(record.belongs_to) if record.belongs_to else False
        values["body"] = f"<p>{escape(str(values.get('body') or '')).replace(chr(10), '<br>')}</p>"
        if values.get("date"):
            values["date"] = values["date"].replace("T", " ").removesuffix("Z")
        return values
    if "mobile" in values and not access.settings.get("has_mobile", True):
        mobile = values.pop("mobile")
        values["phone"] = values.get("phone") or mobile
    if record.kind == Kind.CONTACT:
        values["parent_id"] = int(record.belongs_to) if record.belongs_to else False
    return values | {"is_company": record.kind == Kind.COMPANY, _ours(access): record.external_id}


def _new_note(record: Record) -> dict[str, Any]:
    who = {"model": _PARTNER, "message_id": _message_id(record.external_id)}
    return who | {"message_type": "comment", "is_internal": True}


def _forget(access: Access, kind: Kind, remote_id: str) -> Talk[None]:
    """A partner is wiped, then deleted; one that an invoice or a user refers to can only go to the archive."""
    one = [int(remote_id)]
    try:
        if kind == Kind.CONTACT:
            more = ("mobile",) if access.settings.get("has_mobile", True) else ()
            wiped = {"name": "Erased", **dict.fromkeys((*_WIPED, *more), False)}
            yield from _call(access, _PARTNER, "write", one, vals=wiped)
        try:
            yield from _call(access, _MODEL[kind], "unlink", one)
        except (Rejected, Denied):
            if kind == Kind.NOTE:
                raise
            yield from _call(access, _PARTNER, "write", one, vals={"active": False, _ours(access): False})
    except Missing:
        return


def _merge(access: Access, kind: Kind, source: str, target: str) -> Talk[str | None]:
    """Odoo's wizard. It lets administrators alone merge partners whose addresses differ, so they are made the same."""
    if kind == Kind.NOTE:
        return None
    both = [int(source), int(target)]
    rows = yield from _rows(access, _PARTNER, [["id", "in", both]], ["email"], context=_EVER)
    emails = {row["id"]: row["email"] for row in rows}
    if both[1] not in emails:
        raise Missing
    if both[0] not in emails:
        return None
    if emails[both[0]] != emails[both[1]]:
        yield from _call(access, _PARTNER, "write", both[:1], vals={"email": emails[both[1]]})
    asked = {"state": "selection", "partner_ids": [[6, 0, both]], "dst_partner_id": both[1]}
    wizard = yield from _call(access, _WIZARD, "create", supposed=[1], vals_list=[asked])
    yield from _call(access, _WIZARD, "action_merge", wizard)
    return None


def _trouble(reply: Reply) -> Trouble | None:
    error = reply.at("error", "data") if reply.is_good else reply.document
    if isinstance(error, dict) and error.get("name") and reply.status != 429:
        return _raised(str(error["name"]), str(error.get("message") or ""))
    return Rejected("server_error", str(reply.at("error"))) if reply.at("error") else plainly(reply)


def _raised(exception: str, said: str) -> Trouble:
    """What a Python exception of the server means."""
    module, _, name = exception.rpartition(".")
    if name in ("AccessDenied", "SessionExpiredException", "Unauthorized"):
        return Denied("unauthorized", said)
    if name == "AccessError":
        return Denied(name, said)
    if name in ("MissingError", "NotFound"):
        return Missing(said)
    if module.startswith("psycopg2") or name == "LockError":
        return Down(name, 503, None, said)
    return Rejected(name, said)


_PLACE = {"street": None, "street2": None, "city": None, "zip": None}
_ANY = {"name": None, "email": None, "phone": None, "website": None, "comment": None, "lang": None, **_PLACE}

ODOO = Connector(
    name="odoo",
    title="Odoo",
    reference="https://www.odoo.com/documentation/19.0/developer/reference/external_api.html (JSON-2, JSON-RPC)",
    settings=(
        Setting("database", "Name of the database.", required=True, pattern=r"[\w.-]+"),
        Setting("api_key", "Of a user who may write contacts.", secret=True, required=True),
        Setting("user", "The user's login; JSON-RPC alone needs it.", secret=True),
        Setting("api", "`jsonrpc` for Odoo 14 to 19, `json2` from 19 on.", default="jsonrpc", pattern=r"jsonrpc|json2"),
        Setting("external_field", "Field of partners that holds our id.", default="ref", pattern=r"\w+"),
        Setting("has_mobile", "Whether partners have a mobile number, as until Odoo 18; found out by itself."),
    ),
    fields={
        Kind.CONTACT: Fields(
            {**_ANY, "mobile": None, "function": None},
            {
                "name": "name",
                "email": "email",
                "phone": "phone",
                "mobile": "mobile",
                "function": "title",
                "website": "website",
                "street": "address",
            },
            custom=r"x_\w+",
            required=("name",),
        ),
        Kind.COMPANY: Fields(
            _ANY, {"name": "name", "website": "website", "city": "place"}, custom=r"x_\w+", required=("name",)
        ),
        Kind.NOTE: Fields(
            {"body": None, "subject": None, "date": None}, {"body": "text", "date": "met_at"}, required=("body",)
        ),
    },
    headers=_headers,
    check=_check,
    prepare=_prepare,
    save=_save,
    find=_find,
    forget=_forget,
    merge=_merge,
    trouble=_trouble,
    renew=_renew,
    sign=_sign,
    limits="None that is documented; Odoo Online asks for moderation.",
    per_second=10,
)
