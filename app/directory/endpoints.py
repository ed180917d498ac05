"""Lists and searches of contacts over HTTP, and the timeline of one."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime

from app.auth.caller import SessionDep
from app.contacts import service as contacts
from app.contacts.normal import search_words
from app.contacts.service import Merged
from app.directory.listing import find
from app.directory.queries import Wanted
from app.directory.rendering import KNOWN_FIELDS, asked_fields, render
from app.directory.schemas import ContactPage, HappeningOut, Include, Sort, TimelinePage
from app.directory.timeline import happenings
from app.kit.errors import BadCursor, InvalidRequest, NotFound, Unauthorized, problems
from app.kit.pagination import LimitQuery

router = APIRouter(prefix="/v1/contacts", tags=["contacts"], responses=problems(Unauthorized))

CursorQuery = Annotated[str | None, Query(description="`next_cursor` of the page before.", max_length=1000)]


def get_wanted(
    q: Annotated[
        str, Query(max_length=200, description="Beginnings of words of a name, company, address, note; or digits.")
    ] = "",
    company_id: Annotated[UUID | None, Query(description="Who works or worked there.")] = None,
    owner_id: Annotated[UUID | None, Query(description="Whose card it is.")] = None,
    tag: Annotated[str | None, Query(max_length=100, description="With this tag.")] = None,
    event: Annotated[str | None, Query(max_length=200, description="Met at this event.")] = None,
    needs_review: Annotated[bool | None, Query(description="Whether a person should look.")] = None,
    created_since: Annotated[AwareDatetime | None, Query(description="Made then or later.")] = None,
    created_before: Annotated[AwareDatetime | None, Query(description="Made before.")] = None,
    updated_since: Annotated[
        AwareDatetime | None, Query(description="Changed then or later, in the order of change, with what is `gone`.")
    ] = None,
) -> Wanted:
    """What the caller looks for."""
    asked = (company_id, owner_id, tag, event, needs_review, created_since, created_before, updated_since)
    return Wanted(tuple(search_words(q)), *asked)


WantedDep = Annotated[Wanted, Depends(get_wanted)]


@router.get("", response_model=ContactPage, responses=problems(BadCursor, InvalidRequest))
def list_contacts(
    session: SessionDep,
    wanted: WantedDep,
    sort: Annotated[Sort | None, Query(description="Newest first when left out; a search knows no other.")] = None,
    fields: Annotated[
        str | None,
        Query(
            max_length=500,
            description=f"Only these, by comma: {', '.join(sorted(KNOWN_FIELDS))}.",
            examples=["name,company_name,points"],
        ),
    ] = None,
    include: Annotated[list[Include], Query(description="What else each contact brings along.")] = [],  # noqa: B006
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Response:
    """Contacts by page: all, searched by `q`, filtered; or what changed since a moment."""
    shown = asked_fields(fields)
    found = find(session, wanted, sort, cursor, limit)
    items = render(session, found.rows, shown, include)
    session.info["shown"] = len(items)
    page = {"items": items, "next_cursor": found.next_cursor, "gone": found.gone, "sync_from": found.sync_from}
    return Response(orjson.dumps(page, option=orjson.OPT_UTC_Z), media_type="application/json")


@router.get("/{contact_id}/timeline", responses=problems(NotFound, Merged, BadCursor))
def get_timeline(
    contact_id: UUID, session: SessionDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> TimelinePage:
    """What happened with a contact, newest first: made, met, scanned, a job, a note, a merge."""
    start = _start(cursor)
    found = happenings(session, contacts.get(session, contact_id))
    shown = [HappeningOut.model_validate(each) for each in found[start : start + limit]]
    return TimelinePage(items=shown, next_cursor=str(start + limit) if len(found) > start + limit else None)


def _start(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 9:
        raise BadCursor
    return int(cursor)
