"""The trail over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from app.audit import queries
from app.audit.queries import Wanted
from app.audit.schemas import EntryOut, entry_out
from app.auth.caller import CallerDep, SessionDep
from app.auth.service import require_admin
from app.kit.errors import BadCursor, Forbidden, Unauthorized, problems
from app.kit.pagination import CursorQuery, LimitQuery, Page, page
from app.kit.trail import Action, AuditEntry

router = APIRouter(prefix="/v1/audit", tags=["audit"], responses=problems(Unauthorized))


@router.get("", responses=problems(BadCursor, Forbidden))
def list_entries(
    session: SessionDep,
    caller: CallerDep,
    kind: Annotated[str | None, Query(max_length=30, description="Of the object: `contact`, `scan`, …")] = None,
    object_id: Annotated[UUID | None, Query(description="One object that you may see.")] = None,
    user_id: Annotated[UUID | None, Query(description="Who did it.")] = None,
    action: Annotated[Action | None, Query(description="What was done.")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Then or later.")] = None,
    before: Annotated[AwareDatetime | None, Query(description="Before.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[EntryOut]:
    """Who saw and who changed what is said of people, newest first, by ids and names of fields (administrators only).

    What is private to somebody else is counted, and not named.
    """
    require_admin(caller)
    wanted = Wanted(kind, object_id, user_id, action, since, before)
    found = queries.entries(wanted, caller.organization_id, caller.user_id)
    return page(session, found, AuditEntry.id, cursor, limit, partial(entry_out, reader_id=caller.user_id))
