"""Whose login at the issuer of bearer tokens is whose here.

A login is known by issuer and subject, which the issuer never gives to anybody else. The first time it comes it is
bound to whoever was invited under the e-mail address that the issuer has verified; an address is never looked at again.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.auth import queries
from app.auth.invitations import welcome
from app.auth.members import one_at_a_time
from app.auth.models import Identity, User
from app.auth.service import Caller, Deactivated, caller_of
from app.auth.tokens import Login
from app.kit.clock import now
from app.kit.db import bind_organization, insert_if_absent
from app.kit.errors import AppError, Conflict
from app.kit.ids import new_id


class NotInvited(AppError):
    """Your login is valid, but nobody here has invited you under an address that your login service has verified."""

    status, code = 403, "not_invited"


class InvitedByMany(AppError):
    """Several organizations have invited you; accept the invitation of one of them by its token."""

    status, code = 403, "invited_by_many"


class LoginTaken(Conflict):
    """This login is another user's already."""

    code = "login_taken"


def identify(session: Session, login: Login) -> Caller | None:
    """Who calls; None where nobody has had this login so far.

    Raises:
        Deactivated: the user was deactivated.
    """
    known = session.scalars(queries.identity(login.issuer, login.subject)).one_or_none()
    if known is None:
        return None
    if known.user.deactivated_at is not None:
        raise Deactivated
    return caller_of(session, known.user)


def first_login(session: Session, login: Login) -> Caller:
    """Bind a login that nobody has had to who was invited under its address. Of two at once the second finds it bound.

    Raises:
        NotInvited: nobody was.
        InvitedByMany: more than one organization did.
        Deactivated: the user was deactivated.
    """
    if login.email is not None:
        _bind_where_invited(session, login, login.email)
    known = identify(session, login)
    if known is None:
        raise NotInvited
    return known


def _bind_where_invited(session: Session, login: Login, email: str) -> None:
    users = session.scalars(queries.never_logged_in(email, login.issuer))
    invitations = session.scalars(queries.invited(email, now()))
    organizations = {each.organization_id for each in [*users, *invitations]}
    if len(organizations) > 1:
        raise InvitedByMany
    for organization_id in organizations:
        bind_organization(session, organization_id)
        one_at_a_time(session)
        user = _invited_user(session, login, email)
        if user is not None:
            _bind(session, user, login)


def _invited_user(session: Session, login: Login, email: str) -> User | None:
    """As it is now that nobody else binds a login in the organization."""
    user = session.scalars(queries.never_logged_in(email, login.issuer)).first()
    invitation = session.scalars(queries.invited(email, now())).first()
    return user if user or invitation is None else welcome(session, invitation, login.name)


def _bind(session: Session, user: User, login: Login) -> None:
    values = {"id": new_id(), "created_at": now(), "user_id": user.id}
    unique = ("issuer", "subject")
    insert_if_absent(session, Identity, unique=unique, issuer=login.issuer, subject=login.subject, **values)


def bind(session: Session, user: User, login: Login) -> None:
    """From now on this login is the user's.

    Raises:
        LoginTaken: it is somebody else's.
    """
    _bind(session, user, login)
    known = session.scalars(queries.identity(login.issuer, login.subject)).one()
    if known.user_id != user.id:
        raise LoginTaken
