"""Records who was shown what: an entry for each answer to a request that reads what is said of people.

By construction: every route that only reads is recorded, but for those below, where nothing is said of people. The
entry is committed before the answer begins. Where it cannot be written nothing is shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.audit.recording import Recorder
from app.auth.service import Caller
from app.kit.actor import NOBODY
from app.kit.db import Base, Sessions
from app.kit.errors import AppError, problem
from app.kit.ids import new_id
from app.kit.trail import KINDS, Action, about, last_day

_METHODS = {"GET", "HEAD", "PROPFIND", "REPORT"}
NOT_OF_PEOPLE = {
    "/v1/me": "the caller",
    "/v1/organization": "the organization",
    "/v1/users": "colleagues, as everybody in the organization knows them",
    "/v1/api-keys": "keys",
    "/v1/invitations": "who is to be a colleague",
    "/v1/audit": "ids alone",
    "/v1/erasures": "ids alone",
    "/v1/companies": "companies",
    "/v1/match-policy": "a setting",
    "/v1/matches": "counts, and what only the two ends can read",
    "/v1/exchanges/confirmation": "a setting",
    "/v1/privacy-policy": "a setting",
    "/v1/privacy-notice": "what anybody is told",
    "/v1/webhook-endpoints": "settings",
    "/v1/webhook-event-types": "a list of ours",
    "/v1/crm-connections": "settings",
    "/v1/crm-connectors": "a list of ours",
    "/v1/imports": "how far a file is; of its rows ids and codes alone",
}
"""Beginnings of paths, with what they show instead."""
_PLAIN = {"/dav/", "/dav/principals/{user_id}/", "/dav/addressbooks/{user_id}/"}
"""Of the address books: who asks, and where to go on."""
_CARD = re.compile(r"/dav/addressbooks/[^/]+/contacts/(?P<id>[0-9a-fA-F-]{36})\.vcf")
_PARAMETER = re.compile(r"\{(\w+)\}")
_MOST_LETTERS = 30


class NotRecorded(AppError):
    """It cannot be recorded who saw this, so it is not shown; try again."""

    status, code = 503, "not_recorded"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a request shows."""

    action: Action
    kind: str
    object_id: UUID | None = None
    table: str | None = None
    part: str | None = None


def reading_of(path: str, template: str, parameters: dict[str, Any]) -> Reading | None:
    """What a request shows of people; None where it shows nothing of them.

    Args:
        path: that was asked for.
        template: of the route, `/v1/contacts/{contact_id}/timeline`.
        parameters: of the path.
    """
    if template.startswith("/dav/"):
        return None if template in _PLAIN else _of_address_book(path)
    if not template.startswith("/v1/") or any(_begins(template, each) for each in NOT_OF_PEOPLE):
        return None
    collection = template.split("/")[2]
    table = collection.replace("-", "_")
    known = table if table in Base.metadata.tables else None
    kind = KINDS.get(table, _one(table))[:_MOST_LETTERS]
    part = _PARAMETER.sub("", template.partition("}")[2]).replace("//", "/").strip("/") or None
    named = _PARAMETER.search(template)
    object_id = _uuid(parameters.get(named[1])) if named else None
    if collection == "exports":
        return Reading(Action.EXPORTED, "contact")
    if object_id is None:
        return Reading(Action.LISTED, kind, part=None if named else "/".join(template.split("/")[3:]) or None)
    return Reading(Action.EXPORTED if part == "export" else Action.READ, kind, object_id, known, part)


def _one(table: str) -> str:
    return f"{table.removesuffix('ies')}y" if table.endswith("ies") else table.removesuffix("s")


def _begins(template: str, beginning: str) -> bool:
    return template == beginning or template.startswith(f"{beginning}/")


def _of_address_book(path: str) -> Reading:
    found = _CARD.fullmatch(path)
    if found is None:
        return Reading(Action.LISTED, "contact", part="vcard")
    return Reading(Action.READ, "contact", _uuid(found["id"]), "contacts", "vcard")


def _uuid(said: object) -> UUID | None:
    try:
        return UUID(str(said))
    except ValueError:
        return None


class RecordReads:
    """Commits an entry before each answer that shows something of people."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app = app
        self._recorder = Recorder(sessions)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in _METHODS:
            await self._app(scope, receive, send)
            return
        refused = False

        async def tell(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and 200 <= message["status"] < 300:
                refused = not await self._recorded(scope)
                if refused:
                    await problem(NotRecorded.status, NotRecorded.code, NotRecorded().detail)(scope, receive, send)
            if not refused:
                await send(message)

        await self._app(scope, receive, tell)

    async def _recorded(self, scope: Scope) -> bool:
        entry = _entry(scope)
        return entry is None or await self._recorder.record(*entry)


def _entry(scope: Scope) -> tuple[dict[str, Any], str | None] | None:
    """What to record of an answer, and the table of its object."""
    state, route = scope.get("state", {}), scope.get("route")
    caller: Caller | None = state.get("caller")
    if "link" in state:
        link = state["link"]
        seen = Reading(Action.READ, "card", link.card_id, "cards", "image")
        return _values(about(link.organization_id, NOBODY, None), seen, None), "cards"
    if caller is None or route is None:
        return None
    reading = reading_of(scope["path"], route.path, scope.get("path_params", {}))
    if reading is None:
        return None
    common = about(caller.organization_id, caller.actor, last_day(caller.audit_days))
    return _values(common, reading, state.get("shown")), reading.table


def _values(common: dict[str, Any], reading: Reading, count: int | None) -> dict[str, Any]:
    return common | {
        "id": new_id(),
        "action": reading.action,
        "kind": reading.kind,
        "object_id": reading.object_id,
        "audience_id": common["organization_id"],
        "fields": [reading.part] if reading.part else [],
        "count": count if reading.object_id is None else None,
    }
