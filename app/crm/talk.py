"""What a connector is made of: conversations with a CRM that know nothing of how they are carried.

A conversation is a generator: it yields requests, is sent replies, and returns what came of it. It opens no
connection, so that a test plays the CRM, a dry run shows what would be sent, and the engine sends it for real.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import urlencode

T = TypeVar("T")


class Kind(StrEnum):
    """What is pushed. In this order: a contact names its company, and a note its contact."""

    COMPANY = "company"
    CONTACT = "contact"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, without the CRM's address and without what proves who asks."""

    method: str
    path: str
    """From the root of the CRM's API, with its query; or a whole URL."""
    body: Any = None
    """A document to send as JSON, a text to send as it is, or None."""
    headers: Mapping[str, str] = field(default_factory=dict)
    reads: bool = False
    """Changes nothing there."""
    supposed: Any = None
    """The document that a dry run takes for the answer."""


@dataclass(frozen=True)
class Reply:
    """What a CRM answered."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""

    @cached_property
    def document(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.text) if self.text else None
        except ValueError:
            return None

    def at(self, *path: str | int) -> Any:
        """A value inside the document; None when it is not there."""
        value = self.document
        for step in path:
            if isinstance(value, dict):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
                value = value[step]
            else:
                return None
        return value

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


Talk = Generator[Request, Reply, T]


class Trouble(Exception):
    """A CRM did not do what it was asked. `code`: stable; `detail`: what the CRM said."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class Missing(Trouble):
    """The record is not there."""

    def __init__(self, detail: str = "") -> None:
        super().__init__("missing", detail)


class Rejected(Trouble):
    """The CRM does not take this record as it is, however often it is sent."""


class Taken(Rejected):
    """Another record there is the same person or company."""

    def __init__(self, code: str, remote_id: str | None, detail: str = "") -> None:
        super().__init__(code, detail)
        self.remote_id = remote_id


class Denied(Trouble):
    """The credentials do not allow it."""


class Busy(Trouble):
    """Too many requests: wait."""

    def __init__(self, code: str, wait: timedelta | None = None, detail: str = "") -> None:
        super().__init__(code, detail)
        self.wait = wait


class Down(Trouble):
    """The CRM has a fault of its own, or cannot be reached."""

    def __init__(self, code: str, status: int | None = None, wait: timedelta | None = None, detail: str = "") -> None:
        super().__init__(code, detail)
        self.status = status
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach one CRM."""

    url: str
    """Root of its API, without a slash at the end."""
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """One of ours, in the CRM's words."""

    kind: Kind
    external_id: str
    """Ours: the same for ever."""
    fields: Mapping[str, Any]
    """The CRM's fields; None clears one that was filled before."""
    remote_id: str | None = None
    """The CRM's, once it is known."""
    email: str | None = None
    """Of a contact: what a person is found by who is there already."""
    names: tuple[str, ...] = ()
    """Of a company: its domain and its name, by which it is found."""
    belongs_to: str | None = None
    """The CRM's id of a contact's company, or of a note's contact."""
    memory: Mapping[str, Any] = field(default_factory=dict)
    """What the connector kept when it last saved this record."""
    email_fields: tuple[str, ...] = ()
    """Which fields hold the e-mail address."""
    blank: tuple[str, ...] = ()
    """Fields of the mapping that have no value and had none from us."""

    def without_email(self) -> Record:
        """The same person without the address."""
        kept = {name: value for name, value in self.fields.items() if name not in self.email_fields}
        return replace(self, fields=kept, email=None, email_fields=(), blank=(*self.blank, *self.email_fields))


@dataclass(frozen=True, slots=True)
class Saved:
    """The record is in the CRM."""

    remote_id: str
    memory: Mapping[str, Any] = field(default_factory=dict)
    is_new: bool = False
    """It was made, not found."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Something that a connection to this CRM has to know."""

    name: str
    about: str
    secret: bool = False
    required: bool = False
    default: Any = None
    pattern: str = ""
    """That a value matches from end to end."""

    def breaks(self, given: Mapping[str, Any]) -> bool:
        """Whether what is given for it has another form."""
        return bool(self.pattern and self.name in given and not re.fullmatch(self.pattern, str(given[self.name])))


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one kind of record."""

    known: Mapping[str, int | None]
    """Name and, where the CRM documents one, the most characters."""
    mapping: Mapping[str, str]
    """What fills which field unless an organization says otherwise."""
    custom: str = ""
    """Pattern of the names of fields that an organization may have made."""
    required: tuple[str, ...] = ()
    """Without these the CRM takes no record."""


@dataclass(frozen=True, slots=True)
class Connector:
    """One CRM: what it needs to know, its fields, and the conversations with it.

    `save` finds a record by the CRM's id, then by ours, then by e-mail or name, and changes it; or makes it. `forget`
    erases a record, `merge` makes one of two. `trouble` names what is wrong with an answer, None when nothing is.
    """

    name: str
    title: str
    reference: str
    """Where the API is described, and which version."""
    settings: tuple[Setting, ...]
    fields: Mapping[Kind, Fields]
    headers: Callable[[Access], Mapping[str, str]]
    check: Callable[[Access], Talk[str]]
    """Says which account it is."""
    save: Callable[[Access, Record], Talk[Saved]]
    find: Callable[[Access, Kind, str], Talk[str | None]]
    """The CRM's id by ours."""
    forget: Callable[[Access, Kind, str], Talk[None]]
    merge: Callable[[Access, Kind, str, str], Talk[str | None]]
    """The first into the second; returns the survivor's id where that is a new one."""
    trouble: Callable[[Reply], Trouble | None]
    url: str | None = None
    """Of the API, where it is the same for everybody."""
    limits: str = ""
    """For people."""
    per_second: float = 5.0
    """Requests that the CRM allows to everybody."""
    prepare: Callable[[Access], Talk[dict[str, Any]]] | None = None
    """Before the first push: makes what has to be there; returns settings that were found out."""
    renew: Callable[[Access], Talk[dict[str, str]]] | None = None
    """Fresh secrets for ones that have expired."""
    sign: Callable[[Access, Request], Request] | None = None
    """Puts what proves who asks into the request itself, where `headers` cannot."""
    pause: Callable[[Reply], timedelta | None] | None = None
    """How long to be silent after a good answer."""
    complains: Callable[[Mapping[str, Any]], list[str]] | None = None
    """What is wrong with settings, for people; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that is there."""

    remote_id: str
    claimed_by: str | None = None
    """Our id of the object that it is already."""


Update = Callable[[str, Record], Talk[Mapping[str, Any] | None]]
Lookup = Callable[[], Talk[Found | None]]
Create = Callable[[Record], Talk[Saved]]


def upsert(record: Record, update: Update, lookups: Sequence[Lookup], create: Create) -> Talk[Saved]:
    """Change the record that is there, wherever it is found first; else make it.

    A record that was made and never noted down, because a worker died in between, is found by the first lookup. One
    that is somebody else among ours already is left alone, also where it has the same e-mail address; a CRM that
    allows an address once then gets the second person without it.
    """
    if record.remote_id is not None:
        try:
            return Saved(record.remote_id, (yield from _changed(update, record.remote_id, record)))
        except Missing:
            pass  # somebody deleted it there
    claimed = False
    for lookup in lookups:
        found = yield from lookup()
        if found is not None and found.claimed_by in (None, "", record.external_id):
            return Saved(found.remote_id, (yield from _changed(update, found.remote_id, record)))
        claimed = claimed or found is not None
    try:
        return (yield from create(record))
    except Taken as taken:
        if taken.remote_id is not None and not claimed:
            return Saved(taken.remote_id, (yield from _changed(update, taken.remote_id, record)))
        if not record.email_fields:
            raise
        return (yield from create(record.without_email()))


def _changed(update: Update, remote_id: str, record: Record) -> Talk[Mapping[str, Any]]:
    try:
        return (yield from update(remote_id, record)) or {}
    except Taken:
        if not record.email_fields:
            raise
        return (yield from update(remote_id, record.without_email())) or {}


def needed(reply: Reply, *path: str | int) -> str:
    """An id in an answer.

    Raises:
        Down: the answer broke off or has none: whether the record was made is found out next time.
    """
    value = reply.at(*path)
    if value is None or value == "":
        raise Down("answer_without_id")
    return str(value)


def query(path: str, **parameters: Any) -> str:
    """A path with its query."""
    return f"{path}?{urlencode(parameters)}"


def number_alone(phone: str) -> str:
    """A number as it is among `Record.fields`, without its extension: for CRMs that take E.164 and nothing else."""
    return phone.partition(" ext. ")[0]


def plainly(reply: Reply, code: str = "", detail: str = "") -> Trouble | None:
    """What an HTTP status means to CRMs that keep to its meaning; connectors look at the body first."""
    if reply.is_good:
        return None
    status, wait = reply.status, waits(reply)
    said = detail or reply.text[:500]
    if status == 429:
        return Busy(code or "rate_limited", wait, said)
    if status in (401, 403):
        return Denied(code or ("unauthorized" if status == 401 else "forbidden"), said)
    if status in (404, 410):
        return Missing(said)
    if status >= 500 or status in (408, 423, 425):
        return Down(code or f"http_{status}", status, wait, said)
    return Rejected(code or f"http_{status}", said)


def waits(reply: Reply) -> timedelta | None:
    """`Retry-After` in seconds, as CRMs send it."""
    asked = reply.headers.get("retry-after", "").strip()
    try:
        return timedelta(seconds=min(max(float(asked), 0), 86_400))
    except ValueError:
        return None
