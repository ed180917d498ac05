"""Contacts over HTTP: made, changed, merged, annotated, deleted. Lists and searches are `app.directory.endpoints`."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.orm import Session

from app.auth.caller import CallerDep, SessionDep
from app.contacts import annotating, batch, merging, queries, removal, service
from app.contacts.annotating import ExternalIdTaken
from app.contacts.batch_schemas import BatchIn, BatchOut
from app.contacts.creation import Author, PossibleDuplicate, create
from app.contacts.merging import TooLateToUndo
from app.contacts.models import ContactDoubt, ContactNote
from app.contacts.schemas import (
    ContactChange,
    ContactIn,
    ContactOut,
    DuplicateOut,
    MergeIn,
    MergeOut,
    NoteIn,
    NoteOut,
    contact_out,
)
from app.contacts.service import Merged
from app.kit.errors import BadCursor, Conflict, IdempotencyKeyReused, NotFound, Unauthorized, problems
from app.kit.etags import IfMatchHeader, PreconditionFailed, PreconditionRequired, show_etag
from app.kit.idempotency import KeyHeader, fingerprint, once
from app.kit.pagination import CursorQuery, LimitQuery, Page, page

router = APIRouter(prefix="/v1/contacts", tags=["contacts"], responses=problems(Unauthorized))


def get_author(caller: CallerDep) -> Author:
    """Who says so."""
    return Author(caller.user_id, caller.region)


AuthorDep = Annotated[Author, Depends(get_author)]
_UNSEEN = problems(NotFound, Merged)


@router.post(
    "",
    status_code=201,
    responses=problems(NotFound, PossibleDuplicate, ExternalIdTaken, IdempotencyKeyReused),
)
def create_contact(
    said: ContactIn,
    session: SessionDep,
    author: AuthorDep,
    response: Response,
    allow_duplicate: Annotated[bool, Query(description="Make it even if it may be somebody who is known.")] = False,
    idempotency_key: KeyHeader = None,
) -> ContactOut:
    """Make a contact; 409 with the `candidates` where it is likely known already."""
    asked = fingerprint("contact", said.model_dump_json(), str(allow_duplicate))
    make = partial(create, session, author, said, allow_duplicate=allow_duplicate)
    contact = service.get(session, once(session, author.user_id, idempotency_key, asked, lambda: make().id))
    show_etag(response, contact.version)
    response.headers["Location"] = f"/v1/contacts/{contact.id}"
    return contact_out(contact)


@router.post("/batch", status_code=207, responses=problems(IdempotencyKeyReused))
def change_many(
    batch_in: BatchIn, session: SessionDep, author: AuthorDep, idempotency_key: KeyHeader = None
) -> BatchOut:
    """Create, update, upsert by external id, delete: each item with a status of its own, up to 200."""
    return BatchOut(items=batch.run(session, author, idempotency_key, batch_in.items))


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


@router.delete("/{contact_id}", status_code=204, responses=_UNSEEN | problems(PreconditionFailed))
def delete_contact(contact_id: UUID, session: SessionDep, if_match: IfMatchHeader = None) -> None:
    """Delete a contact; who asks for what changed is told its id. Its cards and photos stay."""
    removal.delete(session, contact_id, if_match)


@router.get("/{contact_id}/notes", responses=_UNSEEN | problems(BadCursor))
def list_notes(
    contact_id: UUID, session: SessionDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> Page[NoteOut]:
    """What users wrote about a contact, newest first."""
    found = queries.notes([service.get(session, contact_id).id])
    return page(session, found, ContactNote.id, cursor, limit, NoteOut.model_validate)


@router.post("/{contact_id}/notes", status_code=201, responses=_UNSEEN | problems(IdempotencyKeyReused))
def write_note(
    contact_id: UUID, said: NoteIn, session: SessionDep, caller: CallerDep, idempotency_key: KeyHeader = None
) -> NoteOut:
    """Write something about a contact."""
    contact = service.get(session, contact_id)
    write = partial(annotating.write_note, session, contact, caller.user_id, said.text)
    asked = fingerprint("note", str(contact_id), said.text)
    note_id = once(session, caller.user_id, idempotency_key, asked, lambda: write().id)
    return NoteOut.model_validate(annotating.get_note(session, contact_id, note_id))


@router.patch("/{contact_id}/notes/{note_id}", responses=_UNSEEN)
def rewrite_note(contact_id: UUID, note_id: UUID, said: NoteIn, session: SessionDep) -> NoteOut:
    """Say it in other words."""
    contact = service.get(session, contact_id)
    return NoteOut.model_validate(annotating.rewrite_note(session, contact, note_id, said.text))


@router.delete("/{contact_id}/notes/{note_id}", status_code=204, responses=_UNSEEN)
def delete_note(contact_id: UUID, note_id: UUID, session: SessionDep) -> None:
    """Forget a note."""
    annotating.delete_note(session, service.get(session, contact_id), note_id)
