"""Pipedrive: persons and organizations of API v2, notes and merging of v1 (https://developers.pipedrive.com/docs/api/v1).

Ours is known by a custom field, made by the first push; its key is a hash of 40 characters that differs from account
to account, so it is kept in the connection's settings. The search is an index and lags behind: a person who was made
and never noted down is found when it has caught up. E-mail addresses and phone numbers are lists that others add to:
ours are put among them and taken out again, no other. Errors are `{"success": false, "error": …, "error_info": …}`,
some with a `code`.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from app.crm import oauth
from app.crm.talk import (
    Access,
    Busy,
    Connector,
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
    needed,
    plainly,
    query,
    upsert,
    waits,
)

_OBJECTS = {Kind.CONTACT: "persons", Kind.COMPANY: "organizations"}
_FIELD = {Kind.CONTACT: "person_field", Kind.COMPANY: "organization_field"}
_META = {Kind.CONTACT: "personFields", Kind.COMPANY: "organizationFields"}
_LABEL = "Cardally ID"
_KEY = r"[0-9a-f]{40}"
_LISTS: Mapping[str, tuple[str, str]] = {
    "email": ("emails", "work"),
    "phone": ("phones", "work"),
    "mobile": ("phones", "mobile"),
    "fax": ("phones", "other"),
}
"""Of our fields, the list it stands in and its label there."""
_NUMBERS = ("owner_id", "visible_to")
_DAY = timedelta(hours=1)
_LATEST_NOTES = 500


def _path(kind: Kind, rest: str = "") -> str:
    return f"/api/v2/{_OBJECTS[kind]}{rest}"


def _ours(access: Access, kind: Kind) -> str:
    return str(access.settings.get(_FIELD[kind]) or "")


def _headers(access: Access) -> Mapping[str, str]:
    token = access.secrets.get("api_token")
    return {"x-api-token": token} if token else oauth.bearer(access)


def _renew(access: Access) -> Talk[dict[str, str]]:
    url = f"{str(access.settings.get('oauth_url')).rstrip('/')}/oauth/token"
    return (yield from oauth.refresh(access, url, basic=True))


def _check(_access: Access) -> Talk[str]:
    reply = yield Request("GET", "/v1/users/me", reads=True)
    return f"{reply.at('data', 'name')} at {reply.at('data', 'company_name')}"


def _prepare(access: Access) -> Talk[dict[str, Any]]:
    """Find the custom fields that hold our id by their names, or make them; only an administrator's token may."""
    found: dict[str, Any] = {}
    for kind, setting in _FIELD.items():
        if _ours(access, kind):
            continue
        reply = yield Request("GET", query(f"/api/v2/{_META[kind]}", limit=500), reads=True)
        there = [one.get("field_code") for one in reply.at("data") or () if one.get("field_name") == _LABEL]
        if there:
            found[setting] = there[0]
        else:
            wanted = {"field_name": _LABEL, "field_type": "varchar"}
            found[setting] = needed((yield Request("POST", f"/api/v2/{_META[kind]}", wanted)), "data", "field_code")
    return found


def _search(kind: Kind, term: str, fields: str) -> Talk[list[str]]:
    """The ids of those that say exactly this in one of these fields, case aside."""
    path = query(_path(kind, "/search"), term=term, fields=fields, exact_match="true", limit=10)
    reply = yield Request("GET", path, reads=True, supposed={"data": {"items": []}})
    items = reply.at("data", "items") or ()
    return [str(one["item"]["id"]) for one in items if isinstance(one, dict) and one.get("item")]


def _found(access: Access, kind: Kind, ids: Iterable[str], fits: Callable[[Reply], bool]) -> Talk[Found | None]:
    """Of those that a search named, the best that is still so: one that nobody claims."""
    found = []
    for one in ids:
        with suppress(Missing):
            reply = yield Request("GET", _path(kind, f"/{one}"), reads=True, supposed={"data": {}})
            if _is_there(reply) and fits(reply):
                found.append(Found(one, reply.at("data", "custom_fields", _ours(access, kind)) or None))
    return min(found, key=lambda one: one.claimed_by is not None, default=None)


def _is_there(reply: Reply) -> bool:
    return reply.at("data", "is_deleted") is not True


def _find(access: Access, kind: Kind, external_id: str) -> Talk[str | None]:
    if kind == Kind.NOTE:
        return (yield from _find_note(external_id))
    if not _ours(access, kind):
        return None

    def fits(reply: Reply) -> bool:
        return bool(reply.at("data", "custom_fields", _ours(access, kind)) == external_id)

    ids = yield from _search(kind, external_id, "custom_fields")
    found = yield from _found(access, kind, ids, fits)
    return found.remote_id if found else None


def _save(access: Access, record: Record) -> Talk[Saved]:
    if record.kind == Kind.NOTE:
        return (yield from _save_note(record))
    kind = record.kind

    def update(remote_id: str, record: Record) -> Talk[Mapping[str, Any]]:
        lists: dict[str, list[dict[str, Any]]] = {}
        if kind == Kind.CONTACT:
            reply = yield Request("GET", _path(kind, f"/{remote_id}"), reads=True, supposed={"data": {}})
            lists = {name: list(reply.at("data", name) or ()) for name in ("emails", "phones")}
        reply = yield Request("PATCH", _path(kind, f"/{remote_id}"), _values(access, record, lists))
        if not _is_there(reply):
            raise Missing
        return _memory(record)

    def create(record: Record) -> Talk[Saved]:
        reply = yield Request("POST", _path(kind), _values(access, record, {}), supposed={"data": {"id": 1}})
        return Saved(needed(reply, "data", "id"), _memory(record), is_new=True)

    def ours() -> Talk[Found | None]:
        found = yield from _find(access, kind, record.external_id)
        return Found(found) if found else None

    def same() -> Talk[Found | None]:
        # The search is exact, and yet looked at again: by now they may say something else.
        if kind == Kind.CONTACT and record.email:
            wanted = record.email
            return (yield from _found(access, kind, (yield from _search(kind, wanted, "email")), _has(wanted)))
        if kind == Kind.COMPANY and record.names:
            name = record.names[-1]
            ids = yield from _search(kind, name, "name")
            return (yield from _found(access, kind, ids, lambda reply: _alike(reply.at("data", "name"), name)))
        return None

    return (yield from upsert(record, update, (ours, same), create))


def _has(email: str) -> Callable[[Reply], bool]:
    return lambda reply: any(_alike(entry.get("value"), email) for entry in reply.at("data", "emails") or ())


def _alike(there: object, ours: str) -> bool:
    return str(there or "").strip().casefold() == ours.strip().casefold()


def _memory(record: Record) -> dict[str, Any]:
    """What is ours in lists that others write in as well."""
    return {name: record.fields[name] for name in _LISTS if record.fields.get(name)}


def _values(access: Access, record: Record, lists: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    own: dict[str, Any] = {_ours(access, record.kind): record.external_id} if _ours(access, record.kind) else {}
    for name, value in record.fields.items():
        if len(name) == 40:
            own[name] = value
        elif name == "address":
            values[name] = {"value": value} if value else None
        elif name not in _LISTS:
            values[name] = int(value) if name in _NUMBERS and str(value).isdecimal() else value
    if record.kind == Kind.CONTACT:
        values["org_id"] = int(record.belongs_to) if record.belongs_to else None
        values |= {name: _mixed(record, name, lists.get(name) or []) for name in ("emails", "phones")}
        if not record.remote_id:  # made without an organization, it is not said that there is none
            values = {name: value for name, value in values.items() if value not in (None, [])}
    return values | {"custom_fields": own}


def _mixed(record: Record, group: str, there: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A list of theirs with ours in it: what was ours before goes, what others wrote stays, nothing is in it twice."""
    mine = [name for name, (of, _) in _LISTS.items() if of == group]
    before = [str(record.memory[name]) for name in mine if record.memory.get(name)]
    told = [(str(record.fields[name]), _LISTS[name][1]) for name in mine if record.fields.get(name)]
    kept = [
        entry
        for entry in there
        if any(_alike(entry.get("value"), value) for value, _ in told)
        or not any(_alike(entry.get("value"), value) for value in before)
    ]
    new = [
        {"value": value, "label": label, "primary": False}
        for value, label in told
        if not any(_alike(entry.get("value"), value) for entry in kept)
    ]
    mixed = [*kept, *new]
    if mixed and not any(entry.get("primary") for entry in mixed):
        mixed[0] = {**mixed[0], "primary": True}
    return mixed


def _mark(external_id: str) -> str:
    return f"#{external_id.replace('-', '')[-12:]}"


def _with_mark(reply: Reply, mark: str) -> str | None:
    notes = (note for note in reply.at("data") or () if isinstance(note, dict))
    return next((str(note["id"]) for note in notes if mark in str(note.get("content") or "")), None)


def _find_note(external_id: str) -> Talk[str | None]:
    """Among the latest: what was made and never noted down was made a moment ago."""
    path = query("/v1/notes", sort="add_time DESC", limit=_LATEST_NOTES)
    reply = yield Request("GET", path, reads=True, supposed={"data": []})
    return _with_mark(reply, _mark(external_id))


def _save_note(record: Record) -> Talk[Saved]:
    """Notes are HTML and take no field of ours: theirs ends the text."""
    mark, text = _mark(record.external_id), html.escape(str(record.fields.get("content") or ""))
    content = f"{text.replace(chr(10), '<br>')}<br>{mark}"
    person = int(record.belongs_to) if record.belongs_to else None

    def update(remote_id: str, _record: Record) -> Talk[None]:
        reply = yield Request("PUT", f"/v1/notes/{remote_id}", {"content": content, "person_id": person})
        if reply.at("data", "active_flag") is False:
            raise Missing

    def create(_record: Record) -> Talk[Saved]:
        body = {"content": content, "person_id": person}
        reply = yield Request("POST", "/v1/notes", body, supposed={"data": {"id": 1}})
        return Saved(needed(reply, "data", "id"), is_new=True)

    def ours() -> Talk[Found | None]:
        path = query("/v1/notes", person_id=person, limit=_LATEST_NOTES)
        found = _with_mark((yield Request("GET", path, reads=True, supposed={"data": []})), mark)
        return Found(found) if found else None

    return (yield from upsert(record, update, (ours,), create))


def _forget(_access: Access, kind: Kind, remote_id: str) -> Talk[None]:
    """Wiped first: what is deleted can be restored for 30 days."""
    with suppress(Missing):
        if kind == Kind.NOTE:
            with suppress(Rejected):  # of somebody who is gone already
                yield Request("PUT", f"/v1/notes/{remote_id}", {"content": "Erased"})
            yield Request("DELETE", f"/v1/notes/{remote_id}")
            return
        if kind == Kind.CONTACT:
            reply = yield Request("GET", _path(kind, f"/{remote_id}"), reads=True, supposed={"data": {}})
            keys = [key for key, value in (reply.at("data", "custom_fields") or {}).items() if value is not None]
            wiped = {"name": "Erased", "emails": [], "phones": [], "custom_fields": dict.fromkeys(keys)}
            yield Request("PATCH", _path(kind, f"/{remote_id}"), wiped)
        yield Request("DELETE", _path(kind, f"/{remote_id}"))


def _merge(_access: Access, kind: Kind, source: str, target: str) -> Talk[str | None]:
    """The one in the path goes into the one in the body, whose values are kept."""
    if kind == Kind.NOTE:
        return None
    try:
        yield Request("PUT", f"/v1/{_OBJECTS[kind]}/{source}/merge", {"merge_with_id": int(target)})
    except Missing:
        if (yield from _found(_access, kind, [source], lambda _reply: True)) is not None:
            raise
    return None


def _trouble(reply: Reply) -> Trouble | None:
    if reply.is_good and reply.at("success") is not False:
        return None
    said = " ".join(str(part) for part in (reply.at("error"), reply.at("error_info")) if part) or reply.text[:500]
    code = str(reply.at("code") or "")
    if reply.status == 429:
        is_daily = reply.headers.get("x-daily-requests-left") == "0"
        return (
            Busy("daily_limit", _DAY, said) if is_daily else Busy("rate_limited", waits(reply) or _reset(reply), said)
        )
    if reply.status == 403 and reply.at("success") is None:
        # Not the CRM but what stands before it: too many 429 were not heeded.
        return Down("blocked", 503, timedelta(minutes=10), said)
    if reply.is_good or code.startswith("feature_capping"):
        return Rejected(code or "not_a_success", said)
    return plainly(reply, code, said)


def _reset(reply: Reply) -> timedelta | None:
    """When the window of two seconds is over."""
    seconds = reply.headers.get("x-ratelimit-reset", "")
    return timedelta(seconds=min(int(seconds), 3600)) if seconds.isdecimal() else None


def _pause(reply: Reply) -> timedelta | None:
    return _reset(reply) if reply.headers.get("x-ratelimit-remaining") == "0" else None


_PERSON = {"name": 255, "email": 255, "phone": 255, "mobile": 255, "fax": 255, "owner_id": None, "visible_to": None}

PIPEDRIVE = Connector(
    name="pipedrive",
    title="Pipedrive",
    reference="https://developers.pipedrive.com/docs/api/v1 (persons and organizations of v2, notes and merging of v1)",
    url="https://api.pipedrive.com",
    settings=(
        Setting("api_token", "Of an administrator's Personal preferences → API, or use an OAuth app.", secret=True),
        *oauth.CLIENT,
        Setting("person_field", "Key of the custom field that holds our id; found or made by itself.", pattern=_KEY),
        Setting("organization_field", "The same of organizations.", pattern=_KEY),
        Setting(
            "oauth_url", "Where tokens are refreshed.", default="https://oauth.pipedrive.com", pattern=r"https?://.+"
        ),
    ),
    fields={
        Kind.CONTACT: Fields(
            _PERSON,
            {"name": "name", "email": "email", "phone": "phone", "mobile": "mobile", "fax": "fax"},
            custom=_KEY,
            required=("name",),
        ),
        Kind.COMPANY: Fields(
            {"name": 255, "address": None, "owner_id": None, "visible_to": None},
            {"name": "name", "address": "place"},
            custom=_KEY,
            required=("name",),
        ),
        Kind.NOTE: Fields({"content": 90_000}, {"content": "text"}, required=("content",)),
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
    pause=_pause,
    limits="A daily budget of tokens by plan and seats (a search costs 40, a change 10), 20 requests in 2 s and more.",
    per_second=8,
)
