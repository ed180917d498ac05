"""Zoho CRM: REST API v8 (https://www.zoho.com/crm/developer/docs/api/v8/).

Ours is known by an external field `Cardally_ID`, made by the first push; a record is read by it with the header
`X-EXTERNAL`, and made by an upsert whose `duplicate_check_fields` name it. The search lags behind and takes `equals`
for `contains`, so what it finds is looked at again. Notes take no field of ours: theirs ends the title.

A body has a status for each record: 200, 201, 202 and 207 may all hold `{"data": [{"code": "DUPLICATE_DATA", "status":
"error", "details": {"duplicate_record": {"id": …}}}]}`. Errors of the whole are `{"code": "INVALID_TOKEN", …}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from app.crm import oauth
from app.crm.talk import (
    Access,
    Busy,
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
    Taken,
    Talk,
    Trouble,
    needed,
    plainly,
    query,
    upsert,
    waits,
)

_MODULE = {Kind.CONTACT: "Contacts", Kind.COMPANY: "Accounts", Kind.NOTE: "Notes"}
_OURS = "Cardally_ID"
_LABEL = "Cardally ID"
"""Zoho makes the field's API name of it."""
_BAD_TOKEN = ("INVALID_TOKEN", "INVALID_OAUTHTOKEN", "AUTHENTICATION_FAILURE")
_FORBIDDEN = ("OAUTH_SCOPE_MISMATCH", "NO_PERMISSION")
_DUPLICATE = ("DUPLICATE_DATA", "DUPLICATE_LINKING_DATA")
_CREDITS = timedelta(hours=1)
"""They come back by and by, over 24 hours."""
_TOKENS = timedelta(minutes=10)
"""Ten access tokens are handed out in that time."""
_LISTS = ("data", "merge", "fields", "recycle_bin")
"""Where a body tells what became of each record."""


def _path(kind: Kind, rest: str = "") -> str:
    return f"/crm/v8/{_MODULE[kind]}{rest}"


def _field(access: Access) -> str:
    return str(access.settings.get("external_field") or _OURS)


def _headers(access: Access) -> Mapping[str, str]:
    return oauth.bearer(access, scheme="Zoho-oauthtoken")


def _renew(access: Access) -> Talk[dict[str, str]]:
    return (yield from oauth.refresh(access, f"{_accounts(access)}/oauth/v2/token"))


def _accounts(access: Access) -> str:
    """Each data centre has accounts of its own: www.zohoapis.eu goes with accounts.zoho.eu."""
    if access.settings.get("accounts_url"):
        return str(access.settings["accounts_url"]).rstrip("/")
    host = urlsplit(access.url).hostname or ""
    where = host.removeprefix("www.").removeprefix("zohoapis.")
    return "https://accounts.zohocloud.ca" if where == "ca" else f"https://accounts.zoho.{where}"


def _check(_access: Access) -> Talk[str]:
    reply = yield Request("GET", "/crm/v8/org", reads=True)
    return f"Zoho CRM of {reply.at('org', 0, 'company_name')}"


def _prepare(access: Access) -> Talk[dict[str, Any]]:
    """Make the external field where it is not there."""
    for kind in (Kind.COMPANY, Kind.CONTACT):
        path = query("/crm/v8/settings/fields", module=_MODULE[kind])
        reply = yield Request("GET", path, reads=True)
        if _field(access) in {field.get("api_name") for field in reply.at("fields") or ()}:
            continue
        if _field(access) != _OURS:
            raise Rejected("no_external_field", f"{_MODULE[kind]} have no field {_field(access)}")
        wanted = {"field_label": _LABEL, "data_type": "text", "length": 50, "external": {"type": "org", "show": False}}
        with suppress(Taken):  # somebody was quicker
            yield Request("POST", path, {"fields": [wanted]})
    return {}


def _mark(external_id: str) -> str:
    return f"#{external_id.replace('-', '')[-12:]}"


def _find(access: Access, kind: Kind, external_id: str) -> Talk[str | None]:
    if kind == Kind.NOTE:
        mark = _mark(external_id)
        rows = yield from _rows(query(_path(kind, "/search"), word=mark[1:], fields="Note_Title"))
        return _with_mark(rows, mark)
    path = query(_path(kind, f"/{quote(external_id, safe='')}"), fields=_field(access))
    rows = yield from _rows(path, {"X-EXTERNAL": f"{_MODULE[kind]}.{_field(access)}"})
    return str(rows[0]["id"]) if rows else None


def _rows(path: str, headers: Mapping[str, str] | None = None) -> Talk[list[dict[str, Any]]]:
    """What is found; nothing is answered with 204 and no body."""
    try:
        reply = yield Request("GET", path, headers=headers or {}, reads=True, supposed={"data": []})
    except Missing:
        return []
    return [row for row in reply.at("data") or () if isinstance(row, dict)]


def _with_mark(rows: list[dict[str, Any]], mark: str) -> str | None:
    return next((str(row["id"]) for row in rows if str(row.get("Note_Title") or "").endswith(mark)), None)


def _save(access: Access, record: Record) -> Talk[Saved]:
    if record.kind == Kind.NOTE:
        return (yield from _save_note(record))
    kind, ours = record.kind, _field(access)

    def update(remote_id: str, record: Record) -> Talk[None]:
        body = {"data": [{"id": remote_id, **_values(access, record)}]}
        yield Request("PUT", _path(kind, f"/{remote_id}"), body, supposed=_done("1"))

    def create(record: Record) -> Talk[Saved]:
        body = {"data": [_values(access, record)], "duplicate_check_fields": [ours]}
        try:
            reply = yield Request("POST", _path(kind, "/upsert"), body, supposed=_done("1"))
        except Taken as taken:
            raise (yield from _if_free(access, record, taken)) from taken
        return Saved(needed(reply, "data", 0, "details", "id"), is_new=reply.at("data", 0, "action") != "update")

    def by_ours() -> Talk[Found | None]:
        found = yield from _find(access, kind, record.external_id)
        return Found(found) if found else None

    def same() -> Talk[Found | None]:
        rows = yield from _alike(access, record)
        row = min(rows, key=lambda row: bool(row.get(ours)), default=None)  # best one that nobody claims
        return Found(str(row["id"]), row.get(ours)) if row else None

    return (yield from upsert(record, update, (by_ours, same), create))


def _done(one: str) -> dict[str, Any]:
    return {"data": [{"code": "SUCCESS", "details": {"id": one}, "status": "success", "action": "insert"}]}


def _if_free(access: Access, record: Record, taken: Taken) -> Talk[Taken]:
    """Who has a value that is there once: named only where that is nobody of ours."""
    if taken.remote_id is None:
        return taken
    rows = yield from _rows(query(_path(record.kind, f"/{taken.remote_id}"), fields=_field(access)))
    claimed = rows[0].get(_field(access)) if rows else None
    return taken if claimed in (None, "", record.external_id) else Taken(taken.code, None, taken.detail)


def _alike(access: Access, record: Record) -> Talk[list[dict[str, Any]]]:
    fields = f"{_field(access)},Email" if record.kind == Kind.CONTACT else f"{_field(access)},Account_Name,Website"
    if record.kind == Kind.CONTACT and record.email:
        rows = yield from _rows(query(_path(record.kind, "/search"), email=record.email, fields=fields))
        return [row for row in rows if _same(row.get("Email"), record.email)]
    if record.kind == Kind.COMPANY and record.names:
        wanted = [f"(Account_Name:equals:{_escaped(record.names[-1])})"]
        domain = record.names[0] if len(record.names) > 1 else ""
        if domain:
            wanted.insert(0, f"(Website:equals:{_escaped(domain)})")
        criteria = wanted[0] if len(wanted) == 1 else f"({'or'.join(wanted)})"
        rows = yield from _rows(query(_path(record.kind, "/search"), criteria=criteria, fields=fields))
        at_home = [row for row in rows if domain and _host(row.get("Website")) == domain]
        return at_home or [row for row in rows if _same(row.get("Account_Name"), record.names[-1])]
    return []


def _same(there: object, ours: str) -> bool:
    return str(there or "").strip().casefold() == ours.strip().casefold()


def _host(url: object) -> str:
    text = str(url or "")
    return (urlsplit(text if "//" in text else f"//{text}").hostname or "").removeprefix("www.")


def _escaped(value: str) -> str:
    return "".join(f"\\{char}" if char in "\\(),:" else char for char in value)


def _values(access: Access, record: Record) -> dict[str, Any]:
    values: dict[str, Any] = {**record.fields, _field(access): record.external_id}
    if record.kind == Kind.CONTACT:
        values["Account_Name"] = {"id": record.belongs_to} if record.belongs_to else None
    return values


def _save_note(record: Record) -> Talk[Saved]:
    mark = _mark(record.external_id)
    title = f"{str(record.fields.get('Note_Title') or 'Met')[: 119 - len(mark)]} {mark}"
    parent = {"module": {"api_name": _MODULE[Kind.CONTACT]}, "id": record.belongs_to}
    note = {**record.fields, "Note_Title": title, "Parent_Id": parent}

    about = {"person": record.belongs_to}

    def update(remote_id: str, _record: Record) -> Talk[Mapping[str, Any]]:
        if record.memory.get("person") != record.belongs_to and (yield from _parent_of(remote_id)) != record.belongs_to:
            # A note stays with its person there: for another one it is made anew.
            yield from _forget_one(Kind.NOTE, remote_id)
            raise Missing
        told = {name: value for name, value in note.items() if name != "Parent_Id"}
        yield Request("PUT", _path(Kind.NOTE, f"/{remote_id}"), {"data": [told]}, supposed=_done("1"))
        return about

    def create(_record: Record) -> Talk[Saved]:
        reply = yield Request("POST", _path(Kind.NOTE), {"data": [note]}, supposed=_done("1"))
        return Saved(needed(reply, "data", 0, "details", "id"), about, is_new=True)

    def ours() -> Talk[Found | None]:
        # The person's own list: unlike the search it knows what was made a moment ago.
        path = _path(Kind.CONTACT, f"/{record.belongs_to}/Notes")
        found = _with_mark((yield from _rows(query(path, fields="Note_Title", per_page=200))), mark)
        return Found(found) if found else None

    return (yield from upsert(record, update, (ours,), create))


def _parent_of(note_id: str) -> Talk[str | None]:
    rows = yield from _rows(query(_path(Kind.NOTE, f"/{note_id}"), fields="Parent_Id"))
    parent = rows[0].get("Parent_Id") if rows else None
    return str(parent.get("id")) if isinstance(parent, dict) else None


def _forget(_access: Access, kind: Kind, remote_id: str) -> Talk[None]:
    yield from _forget_one(kind, remote_id)


def _forget_one(kind: Kind, remote_id: str) -> Talk[None]:
    """Deleted, and taken out of the recycle bin where it would lie for 60 days; a person's notes go along."""
    with suppress(Missing):
        yield Request("DELETE", _path(kind, f"/{remote_id}"), supposed=_done(remote_id))
    with suppress(Missing):
        yield Request("DELETE", f"/crm/v8/settings/recycle_bin/{remote_id}")


def _merge(_access: Access, kind: Kind, source: str, target: str) -> Talk[str | None]:
    if kind == Kind.NOTE:
        return None
    try:
        yield Request("POST", _path(kind, f"/{target}/actions/merge"), {"merge": [{"data": [{"id": source}]}]})
    except Missing:
        if (yield from _rows(query(_path(kind, f"/{source}"), fields="id"))):
            raise
    return None


def _trouble(reply: Reply) -> Trouble | None:
    document = reply.document if isinstance(reply.document, dict) else {}
    if document.get("error"):
        return _refresh_trouble(reply, str(document["error"]))
    told = next((document[name] for name in _LISTS if isinstance(document.get(name), list)), None) or [document]
    error = told[0] if isinstance(told[0], dict) and told[0].get("status") == "error" else None
    return _named(reply, error) if error else plainly(reply)


def _refresh_trouble(reply: Reply, error: str) -> Trouble:
    """Of the accounts' own server, which says so with 200 or 400."""
    if error.casefold() == "access denied":
        return Busy("too_many_tokens", _TOKENS, str(reply.at("error_description") or ""))
    return Denied("refresh_refused", error)


def _named(reply: Reply, error: Mapping[str, Any]) -> Trouble:
    code, details = str(error.get("code") or ""), error.get("details")
    details = details if isinstance(details, dict) else {}
    message = str(error.get("message") or "")
    said = " ".join(filter(None, [message, str(details.get("api_name") or "")]))
    if code in _BAD_TOKEN:
        return Denied("unauthorized", said)
    if code in _FORBIDDEN or reply.status in (401, 403):
        return Denied(code, said)
    if code in _DUPLICATE:
        return Taken(code, _duplicate(details), said)
    if reply.status == 429 or code == "TOO_MANY_REQUESTS":
        # Calls at once are over in a moment; the credits of a day are not.
        return Busy(code, waits(reply) or (None if code == "TOO_MANY_REQUESTS" else _CREDITS), said)
    if _is_missing(code, details, message):
        return Missing(said)
    return Down(code, reply.status, None, said) if reply.status >= 500 else Rejected(code, said)


def _is_missing(code: str, details: Mapping[str, Any], message: str) -> bool:
    about_id = details.get("api_name") == "id" or "resource_path_index" in details or "the id given" in message
    return code in ("INVALID_DATA", "RECORD_NOT_FOUND") and about_id


def _duplicate(details: Mapping[str, Any]) -> str | None:
    there = details.get("duplicate_record")
    one = there.get("id") if isinstance(there, dict) else details.get("id")
    return str(one) if one else None


_PERSON = {"Last_Name": 80, "First_Name": 40, "Email": 100, "Phone": 50, "Mobile": 30, "Fax": 30, "Title": 100}
_MORE = {"Department": 50, "Mailing_Street": 250, "Mailing_City": 100, "Mailing_Zip": 30, "Mailing_Country": 100}
_LAST = {"Description": 32000, "Lead_Source": 120, "Secondary_Email": 100, "Home_Phone": 30, "Other_Phone": 30}
_FIRM = {"Account_Name": 200, "Website": 450, "Phone": 30, "Billing_City": 100, "Billing_Street": 250}
_OWN = r"[A-Za-z][A-Za-z0-9_]{0,99}"

ZOHO = Connector(
    name="zoho",
    title="Zoho CRM",
    reference="https://www.zoho.com/crm/developer/docs/api/v8/ (REST API v8)",
    url="https://www.zohoapis.com",
    settings=(
        *oauth.CLIENT,
        Setting(
            "accounts_url", "Where tokens are refreshed; else that of the same data centre.", pattern=r"https?://.+"
        ),
        Setting("external_field", "External field of contacts and accounts.", default=_OURS, pattern=r"\w+"),
    ),
    fields={
        Kind.CONTACT: Fields(
            {**_PERSON, **_MORE, **_LAST},
            {
                "First_Name": "first_name",
                "Last_Name": "last_name",
                "Email": "email",
                "Phone": "phone",
                "Mobile": "mobile",
                "Fax": "fax",
                "Title": "title",
                "Department": "department",
                "Mailing_Street": "address",
            },
            custom=_OWN,
            required=("Last_Name",),
        ),
        Kind.COMPANY: Fields(
            {**_FIRM, "Industry": 120, "Description": 32000},
            {"Account_Name": "name", "Website": "website", "Billing_City": "place"},
            custom=_OWN,
            required=("Account_Name",),
        ),
        Kind.NOTE: Fields(
            {"Note_Title": 120, "Note_Content": 32000},
            {"Note_Title": "title", "Note_Content": "text"},
            required=("Note_Content",),
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
    limits="Credits a day by edition and users (50,000 and more), 5 to 25 requests at once, 10 tokens in 10 minutes.",
    per_second=10,
)
