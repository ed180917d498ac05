"""Make organizations, users and keys; find out who calls."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.auth import keys, queries
from app.auth.models import ApiKey, Organization, Role, User
from app.kit.actor import Actor
from app.kit.clock import now
from app.kit.db import View, Visibility, bind_organization, insert_if_absent, view_of_user
from app.kit.errors import AppError, Conflict, Forbidden, NotFound, Unauthorized
from app.kit.ids import new_id
from app.kit.trail import Action, note

_USE_NOTED_EVERY = timedelta(minutes=10)


class ScopeMissing(AppError):
    """This API key is not good for that; `scope` says what it lacks."""

    status, code = 403, "scope_missing"


class UserExists(Conflict):
    """Somebody in your organization has this e-mail address."""

    code = "user_exists"


class UserInactive(Conflict):
    """This user was deactivated."""

    code = "user_inactive"


class Deactivated(Unauthorized):
    """This user was deactivated; an administrator of the organization can undo that."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request."""

    user_id: UUID
    organization_id: UUID
    role: Role
    region: str
    default_visibility: Visibility
    scopes: frozenset[str] | None = None
    """What the key is good for; None for everything that the role allows."""
    key_id: UUID | None = None
    """Of the API key; None for whoever came by a login service."""

    audit_days: int = 0
    """How long the organization keeps what is recorded of its users."""

    @property
    def actor(self) -> Actor:
        """Who does what the caller does."""
        return Actor(self.user_id, self.key_id)

    @property
    def view(self) -> View:
        """What the team shares, and what is the caller's own."""
        return view_of_user(self.organization_id, self.user_id, self.default_visibility)


def found_organization(session: Session, name: str, region: str) -> Organization:
    """Make an organization; from here on the session works in it."""
    organization = Organization(name=name, region=region.upper())
    session.add(organization)
    session.flush()
    bind_organization(session, organization.id)
    return organization


def add_user(session: Session, name: str, email: str, role: Role = Role.MEMBER) -> User:
    """Make a user of the session's organization.

    Raises:
        UserExists: somebody there has this e-mail address.
    """
    email = email.casefold()
    values = {"id": new_id(), "created_at": now(), "name": name, "email": email, "role": role}
    if not insert_if_absent(session, User, unique=("organization_id", "email"), **values):
        raise UserExists
    user = session.get_one(User, values["id"])
    note(session, Action.CREATED, "users", user.id)
    return user


def issue_key(
    session: Session,
    user: User,
    name: str,
    expires_at: datetime | None = None,
    scopes: Collection[str] | None = None,
) -> tuple[str, ApiKey]:
    """Make an API key for `user`; the key itself is shown now and never again."""
    key, prefix, digest = keys.make_key()
    issued = ApiKey(user_id=user.id, name=name, prefix=prefix, digest=digest, expires_at=expires_at)
    issued.scopes = None if scopes is None else sorted(scopes)
    session.add(issued)
    session.flush()
    return key, issued


def issue_key_for(
    session: Session,
    caller: Caller,
    user_id: UUID | None,
    name: str,
    expires_at: datetime | None,
    scopes: Collection[str] | None = None,
) -> tuple[str, ApiKey]:
    """Make an API key for the caller, or, as an administrator, for somebody else.

    Raises:
        Forbidden: somebody else's, and the caller is no administrator.
        NotFound: no such user.
        UserInactive: they were deactivated.
        ScopeMissing: the key that asks is not good for as much.
    """
    if caller.scopes is not None:
        scopes = caller.scopes if scopes is None else scopes
        for scope in sorted(set(scopes) - caller.scopes):
            raise ScopeMissing(scope=scope)
    if user_id not in (None, caller.user_id):
        require_admin(caller)
    user = session.get(User, user_id or caller.user_id)
    if user is None:
        raise NotFound
    if user.deactivated_at is not None:
        raise UserInactive
    return issue_key(session, user, name, expires_at, scopes)


def revoke_key(session: Session, caller: Caller, key_id: UUID) -> None:
    """From now on the key is refused. A second time changes nothing.

    Raises:
        NotFound: no such key, or not the caller's.
    """
    key = session.get(ApiKey, key_id)
    if key is None or (key.user_id != caller.user_id and not is_admin(caller)):
        raise NotFound
    key.revoked_at = key.revoked_at or now()


def is_admin(caller: Caller) -> bool:
    """Whether the caller may change what concerns everybody."""
    return caller.role == Role.ADMIN


def require_admin(caller: Caller) -> None:
    """Raises Forbidden unless the caller is an administrator."""
    if not is_admin(caller):
        raise Forbidden


def whoami(session: Session, caller: Caller) -> tuple[User, Organization]:
    """The caller's own rows."""
    return session.get_one(User, caller.user_id), organization_of(session)


def organization_of(session: Session) -> Organization:
    """That of the session."""
    return session.get_one(Organization, session.info["organization_id"])


def identify(session: Session, key: str) -> tuple[Caller, bool]:
    """Who calls with `key`, and whether its last use should be noted.

    Raises:
        Unauthorized: no such key, it was revoked or has expired, or its user was deactivated.
    """
    found = session.scalars(queries.key_by_prefix(keys.prefix_of(key))).one_or_none()
    if found is None or not keys.matches(key, found.digest):
        raise Unauthorized("This API key is not valid.")
    if found.revoked_at is not None or (found.expires_at is not None and found.expires_at <= now()):
        raise Unauthorized("This API key was revoked or has expired.")
    if found.user.deactivated_at is not None:
        raise Deactivated
    stale = found.last_used_at is None or found.last_used_at < now() - _USE_NOTED_EVERY
    scopes = None if found.scopes is None else frozenset(found.scopes)
    return caller_of(session, found.user, scopes, found.id), stale


def caller_of(session: Session, user: User, scopes: frozenset[str] | None = None, key_id: UUID | None = None) -> Caller:
    """`user` as who sent a request."""
    organization = session.get_one(Organization, user.organization_id)
    return Caller(
        user_id=user.id,
        organization_id=user.organization_id,
        role=Role(user.role),
        region=organization.region,
        default_visibility=Visibility(organization.default_visibility),
        scopes=scopes,
        key_id=key_id,
        audit_days=organization.audit_days,
    )


def note_use(session: Session, key: str) -> None:
    """Remember that `key` was used now."""
    session.scalars(queries.key_by_prefix(keys.prefix_of(key))).one().last_used_at = now()
