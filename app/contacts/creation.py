"""A contact that somebody types in, unless it is known already."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.companies.provenance import typed_in
from app.companies.reasons import Decision
from app.companies.resolution import wait_for_turn
from app.contacts.annotating import call, remember, tag, write_note
from app.contacts.employers import employer
from app.contacts.employment import COMPANY
from app.contacts.finding import Known
from app.contacts.models import Contact
from app.contacts.resolution import Desk, PersonSeen
from app.contacts.schemas import ContactIn
from app.contacts.service import seen_point
from app.kit.clock import now
from app.kit.db import within_one_room
from app.kit.errors import Conflict

_NAMES = ("name", "name_prefix", "name_suffix")
_JOB = ("title", "department")
_MOST_CANDIDATES = 10


class PossibleDuplicate(Conflict):
    """This may be somebody whom you know: `candidates` says who and why. `allow_duplicate=true` makes a new contact."""

    code = "possible_duplicate"


@dataclass(frozen=True, slots=True)
class Author:
    """Who says so."""

    user_id: UUID
    region: str
    """ISO 3166 country of a phone number without one."""


@within_one_room
def create(session: Session, author: Author, said: ContactIn, *, allow_duplicate: bool = False) -> Contact:
    """Make a contact of what a person says; no card overwrites it.

    Raises:
        PossibleDuplicate: it is likely known already, and `allow_duplicate` is false.
        NotFound: no such company, or not yours.
        ExternalIdTaken: another contact has this external id.
    """
    wait_for_turn(session)
    seen = _person(session, author, said)
    desk = Desk(session, [seen])
    decision, known = desk.look_up(seen)
    if decision.matches and not allow_duplicate:
        raise PossibleDuplicate(candidates=_candidates(decision, known))
    contact = desk.make(seen, decision, known)
    desk.settle()
    tag(contact, said.tags)
    call(session, contact, said.external_ids)
    if said.note:
        write_note(session, contact, author.user_id, said.note)
    elif said.tags:
        remember(session, contact)
    session.flush()
    return contact


def _person(session: Session, author: Author, said: ContactIn) -> PersonSeen:
    points = {(point.kind, point.key): point for point in (seen_point(each, author.region) for each in said.points)}
    name = typed_in(said.company) if said.company else None
    company = employer(session, said.company_id, name, tuple(points.values()))
    job = {column: typed_in(value) for column in _JOB if (value := getattr(said, column))}
    if company is not None:
        job[COMPANY] = typed_in(said.company or company.name)
    return PersonSeen(
        owner_id=author.user_id,
        seen_at=now(),
        names={column: typed_in(value) for column in _NAMES if (value := getattr(said, column))},
        job=job,
        points=tuple(points.values()),
        company=company,
        origin="api",
    )


def _candidates(decision: Decision, known: list[Known]) -> list[dict[str, object]]:
    return [
        {
            "id": str(known[match.number].id),
            "name": known[match.number].name,
            "bits": match.bits,
            "reasons": match.documents(),
        }
        for match in decision.matches[:_MOST_CANDIDATES]
    ]
