"""Selects over users, keys, logins and invitations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Update, func, select, update
from sqlalchemy.orm import joinedload

from app.auth.models import ApiKey, Identity, Invitation, Organization, Role, User


def key_by_prefix(prefix: str) -> Select[ApiKey]:
    """In any organization: the caller's is not known before its key is found."""
    found = select(ApiKey).where(ApiKey.prefix == prefix).options(joinedload(ApiKey.user))
    return found.execution_options(all_organizations=True)


def users() -> Select[User]:
    """Everybody in the organization."""
    return select(User)


def api_keys(user_id: UUID | None) -> Select[ApiKey]:
    """Keys of one user, or of everybody."""
    found = select(ApiKey)
    return found if user_id is None else found.where(ApiKey.user_id == user_id)


def organization_to_change(organization_id: UUID) -> Select[Organization]:
    """The organization, for nobody else to change who is in it until the transaction ends."""
    found = select(Organization).where(Organization.id == organization_id).with_for_update(key_share=True)
    return found.execution_options(populate_existing=True)


def user_with_email(email: str) -> Select[User]:
    """Who has this address in the organization."""
    return select(User).where(User.email == email)


def other_administrators(user_id: UUID) -> Select[int]:
    """How many active administrators there are beside this user."""
    others = (User.id != user_id, User.role == Role.ADMIN, User.deactivated_at.is_(None))
    return select(func.count(User.id)).where(*others)


def revocation(user_id: UUID, moment: datetime) -> Update:
    """Ends all keys of a user."""
    return update(ApiKey).where(ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None)).values(revoked_at=moment)


def identity(issuer: str, subject: str) -> Select[Identity]:
    """Whose login this is, in any organization: the caller's is not known before."""
    found = select(Identity).where(Identity.issuer == issuer, Identity.subject == subject)
    return found.options(joinedload(Identity.user)).execution_options(all_organizations=True)


def never_logged_in(email: str, issuer: str) -> Select[User]:
    """Active users of any organization with this address, who have no login at this issuer yet."""
    known = select(Identity.id).where(Identity.user_id == User.id, Identity.issuer == issuer).exists()
    found = select(User).where(User.email == email, User.deactivated_at.is_(None), ~known)
    return found.execution_options(all_organizations=True)


def invited(email: str, moment: datetime) -> Select[Invitation]:
    """Invitations of any organization that can be accepted by whoever has this address."""
    found = select(Invitation).where(Invitation.email == email, *_is_open(moment))
    return found.execution_options(all_organizations=True)


def _is_open(moment: datetime) -> tuple[Any, ...]:
    return Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > moment


def invitation_by_digest(digest: str) -> Select[Invitation]:
    """In any organization: who accepts has none yet."""
    found = select(Invitation).where(Invitation.digest == digest)
    return found.execution_options(all_organizations=True, populate_existing=True)


def invitations() -> Select[Invitation]:
    """All of them."""
    return select(Invitation)


def withdrawal(email: str, moment: datetime) -> Update:
    """Ends whatever invitation this address has and has not accepted."""
    unanswered = (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    return update(Invitation).where(Invitation.email == email, *unanswered).values(revoked_at=moment)
