"""EspoCRM: REST API v1 (https://docs.espocrm.com/development/api/).

A person is a contact, a company an account, a meeting a meeting that was held. Ours is known by a custom field of all
three, made in the Entity Manager. A record like one that is there is answered with 409, `X-Status-Reason: duplicate`
and the list of those; also a namesake is, so it is sent again with `X-Skip-Duplicate-Check` unless the address is the
same. What else is wrong is said in `X-Status-Reason`, or in a body with `messageTranslation`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from app.crm.talk import (
    Access,
    Busy,
    Connector,
    Denied,
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
    Taken,
    Talk,
    Trouble,
    needed,
    number_alone,
    plainly,
    upsert,
)

_ENTITY = {Kind.CONTACT: "Contact", Kind.COMPANY: "Account", Kind.NOTE: "Meeting"}
_NO_CHECK = {"X-Skip-Duplicate-Check": "true"}
_HELD_FOR = timedelta(minutes=30)
"""A meeting has to end; a card does not say when."""
_ERASED: Mapping[Kind, Mapping[str, Any]] = {
    Kind.CONTACT: {"lastName": "Erased"}
    | dict.fromkeys(("firstName", "salutationName", "emailAddress", "phoneNumber", "title", "description", "accountId"))
    | dict.fromkeys(("addressStreet", "addressCity", "addressPostalCode", "addressCountry")),
    Kind.COMPANY: {},
    Kind.NOTE: {"name": "Erased", "description": None},
}


def _path(kind: Kind, rest: str = "") -> str:
    return f"/api/v1/{_ENTITY[kind]}{rest}"


def _ours(access: Access) -> str:
    return str(access.settings.get("external_field") or "cCardallyId")


def _headers(access: Access) -> Mapping[str, str]:
    return {} if access.secrets.get("secret_key") else {"X-Api-Key": access.secrets["api_key"]}


def _sign(access: Access, request: Request) -> Request:
    """HMAC authentication, where there is a secret key: of the method and of the path without its query."""
    secret = access.secrets.get("secret_key")
    if not secret:
        return request
    said = f"{request.method} {request.path.partition('?')[0].removeprefix('/api/v1')}"
    proof = hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest()
    token = base64.b64encode(access.secrets["api_key"].encode() + b":" + proof).decode()
    return replace(request, headers={**request.headers, "X-Hmac-Authorization": token})


def _check(access: Access) -> Talk[str]:
    reply = yield Request("GET", "/api/v1/App/user", reads=True, supposed={"user": {}})
    yield from _prepare(access)
    return f"EspoCRM, user {reply.at('user', 'userName')}"


def _prepare(access: Access) -> Talk[dict[str, Any]]:
    """See that the field for our id is there: Espo says nothing of a field that it does not know."""
    for entity in _ENTITY.values():
        key = urlencode({"key": f"entityDefs.{entity}.fields.{_ours(access)}"})
        reply = yield Request("GET", f"/api/v1/Metadata?{key}", reads=True, supposed={"type": "varchar"})
        if reply.at("type") is None:
            raise Rejected("no_external_field", f"{entity} has no field {_ours(access)}; make it for all three")
    return {}


def _rows(access: Access, kind: Kind, attribute: str, value: str) -> Talk[list[dict[str, Any]]]:
    wanted = {"where[0][type]": "equals", "where[0][attribute]": attribute, "where[0][value]": value}
    how = {"select": f"id,{_ours(access)}", "maxSize": 10, "orderBy": "createdAt", "order": "asc"}
    path = f"{_path(kind)}?{urlencode(wanted | how)}"
    reply = yield Request("GET", path, headers={"X-No-Total": "true"}, reads=True, supposed={"list": []})
    return list(reply.at("list") or ())


def _find(access: Access, kind: Kind, external_id: str) -> Talk[str | None]:
    rows = yield from _rows(access, kind, _ours(access), external_id)
    return str(rows[0]["id"]) if rows else None


def _save(access: Access, record: Record) -> Talk[Saved]:
    kind = record.kind

    def update(remote_id: str, record: Record) -> Talk[None]:
        yield Request("PUT", _path(kind, f"/{remote_id}"), _values(access, record), _NO_CHECK)

    def create(record: Record) -> Talk[Saved]:
        return (yield from _create(access, record))

    def ours() -> Talk[Found | None]:
        found = yield from _find(access, kind, record.external_id)
        return Found(found) if found else None

    def same() -> Talk[Found | None]:
        if kind == Kind.CONTACT and record.email:
            return (yield from _one_of(access, kind, "emailAddress", record.email))
        if kind == Kind.COMPANY and record.names:
            return (yield from _one_of(access, kind, "name", record.names[-1]))
        return None

    return (yield from upsert(record, update, (ours, same), create))


def _one_of(access: Access, kind: Kind, attribute: str, value: str) -> Talk[Found | None]:
    """One that nobody claims, else one that is claimed."""
    ours = _ours(access)
    rows = yield from _rows(access, kind, attribute, value)
    row = min(rows, key=lambda row: bool(row.get(ours)), default=None)
    return Found(str(row["id"]), row.get(ours)) if row else None


def _create(access: Access, record: Record) -> Talk[Saved]:
    values = _values(access, record)
    try:
        reply = yield Request("POST", _path(record.kind), values, supposed={"id": "1"})
    except _Alike as alike:
        if (same := alike.same(values, _ours(access))) is not None:
            raise Taken("duplicate", same) from alike
        reply = yield Request("POST", _path(record.kind), values, _NO_CHECK)
    return Saved(needed(reply, "id"), is_new=True)


def _values(access: Access, record: Record) -> dict[str, Any]:
    values: dict[str, Any] = {**record.fields, _ours(access): record.external_id}
    if values.get("phoneNumber"):
        values["phoneNumber"] = number_alone(values["phoneNumber"])
    if record.kind == Kind.CONTACT:
        values["accountId"] = record.belongs_to
    if record.kind == Kind.NOTE:
        values["contactsIds"] = [record.belongs_to]
        values |= _held(values.get("dateStart"))
    return values


def _held(met_at: str | None) -> dict[str, str]:
    """A meeting in the past, in Espo's form of a moment (UTC)."""
    if not met_at:
        return {"status": "Held"}
    start = datetime.fromisoformat(met_at)
    return {"status": "Held"} | {"dateStart": f"{start:%F %T}", "dateEnd": f"{start + _HELD_FOR:%F %T}"}


def _forget(_access: Access, kind: Kind, remote_id: str) -> Talk[None]:
    """Wiped first: what is deleted stays in the database until it is cleaned up."""
    with suppress(Missing):
        if _ERASED[kind]:
            yield Request("PUT", _path(kind, f"/{remote_id}"), dict(_ERASED[kind]), _NO_CHECK)
        yield Request("DELETE", _path(kind, f"/{remote_id}"))


def _merge(_access: Access, kind: Kind, source: str, target: str) -> Talk[str | None]:
    """The action of the list of records; values of the target stay."""
    if kind != Kind.NOTE:
        with suppress(Missing):
            yield Request("GET", _path(kind, f"/{source}?select=id"), reads=True, supposed={"id": source})
            data = {"sourceIdList": [source], "attributes": {}}
            body = {"entityType": _ENTITY[kind], "action": "merge", "id": target, "data": data}
            yield Request("POST", "/api/v1/Action", body)
    return None


class _Alike(Taken):
    """Records that are like the one that was to be made."""

    def __init__(self, rows: list[dict[str, Any]], detail: str) -> None:
        super().__init__("duplicate", None, detail)
        self._rows = rows

    def same(self, values: Mapping[str, Any], ours: str) -> str | None:
        """The one that is certainly the same, by address, or by name where there are no addresses; unless claimed."""
        column = "name" if "name" in values else "emailAddress"
        wanted = str(values.get(column) or "").casefold()
        alike = (row for row in self._rows if wanted and str(row.get(column) or "").casefold() == wanted)
        return next((str(row["id"]) for row in alike if not row.get(ours)), None)


def _trouble(reply: Reply) -> Trouble | None:
    if reply.is_good:
        return None
    reason = reply.headers.get("x-status-reason", "")
    label = str(reply.at("messageTranslation", "label") or "")
    field = str(reply.at("messageTranslation", "data", "field") or "")
    said = " ".join(filter(None, [reason, label, field]))
    if reply.status == 409 and isinstance(reply.document, list):
        return _Alike([row for row in reply.document if isinstance(row, dict)], said)
    if reply.status == 403 and "failed login attempts" in reason.casefold():
        return Busy("login_attempts", timedelta(minutes=1), said)
    if reply.status == 403:
        return Denied("forbidden", said)
    if reply.status == 400:
        return Rejected(label or "bad_request", said)
    return plainly(reply, "", said)


_PLACE = {"addressStreet": 255, "addressCity": 100, "addressPostalCode": 40, "addressCountry": 100}
_PERSON = {"firstName": 100, "lastName": 100, "salutationName": None, "emailAddress": 255, "phoneNumber": None}
_FIRM = {"name": 249, "website": 255, "emailAddress": 255, "phoneNumber": None, "industry": None, "description": None}
_BILLING = {"billingAddressStreet": 255, "billingAddressCity": 100, "billingAddressCountry": 100}
_OWN = r"c[A-Z]\w*|assignedUserId"

ESPOCRM = Connector(
    name="espocrm",
    title="EspoCRM",
    reference="https://docs.espocrm.com/development/api/ (REST API v1)",
    settings=(
        Setting(
            "api_key", "Of an API user with roles for contacts, accounts and meetings.", secret=True, required=True
        ),
        Setting("secret_key", "Of an API user who proves who asks by HMAC.", secret=True),
        Setting("external_field", "Field of all three that holds our id.", default="cCardallyId", pattern=r"\w+"),
    ),
    fields={
        Kind.CONTACT: Fields(
            {**_PERSON, **_PLACE, "title": 100, "description": None},
            {
                "firstName": "first_name",
                "lastName": "last_name",
                "emailAddress": "email",
                "phoneNumber": "phone",
                "title": "title",
                "addressStreet": "address",
            },
            custom=_OWN,
            required=("lastName",),
        ),
        Kind.COMPANY: Fields(
            {**_FIRM, **_BILLING},
            {"name": "name", "website": "website", "billingAddressCity": "place"},
            custom=_OWN,
            required=("name",),
        ),
        Kind.NOTE: Fields(
            {"name": 249, "description": None, "dateStart": None, "status": None},
            {"name": "title", "description": "text", "dateStart": "met_at"},
            custom=_OWN,
            required=("name", "dateStart"),
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
    sign=_sign,
    limits="None of its own; a server may limit failed logins.",
    per_second=20,
)
