"""Who is in an organization, and what they may do: roles, deactivation, and what the organization says of itself.

What changes who may administer an organization happens one at a time (`organization_to_change`), so that two
administrators who remove each other do not both succeed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.auth import queries
from app.auth.models import Organization, Role, User
from app.kit.clock import now
from app.kit.errors import Conflict, NotFound
from app.kit.etags import check_etag


class LastAdministrator(Conflict):
    """An organization needs an administrator; make somebody else one first."""

    code = "last_administrator"


def one_at_a_time(session: Session) -> Organization:
    """The session's organization; until the transaction ends nobody else changes who is in it."""
    return session.scalars(queries.organization_to_change(session.info["organization_id"])).one()


def change_user(session: Session, user_id: UUID, said: Mapping[str, Any]) -> User:
    """Change `name`, `role` or `active` of a user. Deactivation ends their keys for good.

    Raises:
        NotFound: no such user.
        LastAdministrator: nobody would be left to administer the organization.
    """
    one_at_a_time(session)
    user = session.get(User, user_id)
    if user is None:
        raise NotFound
    active = said.get("active", user.deactivated_at is None)
    role = Role(said.get("role", user.role))
    was, becomes = user.role == Role.ADMIN and user.deactivated_at is None, role == Role.ADMIN and active
    if was and not becomes and not session.scalar(queries.other_administrators(user.id)):
        raise LastAdministrator
    user.name, user.role = said.get("name", user.name), role
    if active:
        user.deactivated_at = None
    elif user.deactivated_at is None:
        user.deactivated_at = now()
        session.execute(queries.revocation(user.id, user.deactivated_at))
    session.flush()
    return user


def change_organization(session: Session, if_match: str | None, said: Mapping[str, Any]) -> Organization:
    """Change what an organization says of itself.

    Raises:
        PreconditionRequired, PreconditionFailed: the client has not seen what it changes.
    """
    organization = one_at_a_time(session)
    check_etag(if_match, organization.version)
    for name, value in said.items():
        setattr(organization, name, value)
    session.flush()
    return organization
