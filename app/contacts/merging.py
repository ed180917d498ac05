"""Two contacts that are one person become one, field by field; and two again, when that was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.companies.models import DoubtState
from app.companies.provenance import USER, Stated, fill
from app.companies.resolution import wait_for_turn
from app.contacts import queries, service
from app.contacts.events import ContactsMerged, ContactsParted, ContactUpdated
from app.contacts.models import Contact, ContactMerge, ContactPoint, Employment
from app.contacts.resolution import POSSIBLE_DUPLICATE, refresh
from app.kit import journal
from app.kit.clock import now
from app.kit.errors import AppError, Conflict, NotFound
from app.kit.queue import publish

UNDO_WITHIN = timedelta(days=30)

_AT_ONCE = timedelta(days=30)
"""Two jobs on cards that were seen within this time are held at once; of others the older has ended."""
_OWN_TABLES = ("contacts", "contact_points", "employments", "contact_doubts", "contact_merges")
_NAMES = ("name", "name_prefix", "name_suffix")
_JOB = ("title", "department")


class TooLateToUndo(AppError):
    """A merge can be undone for 30 days."""

    status, code = 409, "too_late_to_undo"


def combine(survivor: Contact, other: Contact) -> None:
    """Give `survivor` what `other` knows better: names, jobs and ways to reach the person. Both loaded whole.

    What a person said to the survivor stays; then what a person said to the other; then the surer value.
    """
    for column in _NAMES:
        _take(survivor, other, column)
    for point in list(other.points):
        _take_point(survivor, other, point)
    for job in list(other.employments):
        _take_job(survivor, other, job)
    _end_older_jobs(survivor)
    reasons = dict.fromkeys([*survivor.review, *other.review])
    survivor.review = [reason for reason in reasons if reason != POSSIBLE_DUPLICATE]
    refresh(survivor)


def _take(row: Contact | Employment, other: Contact | Employment, column: str) -> None:
    said: Mapping[str, Any] | None = other.provenance.get(column)
    value = getattr(other, column)
    if said is None or value is None or row.provenance.get(column, {}).get("source") == USER:
        return
    field_id = UUID(said["field_id"]) if said["field_id"] else None
    fill(row, column, Stated(value, said["confidence"], said["source"], field_id))


def _take_point(survivor: Contact, other: Contact, point: ContactPoint) -> None:
    known = next((mine for mine in survivor.points if (mine.kind, mine.key) == (point.kind, point.key)), None)
    if known is None:
        other.points.remove(point)
        survivor.points.append(point)
        point.contact_id = survivor.id
    elif known.source != USER and not known.removed and (point.removed or point.confidence > known.confidence):
        for column in ("value", "type", "extension", "confidence", "source", "field_id", "removed"):
            setattr(known, column, getattr(point, column))


def _take_job(survivor: Contact, other: Contact, job: Employment) -> None:
    known = next((mine for mine in survivor.employments if mine.company_id == job.company_id), None)
    if known is None:
        other.employments.remove(job)
        survivor.employments.append(job)
        job.contact_id = survivor.id
        return
    for column in _JOB:
        _take(known, job, column)
    if job.seen_at > known.seen_at:
        known.seen_at, known.current, known.ended_on = job.seen_at, job.current, job.ended_on


def _end_older_jobs(contact: Contact) -> None:
    present = sorted((job for job in contact.employments if job.current), key=lambda job: job.seen_at)
    for job in present[:-1]:
        if present[-1].seen_at - job.seen_at > _AT_ONCE:
            job.current, job.ended_on = False, present[-1].seen_at.date()


def preview(session: Session, survivor_id: UUID, other_id: UUID) -> Contact:
    """The contact that a merge would make. Nothing is written: it belongs to no session."""
    with session.no_autoflush:
        survivor, other = _both(session, survivor_id, other_id)
        combine(survivor, other)
        session.expunge_all()
    return survivor


def merge(session: Session, survivor_id: UUID, other_id: UUID, user_id: UUID) -> ContactMerge:
    """Make `other` part of `survivor`; whatever points to it, in any feature, points to the survivor.

    Raises:
        NotFound: one of them is not there, or not yours; or `other` is part of another one already.
        Merged: `survivor` is part of another one now.
        Conflict: both are the same.
    """
    wait_for_turn(session)
    with session.no_autoflush:
        survivor, other = _both(session, survivor_id, other_id)
        combine(survivor, other)
        other.merged_into_id, other.updated_at = survivor.id, now()
        for doubt in session.scalars(queries.doubts_between(survivor.id, other.id)):
            doubt.state = DoubtState.SAME
        changes = journal.unsaved_changes(session)
    journal.outrun(session, survivor, other)
    moved = journal.repoint(session, _pointers(), other.id, survivor.id)
    kept = ContactMerge(
        survivor_id=survivor.id, merged_id=other.id, user_id=user_id, changes=changes, moved=moved, undone_at=None
    )
    session.add(kept)
    session.flush()
    publish(session, ContactUpdated(survivor.id))
    publish(session, ContactsMerged(kept.id))
    return kept


def get(session: Session, merge_id: UUID) -> ContactMerge:
    """One merge.

    Raises:
        NotFound: no such merge, or not yours.
    """
    kept = session.scalars(queries.merge(merge_id)).one_or_none()
    if kept is None:
        raise NotFound
    return kept


def undo(session: Session, merge_id: UUID) -> ContactMerge:
    """Make two of them again: every value as it was, unless somebody changed it since. A second time changes nothing.

    Raises:
        NotFound: no such merge, or not yours.
        TooLateToUndo: it was too long ago.
        Conflict: the survivor was merged into yet another contact; undo that first.
    """
    wait_for_turn(session)
    kept = get(session, merge_id)
    if kept.undone_at is not None:
        return kept
    if now() - kept.created_at > UNDO_WITHIN:
        raise TooLateToUndo
    survivor = session.scalars(queries.contact(kept.survivor_id)).one()
    if survivor.merged_into_id is not None:
        raise Conflict("The contact was merged into another one since; undo that first.")
    journal.take_back(session, kept.changes)
    journal.point_back(session, kept.moved, kept.merged_id, kept.survivor_id)
    kept.undone_at = now()
    session.flush()
    session.expire_all()
    for contact in session.scalars(queries.with_ids([kept.survivor_id, kept.merged_id])):
        refresh(contact)
        publish(session, ContactUpdated(contact.id))
    session.flush()
    publish(session, ContactsParted(kept.id))
    return kept


def _pointers() -> list[Any]:
    return journal.pointing_at(Contact.metadata.tables["contacts"], but=_OWN_TABLES)


def _both(session: Session, survivor_id: UUID, other_id: UUID) -> tuple[Contact, Contact]:
    if survivor_id == other_id:
        raise Conflict("A contact cannot be merged with itself.")
    survivor = service.get(session, survivor_id)
    other = session.scalars(queries.with_ids([other_id])).one_or_none()
    if other is None:
        raise NotFound
    if survivor.audience_id != other.audience_id:
        raise Conflict("One of them is private: share it first.")
    return survivor, other
