"""Twenty: its core REST API (https://docs.twenty.com/developers/extend/api).

A person is a person, a company a company, a meeting a note with a target. Ours is known by a text field `cardallyId` of
all three, made by the first push. Fields are composite: `emails.primaryEmail` is a part of `emails`. Two people with
one address, or two companies with one domain, are answered with 400 `A duplicate entry was detected`; `upsert=true`
writes to the one that is there instead, also where it came in between. Errors are
`{"statusCode": 400, "error": …, "messages": […]}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

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

_OURS = "cardallyId"
_PLURAL = {Kind.CONTACT: "people", Kind.COMPANY: "companies", Kind.NOTE: "notes"}
_SINGULAR = {Kind.CONTACT: "person", Kind.COMPANY: "company", Kind.NOTE: "note"}
_MINUTE = timedelta(minutes=1)
_DUPLICATE = re.compile(r"duplicate|unique constraint|already exists", re.IGNORECASE)


def _path(kind: Kind, rest: str = "") -> str:
    return f"/rest/{_PLURAL[kind]}{rest}"


def _headers(access: Access) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {access.secrets['token']}"}


def _check(access: Access) -> Talk[str]:
    reply = yield Request("GET", "/rest/people?limit=1", reads=True, supposed={"data": {"people": []}})
    if reply.at("data", "people") is None:
        raise Rejected("not_twenty", "the answer has no people in it")
    return f"Twenty at {access.url.removeprefix('https://')}"


def _prepare(_access: Access) -> Talk[dict[str, Any]]:
    """Make the field that holds our id, where it is not there."""
    reply = yield Request("GET", "/rest/metadata/objects?limit=1000", reads=True)
    for one in reply.at("data", "objects") or ():
        fields = {field.get("name") for field in one.get("fields") or ()}
        if one.get("nameSingular") in _SINGULAR.values() and _OURS not in fields:
            wanted = {"objectMetadataId": one["id"], "name": _OURS, "label": "Cardally ID", "type": "TEXT"}
            with suppress(Taken):  # somebody was quicker
                yield Request("POST", "/rest/metadata/fields", wanted)
    return {}


def _rows(kind: Kind, field: str, operator: str, value: str) -> Talk[list[dict[str, Any]]]:
    wanted = {"filter": f'{field}[{operator}]:"{value.replace(chr(34), "")}"', "limit": 10, "depth": 0}
    path = f"{_path(kind)}?{urlencode(wanted)}"
    reply = yield Request("GET", path, reads=True, supposed={"data": {_PLURAL[kind]: []}})
    return list(reply.at("data", _PLURAL[kind]) or ())


def _find(_access: Access, kind: Kind, external_id: str) -> Talk[str | None]:
    rows = yield from _rows(kind, _OURS, "eq", external_id)
    return str(rows[0]["id"]) if rows else None


def _save(access: Access, record: Record) -> Talk[Saved]:
    kind, claimed = record.kind, False

    def update(remote_id: str, record: Record) -> Talk[Mapping[str, Any]]:
        yield Request("PATCH", _path(kind, f"/{remote_id}"), _values(record))
        return (yield from _aim(access, record, remote_id))

    def create(record: Record) -> Talk[Saved]:
        # Where somebody else of ours has the address, an upsert would write over them.
        path = _path(kind) if claimed or kind == Kind.NOTE else _path(kind, "?upsert=true")
        created = f"create{_SINGULAR[kind].title()}"
        reply = yield Request("POST", path, _values(record), supposed={"data": {created: {"id": "1"}}})
        remote_id = needed(reply, "data", created, "id")
        return Saved(remote_id, (yield from _aim(access, record, remote_id)), is_new=True)

    def ours() -> Talk[Found | None]:
        found = yield from _find(access, kind, record.external_id)
        return Found(found) if found else None

    def same() -> Talk[Found | None]:
        nonlocal claimed
        found = yield from _same(record)
        claimed = found is not None and found.claimed_by not in (None, "", record.external_id)
        return found

    return (yield from upsert(record, update, (ours, same), create))


def _same(record: Record) -> Talk[Found | None]:
    """A person by e-mail address, a company by domain, else by name; one that nobody claims, else one that is."""
    rows: list[dict[str, Any]] = []
    if record.kind == Kind.CONTACT and record.email:
        rows = yield from _rows(record.kind, "emails.primaryEmail", "eq", record.email.lower())
    elif record.kind == Kind.COMPANY and len(record.names) > 1:
        domain = record.names[0]
        near = yield from _rows(record.kind, "domainName.primaryLinkUrl", "ilike", f"%{domain}%")
        rows = [row for row in near if _host(row) == domain]
    elif record.kind == Kind.COMPANY and record.names:
        rows = yield from _rows(record.kind, "name", "eq", record.names[-1])
    row = min(rows, key=lambda row: bool(row.get(_OURS)), default=None)
    return Found(str(row["id"]), row.get(_OURS)) if row else None


def _host(company: Mapping[str, Any]) -> str:
    url = str((company.get("domainName") or {}).get("primaryLinkUrl") or "")
    return urlsplit(url if "//" in url else f"//{url}").netloc.removeprefix("www.").lower()


def _values(record: Record) -> dict[str, Any]:
    """`emails.primaryEmail` becomes a part of `emails`."""
    values: dict[str, Any] = {_OURS: record.external_id}
    for name, value in record.fields.items():
        whole, _, part = name.partition(".")
        if name == "phones.primaryPhoneNumber" and value:
            value = number_alone(value)  # noqa: PLW2901
        if part:
            values.setdefault(whole, {})[part] = value
        else:
            values[whole] = value
    if record.kind == Kind.CONTACT:
        values["companyId"] = record.belongs_to
    return values


def _aim(access: Access, record: Record, note_id: str) -> Talk[dict[str, Any]]:
    """A note is about its person, and about the one before no more."""
    if record.kind != Kind.NOTE or record.memory.get("person") == record.belongs_to:
        return dict(record.memory)
    column, before = str(access.settings.get("note_target") or "targetPersonId"), record.memory.get("person")
    path = f"/rest/noteTargets?{urlencode({'filter': f'noteId[eq]:{chr(34)}{note_id}{chr(34)}', 'depth': 0})}"
    reply = yield Request("GET", path, reads=True, supposed={"data": {"noteTargets": []}})
    rows = [row for row in reply.at("data", "noteTargets") or () if row.get(column)]
    for row in rows:
        if before and row[column] == before:
            with suppress(Missing):
                yield Request("DELETE", f"/rest/noteTargets/{row['id']}")
    if not any(row[column] == record.belongs_to for row in rows):
        yield Request("POST", "/rest/noteTargets", {"noteId": note_id, column: record.belongs_to})
    return {"person": record.belongs_to}


def _forget(_access: Access, kind: Kind, remote_id: str) -> Talk[None]:
    """For good; with `soft_delete=true` it would stay in the trash."""
    with suppress(Missing):
        yield Request("DELETE", _path(kind, f"/{remote_id}"))


def _merge(_access: Access, kind: Kind, source: str, target: str) -> Talk[str | None]:
    """Twenty's own; what both have is the target's, and what pointed to the source points to it."""
    if kind == Kind.NOTE:
        return None
    yield Request("GET", _path(kind, f"/{target}?depth=0"), reads=True, supposed={})
    with suppress(Missing):
        body = {"ids": [target, source], "conflictPriorityIndex": 0, "dryRun": False}
        yield Request("PATCH", _path(kind, "/merge"), body)
    return None


def _trouble(reply: Reply) -> Trouble | None:
    if reply.is_good:
        return None
    messages = reply.at("messages")
    said = "; ".join(map(str, messages)) if isinstance(messages, list) else reply.text[:500]
    if reply.status == 429:
        usual = plainly(reply, "LIMIT_REACHED", said)
        return usual if reply.headers.get("retry-after") else Busy("LIMIT_REACHED", _MINUTE, said)
    if reply.status == 403 and "authentication token" in said.lower():
        return Denied("unauthorized", said)
    if reply.status in (400, 409) and _DUPLICATE.search(said):
        return Taken("duplicate", None, said)
    if reply.status == 400:
        return Missing(said) if "not found" in said.lower() else Rejected(str(reply.at("error") or "bad_request"), said)
    return plainly(reply, "", said)


_NAMES = {"name.firstName": None, "name.lastName": None, "emails.primaryEmail": None}
_REACHED = {"phones.primaryPhoneNumber": None, "linkedinLink.primaryLinkUrl": None, "xLink.primaryLinkUrl": None}
_ADDRESS = {"address.addressStreet1": None, "address.addressCity": None, "address.addressCountry": None}
_OWN = r"[a-z]\w*(\.[a-z]\w*)?"

TWENTY = Connector(
    name="twenty",
    title="Twenty",
    reference="https://docs.twenty.com/developers/extend/api (REST)",
    url="https://api.twenty.com",
    settings=(
        Setting(
            "token", "API key (Settings → API & Webhooks), of a role that may add a field.", secret=True, required=True
        ),
        Setting(
            "note_target",
            "Field of note targets that names a person; `personId` in older versions.",
            default="targetPersonId",
            pattern=r"targetPersonId|personId",
        ),
    ),
    fields={
        Kind.CONTACT: Fields(
            {**_NAMES, **_REACHED, "jobTitle": None, "city": None},
            {
                "name.firstName": "first_name",
                "name.lastName": "last_name",
                "emails.primaryEmail": "email",
                "phones.primaryPhoneNumber": "phone",
                "jobTitle": "title",
                "linkedinLink.primaryLinkUrl": "linkedin",
            },
            custom=_OWN,
        ),
        Kind.COMPANY: Fields(
            {"name": None, "domainName.primaryLinkUrl": None, "linkedinLink.primaryLinkUrl": None, **_ADDRESS},
            {"name": "name", "domainName.primaryLinkUrl": "website", "address.addressCity": "place"},
            custom=_OWN,
        ),
        Kind.NOTE: Fields(
            {"title": None, "bodyV2.markdown": None},
            {"title": "title", "bodyV2.markdown": "text"},
            custom=_OWN,
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
    limits="100 requests a minute.",
    per_second=1.6,
)
