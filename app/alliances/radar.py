"""What the cards of a scan remind of: who is known there already, whom they sell to, whether they compete."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import queries
from app.alliances.assessment import compete
from app.alliances.grounds import profile_of
from app.alliances.hinting import Colleague, Known, hints
from app.alliances.models import Alliance
from app.companies.models import Company
from app.scans import service as scans


@dataclass(frozen=True, slots=True)
class Hint:
    """What one card reminds of."""

    contact_id: UUID
    company: Company
    alliance: Alliance | None
    """The pair with the home company, where there is one yet."""
    sentences: tuple[str, ...]


def hints_of(session: Session, scan_id: UUID, user_id: UUID) -> list[Hint]:
    """A hint for each card of a scan that became a contact of another company, as this user may see it.

    Raises:
        NotFound: no such scan, or not yours.
    """
    scans.get(session, scan_id)
    return _hints(session, scan_id, user_id)


def reminders(session: Session, scan_id: UUID, user_id: UUID) -> dict[UUID, tuple[str, ...]]:
    """The same in sentences, by contact: nothing until the scan is done, nor of one that the session does not see."""
    said: dict[UUID, tuple[str, ...]] = {}
    for hint in _hints(session, scan_id, user_id):
        said[hint.contact_id] = said.get(hint.contact_id, ()) + hint.sentences
    return said


def _hints(session: Session, scan_id: UUID, user_id: UUID) -> list[Hint]:
    home = session.scalars(queries.home_company()).one_or_none()
    found = []
    people = session.execute(queries.people_in_scan(scan_id)).all() if home is not None else []
    for contact_id, company_id in dict.fromkeys((contact, company) for contact, company in people):
        if home is None or contact_id is None or company_id is None or company_id == home.id:
            continue
        company = session.get(Company, company_id)
        if company is None:
            continue  # the session does not see it
        pair = session.scalars(queries.pair_of(home.id, company.id)).one_or_none()
        known = _known(session, home, company, contact_id, user_id)
        if pair is not None and pair.declared_competitors:
            known = replace(known, competes=True)
        found.append(Hint(contact_id, company, pair, hints(known)))
    return found


def _known(session: Session, home: Company, company: Company, contact_id: UUID, user_id: UUID) -> Known:
    met = session.execute(queries.acquaintances([company.id])).all()
    people = {contact for contact, _, _, user, *_ in met if user == user_id} | {contact_id}
    colleagues = [
        Colleague(name, contact == contact_id, last) for contact, _, _, user, name, _, _, last in met if user != user_id
    ]
    buyers = profile_of(session, home).buyers & profile_of(session, company).buyers
    return Known(company.name, len(people), _once_each(colleagues), buyers, compete(home, company))


def _once_each(colleagues: list[Colleague]) -> tuple[Colleague, ...]:
    """A colleague who met several people there is named once, with this person if that is one of them."""
    best: dict[str, Colleague] = {}
    for other in colleagues:
        known = best.get(other.name)
        if known is None or (other.met_this_person, other.last_met_at) > (known.met_this_person, known.last_met_at):
            best[other.name] = other
    return tuple(best.values())
