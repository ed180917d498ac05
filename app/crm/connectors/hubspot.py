"""HubSpot: CRM objects v3, associations v4 (https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide).

Ours is known by a property `cardally_id` with unique values, made by the first push. A person is found by it, then by
e-mail address. A contact that is there already is answered with 409 and `Existing ID: 901`. Errors are
`{"status": "error", "category": …, "message": …}`; 429 names its policy, and `DAILY` lasts until midnight.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from app.crm import oauth
from app.crm.talk import (
    Access,
    Busy,
    Connector,
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
    plainly,
    query,
    upsert,
)

_OURS = "cardally_id"
_PLURAL = {Kind.CONTACT: "contacts", Kind.COMPANY: "companies", Kind.NOTE: "notes"}
_GROUP = {"contacts": "contactinformation", "companies": "companyinformation", "notes": "engagementsinformation"}
_PARENT = {Kind.CONTACT: "company", Kind.NOTE: "contact"}
_NOTE_TO_CONTACT = 202
"""Association type, defined by HubSpot."""
_EXISTING = re.compile(r"Existing ID:\s*(\d+)")
_DAILY = timedelta(hours=1)


def _objects(kind: Kind, rest: str = "") -> str:
    return f"/crm/v3/objects/{_PLURAL[kind]}{rest}"


def _headers(access: Access) -> Mapping[str, str]:
    return oauth.bearer(access, "token")


def _renew(access: Access) -> Talk[dict[str, str]]:
    return (yield from oauth.refresh(access, f"{access.url}/oauth/v1/token"))


def _check(_access: Access) -> Talk[str]:
    reply = yield Request("GET", "/account-info/v3/details", reads=True, supposed={"portalId": 0})
    return f"HubSpot account {reply.at('portalId')}"


def _prepare(_access: Access) -> Talk[dict[str, Any]]:
    """Make the property that holds our id, where it is not there."""
    for objects, group in _GROUP.items():
        wanted = {"name": _OURS, "label": "Cardally ID", "type": "string", "fieldType": "text", "groupName": group}
        try:
            yield Request("GET", f"/crm/v3/properties/{objects}/{_OURS}", reads=True)
        except Missing:
            # Notes take no unique property: theirs is searched for.
            unique = {"hasUniqueValue": objects != "notes"}
            with suppress(Taken):  # somebody was quicker
                yield Request("POST", f"/crm/v3/properties/{objects}", wanted | unique)
    return {}


def _find(_access: Access, kind: Kind, external_id: str) -> Talk[str | None]:
    if kind == Kind.NOTE:
        return (yield from _search(kind, _OURS, external_id))
    found = yield from _by(kind, external_id, _OURS)
    return found.remote_id if found else None


def _by(kind: Kind, value: str, property_name: str) -> Talk[Found | None]:
    """By a property with unique values, read from the database and not from the search index, which lags behind."""
    try:
        path = _objects(kind, "/" + _quoted(value))
        reply = yield Request(
            "GET", query(path, idProperty=property_name, properties=_OURS), reads=True, supposed={"properties": {}}
        )
    except Missing:
        return None
    return Found(str(reply.at("id")), reply.at("properties", _OURS)) if reply.at("id") else None


def _search(kind: Kind, name: str, value: str) -> Talk[str | None]:
    wanted = {"filterGroups": [{"filters": [{"propertyName": name, "operator": "EQ", "value": value}]}], "limit": 1}
    body = wanted | {"properties": [_OURS]}
    reply = yield Request("POST", _objects(kind, "/search"), body, reads=True, supposed={"total": 0, "results": []})
    return str(reply.at("results", 0, "id")) if reply.at("results", 0) else None


def _quoted(value: str) -> str:
    return query("", v=value)[3:]


def _save(_access: Access, record: Record) -> Talk[Saved]:
    kind = record.kind

    def update(remote_id: str, record: Record) -> Talk[Mapping[str, Any]]:
        yield Request("PATCH", _objects(kind, f"/{remote_id}"), {"properties": _properties(record)})
        return (yield from _associate(record, remote_id))

    def create(record: Record) -> Talk[Saved]:
        body: dict[str, Any] = {"properties": _properties(record)}
        if kind == Kind.NOTE:
            types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": _NOTE_TO_CONTACT}]
            body["associations"] = [{"to": {"id": record.belongs_to}, "types": types}]
        remote_id = needed((yield Request("POST", _objects(kind), body, supposed={"id": "1"})), "id")
        if kind == Kind.NOTE:
            return Saved(remote_id, {_PARENT[kind]: record.belongs_to}, is_new=True)
        return Saved(remote_id, (yield from _associate(record, remote_id)), is_new=True)

    def ours() -> Talk[Found | None]:
        found = yield from _find(_access, kind, record.external_id)
        return Found(found) if found else None

    def same() -> Talk[Found | None]:
        if kind == Kind.CONTACT and record.email:
            return (yield from _by(kind, record.email, "email"))
        if kind == Kind.COMPANY and record.names:
            return (yield from _same_company(record))
        return None

    return (yield from upsert(record, update, (ours, same), create))


def _same_company(record: Record) -> Talk[Found | None]:
    """By domain, else by the very name; domains are not unique in HubSpot, so the search has to do."""
    name = "domain" if len(record.names) > 1 else "name"
    found = yield from _search(Kind.COMPANY, name, record.names[0])
    if found is None:
        return None
    reply = yield Request("GET", query(_objects(Kind.COMPANY, f"/{found}"), properties=_OURS), reads=True)
    return Found(found, reply.at("properties", _OURS))


def _properties(record: Record) -> dict[str, Any]:
    # An empty text is HubSpot's word for no value.
    return {name: value or "" for name, value in record.fields.items()} | {_OURS: record.external_id}


def _associate(record: Record, remote_id: str) -> Talk[dict[str, Any]]:
    """A person belongs to the present company, a note to the person, and to the one before no more."""
    if record.kind not in _PARENT:
        return {}
    own, parent = record.kind.value, _PARENT[record.kind]
    before, now = record.memory.get(parent), record.belongs_to
    if before and before != now:
        with suppress(Missing):
            yield Request("DELETE", f"/crm/v4/objects/{own}/{remote_id}/associations/{parent}/{before}")
    if now and before != now:
        yield Request("PUT", f"/crm/v4/objects/{own}/{remote_id}/associations/default/{parent}/{now}")
    return {parent: now} if now else {}


def _forget(_access: Access, kind: Kind, remote_id: str) -> Talk[None]:
    """A person is deleted for good, as the GDPR asks; the rest goes to the archive."""
    with suppress(Missing):
        if kind == Kind.CONTACT:
            yield Request("POST", _objects(kind, "/gdpr-delete"), {"objectId": remote_id})
        else:
            yield Request("DELETE", _objects(kind, f"/{remote_id}"))


def _merge(_access: Access, kind: Kind, source: str, target: str) -> Talk[str | None]:
    body = {"primaryObjectId": target, "objectIdToMerge": source}
    reply = yield Request("POST", _objects(kind, "/merge"), body, supposed={"id": target})
    return str(reply.at("id") or target)  # some merges give the survivor a new id


def _trouble(reply: Reply) -> Trouble | None:
    if reply.is_good:
        return None
    category, said = str(reply.at("category") or ""), str(reply.at("message") or reply.text[:500])
    existing = _EXISTING.search(said)
    if reply.status == 409:
        return Taken("CONFLICT", existing[1] if existing else None, said)
    if reply.status == 429:
        daily = reply.at("policyName") == "DAILY"
        usual = plainly(reply, "RATE_LIMIT", said)
        return Busy("DAILY_LIMIT", _DAILY, said) if daily else usual
    if reply.status == 400:
        unique = "already has that value" in said  # of a property with unique values
        return Taken("VALUE_TAKEN", None, said) if unique else Rejected(category or "BAD_REQUEST", said)
    return plainly(reply, "" if reply.status in (401, 403) else category, said)


_PERSON = {"email": None, "firstname": None, "lastname": None, "phone": None, "mobilephone": None, "fax": None}
_MORE = {"jobtitle": None, "company": None, "website": None, "address": None, "city": None, "zip": None}
_LAST = {"country": None, "salutation": None, "hs_linkedin_url": None, "lifecyclestage": None, "hs_lead_status": None}
_FIRM = {"name": None, "domain": None, "website": None, "city": None, "industry": None, "phone": None, "address": None}

HUBSPOT = Connector(
    name="hubspot",
    title="HubSpot",
    reference="https://developers.hubspot.com/docs/api-reference (CRM objects v3, associations v4)",
    url="https://api.hubapi.com",
    settings=(
        Setting("token", "Access token of a private app, or use an OAuth app's refresh token.", secret=True),
        *oauth.CLIENT,
    ),
    fields={
        Kind.CONTACT: Fields(
            {**_PERSON, **_MORE, **_LAST},
            {
                "email": "email",
                "firstname": "first_name",
                "lastname": "last_name",
                "phone": "phone",
                "mobilephone": "mobile",
                "fax": "fax",
                "jobtitle": "title",
                "company": "company",
                "website": "website",
                "address": "address",
            },
            custom=r"[a-z][a-z0-9_]{0,99}",
        ),
        Kind.COMPANY: Fields(
            {**_FIRM, "zip": None, "country": None, "description": None},
            {"name": "name", "domain": "domain", "website": "website", "city": "place"},
            custom=r"[a-z][a-z0-9_]{0,99}",
        ),
        Kind.NOTE: Fields(
            {"hs_note_body": 65536, "hs_timestamp": None, "hubspot_owner_id": None},
            {"hs_note_body": "text", "hs_timestamp": "met_at"},
            required=("hs_note_body", "hs_timestamp"),
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
    limits="100 requests in 10 s for a private app, and a daily limit of the account; search 5 a second.",
    per_second=9,
)
