"""Contacts over HTTP. One contact with its meetings is answered by `app.exchanges.endpoints`."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime
from sqlalchemy.orm import Session

from app.auth.caller import CallerDep, SessionDep
from app.contacts import merging, queries, service
from app.contacts.merging import TooLateToUndo
from app.contacts.models import Contact, ContactDoubt
from app.contacts.normal import search_words
from app.contacts.schemas import ContactChange, ContactOut, DuplicateOut, MergeIn, MergeOut, contact_out
from app.contacts.service import Merged
from app.kit.errors import BadCursor, Conflict, IdempotencyKeyReused, NotFound, Unauthorized, problems
from app.kit.etags import IfMatchHeader, PreconditionFailed, PreconditionRequired, show_etag
from app.kit.idempotency import KeyHeader, fingerprint, once
from app.kit.pagination import CursorQuery, LimitQuery, Page, page

router = APIRouter(prefix="/v1/contacts", tags=["contacts"], responses=problems(Unauthorized))


@router.get("", responses=problems(BadCursor))
def list_contacts(
    session: SessionDep,
    q: Annotated[str, Query(max_length=200, description="Words of a name, company or address, or digits.")] = "",
    company_id: Annotated[UUID | None, Query(description="Who works or worked there.")] = None,
    needs_review: Annotated[bool | None, Query(description="Whether a person should look.")] = None,
    updated_since: Annotated[AwareDatetime | None, Query(description="Changed then or later.")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Page[ContactOut]:
    """Contacts, newest first."""
    found = queries.contacts(search_words(q), company_id, needs_review, updated_since)
    return page(session, found, Contact.id, cursor, limit, contact_out)


@router.get("/duplicates", responses=problems(BadCursor))
def list_duplicates(session: SessionDep, cursor: CursorQuery = None, limit: LimitQuery = 50) -> Page[DuplicateOut]:
    """Pairs of contacts that may be one person, with the reasons, newest first."""
    return page(session, queries.duplicates(), ContactDoubt.id, cursor, limit, partial(_duplicate, session))


@router.post("/duplicates/{duplicate_id}/dismiss", responses=problems(NotFound))
def dismiss_duplicate(duplicate_id: UUID, session: SessionDep) -> DuplicateOut:
    """They are two people: do not ask again."""
    return _duplicate(session, service.dismiss(session, duplicate_id))


def _duplicate(session: Session, doubt: ContactDoubt) -> DuplicateOut:
    contact, other = (contact_out(service.get(session, each)) for each in (doubt.contact_id, doubt.other_id))
    facts = {"id": doubt.id, "state": doubt.state, "bits": doubt.bits, "reasons": doubt.reasons}
    return DuplicateOut.model_validate(facts | {"contact": contact, "other": other})


@router.get("/{contact_id}/merge", responses=problems(NotFound, Merged, Conflict))
def preview_merge(
    contact_id: UUID, session: SessionDep, other_id: Annotated[UUID, Query(description="The one that would go.")]
) -> ContactOut:
    """The contact that a merge would make, with who says what; nothing is changed."""
    return contact_out(merging.preview(session, contact_id, other_id))


@router.post(
    "/{contact_id}/merge", status_code=201, responses=problems(NotFound, Merged, Conflict, IdempotencyKeyReused)
)
def merge_contacts(
    contact_id: UUID, asked: MergeIn, session: SessionDep, caller: CallerDep, idempotency_key: KeyHeader = None
) -> MergeOut:
    """Make another contact part of this one; the other id answers 308 from then on."""
    merge = partial(merging.merge, session, contact_id, asked.other_id, caller.user_id)
    what = fingerprint("merge", str(contact_id), str(asked.other_id))
    merge_id = once(session, caller.user_id, idempotency_key, what, lambda: merge().id)
    return MergeOut.model_validate(merging.get(session, merge_id))


@router.post("/merges/{merge_id}/undo", responses=problems(NotFound, Conflict, TooLateToUndo))
def undo_merge(merge_id: UUID, session: SessionDep) -> MergeOut:
    """Make two of them again, as they were; for 30 days."""
    return MergeOut.model_validate(merging.undo(session, merge_id))


@router.patch("/{contact_id}", responses=problems(NotFound, Merged, Conflict, PreconditionRequired, PreconditionFailed))
def correct_contact(
    contact_id: UUID,
    change: ContactChange,
    session: SessionDep,
    caller: CallerDep,
    response: Response,
    if_match: IfMatchHeader = None,
) -> ContactOut:
    """Correct a contact; what a person says is not overwritten by a card."""
    contact = service.correct(session, contact_id, if_match, change, caller.region)
    show_etag(response, contact.version)
    return contact_out(contact)
