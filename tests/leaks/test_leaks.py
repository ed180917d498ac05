"""What is somebody's own is nobody else's: every route of the API is asked for it, by a stranger of another
organization and by a colleague of the same one, both administrators. A new route is asked by itself.

The victim does all there is to do; then a marker is planted in every text of every row that came of it. The attacker
sends each request that the OpenAPI file allows, with the victim's ids wherever an id may stand. Nothing may come back,
and nothing may have happened.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from typing import Any
from uuid import UUID

import pytest
from fastapi import APIRouter, Depends, Request
from sqlalchemy import select

from app.auth.caller import get_caller
from app.contacts.models import Contact
from app.kit.db import Visibility
from tests.leaks.asking import Operation, operations, ways
from tests.leaks.world import WORD, Ids, User, ids, keep, live, plant, rows

MARKER = "zqxmarker"

KINDS = {
    "account_id": "accounts",
    "agreement_id": "agreements",
    "alliance_id": "alliances",
    "company_id": "companies",
    "brand_id": "company_brands",
    "parent_id": "companies",
    "connection_id": "crm_connections",
    "contact_id": "contacts",
    "delivery_id": "webhook_deliveries",
    "endpoint_id": "webhook_endpoints",
    "erasure_id": "erasures",
    "event_id": "events",
    "evidence_id": "evidence",
    "exchange_id": "exchanges",
    "import_id": "imports",
    "introduction_id": "introductions",
    "invitation_id": "invitations",
    "key_id": "api_keys",
    "match_id": "matches",
    "note_id": "contact_notes",
    "review_id": "reviews",
    "scan_id": "scans",
    "user_id": "users",
    "win_id": "wins",
    "contacts.duplicate_id": "contact_doubts",
    "contacts.merge_id": "contact_merges",
    "contacts.other_id": "contacts",
    "companies.duplicate_id": "company_doubts",
    "companies.merge_id": "company_merges",
    "companies.other_id": "companies",
    "around": "companies",
}
"""Which table an id is of, by its name in a path, a query or a body; where a name is used twice, by the collection."""

NO_IDS = {"position": "0", "number": "0", "step": "points", "token": "gAAAAABforged"}
"""Parts of a path that are no ids: something that exists below every id, or opens nothing."""

IN_COMMON = {
    "audit_entries",
    "api_keys",
    "crm_connections",
    "erasures",
    "invitations",
    "users",
    "webhook_endpoints",
    "webhook_deliveries",
}
"""What administrators run together. Of an erasure they see ids alone, of things that are not there any more; of who saw
and changed what, no id of what is private to somebody else."""

WORKED_OUT = {"alliances", "state_moves", "webhook_sequences"}
"""What is worked out anew where the team's own things change: private pairs are scored with what the team shares."""

GOES_ON = {"crm_connections": {"failures", "last_error", "paused_until", "tally", "updated_at"}}
"""Columns that the house's own attempts to reach a CRM change, whoever asks for what meanwhile."""


class Attack:
    """Sends every request as the attacker, and keeps what came back that should not have."""

    def __init__(self, attacker: User, victim: User, mine: Ids, theirs: Ids) -> None:
        self.attacker, self.victim = attacker, victim
        self.mine, self.theirs = mine, theirs
        self.leaks: list[str] = []
        self.answered: defaultdict[Operation, set[int]] = defaultdict(set)
        """With which statuses, where the path named something of theirs."""
        self._secrets = [MARKER, WORD.lower(), *(each for table in theirs.values() for each in table)]

    def known(self, operation: Operation, name: str) -> tuple[list[str], list[str]]:
        """Ids of mine and of theirs under this name."""
        if name in NO_IDS:
            return [NO_IDS[name]], []
        collection = operation.path.split("/")[2]
        table = KINDS.get(f"{collection}.{name}", KINDS.get(name))
        if table is None:
            where = "an id: add its table to KINDS; no id: add what to send to NO_IDS"
            raise AssertionError(f"{operation}: what is {{{name}}}? If it is {where} (tests/leaks/test_leaks.py).")
        return sorted(self.mine.get(table, ())), sorted(self.theirs.get(table, ()))

    def their_id(self, operation: Operation, path: str):
        def choose(name: str) -> str | None:
            collection = operation.path.split("/")[2]
            table = KINDS.get(f"{collection}.{name}", KINDS.get(name, name.removesuffix("_id") + "s"))
            theirs = sorted(each for each in self.theirs.get(table, ()) if each not in path)
            return theirs[-1] if theirs else None

        return choose

    def run(self, every: list[Operation]) -> list[str]:
        for operation in every:
            names = list(operation.parameters("path"))
            known = {name: self.known(operation, name) for name in names}
            for chosen in ways(names, known):
                self._ask(operation, chosen)
        for operation, statuses in self.answered.items():
            if 404 not in statuses:
                self.leaks.append(f"{operation}: no request was valid; say in BY_NAME (tests/leaks/asking.py) what is")
        return self.leaks

    def _ask(self, operation: Operation, chosen: dict[str, tuple[str, bool]]) -> None:
        path = operation.path.format(**{name: value for name, (value, _) in chosen.items()})
        is_theirs = any(theirs for _, theirs in chosen.values())
        choose = self.their_id(operation, path)
        body, query = operation.body(choose, "Harmless"), operation.query(choose, WORD)
        if not is_theirs and operation.method != "get" and not body and not query:
            return  # the attacker's own business
        headers = {"If-Match": "*"} | body.pop("headers", {})
        for asked in [query, *({name: value} for name, value in query.items())]:
            answer = self.attacker.send(operation.method, path, params=asked, headers=headers, **body)
            self._judge(operation, path, answer, is_theirs=is_theirs)
            if operation.method != "get":
                break

    def _judge(self, operation: Operation, path: str, answer, *, is_theirs: bool) -> None:
        said = (text_of(answer) + str(dict(answer.headers))).lower()
        told = [secret for secret in self._secrets if secret in said or secret.replace("-", "") in said]
        if told and operation.path != "/v1/openapi.json":
            self.leaks.append(f"{operation} ({path}) {answer.status_code} tells {told[:3]}: {answer.text[:300]}")
        if is_theirs:
            self.answered[operation].add(answer.status_code)
        if is_theirs and answer.status_code not in (404, 422):
            self.leaks.append(f"{operation} ({path}) answers {answer.status_code}, not 404: {answer.text[:300]}")


def text_of(answer) -> str:
    """What an answer says, whatever it is packed in; but when."""
    if not zipfile.is_zipfile(io.BytesIO(answer.content)):
        return answer.content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        said = [f"{name} {packed.read(name).decode('utf-8', 'replace')}" for name in sorted(packed.namelist())]
    return re.sub(r'"exported_at": ?"[^"]*"', "", "\n".join(said))


def less(after: Ids, before: Ids) -> Ids:
    return {table: found - before.get(table, set()) for table, found in after.items()}


def unchanged(house, theirs: Ids, before) -> list[str]:
    """What is not as it was of these rows."""
    now = rows(house)
    changes = {
        f"{table} {each}": _changes(table, before[table][each], now[table].get(each))
        for table, found in theirs.items()
        for each in found
        if table not in WORKED_OUT
    }
    return [f"{row}: {what}" for row, what in changes.items() if what]


def _changes(table: str, before: dict[str, Any], after: dict[str, Any] | None) -> str:
    """What is another in a row."""
    if after is None:
        return "gone"
    kept = [name for name in before if name not in GOES_ON.get(table, ())]
    return ", ".join(f"{name}: {before[name]!r} to {after[name]!r}" for name in kept if after[name] != before[name])


def test_a_stranger_finds_and_changes_nothing(stranger, every, house, work):
    attacker, victim, before = stranger
    theirs = less(ids(house), before)
    assert_is_real(every, attacker, victim, before, theirs, in_common=set())
    plant(house, theirs, f"{WORD} {MARKER}")
    assert_nothing_leaks(Attack(attacker, victim, before, theirs), every, house, work)


def test_a_colleague_finds_and_changes_nothing_that_is_private(colleague, every, house, work):
    attacker, victim, before = colleague
    keep(victim, Visibility.PRIVATE)
    shown = snapshot(attacker, every, before)
    live(victim, Visibility.PRIVATE, WORD)
    theirs = {table: each for table, each in less(ids(house), before).items() if table not in IN_COMMON}
    changed = differences(shown, snapshot(attacker, every, before))
    assert not changed, "\n".join(["what is private changes what others see:", *changed])
    assert_is_real(every, attacker, victim, before, theirs, in_common=IN_COMMON)
    plant(house, theirs, f"{WORD} {MARKER}")
    assert_nothing_leaks(Attack(attacker, victim, before, theirs), every, house, work)


def assert_is_real(every, attacker: User, victim: User, before: Ids, theirs: Ids, in_common: set[str]) -> None:
    """Of each kind there is something to find, and its owner finds it."""
    attack = Attack(attacker, victim, before, theirs)
    asked = {(operation, name) for operation in every for name in operation.parameters("path") if name not in NO_IDS}
    lacking = {
        f"{operation}: nothing of the victim's is a {{{name}}}; let tests/leaks/world.py make one"
        for operation, name in asked
        if not attack.known(operation, name)[1]
        and KINDS.get(f"{operation.path.split('/')[2]}.{name}", KINDS.get(name)) not in in_common
    }
    assert lacking == set()
    owner = Attack(victim, victim, theirs, theirs)
    unseen = []
    for operation in every:
        names = list(operation.parameters("path"))
        if operation.method != "get" or operation.is_public or not set(names) - {"step"} or "{step}" in operation.path:
            continue
        known = {name: owner.known(operation, name) for name in names}
        paths = [operation.path.format(**{name: each for name, (each, _) in way.items()}) for way in ways(names, known)]
        query = operation.query(lambda name: None, WORD) if operation.path.endswith("/merge") else {}
        answers = [victim.send("GET", path, params=query) for path in paths]
        if paths and not any(answer.status_code in (200, 308) for answer in answers):
            unseen.append(f"{operation}: {answers[0].status_code} {answers[0].text[:200]}")
    assert [each for each in unseen if "/merge" not in each] == [], "their owner finds them"


def assert_nothing_leaks(attack: Attack, every, house, work) -> None:
    as_it_was = rows(house)
    leaks = attack.run(every)
    work()
    assert not leaks, "\n".join([f"{len(leaks)} leaks", *leaks])
    assert unchanged(house, attack.theirs, as_it_was) == [], "nobody else changed anything of theirs"
    secrets = set(attack._secrets) - {str(attack.victim.id), str(attack.victim.organization_id)}
    kept = [
        f"{table} {each}"
        for table, found in rows(house).items()
        for each, row in found.items()
        if each not in attack.theirs.get(table, ()) and row != as_it_was[table].get(each)
        if any(str(value).lower() in secrets or MARKER in str(value).lower() for value in row.values())
    ]
    assert kept == [], "nothing that others have made names anything of theirs"


def snapshot(reader: User, every: list[Operation], mine: Ids) -> dict[str, str]:
    """All that somebody can read: every list, and everything below their own ids."""
    attack = Attack(reader, reader, mine, {})
    shown = {}
    for operation in every:
        if operation.method == "get" and not operation.is_public:
            names = list(operation.parameters("path"))
            known = {name: (attack.known(operation, name)[0][:40], []) for name in names}
            for path in {operation.path.format(**way) for way in all_of(names, known)}:
                answer = reader.send("GET", path)
                shown[path] = f"{answer.status_code} {text_of(answer)}"
    return shown


def all_of(names, known):
    for first in known[names[0]][0] if names else [None]:
        rest = {name: known[name][0][0] for name in names[1:] if known[name][0]}
        if len(rest) == max(0, len(names) - 1):
            yield ({names[0]: first} if names else {}) | rest


def steady(said: str) -> str:
    """Without what changes by itself: when a document was made; a tie grows weaker by the second."""
    return re.sub(r"(\d\.\d{4})\d+", r"\1", re.sub(r'"made_at": ?"[^"]*"', "", said))


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [
        f"{path}:\n  {before[path][:2000]}\n  {after[path][:2000]}"
        for path in before
        if steady(before[path]) != steady(after[path]) and path not in ("/v1/erasures", "/v1/audit")
    ]


def test_a_leak_is_found(stranger, house, work):
    """Routes as somebody might write them by mistake: they find whatever they are asked for, whoever asks."""
    attacker, victim, before = stranger
    router = APIRouter(prefix="/v1/mistakes", dependencies=[Depends(get_caller)])

    @router.get("/{contact_id}")
    def show(contact_id: UUID, request: Request) -> dict[str, str]:
        with request.app.state.sessions.begin() as session:
            found = select(Contact.name).where(Contact.id == contact_id).execution_options(all_organizations=True)
            return {"name": session.scalar(found) or ""}

    @router.get("")
    def count(request: Request, q: str) -> dict[str, list[str]]:
        with request.app.state.sessions.begin() as session:
            found = select(Contact.name).execution_options(all_organizations=True)
            return {"names": [name for name in session.scalars(found) if name and q.lower() in name.lower()]}

    app = attacker.api.app
    app.include_router(router)  # type: ignore[attr-defined]
    app.openapi_schema = None  # type: ignore[attr-defined]
    wrong = [each for each in operations(app.openapi()) if "/mistakes" in each.path]  # type: ignore[attr-defined]
    theirs = less(ids(house), before)
    plant(house, theirs, f"{WORD} {MARKER}")
    found = defaultdict(list)
    for leak in Attack(attacker, victim, before, theirs).run(wrong):
        found[leak.split(" (")[0].split(":")[0]].append(leak)
    assert set(found) == {"GET /v1/mistakes", "GET /v1/mistakes/{contact_id}"}
    assert any("not 404" in leak for leak in found["GET /v1/mistakes/{contact_id}"])


def test_a_path_with_something_new_in_it_is_asked_about(stranger):
    attacker, victim, before = stranger
    document = {"paths": {"/v1/things/{thing_id}": {"get": {"parameters": [PARAMETER]}}}}
    with pytest.raises(AssertionError, match=r"what is \{thing_id\}"):
        Attack(attacker, victim, before, {}).run(list(operations(document)))


PARAMETER = {"name": "thing_id", "in": "path", "schema": {"type": "string"}}
