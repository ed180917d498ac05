"""Keep what a rep and an organization allow of matching."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.auth.service import Caller, require_admin
from app.books.terms import Relation
from app.kit.clock import now
from app.kit.db import insert_if_absent
from app.kit.ids import new_id
from app.matches import queries
from app.matches.limits import Limits
from app.matches.models import MatchPolicy
from app.matches.terms import Depth


def allowed(session: Session, user_id: UUID) -> Limits:
    """What the user's own policy and the organization's both allow; what was never said is the default."""
    rows = session.scalars(queries.policies((user_id, session.info["organization_id"])))
    limits = Limits()
    for row in rows:
        limits = limits.stricter(_limits(row))
    return limits


def own(session: Session, holder_id: UUID) -> Limits:
    """What a user, or the organization, has said."""
    row = session.scalars(queries.policies((holder_id,))).one_or_none()
    return Limits() if row is None else _limits(row)


def set_own(session: Session, caller: Caller, limits: Limits) -> None:
    """From now on this is what the caller allows."""
    _set(session, caller.user_id, caller.user_id, limits)


def set_for_all(session: Session, caller: Caller, limits: Limits) -> None:
    """From now on this is what the organization allows.

    Raises:
        Forbidden: the caller is no administrator.
    """
    require_admin(caller)
    _set(session, caller.organization_id, None, limits)


def document(limits: Limits) -> dict[str, Any]:
    """The limits as they are kept with an acceptance."""
    return asdict(limits) | {"relations": sorted(limits.relations)}


def from_document(kept: dict[str, Any]) -> Limits:
    """The limits that `document` has written."""
    relations = frozenset(map(Relation, kept["relations"]))
    return Limits(**(kept | {"relations": relations, "depth": Depth(kept["depth"])}))


def _set(session: Session, holder_id: UUID, user_id: UUID | None, limits: Limits) -> None:
    values = document(limits)
    identity = {"id": new_id(), "created_at": now(), "updated_at": now(), "holder_id": holder_id, "user_id": user_id}
    if insert_if_absent(session, MatchPolicy, unique=("organization_id", "holder_id"), **identity, **values):
        return
    row = session.scalars(queries.policies((holder_id,)).with_for_update()).one()
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()


def _limits(row: MatchPolicy) -> Limits:
    return from_document({name: getattr(row, name) for name in Limits.__dataclass_fields__})
