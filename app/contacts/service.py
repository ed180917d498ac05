"""Look contacts up, and correct them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import phonenumbers
from sqlalchemy.orm import Session

from app.companies.models import DoubtState
from app.companies.provenance import clear, fill, typed_in
from app.companies.resolution import wait_for_turn
from app.contacts import queries
from app.contacts.annotating import call, remember, tag
from app.contacts.employers import employer
from app.contacts.employment import say_company
from app.contacts.events import ContactUpdated
from app.contacts.models import Contact, ContactDoubt, ContactPoint, Employment, PointKind
from app.contacts.resolution import LOW_CONFIDENCE, POSSIBLE_DUPLICATE, PointSeen, point_of, refresh
from app.contacts.schemas import ContactChange, PointIn
from app.kit.clock import now
from app.kit.errors import Conflict, Moved, NotFound
from app.kit.etags import check_etag
from app.kit.ids import new_id
from app.kit.queue import publish


class Merged(Moved):
    """This contact is part of another one now; `Location` is the same route of that one."""

    def __init__(self, old_id: UUID, survivor_id: UUID) -> None:
        self.survivor_id = survivor_id
        super().__init__(old_id, survivor_id, f"/v1/contacts/{survivor_id}", contact_id=str(survivor_id))


_NAMES = ("name", "name_prefix", "name_suffix")
_JOB = ("title", "department")


def get(session: Session, contact_id: UUID) -> Contact:
    """A contact with its points and employments.

    Raises:
        NotFound: no such contact, or not yours.
        Merged: it is part of another one now.
    """
    contact = session.scalars(queries.contact(contact_id)).one_or_none()
    if contact is None:
        raise NotFound
    if contact.merged_into_id is not None:
        raise Merged(contact.id, contact.merged_into_id)
    return contact


def dismiss(session: Session, doubt_id: UUID) -> ContactDoubt:
    """Two contacts are two people, a person says.

    Raises:
        NotFound: no such question, or not yours.
    """
    wait_for_turn(session)
    doubt = session.scalars(queries.doubt(doubt_id)).one_or_none()
    if doubt is None:
        raise NotFound
    doubt.state = DoubtState.DIFFERENT
    session.flush()
    settle_doubts(session, get(session, doubt.contact_id))
    return doubt


def settle_doubts(session: Session, contact: Contact) -> None:
    """A contact that no question is open about is no possible duplicate any more."""
    if POSSIBLE_DUPLICATE in contact.review and not session.scalars(queries.open_doubts(contact.id)).first():
        contact.review = [reason for reason in contact.review if reason != POSSIBLE_DUPLICATE]
        refresh(contact)
        publish(session, ContactUpdated(contact.id))


def correct(session: Session, contact_id: UUID, if_match: str | None, change: ContactChange, region: str) -> Contact:
    """Take over what a person says of a contact; no card overwrites it.

    Args:
        session: of the organization.
        contact_id: of the contact.
        if_match: the version that the person saw.
        change: what is said.
        region: ISO 3166 country of a phone number without one.

    Raises:
        NotFound: no such contact or company, or not yours.
        Conflict: the contact is shared and the company is private.
        PreconditionRequired: no `If-Match`.
        PreconditionFailed: the contact was changed meanwhile.
    """
    wait_for_turn(session)
    contact = get(session, contact_id)
    check_etag(if_match, contact.version)
    said = change.model_dump(exclude_unset=True)
    for column in _NAMES:
        _say(contact, column, said)
    points = [seen_point(point, region) for point in change.points or ()]
    if said.keys() & {*_JOB, "company_id", "company"}:
        _correct_job(session, contact, said, points)
    if change.points is not None:
        _replace_points(contact, points)
    if change.external_ids is not None:
        call(session, contact, change.external_ids)
    if change.tags is not None:
        tag(contact, change.tags)
        remember(session, contact)
    settled = {LOW_CONFIDENCE + kind for kind in _kinds(change, said)}
    contact.review = [] if "needs_review" in said else [reason for reason in contact.review if reason not in settled]
    if said:
        refresh(contact)
        session.flush()
        publish(session, ContactUpdated(contact.id))
    return contact


def _kinds(change: ContactChange, said: dict[str, Any]) -> set[str]:
    """The kinds of values that a person has looked at."""
    points = set(PointKind) if change.points is not None else set()
    return {*said, *(str(kind) for kind in points)} | ({"company"} if "company_id" in said else set())


def _say(row: Contact | Employment, column: str, said: dict[str, Any]) -> None:
    if said.get(column):
        fill(row, column, typed_in(said[column]))
    elif column in said:
        clear(row, column)


def _correct_job(session: Session, contact: Contact, said: dict[str, Any], points: Sequence[PointSeen]) -> None:
    job = next((job for job in contact.employments if job.current), None)
    if job is None:
        job = Employment(id=new_id(), contact_id=contact.id, current=True, seen_at=now(), provenance={}, company=None)
        contact.employments.append(job)
    for column in _JOB:
        _say(job, column, said)
    if said.keys() & {"company_id", "company"}:
        name = typed_in(said["company"]) if said.get("company") else None
        company = employer(session, said.get("company_id"), name, points or _present(contact), job.company_id)
        if company and company.audience_id not in (company.organization_id, contact.audience_id):
            raise Conflict("This company is private: share a contact of it first.")
        if (company.id if company else None) != job.company_id:
            say_company(job, company)


def _present(contact: Contact) -> list[PointSeen]:
    """The ways to reach a contact that nobody struck out."""
    there = [point for point in contact.points if not point.removed]
    return [PointSeen(PointKind(each.kind), typed_in(each.value), each.type, each.extension) for each in there]


def seen_point(point: PointIn, region: str) -> PointSeen:
    """A way to reach somebody as a person says; a phone number becomes E.164 where it can be one."""
    value, extension = point.value, point.extension
    if point.kind == PointKind.PHONE:
        value, extension = e164(value, region, extension)
    return PointSeen(point.kind, typed_in(value), point.type, extension)


def e164(value: str, region: str, extension: str | None) -> tuple[str, str | None]:
    """A number in E.164 and its extension; as it is, where it cannot be a number of `region` or of the world."""
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return value, extension
    if not phonenumbers.is_possible_number(number):
        return value, extension
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), extension or number.extension


def _replace_points(contact: Contact, said: Sequence[PointSeen]) -> None:
    """These are all; what was there and is not among them is struck out, so that no card brings it back."""
    wanted = {(point.kind, point.key): point for point in said}
    for known in contact.points:
        point = wanted.pop((PointKind(known.kind), known.key), None)
        if point is None:
            known.removed = True
        elif known.removed or _as_said(point) != (known.value, known.type, known.extension):
            _overwrite(known, point)
    contact.points.extend(point_of(contact, point) for point in wanted.values())


def _as_said(point: PointSeen) -> tuple[str, str | None, str | None]:
    return point.stated.value, point.type, point.extension


def _overwrite(known: ContactPoint, point: PointSeen) -> None:
    known.value, known.type, known.extension = _as_said(point)
    known.confidence, known.source = point.stated.confidence, point.stated.source
    known.field_id, known.removed = None, False
