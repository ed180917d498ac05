"""Invitations: an administrator names an address and a role; whoever has the token becomes that user, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.auth import keys, queries
from app.auth.members import one_at_a_time
from app.auth.models import Invitation, Role, User
from app.auth.service import UserExists, add_user
from app.kit.clock import now
from app.kit.db import bind_organization
from app.kit.errors import AppError, NotFound


class InvitationOver(AppError):
    """This invitation was accepted, was revoked or has expired; ask an administrator for another one."""

    status, code = 410, "invitation_over"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to invite as what."""

    email: str
    role: Role
    name: str | None
    valid_for: timedelta


def invite(session: Session, inviter_id: UUID, wanted: Wanted) -> tuple[str, Invitation]:
    """Make an invitation in place of one that the address may have; the token is shown now and never again.

    Raises:
        UserExists: somebody in the organization has this address.
    """
    one_at_a_time(session)
    email = wanted.email.casefold()
    if session.scalars(queries.user_with_email(email)).one_or_none() is not None:
        raise UserExists
    session.execute(queries.withdrawal(email, now()))
    token, digest = keys.make_token()
    invitation = Invitation(
        email=email,
        name=wanted.name,
        role=wanted.role,
        digest=digest,
        invited_by_id=inviter_id,
        expires_at=now() + wanted.valid_for,
    )
    session.add(invitation)
    session.flush()
    return token, invitation


def revoke(session: Session, invitation_id: UUID) -> None:
    """From now on nobody can accept it. A second time changes nothing, as after it was accepted.

    Raises:
        NotFound: no such invitation.
    """
    one_at_a_time(session)
    invitation = session.get(Invitation, invitation_id)
    if invitation is None:
        raise NotFound
    if invitation.accepted_at is None:
        invitation.revoked_at = invitation.revoked_at or now()


def find(session: Session, token: str) -> Invitation:
    """The invitation of a token; from here on the session works in its organization, alone there.

    Raises:
        NotFound: there is none.
    """
    by_token = queries.invitation_by_digest(keys.digest_of(token))
    invitation = session.scalars(by_token).one_or_none()
    if invitation is None:
        raise NotFound("No invitation has this token.")
    bind_organization(session, invitation.organization_id)
    one_at_a_time(session)
    return session.scalars(by_token).one()


def welcome(session: Session, invitation: Invitation, name: str | None) -> User:
    """Make the user whom an invitation is for; the session works in its organization.

    Raises:
        InvitationOver: it cannot be accepted any more.
        UserExists: somebody in the organization has this address by now.
    """
    one_at_a_time(session)
    session.refresh(invitation)
    if invitation.accepted_at or invitation.revoked_at or invitation.expires_at <= now():
        raise InvitationOver
    called = name or invitation.name or invitation.email.partition("@")[0]
    user = add_user(session, called, invitation.email, Role(invitation.role))
    invitation.accepted_at, invitation.user_id = now(), user.id
    session.flush()
    return user
