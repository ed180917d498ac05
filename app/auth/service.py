"""Make organizations, users and keys; find out who calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.auth import keys, queries
from app.auth.models import ApiKey, Organization, Role, User
from app.kit.clock import now
from app.kit.db import bind_organization
from app.kit.errors import Unauthorized

_USE_NOTED_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request."""

    user_id: UUID
    organization_id: UUID
    role: Role
    region: str


def found_organization(session: Session, name: str, region: str) -> Organization:
    """Make an organization; from here on the session works in it."""
    organization = Organization(name=name, region=region.upper())
    session.add(organization)
    session.flush()
    bind_organization(session, organization.id)
    return organization


def add_user(session: Session, name: str, email: str, role: Role = Role.MEMBER) -> User:
    """Make a user of the session's organization."""
    user = User(name=name, email=email.casefold(), role=role)
    session.add(user)
    session.flush()
    return user


def issue_key(session: Session, user: User, name: str) -> str:
    """Make an API key for `user`; it is shown now and never again."""
    key, prefix, digest = keys.make_key()
    session.add(ApiKey(user_id=user.id, name=name, prefix=prefix, digest=digest))
    session.flush()
    return key


def identify(session: Session, key: str) -> tuple[Caller, bool]:
    """Who calls with `key`, and whether its last use should be noted.

    Raises:
        Unauthorized: no such key, or it was revoked or has expired.
    """
    found = session.scalars(queries.key_by_prefix(keys.prefix_of(key))).one_or_none()
    if found is None or not keys.matches(key, found.digest):
        raise Unauthorized("This API key is not valid.")
    if found.revoked_at is not None or (found.expires_at is not None and found.expires_at <= now()):
        raise Unauthorized("This API key was revoked or has expired.")
    organization = session.get_one(Organization, found.organization_id)
    stale = found.last_used_at is None or found.last_used_at < now() - _USE_NOTED_EVERY
    return Caller(found.user_id, found.organization_id, Role(found.user.role), organization.region), stale


def note_use(session: Session, key: str) -> None:
    """Remember that `key` was used now."""
    session.scalars(queries.key_by_prefix(keys.prefix_of(key))).one().last_used_at = now()
