"""The settings of the REST connector: what an organization wrote, as steps, and what is wrong with it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.crm.talk import Kind
from app.crm.templates import complaint

MEANINGS = ("ok", "taken", "missing", "busy", "denied", "down", "rejected")
"""What an answer may mean: see `Trouble` and what becomes of each."""
_MOST = 60_000
_MOST_DEPTH = 12
_MOST_STEPS = 5
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_POINTER = re.compile(r"(/[^/]*)*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}")
_NOT_OURS = ("host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect")
_SECRET_HEADER = re.compile(r"auth|key|token|secret|cookie|pass|signature", re.IGNORECASE)

SECRETS = ("token", "user", "password", "api_key", "api_secret")
"""Names of the credentials that headers may use."""
_WHO = {"id", "kind", "fields", "email", "name", "domain", "company_id", "contact_id"}
NAMES: Mapping[str, frozenset[str]] = {
    "check": frozenset(),
    "find": frozenset({"id", "kind"}),
    "match": frozenset(_WHO),
    "create": frozenset(_WHO),
    "update": frozenset(_WHO | {"remote_id"}),
    "erase": frozenset({"remote_id", "kind"}),
    "merge": frozenset({"remote_id", "into", "kind"}),
}
"""Values that there are for each step."""
_SEVERAL = ("match", "erase", "merge")
_MEMBERS: Mapping[str, frozenset[str]] = {
    name: frozenset({"method", "path", "headers", "body"} | more)
    for name, more in {
        "check": {"account"},
        "find": {"rows", "id", "claimed", "same"},
        "match": {"rows", "id", "claimed", "same"},
        "create": {"id"},
        "update": set[str](),
        "erase": set[str](),
        "merge": {"id"},
    }.items()
}
_ERROR = ("code", "detail", "taken_id", "when")


@dataclass(frozen=True, slots=True)
class Step:
    """One request, as it was written."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    id: str = "/id"
    """Where the id stands: a pointer (RFC 6901), `header:` and a name, or a template."""
    rows: str = ""
    """Pointer to what was found; the whole answer where it is empty."""
    claimed: str = ""
    """Pointer in a row to our id."""
    same: Mapping[str, str] = field(default_factory=dict)
    """From pointers in a row to templates whose text it has to say, case aside."""
    account: str = ""
    """Pointer to whom we are taken for."""


def steps(settings: Mapping[str, Any], group: str, name: str | None = None) -> tuple[Step, ...]:
    """The steps of `check`, or of one verb of a kind; none where nothing was written."""
    written = settings.get(group) or {}
    if name is not None:
        written = written.get(name) or []
    several = written if isinstance(written, list) else [written] if written else []
    return tuple(Step(**{"method": _METHOD[name or "check"], **one}) for one in several)


_METHOD = {"check": "GET", "find": "GET", "match": "GET", "create": "POST", "update": "PATCH"} | {
    "erase": "DELETE",
    "merge": "POST",
}


def at(document: Any, pointer: str) -> Any:
    """What a pointer (RFC 6901) leads to; None where it leads nowhere."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict):
            document = document.get(name)
        elif isinstance(document, list) and name.isdecimal() and len(name) < 10 and int(name) < len(document):
            document = document[int(name)]
        else:
            return None
    return document


def built(pointer: str, value: Any) -> Any:
    """The smallest document in which a pointer leads to a value."""
    for part in reversed(pointer.split("/")[1:]):
        name = part.replace("~1", "/").replace("~0", "~")
        value = [value] if name == "0" else {name: value}
    return value


def complaints(settings: Mapping[str, Any]) -> list[str]:
    """What is wrong with the settings, for people; empty when nothing is."""
    if _depth(settings) > _MOST_DEPTH or len(json.dumps(settings, default=str)) > _MOST:
        return [f"settings: longer than {_MOST} characters, or deeper than {_MOST_DEPTH}"]
    found = list(_of_headers("settings.headers", settings.get("headers"), frozenset()))
    found += _of_step("settings.check", "check", settings.get("check"))
    for kind in Kind:
        found += _of_kind(kind, settings.get(kind))
    return found + list(_of_rules(settings.get("rules"))) + list(_of_error(settings.get("error")))


def _depth(value: Any) -> int:
    deepest, left = 0, [(value, 1)]
    while left and deepest <= _MOST_DEPTH:
        one, depth = left.pop()
        deepest = max(deepest, depth)
        parts = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        left += [(part, depth + 1) for part in parts]
    return deepest


def _of_kind(kind: Kind, written: Any) -> Iterator[str]:
    where = f"settings.{kind}"
    if written is None:
        if kind == Kind.CONTACT:
            yield f"{where} is missing: how a contact is found, created, updated and erased"
        return
    if not isinstance(written, dict):
        yield f"{where}: an object of steps"
        return
    for name, step in written.items():
        if name not in NAMES or name == "check":
            yield f"{where}.{name}: not known; there is {', '.join(NAMES)}"
            continue
        several = step if isinstance(step, list) and name in _SEVERAL else [step]
        if len(several) > _MOST_STEPS:
            yield f"{where}.{name}: more than {_MOST_STEPS} steps"
        for one in several:
            yield from _of_step(f"{where}.{name}", name, one)
    yield from _of_what_is_there(where, kind, written)


def _of_what_is_there(where: str, kind: Kind, written: Mapping[str, Any]) -> Iterator[str]:
    wanted = ("create", "erase") if kind != Kind.COMPANY else ("create",)
    yield from (f"{where}.{name} is missing" for name in wanted if not written.get(name))
    create = written.get("create")
    if "find" not in written and not (isinstance(create, dict) and create.get("method") == "PUT"):
        yield f"{where}.find is missing: what was made and never noted down would be made twice (or create with PUT)"


def _of_step(where: str, name: str, step: Any) -> Iterator[str]:
    if not isinstance(step, dict):
        yield f"{where}: an object with a path"
        return
    names = NAMES[name]
    yield from (f"{where}.{member}: not known" for member in step if member not in _MEMBERS[name])
    if step.get("method", "GET") not in _METHODS:
        yield f"{where}.method: one of {', '.join(_METHODS)}"
    path = step.get("path")
    if not isinstance(path, str) or not path.startswith("/") or path.startswith("//") or "://" in path:
        yield f"{where}.path: begins with / and leads to the same host"
    yield from _of_templates(f"{where}.path", path, names)
    yield from _of_templates(f"{where}.body", step.get("body"), names)
    yield from _of_headers(f"{where}.headers", step.get("headers"), names)
    yield from _of_places(where, step, names)


def _of_places(where: str, step: Mapping[str, Any], names: frozenset[str]) -> Iterator[str]:
    for name in ("rows", "claimed", "account"):
        if name in step and not _is_pointer(step[name]):
            yield f"{where}.{name}: a pointer such as /data/0"
    place = step.get("id", "/id")
    if isinstance(place, str) and "{" in place:
        yield from _of_templates(f"{where}.id", place, names)
    elif not _is_pointer(place) and not (isinstance(place, str) and place.startswith("header:")):
        yield f"{where}.id: a pointer such as /data/id, header:location, or a template"
    same = step.get("same", {})
    if not isinstance(same, dict):
        yield f"{where}.same: from pointers to templates"
        return
    for pointer, template in same.items():
        if not _is_pointer(pointer):
            yield f"{where}.same: {pointer} is no pointer"
        if not isinstance(template, str):
            yield f"{where}.same.{pointer}: a template"
        yield from _of_templates(f"{where}.same", template, names)


def _is_pointer(value: Any) -> bool:
    return isinstance(value, str) and bool(_POINTER.fullmatch(value))


def _of_templates(where: str, value: Any, names: frozenset[str]) -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _of_templates(f"{where}.{name}", part, names)
    elif isinstance(value, list):
        for part in value:
            yield from _of_templates(where, part, names)
    elif isinstance(value, str) and (wrong := complaint(value, names)):
        yield f"{where}: {wrong}"


def _of_headers(where: str, headers: Any, names: frozenset[str]) -> Iterator[str]:
    if not isinstance(headers or {}, dict):
        yield f"{where}: from names to templates"
        return
    for name, value in (headers or {}).items():
        if not _HEADER.fullmatch(name) or name.lower() in _NOT_OURS:
            yield f"{where}.{name}: no header that can be set"
        if not isinstance(value, str):
            yield f"{where}.{name}: a text"
        elif wrong := complaint(value, names | {"secrets"}):
            yield f"{where}.{name}: {wrong}"
        elif _SECRET_HEADER.search(name) and "secrets" not in value:
            yield f"{where}.{name}: settings are shown; give it in credentials, and write {{{{ secrets.token }}}} here"


def _of_rules(rules: Any) -> Iterator[str]:
    if not isinstance(rules or {}, dict):
        yield "settings.rules: from statuses or codes to meanings"
        return
    for name, meaning in (rules or {}).items():
        if meaning not in MEANINGS:
            yield f"settings.rules.{name}: one of {', '.join(MEANINGS)}"


def _of_error(error: Any) -> Iterator[str]:
    if not isinstance(error or {}, dict):
        yield "settings.error: an object of pointers"
        return
    for name, pointer in (error or {}).items():
        if name not in _ERROR or not _is_pointer(pointer):
            yield f"settings.error.{name}: pointers are {', '.join(_ERROR)}"
