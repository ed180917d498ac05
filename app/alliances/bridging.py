"""Who alone links two companies, in words; of one pair, or of a page of them in a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.alliances import queries
from app.alliances.explaining import Bridge, bridge_sentence
from app.alliances.models import Alliance
from app.alliances.spreading import Spread, active_since

Only = tuple[UUID | None, UUID | None]
"""The only user, and the only contact, who is active; None where there are several, or nobody is."""


def bridge_of(session: Session, alliance: Alliance, spread: Spread) -> Bridge | None:
    """None when several on both sides are active, when nobody is, and between two companies of which none is home."""
    only = (spread.bridge_a, spread.bridge_b) if alliance.company_a.is_home else (spread.bridge_b, spread.bridge_a)
    return _bridges(session, [alliance], {alliance.id: only}).get(alliance.id)


def bridges(session: Session, alliances: Sequence[Alliance], moment: datetime) -> dict[UUID, Bridge]:
    """The bridges as of `moment` of those of these pairs that have one; loaded with their companies."""
    with_home = [pair.id for pair in alliances if pair.company_a.is_home or pair.company_b.is_home]
    if not with_home:
        return {}
    rows = session.execute(queries.only_reps(with_home, active_since(moment)))
    return _bridges(session, alliances, {pair_id: (user_id, contact_id) for pair_id, user_id, contact_id in rows})


def _bridges(session: Session, alliances: Iterable[Alliance], only: Mapping[UUID, Only]) -> dict[UUID, Bridge]:
    user_ids = {user_id for user_id, _ in only.values() if user_id}
    contact_ids = {contact_id for _, contact_id in only.values() if contact_id}
    users = {user.id: user for user in session.scalars(queries.users(user_ids))} if user_ids else {}
    contacts = {each.id: each for each in session.scalars(queries.contacts(contact_ids))} if contact_ids else {}
    found = {}
    for alliance in alliances:
        user_id, contact_id = only.get(alliance.id, (None, None))
        user, contact = users.get(user_id) if user_id else None, contacts.get(contact_id) if contact_id else None
        if user is not None or contact is not None:
            home, partner = sorted((alliance.company_a, alliance.company_b), key=lambda company: not company.is_home)
            names = user.name if user else None, (contact.name or "one person") if contact else None
            sentence = bridge_sentence(names, (home.name, partner.name))
            found[alliance.id] = Bridge(user.id if user else None, contact.id if contact else None, sentence)
    return found
