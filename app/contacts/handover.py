"""What a user who was deactivated kept private goes to a colleague, who keeps it private from then on.

Only that: what they shared stays shared and theirs by name, and who met whom stays as it was.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from app.auth.models import User
from app.auth.service import UserInactive
from app.companies.resolution import wait_for_turn
from app.contacts import queries
from app.contacts.events import ContactWithdrawn, HandoverDue
from app.contacts.sharing import move, with_merged
from app.kit.errors import Conflict, NotFound
from app.kit.queue import publish
from app.scans import queries as scan_queries

_AT_ONCE = 50


class UserActive(Conflict):
    """What somebody keeps private is theirs as long as they can see to it; deactivate them first."""

    code = "user_active"


def ask(session: Session, user_id: UUID, to_user_id: UUID) -> None:
    """Let everything that a user kept private go to another one, soon. A second time changes nothing.

    Raises:
        NotFound: no such users.
        UserActive: the one was not deactivated.
        UserInactive: the other one was.
    """
    giver, taker = session.get(User, user_id), session.get(User, to_user_id)
    if giver is None or taker is None:
        raise NotFound
    if giver.deactivated_at is None:
        raise UserActive
    if taker.deactivated_at is not None:
        raise UserInactive
    publish(session, HandoverDue(giver.id, taker.id))


def go_on(session: Session, user_id: UUID, to_user_id: UUID) -> int:
    """Hand over some contacts, or else some scans without any; returns how many. 0 when nothing is left, or when the
    user was let in again.
    """
    wait_for_turn(session)
    giver = session.get(User, user_id)
    if giver is None or giver.deactivated_at is None:
        return 0
    contacts = session.scalars(queries.private_to(user_id, _AT_ONCE)).all()
    for contact_id in [contact.id for contact in contacts]:
        _hand_over(session, contact_id, user_id, to_user_id)
    scans = session.scalars(scan_queries.scans_private_to(user_id, _AT_ONCE)).all() if not contacts else ()
    for scan in scans:
        scan.audience_id = scan.user_id = to_user_id
    session.flush()
    return len(contacts) + len(scans)


def _hand_over(session: Session, contact_id: UUID, user_id: UUID, to_user_id: UUID) -> None:
    ids = with_merged(session, contact_id)
    for scan in session.scalars(scan_queries.scans_of_contacts(ids)):
        if scan.audience_id == user_id:
            scan.audience_id = scan.user_id = to_user_id
    move(session, ids, to_user_id)
    for contact in session.scalars(queries.contacts_to_move(ids)):
        contact.owner_id = to_user_id
    session.flush()
    publish(session, ContactWithdrawn(contact_id))
