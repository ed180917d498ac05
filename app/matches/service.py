"""Propose, join, agree on, deepen and end matches. Both sides have to say each thing; the second one's word counts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.auth.models import Organization, User
from app.books.terms import Relation
from app.kit.clock import now
from app.kit.db import bind_organization
from app.kit.errors import AppError, Conflict, NotFound
from app.kit.queue import publish
from app.matches import limits, moving, policy, queries, states
from app.matches.events import MatchConfirmed
from app.matches.models import Match, MatchSide, Seat
from app.matches.moving import INVITED_FOR, WORKED_ON_FOR, MatchOver, Seated, WrongOrder
from app.matches.states import Act
from app.matches.terms import SIZES, Band, Depth, Reason, Side, State

MOST_OPEN = 20
"""Matches of one user that are not over."""
_REMEMBERED = timedelta(days=62)
"""How far the longest budget looks back."""


class NoMutualExchange(AppError):
    """You can match with somebody only after both of you gave each other your cards: record the mutual exchange."""

    status, code = 409, "no_mutual_exchange"


class NotAllowed(AppError):
    """Your policy or your organization's does not allow this match."""

    status, code = 403, "match_not_allowed"


class TooManyMatches(AppError):
    """You have 20 matches that are not over; end some."""

    status, code = 409, "too_many_matches"


class BudgetSpent(AppError):
    """You have matched with this organization as often as one of you allows for now."""

    status, code = 409, "match_budget_spent"


class NotOnCard(AppError):
    """The other rep's e-mail address is not among your contact's; accept with `unlisted` if you know better."""

    status, code = 409, "not_on_card"


class BadSizes(AppError):
    """The sizes of the two lists do not go together."""

    status, code = 409, "bad_sizes"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a match is about."""

    contact_id: UUID
    """Whom it is proposed to, as the proposer knows them."""
    own: frozenset[Relation]
    """Which of the proposer's accounts take part."""
    partner: frozenset[Relation]
    """Which of the other's."""
    depth: Depth


def propose(session: Session, user_id: UUID, terms: Terms, token_digest: str) -> UUID:
    """Propose a match to a contact; whoever has the token whose SHA-256 this is can join it. Returns its id.

    Raises:
        NoMutualExchange: the two have not given each other their cards, or there is no such contact.
        NotAllowed: a policy is against it.
        TooManyMatches: the user has too many that are not over.
    """
    _check_welcome(session, user_id, terms.contact_id, terms.own, terms.depth)
    match = Match(proposed_by_id=user_id, depth=terms.depth, token_digest=token_digest, expires_at=now() + INVITED_FOR)
    session.add(match)
    session.flush()
    sides = (
        MatchSide(match_id=match.id, side=Side.A, relations=sorted(terms.own)),
        MatchSide(match_id=match.id, side=Side.B, relations=sorted(terms.partner)),
    )
    session.add_all(sides)
    _sit_down(session, sides[0], user_id, terms.contact_id)
    moving.move(session, match, State.PROPOSED, Side.A, Reason.INVITED)
    return match.id


def join(session: Session, user_id: UUID, token: str, contact_id: UUID) -> UUID:
    """Take the other seat of the match that this token opens; returns its id. The token opens it once.

    Raises:
        NotFound: the token opens nothing, or was used.
        MatchOver: the invitation is too old.
        NoMutualExchange: the two have not given each other their cards, or there is no such contact.
        NotAllowed: a policy is against it.
        TooManyMatches: the user has too many that are not over.
        Conflict: one cannot match with oneself.
    """
    digest = hashlib.sha256(token.encode()).hexdigest()
    match = session.scalars(queries.match_by_token(digest)).one_or_none()
    if match is None:
        raise NotFound
    if match.expires_at <= now():
        raise MatchOver
    if match.proposed_by_id == user_id:
        raise Conflict("One cannot match with oneself.")
    own = next(side for side in match.sides if side.side == Side.B)
    _check_welcome(session, user_id, contact_id, frozenset(map(Relation, own.relations)), Depth(match.depth))
    _sit_down(session, own, user_id, contact_id)
    match.joined_by_id, match.token_digest = user_id, None
    moving.move(session, match, moving.next_state(match, Act.JOIN), Side.B, Reason.INVITED)
    return match.id


def accept(session: Session, user_id: UUID, match_id: UUID, size: int, unlisted: bool) -> None:
    """Agree to the terms with a list padded to `size`; until both have, it can be said anew with another.

    Raises:
        NotFound, MatchOver: see `moving.to_change`.
        WrongOrder: nobody has joined, or both have accepted.
        NotOnCard: the other's address is not on the card, and `unlisted` was not said.
        NotAllowed, BadSizes: a policy is against it.
        BudgetSpent: the two have matched often enough for now.
    """
    here = moving.to_change(session, user_id, match_id)
    if here.match.state == State.ACCEPTED and here.own.size == size:
        return
    state = moving.next_state(here.match, Act.ACCEPT)
    if not unlisted and not is_on_card(session, here):
        raise NotOnCard
    own_limits = policy.allowed(session, user_id)
    _check_terms(own_limits, frozenset(map(Relation, here.own.relations)), Depth(here.match.depth))
    here.own.size, here.own.accepted_at, here.own.limits = size, now(), policy.document(own_limits)
    _check_sizes(here)
    _check_budget(session, here)
    if here.partner.accepted_at is not None:
        here.match.accepted_at, here.match.expires_at = now(), now() + WORKED_ON_FOR
        moving.move(session, here.match, state, here.own.side, Reason.BOTH_AGREED)


def say_band(session: Session, user_id: UUID, match_id: UUID, band: Band) -> None:
    """Say in which band the number of shared accounts lies, as this end has found; both must have found the same.

    Raises:
        NotFound, MatchOver: see `moving.to_change`.
        WrongOrder: not in this state, or one of the two has not answered the other's points.
        Conflict: another band was said before.
    """
    here = moving.to_change(session, user_id, match_id)
    if here.own.band is not None:
        _same(here.own.band, band)
        return
    state = _next_with_messages(session, here, Act.SAY_BAND)
    here.own.band = band
    if here.partner.band is None:
        return
    if here.partner.band != band:
        _end(session, here, Reason.RESULTS_DIFFER)
        return
    here.match.band = band
    moving.move(session, here.match, state, here.own.side, Reason.SAME_RESULT)
    session.execute(queries.messages_gone(here.match.id))
    if band is Band.NONE:
        _end(session, here, Reason.NOTHING_SHARED)
    elif here.match.depth == Depth.BAND:
        _end(session, here, Reason.DEPTH_REACHED)


def go_on(session: Session, user_id: UUID, match_id: UUID, depth: Depth) -> None:
    """Agree to go on to the accounts, or from the accounts to the fields.

    Raises:
        NotFound, MatchOver: see `moving.to_change`.
        WrongOrder: not the next depth.
        Conflict: deeper than what the two agreed on.
    """
    here = moving.to_change(session, user_id, match_id)
    if Depth(here.own.goes_to).rank >= depth.rank:
        return
    if depth.rank > Depth(here.match.depth).rank:
        raise Conflict(f"This match was agreed to end with {here.match.depth}.")
    state = moving.next_state(here.match, Act.GO_ON)
    if {Depth.ACCOUNTS: State.ACCOUNTS_ACCEPTED, Depth.FIELDS: State.FIELDS}.get(depth) is not state:
        raise WrongOrder(f"A match that is {here.match.state} does not go on to {depth}.")
    here.own.goes_to = depth
    if here.partner.goes_to == depth:
        moving.move(session, here.match, state, here.own.side, Reason.BOTH_AGREED)


def confirm(session: Session, user_id: UUID, match_id: UUID, digest: str) -> None:
    """Say which accounts this end has found to be shared, as a digest under the two ends' key.

    Raises:
        NotFound, MatchOver: see `moving.to_change`.
        WrongOrder: not in this state, or one of the two has not sent its ordered answer.
        Conflict: another digest was said before.
    """
    here = moving.to_change(session, user_id, match_id)
    if here.own.digest is not None:
        _same(here.own.digest, digest)
        return
    state = _next_with_messages(session, here, Act.CONFIRM)
    here.own.digest = digest
    if here.partner.digest is None:
        return
    if here.partner.digest != digest:
        _end(session, here, Reason.RESULTS_DIFFER)
        return
    moving.move(session, here.match, state, here.own.side, Reason.SAME_RESULT)
    here.match.confirmed_at = now()
    session.execute(queries.messages_gone(here.match.id))
    _tell_both(session, here)
    if here.match.depth == Depth.ACCOUNTS:
        _end(session, here, Reason.DEPTH_REACHED)


def close(session: Session, user_id: UUID, match_id: UUID, done: bool) -> None:
    """End a match. In the last round with `done`: this end has what it wants, and it ends when both have said so.

    Raises:
        NotFound: no such match, or not yours.
    """
    try:
        here = moving.to_change(session, user_id, match_id)
    except MatchOver:
        return
    if done and here.match.state == State.FIELDS:
        here.own.done_at = here.own.done_at or now()
        if here.partner.done_at is not None:
            _end(session, here, Reason.DONE)
    elif here.match.state in states.UNDECIDED:
        moving.move(session, here.match, State.REFUSED, here.own.side, Reason.DECLINED)
    else:
        _end(session, here, Reason.LEFT)


def is_on_card(session: Session, here: Seated) -> bool:
    """Whether the other rep's e-mail address is one of those that the caller's contact has."""
    if here.partner.email is None or here.seat.contact_id is None:
        return False
    return here.partner.email in set(session.scalars(queries.addresses(here.seat.contact_id)))


def _check_welcome(
    session: Session, user_id: UUID, contact_id: UUID, relations: frozenset[Relation], depth: Depth
) -> None:
    _check_terms(policy.allowed(session, user_id), relations, depth)
    if session.scalar(queries.mutual_exchange(user_id, contact_id)) is None:
        raise NoMutualExchange
    if len(session.scalars(queries.open_matches(user_id)).all()) >= MOST_OPEN:
        raise TooManyMatches


def _check_terms(allowed: limits.Limits, relations: frozenset[Relation], depth: Depth) -> None:
    against = limits.against_terms(allowed, relations, depth)
    if against is not None:
        raise NotAllowed(against)


def _sit_down(session: Session, side: MatchSide, user_id: UUID, contact_id: UUID) -> None:
    user = session.get_one(User, user_id)
    organization = session.get_one(Organization, user.organization_id)
    side.user_id, side.in_organization_id = user.id, organization.id
    side.name, side.email, side.organization_name = user.name, user.email, organization.name
    session.add(Seat(match_id=side.match_id, user_id=user_id, side=side.side, contact_id=contact_id))


def _check_sizes(here: Seated) -> None:
    for own, partner in (here.both, here.both[::-1]):
        if own.limits is None or own.size is None:
            continue
        against = limits.against_sizes(policy.from_document(own.limits), own.size, partner.size or own.size)
        if against is not None:
            raise BadSizes(against, sizes=list(SIZES))


def _check_budget(session: Session, here: Seated) -> None:
    organizations = [side.in_organization_id for side in here.both if side.in_organization_id]
    session.execute(queries.organizations_in_turn(organizations)).all()
    for own, partner in (here.both, here.both[::-1]):
        if own.limits is None or own.user_id is None or partner.in_organization_id is None:
            continue
        found = queries.agreed_before(own.user_id, partner.in_organization_id, now() - _REMEMBERED)
        past: list[datetime] = [at for at in session.scalars(found) if at is not None]
        free = limits.free_again(policy.from_document(own.limits), past, now())
        if free is not None:
            raise BudgetSpent(free_again_at=free.isoformat())


def _next_with_messages(session: Session, here: Seated, act: Act) -> State:
    state = moving.next_state(here.match, act)
    needed = states.NEEDED_TO_ACT[act]
    if needed not in moving.complete_steps(session, here.match.id):
        raise WrongOrder(f"Both sides have to send {needed} before.")
    return state


def _same(before: str, said: str) -> None:
    if before != said:
        raise Conflict("Something else was said before, and it stands.")


def _end(session: Session, here: Seated, reason: Reason) -> None:
    moving.move(session, here.match, State.CLOSED, here.own.side, reason)


def _tell_both(session: Session, here: Seated) -> None:
    """Announce the result in the organization of each; the session works in the caller's again afterwards."""
    home = session.info["organization_id"]
    for organization_id in sorted({side.in_organization_id for side in here.both if side.in_organization_id}):
        bind_organization(session, organization_id)
        publish(session, MatchConfirmed(here.match.id))
        session.flush()
    bind_organization(session, home)
