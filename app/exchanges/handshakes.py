"""Two users of two organizations who photographed each other's card within two days both hold a mutual exchange.

Neither organization may learn more of the other by it than that. So an organization takes part only when its
administrator says so; only for users whose mail domain the operator of the server has proven to be the
organization's, so that nobody asks in another's name; a half is compared by digest, names no one, and is deleted when
no other half can come any more. What a user is told is one bit about a card that they themselves handed over.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.auth.models import User
from app.exchanges import queries
from app.exchanges.events import ExchangeRecorded
from app.exchanges.models import ConfirmationPolicy, Direction, Exchange, Handshake, ProvenDomain
from app.kit.clock import now
from app.kit.db import insert_if_absent
from app.kit.errors import Conflict
from app.kit.ids import new_id
from app.kit.queue import publish

WITHIN = timedelta(hours=48)
KEPT = 2 * WITHIN
"""A photo that is uploaded later than this finds no other half."""


@dataclass(frozen=True, slots=True)
class OtherHalf:
    """Where a fitting half was found. Only the machinery sees it: no answer of the API carries it."""

    organization_id: UUID
    exchange_id: UUID


def offer(session: Session, exchange_id: UUID) -> list[OtherHalf]:
    """Leave one's own half, take what fits as confirmed, and return the other halves; again changes nothing."""
    exchange = session.scalars(queries.exchange_to_change(exchange_id)).one_or_none()
    if exchange is None or exchange.met_at < now() - KEPT or not _takes_part(session, exchange.user_id):
        return []
    _leave_half(session, exchange)
    found = _other_halves(session, exchange_id)
    if found:
        _confirm(session, exchange)
    return found


def accept(session: Session, exchange_id: UUID) -> None:
    """The other half has come; nothing is believed that does not show here as well."""
    exchange = session.scalars(queries.exchange_to_change(exchange_id)).one_or_none()
    if exchange is not None and _takes_part(session, exchange.user_id) and _other_halves(session, exchange_id):
        _confirm(session, exchange)


def forget_old(session: Session) -> int:
    """Delete the halves that no other half can fit any more; returns how many."""
    return len(session.execute(queries.forget_handshakes(now() - KEPT)).all())


def policy(session: Session) -> bool:
    """Whether the organization takes part."""
    found = session.scalars(queries.confirmation_policy()).one_or_none()
    return found is not None and found.confirms


def set_policy(session: Session, confirms: bool) -> None:
    """Take part, or no longer: then the halves that wait are deleted."""
    unique = ("organization_id",)
    insert_if_absent(session, ConfirmationPolicy, unique=unique, id=new_id(), created_at=now(), confirms=confirms)
    session.scalars(queries.confirmation_policy()).one().confirms = confirms
    if not confirms:
        session.execute(queries.forget_handshakes_of(session.info["organization_id"]))


def domains(session: Session) -> list[str]:
    """The mail domains that are proven to be the organization's."""
    return list(session.scalars(queries.proven_domains(session.info["organization_id"])))


def prove_domain(session: Session, organization_id: UUID, domain: str) -> None:
    """The operator knows that a mail domain is an organization's. Again changes nothing.

    Raises:
        Conflict: it is another organization's.
    """
    plain = domain.strip().casefold()
    values = {"id": new_id(), "created_at": now(), "organization_id": organization_id, "domain": plain}
    insert_if_absent(session, ProvenDomain, unique=("domain",), **values)
    if session.scalars(queries.proven_domain(plain)).one().organization_id != organization_id:
        raise Conflict("This domain is known to be another organization's.")


def _takes_part(session: Session, user_id: UUID) -> bool:
    user = session.scalars(queries.user(user_id)).one_or_none()
    if user is None or not policy(session):
        return False
    proven = session.scalars(queries.proven_domain(_domain(user))).one_or_none()
    return proven is not None and proven.organization_id == session.info["organization_id"]


def _domain(user: User) -> str:
    return user.email.casefold().rpartition("@")[2]


def _leave_half(session: Session, exchange: Exchange) -> None:
    user = session.scalars(queries.user(exchange.user_id)).one()
    held = {half.key for half in session.scalars(queries.handshakes(exchange.id))}
    for address in session.scalars(queries.addresses(exchange.contact_id)):
        key, wanted = _digest(user.email, address), _digest(address, user.email)
        if key in held:
            continue
        half = Handshake(organization_id=exchange.organization_id, exchange_id=exchange.id, key=key, wanted=wanted)
        half.met_at = exchange.met_at
        session.add(half)
    session.flush()


def _other_halves(session: Session, exchange_id: UUID) -> list[OtherHalf]:
    return [
        OtherHalf(other.organization_id, other.exchange_id)
        for mine in session.scalars(queries.handshakes(exchange_id)).all()
        for other in session.scalars(queries.other_halves(mine, mine.met_at - WITHIN, mine.met_at + WITHIN))
    ]


def _confirm(session: Session, exchange: Exchange) -> None:
    if exchange.direction != Direction.MUTUAL:
        exchange.direction = Direction.MUTUAL
        session.flush()
        publish(session, ExchangeRecorded(exchange.id))


def _digest(holder: str, met: str) -> str:
    """Who scanned whom, as two halves are compared; blake2b of both addresses in lower case."""
    return hashlib.blake2b(f"{holder.casefold()}\n{met.casefold()}".encode(), digest_size=32).hexdigest()
