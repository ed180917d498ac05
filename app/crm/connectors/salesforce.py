"""Salesforce: REST API v62.0 (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest).

Contacts and accounts have a custom field `Cardally_Id__c` (external id, unique), made in Setup. The upsert by it
answers 201 with `created`, 200, or 300 with the addresses of several records. A meeting is a completed task; tasks
take no external id, so theirs ends its subject. Merging is what SOAP alone can do (`merge()`). Errors are
`[{"errorCode": …, "message": …, "fields": […]}]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

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
)

_VERSION = "62.0"
_OBJECT = {Kind.CONTACT: "Contact", Kind.COMPANY: "Account", Kind.NOTE: "Task"}
_PARENT = {Kind.CONTACT: "AccountId", Kind.NOTE: "WhoId"}
_ERASED: Mapping[Kind, dict[str, Any]] = {
    Kind.CONTACT: dict.fromkeys(
        ("FirstName", "Salutation", "Email", "Phone", "MobilePhone", "Fax", "Title", "Department", "MailingStreet")
    )
    | {"LastName": "Erased"},
    Kind.COMPANY: {},
    Kind.NOTE: {"Subject": "Erased", "Description": None},
}


def _data(access: Access, rest: str) -> str:
    return f"/services/data/v{access.settings.get('version') or _VERSION}{rest}"


def _record(access: Access, kind: Kind, rest: str) -> str:
    return _data(access, f"/sobjects/{_OBJECT[kind]}{rest}")


def _ours(access: Access) -> str:
    return str(access.settings.get("external_field") or "Cardally_Id__c")


def _headers(access: Access) -> Mapping[str, str]:
    return oauth.bearer(access)


def _renew(access: Access) -> Talk[dict[str, str]]:
    """By refresh token; without one by the client's own credentials, where the app allows that flow."""
    url = f"{str(access.settings.get('login_url') or access.url).rstrip('/')}/services/oauth2/token"
    if access.secrets.get("refresh_token"):
        return (yield from oauth.refresh(access, url))
    if not access.secrets.get("client_secret"):
        raise Denied("unauthorized")
    form = {"grant_type": "client_credentials"} | {n: access.secrets.get(n, "") for n in ("client_id", "client_secret")}
    reply = yield Request("POST", url, urlencode(form), {"content-type": "application/x-www-form-urlencoded"})
    return {"access_token": needed(reply, "access_token")}


def _check(access: Access) -> Talk[str]:
    reply = yield Request("GET", _record(access, Kind.CONTACT, "/describe"), reads=True)
    names = {field.get("name") for field in reply.at("fields") or ()}
    if names and _ours(access) not in names:
        raise Rejected("no_external_field", f"Contact has no field {_ours(access)}; docs/crm.md tells how to make it")
    return f"Salesforce at {access.url.removeprefix('https://')}"


def _rows(access: Access, soql: str) -> Talk[list[dict[str, Any]]]:
    path = query(_data(access, "/query"), q=soql)
    reply = yield Request("GET", path, reads=True, supposed={"totalSize": 0, "done": True, "records": []})
    return list(reply.at("records") or ())


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _mark(external_id: str) -> str:
    return f"#{external_id.replace('-', '')[-12:]}"


def _find(access: Access, kind: Kind, external_id: str) -> Talk[str | None]:
    if kind == Kind.NOTE:
        rows = yield from _rows(access, f"SELECT Id FROM Task WHERE Subject LIKE {_text('%' + _mark(external_id))}")  # noqa: S608
        return str(rows[0]["Id"]) if rows else None
    try:
        path = _record(access, kind, f"/{_ours(access)}/{external_id}?fields=Id")
        reply = yield Request("GET", path, reads=True, supposed={})
    except Missing:
        return None
    return str(reply.at("Id")) if reply.at("Id") else None


def _save(access: Access, record: Record) -> Talk[Saved]:
    kind = record.kind

    def update(remote_id: str, record: Record) -> Talk[None]:
        yield Request("PATCH", _record(access, kind, f"/{remote_id}"), _values(access, record, with_id=True))

    def create(record: Record) -> Talk[Saved]:
        # Tasks know no external id, and an insert has to say so; the others cannot be made twice.
        if kind == Kind.NOTE:
            request = Request("POST", _record(access, kind, ""), _values(access, record), supposed={"id": "1"})
        else:
            path = _record(access, kind, f"/{_ours(access)}/{record.external_id}")
            request = Request("PATCH", path, _values(access, record), supposed={"id": "1", "created": True})
        reply = yield request
        return Saved(needed(reply, "id"), is_new=reply.at("created") is not False)

    def ours() -> Talk[Found | None]:
        found = yield from _find(access, kind, record.external_id)
        return Found(found) if found else None

    def same() -> Talk[Found | None]:
        if kind == Kind.CONTACT and record.email:
            return (yield from _one_of(access, kind, f"Email = {_text(record.email)}"))
        if kind == Kind.COMPANY and record.names:
            return (yield from _one_of(access, kind, f"Name = {_text(record.names[-1])}"))
        return None

    return (yield from upsert(record, update, (ours, same), create))


def _one_of(access: Access, kind: Kind, condition: str) -> Talk[Found | None]:
    """One that nobody claims, else one that is claimed."""
    ours = _ours(access)
    rows = yield from _rows(access, f"SELECT Id, {ours} FROM {_OBJECT[kind]} WHERE {condition} LIMIT 10")  # noqa: S608
    row = min(rows, key=lambda row: row.get(ours) is not None, default=None)
    return Found(str(row["Id"]), row.get(ours)) if row else None


def _values(access: Access, record: Record, *, with_id: bool = False) -> dict[str, Any]:
    values: dict[str, Any] = dict(record.fields)
    if record.kind in _PARENT and (record.belongs_to or record.kind == Kind.CONTACT):
        values[_PARENT[record.kind]] = record.belongs_to
    if record.kind == Kind.NOTE:
        mark = _mark(record.external_id)
        values["Subject"] = f"{str(values.get('Subject') or 'Met')[: 254 - len(mark)]} {mark}"
        values.setdefault("Status", "Completed")
    elif with_id:
        values[_ours(access)] = record.external_id
    return values


def _forget(access: Access, kind: Kind, remote_id: str) -> Talk[None]:
    """Wiped first: what is deleted lies in the recycle bin for 15 days."""
    with suppress(Missing):
        if _ERASED[kind]:
            yield Request("PATCH", _record(access, kind, f"/{remote_id}"), _ERASED[kind])
        yield Request("DELETE", _record(access, kind, f"/{remote_id}"))


def _merge(access: Access, kind: Kind, source: str, target: str) -> Talk[str | None]:
    body = (
        '<?xml version="1.0" encoding="utf-8"?><soapenv:Envelope xmlns:soapenv='
        '"http://schemas.xmlsoap.org/soap/envelope/" xmlns:urn="urn:partner.soap.sforce.com" '
        'xmlns:obj="urn:sobject.partner.soap.sforce.com"><soapenv:Header><urn:SessionHeader><urn:sessionId>'
        f"{escape(access.secrets.get('access_token', ''))}</urn:sessionId></urn:SessionHeader></soapenv:Header>"
        "<soapenv:Body><urn:merge><urn:request><urn:masterRecord>"
        f"<obj:type>{_OBJECT[kind]}</obj:type><obj:Id>{escape(target)}</obj:Id></urn:masterRecord>"
        f"<urn:recordToMergeIds>{escape(source)}</urn:recordToMergeIds></urn:request></urn:merge>"
        "</soapenv:Body></soapenv:Envelope>"
    )
    headers = {"content-type": "text/xml; charset=utf-8", "SOAPAction": "merge"}
    path = f"/services/Soap/u/{access.settings.get('version') or _VERSION}"
    reply = yield Request("POST", path, body, headers, supposed={})
    if "<success>true</success>" not in reply.text:
        gone = any(code in reply.text for code in ("ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"))
        if not gone:
            raise Rejected("merge_refused", reply.text[:500])
    return None


def _trouble(reply: Reply) -> Trouble | None:
    if reply.status == 300:
        return Rejected("several_records", f"{len(reply.document or ())} records have this external id")
    return None if reply.is_good else _named(reply)


def _named(reply: Reply) -> Trouble | None:
    error = reply.at(0) if isinstance(reply.document, list) else reply.document
    error = error if isinstance(error, dict) else {}
    code = str(error.get("errorCode") or error.get("error") or "")
    said = " ".join(filter(None, [str(error.get("message") or ""), ", ".join(error.get("fields") or ())]))
    if code in ("REQUEST_LIMIT_EXCEEDED", "TooManyRequests"):
        limited = plainly(Reply(429, reply.text, reply.headers), code, said)
        return limited if reply.headers.get("retry-after") else Busy(code, None, said)
    if code == "INVALID_SESSION_ID" or "INVALID_SESSION_ID" in reply.text:
        return Denied("unauthorized", said)
    if code in ("UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE"):
        return Down(code, reply.status, None, said)
    if code in ("NOT_FOUND", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"):
        return Missing(said)
    if code in ("DUPLICATES_DETECTED", "DUPLICATE_VALUE"):
        return Taken(code, _duplicate(reply), said)
    return plainly(reply, code if reply.status not in (401,) else "", said)


def _duplicate(reply: Reply) -> str | None:
    match = reply.at(0, "duplicateResult", "matchResults", 0, "matchRecords", 0, "record", "Id")
    return str(match) if match else None


_PERSON = {"LastName": 80, "FirstName": 40, "Salutation": 40, "Email": 80, "Phone": 40, "MobilePhone": 40, "Fax": 40}
_MORE = {"Title": 128, "Department": 80, "MailingStreet": 255, "MailingCity": 40, "MailingPostalCode": 20}
_LAST = {"LeadSource": 255, "Description": 32000, "OwnerId": 18}
_FIRM = {"Name": 255, "Website": 255, "Industry": 255, "BillingCity": 40, "BillingStreet": 255, "Phone": 40}

SALESFORCE = Connector(
    name="salesforce",
    title="Salesforce",
    reference="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest (REST API v62.0)",
    settings=(
        *oauth.CLIENT,
        Setting("login_url", "Where tokens are refreshed; else the instance itself."),
        Setting(
            "external_field", "External id field of contacts and accounts.", default="Cardally_Id__c", pattern=r"\w+"
        ),
        Setting("version", "Of the API.", default=_VERSION, pattern=r"\d+\.0"),
    ),
    fields={
        Kind.CONTACT: Fields(
            {**_PERSON, **_MORE, **_LAST},
            {
                "FirstName": "first_name",
                "LastName": "last_name",
                "Salutation": "prefix",
                "Email": "email",
                "Phone": "phone",
                "MobilePhone": "mobile",
                "Fax": "fax",
                "Title": "title",
                "Department": "department",
                "MailingStreet": "address",
            },
            custom=r"[A-Za-z][A-Za-z0-9_]*__c",
            required=("LastName",),
        ),
        Kind.COMPANY: Fields(
            {**_FIRM, "Description": 32000, "OwnerId": 18},
            {"Name": "name", "Website": "website", "BillingCity": "place"},
            custom=r"[A-Za-z][A-Za-z0-9_]*__c",
            required=("Name",),
        ),
        Kind.NOTE: Fields(
            {"Subject": 255, "Description": 32000, "ActivityDate": None, "Status": 255, "OwnerId": 18},
            {"Subject": "title", "Description": "text", "ActivityDate": "met_on"},
            custom=r"[A-Za-z][A-Za-z0-9_]*__c",
            required=("Subject",),
        ),
    },
    headers=_headers,
    check=_check,
    save=_save,
    find=_find,
    forget=_forget,
    merge=_merge,
    trouble=_trouble,
    renew=_renew,
    limits="A daily number of requests by edition (100,000 and more), 25 long ones at once.",
    per_second=10,
)
