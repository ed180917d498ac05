"""Privacy over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from app.auth.caller import BeginDep, CallerDep, FilesDep, SessionDep, SettingsDep
from app.auth.service import require_admin
from app.contacts import service as contacts
from app.contacts.service import Merged
from app.kit.db import Sessions
from app.kit.errors import BadCursor, Forbidden, NotFound, Unauthorized, problems
from app.kit.pagination import CursorQuery, LimitQuery, Page, page
from app.policy.service import promise
from app.privacy import notice, queries, service
from app.privacy.erasing import erase
from app.privacy.models import Erasure, Reason
from app.privacy.schemas import ErasureOut, OriginIn, OriginOut, origin_out

router = APIRouter(prefix="/v1", tags=["privacy"], responses=problems(Unauthorized))

_Form = Annotated[Literal["text", "html"], Query(alias="format", description="Plain text, or a page of its own.")]
_NOTICE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {}, "text/html": {}}, "description": "The notice."}
}
_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {}}, "description": "`person.json` and pictures."}
}


def _notice(facts: notice.Facts, form: str) -> Response:
    return HTMLResponse(notice.as_html(facts)) if form == "html" else PlainTextResponse(notice.as_text(facts))


@router.get("/privacy-notice", response_class=Response, responses=_NOTICE)
def get_general_notice(session: SessionDep, settings: SettingsDep, form: _Form = "text") -> Response:
    """What people whose cards you hold are to be told (GDPR, article 14), whoever they are."""
    return _notice(service.facts(session, settings), form)


@router.get(
    "/contacts/{contact_id}/privacy-notice", response_class=Response, responses=_NOTICE | problems(NotFound, Merged)
)
def get_notice(contact_id: UUID, session: SessionDep, settings: SettingsDep, form: _Form = "text") -> Response:
    """What this person is to be told: source, purpose, retention and rights."""
    return _notice(service.facts(session, settings, contact_id), form)


@router.get("/contacts/{contact_id}/privacy", responses=problems(NotFound, Merged))
def get_origin(contact_id: UUID, session: SessionDep, settings: SettingsDep) -> OriginOut:
    """Where this person's data came from, what it is held for, and how long."""
    return origin_out(contacts.get(session, contact_id), promise(session, settings))


@router.patch("/contacts/{contact_id}/privacy", responses=problems(NotFound, Merged))
def state_origin(contact_id: UUID, said: OriginIn, session: SessionDep, settings: SettingsDep) -> OriginOut:
    """Say so for this person alone."""
    contact = service.state(session, contact_id, said.model_dump(exclude_unset=True))
    return origin_out(contact, promise(session, settings))


@router.get(
    "/contacts/{contact_id}/export", response_class=Response, responses=_ZIP | problems(NotFound, Merged, Forbidden)
)
def export_contact(contact_id: UUID, session: SessionDep, files: FilesDep, settings: SettingsDep) -> Response:
    """A copy of everything held of this person: rows of all kinds, pictures, what was sent to webhooks."""
    name = f'attachment; filename="contact-{contact_id}.zip"'
    packed = service.export(session, files, settings, contact_id)
    return Response(packed, media_type="application/zip", headers={"Content-Disposition": name})


@router.post("/contacts/{contact_id}/erasure", status_code=201, responses=problems(NotFound, Merged, Forbidden))
def erase_contact(contact_id: UUID, request: Request, begin: BeginDep, caller: CallerDep) -> ErasureOut:
    """Erase this person with every copy. It cannot be undone; sent again, it answers with the same erasure.

    Rows are gone with the answer, files moments later (`finished_at`). Others on the same photo stay; the photo goes.
    """
    with begin(reading=True) as session:
        done = service.may_erase(session, caller, contact_id)
    sessions: Sessions = request.app.state.sessions
    with sessions.begin(caller.organization_id, actor=caller.actor) as session:
        return ErasureOut.model_validate(done or erase(session, contact_id, caller.user_id, Reason.REQUESTED))


@router.get("/erasures", responses=problems(BadCursor, Forbidden))
def list_erasures(
    session: SessionDep, caller: CallerDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[ErasureOut]:
    """Who was erased when, newest first, by ids alone (administrators only)."""
    require_admin(caller)
    return page(session, queries.erasures(), Erasure.id, cursor, limit, ErasureOut.model_validate)


@router.get("/erasures/{erasure_id}", responses=problems(NotFound))
def get_erasure(erasure_id: UUID, session: SessionDep, caller: CallerDep) -> ErasureOut:
    """One erasure, to see when it is finished: one that you asked for, or any if you are an administrator."""
    return ErasureOut.model_validate(service.get_erasure(session, caller, erasure_id))
