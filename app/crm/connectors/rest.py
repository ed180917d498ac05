"""Any CRM with a REST API, from templates that an organization writes: docs/crm.md tells how.

For each kind there are steps: `find` by our id (the upsert key), `match` by e-mail address or name, `create`, `update`,
`erase` and `merge`. A step is a method, a path, headers and a body of templates (app/crm/templates.py), and says where
the answer holds the id. Rules say what a status or a code of the CRM means: taken, missing, busy, denied, down.
Secrets are there for headers alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from app.crm.connectors.rest_plan import SECRETS, Step, at, built, complaints, steps
from app.crm.mapping import SOURCES
from app.crm.talk import (
    Access,
    Busy,
    Connector,
    Denied,
    Down,
    Fields,
    Found,
    Kind,
    Lookup,
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
    plainly,
    upsert,
    waits,
)
from app.crm.templates import MASK, BadTemplate, Named, NoValue, render, render_text

Values = Mapping[str, Any]


def _headers(access: Access) -> Mapping[str, str]:
    return _rendered_headers(access, access.settings.get("headers") or {}, {})


def _rendered_headers(access: Access, written: Mapping[str, str], values: Values) -> dict[str, str]:
    known = {**values, "secrets": Named(access.secrets)}
    headers = {}
    for name, template in written.items():
        try:
            value = render_text(template, known)
        except BadTemplate as bad:
            raise Denied("secret_missing" if "secrets" in template else "template_failed", f"{name}: {bad}") from bad
        if not all(char in MASK or (char.isascii() and char.isprintable()) for char in value):
            raise Rejected("bad_header", f"{name}: a header holds printable ASCII alone")
        headers[name.lower()] = value
    return headers


def _ask(access: Access, step: Step, values: Values, *, reads: bool = False, supposed: Any = None) -> Talk[Reply]:
    try:
        path = render_text(step.path, values, in_address=True)
        # A text is sent as it is written, a document as JSON.
        body = render_text(step.body, values) if isinstance(step.body, str) else render(step.body, values)
    except NoValue:
        raise
    except BadTemplate as bad:
        raise Rejected("template_failed", f"{step.method} {step.path[:100]}: {bad}") from bad
    if any(part in (".", "..") for part in path.partition("?")[0].split("/")):
        raise Rejected("bad_path", f"{step.method} {step.path[:100]}")
    headers = _rendered_headers(access, step.headers, values)
    reply = yield Request(step.method, path, body, headers, reads, supposed)
    if trouble := _judge(access, reply):
        raise trouble
    return reply


def _judge(access: Access, reply: Reply) -> Trouble | None:
    """What an answer means, by the organization's rules: those for a code of the CRM, then those for a status."""
    where, rules = access.settings.get("error") or {}, access.settings.get("rules") or {}
    is_error = not reply.is_good or (
        where.get("when") and at(reply.document, where["when"]) not in (None, False, "", [])
    )
    code = at(reply.document, where["code"]) if where.get("code") and is_error else None
    code = _without_secrets(access, str(code))[:100] if isinstance(code, str | int) else ""
    said = at(reply.document, where["detail"]) if where.get("detail") else None
    said = _without_secrets(access, str(said if said is not None else reply.text))[:500]
    meaning = rules.get(code) or rules.get(str(reply.status))
    if meaning == "ok" or not (is_error or meaning):
        return None
    if meaning is None and reply.status not in (300, 409):
        return plainly(reply, code, said) or Rejected(code or "error_in_answer", said)
    taken_id = _last(at(reply.document, where["taken_id"])) if where.get("taken_id") else None
    return _trouble_of(meaning or ("taken" if reply.status == 409 else "several_records"), code, said, reply, taken_id)


def _trouble_of(meaning: str, code: str, said: str, reply: Reply, taken_id: str | None) -> Trouble:
    code = code or f"http_{reply.status}"
    troubles: dict[str, Trouble] = {
        "taken": Taken(code, taken_id, said),
        "missing": Missing(said),
        "busy": Busy(code, waits(reply), said),
        "denied": Denied(code, said),
        "down": Down(code, reply.status if reply.status >= 500 else 503, waits(reply), said),
        "several_records": Rejected("several_records", said),
    }
    return troubles.get(meaning) or Rejected(code, said)


def _without_secrets(access: Access, text: str) -> str:
    for secret in sorted((secret for secret in access.secrets.values() if secret), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def _last(value: Any) -> str | None:
    """An id; of an address its last step."""
    text = str(value).rstrip("/").rpartition("/")[2].partition("?")[0] if isinstance(value, str | int) else ""
    return text or None


def _id_of(step: Step, reply: Reply, values: Values) -> str:
    """Where the step says that it is.

    Raises:
        Down: it is not there: whether the record was made is found out next time.
    """
    if "{" in step.id:
        return render_text(step.id, values)
    header = step.id.removeprefix("header:").lower() if step.id.startswith("header:") else None
    found = _last(reply.headers.get(header) or reply.at("id") if header else at(reply.document, step.id))
    if found is None:
        raise Down("answer_without_id")
    return found


def _check(access: Access) -> Talk[str]:
    [step] = steps(access.settings, "check")
    reply = yield from _ask(access, step, {}, reads=True)
    account = at(reply.document, step.account) if step.account else None
    return _without_secrets(access, str(account))[:200] if account is not None else access.url


def _values(record: Record) -> dict[str, Any]:
    names = record.names
    return {
        "id": record.external_id,
        "kind": str(record.kind),
        "fields": Named(record.fields, record.blank),
        "email": record.email,
        "name": names[-1] if names else None,
        "domain": names[0] if len(names) > 1 else None,
        "company_id": record.belongs_to if record.kind == Kind.CONTACT else None,
        "contact_id": record.belongs_to if record.kind == Kind.NOTE else None,
    }


def _rows(access: Access, step: Step, values: Values) -> Talk[list[dict[str, Any]]]:
    """What was found and is the same where it has to be."""
    try:
        reply = yield from _ask(access, step, values, reads=True)
        same = {pointer: render_text(template, values).casefold() for pointer, template in step.same.items()}
    except (Missing, NoValue):
        return []
    there = at(reply.document, step.rows)
    rows = there if isinstance(there, list) else [there]
    return [row for row in rows if isinstance(row, dict) and _is_same(row, same)]


def _is_same(row: Mapping[str, Any], same: Mapping[str, str]) -> bool:
    return all(str(at(row, pointer)).strip().casefold() == text.strip() for pointer, text in same.items())


def _found(access: Access, step: Step, values: Values) -> Talk[Found | None]:
    """Best one that nobody claims."""
    found = []
    for row in (yield from _rows(access, step, values)):
        claimed, one = at(row, step.claimed) if step.claimed else None, _last(at(row, step.id))
        if one is not None:
            found.append(Found(one, str(claimed) if claimed else None))
    return min(found, key=lambda one: one.claimed_by is not None, default=None)


def _find(access: Access, kind: Kind, external_id: str) -> Talk[str | None]:
    for step in steps(access.settings, kind, "find"):
        found = yield from _found(access, step, {"id": external_id, "kind": str(kind)})
        if found is not None:
            return found.remote_id
    return None


def _save(access: Access, record: Record) -> Talk[Saved]:
    kind, settings = record.kind, access.settings
    creates = steps(settings, kind, "create")
    if not creates:
        raise Rejected("no_template", f"settings.{kind} says nothing of how one is made")

    def update(remote_id: str, record: Record) -> Talk[None]:
        values = {**_values(record), "remote_id": remote_id}
        written = steps(settings, kind, "update")
        # Where there is no update, making it again changes it: an upsert by our id.
        step, known = (written[0], values) if written else (creates[0], _values(record))
        yield from _doing(access, step, known)

    def create(record: Record) -> Talk[Saved]:
        values = _values(record)
        pointer = creates[0].id if creates[0].id.startswith("/") else "/id"
        reply = yield from _doing(access, creates[0], values, supposed=built(pointer, "1"))
        return Saved(_id_of(creates[0], reply, values), is_new=True)

    def ours() -> Talk[Found | None]:
        found = yield from _find(access, kind, record.external_id)
        return Found(found) if found else None

    return (yield from upsert(record, update, (ours, *_matches(access, record)), create))


def _matches(access: Access, record: Record) -> Iterator[Lookup]:
    for step in steps(access.settings, record.kind, "match"):
        yield partial(_found, access, step, _values(record))


def _doing(access: Access, step: Step, values: Values, supposed: Any = None) -> Talk[Reply]:
    try:
        return (yield from _ask(access, step, values, supposed=supposed))
    except NoValue as missing:
        raise Rejected("no_value", f"{step.method} {step.path[:100]}: {missing}") from missing


def _forget(access: Access, kind: Kind, remote_id: str) -> Talk[None]:
    for step in steps(access.settings, kind, "erase"):
        try:
            yield from _doing(access, step, {"remote_id": remote_id, "kind": str(kind)})
        except Missing:
            continue  # gone already; the next step may still have something to do


def _merge(access: Access, kind: Kind, source: str, target: str) -> Talk[str | None]:
    """By its own steps; a CRM that has none loses the one that is part of the other now."""
    written = steps(access.settings, kind, "merge")
    if not written:
        yield from _forget(access, kind, source)
        return None
    survivor = None
    values = {"remote_id": source, "into": target, "kind": str(kind)}
    for step in written:
        reply = yield from _doing(access, step, values)
        survivor = _last(at(reply.document, step.id)) if step.id.startswith("/") else None
    return survivor


def _trouble(_reply: Reply) -> Trouble | None:
    # The rules are the connection's: the conversation itself judges.
    return None


def _fields(kind: Kind) -> Fields:
    return Fields(dict.fromkeys(SOURCES[kind]), {name: name for name in SOURCES[kind]}, custom=r"[^\s{}]{1,100}")


REST = Connector(
    name="rest",
    title="Any REST API",
    reference="docs/crm.md; templates: https://jinja.palletsprojects.com/en/stable/templates/ (a part of it)",
    settings=(
        *(Setting(name, f"For headers, as {{{{ secrets.{name} }}}}.", secret=True) for name in SECRETS),
        Setting("headers", "Of every request, from names to templates; secrets belong here."),
        Setting("check", "A step that changes nothing; `account` points to whom the CRM takes us for.", required=True),
        Setting("contact", "Steps: find, match, create, update, erase, merge.", required=True),
        Setting("company", "Steps of a company; without them it is not pushed: say `companies: false` as well."),
        Setting("note", "Steps of a meeting; without them it is not pushed: say `notes: false` as well."),
        Setting("rules", "From a status or the CRM's own code to ok, taken, missing, busy, denied, down or rejected."),
        Setting("error", "Pointers into an answer: when, code, detail, taken_id."),
    ),
    fields={kind: _fields(kind) for kind in Kind},
    headers=_headers,
    check=_check,
    save=_save,
    find=_find,
    forget=_forget,
    merge=_merge,
    trouble=_trouble,
    complains=complaints,
    limits="Those of the CRM: set max_per_second; 429 and Retry-After are honoured.",
    per_second=5,
)
