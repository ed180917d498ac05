"""Selects over matches. A match is found through the caller's seat, which is of the session's organization."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Delete, Select, delete, select
from sqlalchemy.orm import aliased, contains_eager, selectinload

from app.auth.models import Organization
from app.books.models import Account
from app.books.terms import Relation
from app.companies.models import Company
from app.contacts.models import ContactPoint, PointKind
from app.exchanges.models import Direction, Exchange
from app.matches.models import Match, MatchMessage, MatchMove, MatchPolicy, MatchSide, Seat
from app.matches.states import OVER
from app.matches.terms import Band, Side, Step


def matches_of(user_id: UUID) -> Select[Match]:
    """The matches that a user takes part in, with both sides."""
    mine = select(Match).join(Seat, Seat.match_id == Match.id).where(Seat.user_id == user_id)
    return mine.options(selectinload(Match.sides))


def seat(match_id: UUID, user_id: UUID) -> Select[Seat]:
    """The seat of a user in one match."""
    return select(Seat).where(Seat.match_id == match_id, Seat.user_id == user_id)


def match_to_change(match_id: UUID, user_id: UUID) -> Select[Match]:
    """One match that a user takes part in, locked until the transaction ends."""
    return matches_of(user_id).where(Match.id == match_id).with_for_update(of=Match)


def match_by_token(token_digest: str) -> Select[Match]:
    """The match whose invitation this token opens, locked until the transaction ends; the caller has no seat yet."""
    found = select(Match).where(Match.token_digest == token_digest).options(selectinload(Match.sides))
    return found.with_for_update(of=Match)


def confirmed(match_id: UUID) -> Select[UUID, UUID, datetime, Band]:
    """Which users of this organization found the same shared accounts with which contact, when, and how many.

    For who reacts to `MatchConfirmed`: a user, the contact, the moment, the band; nothing once the contact is gone.
    """
    found = select(Seat.user_id, Seat.contact_id, Match.confirmed_at, Match.band)
    found = found.join(Match, Match.id == Seat.match_id)
    there = Seat.contact_id.is_not(None) & Match.confirmed_at.is_not(None) & Match.band.is_not(None)
    return found.where(Match.id == match_id, there)  # type: ignore[return-value]  # neither is null here


def relations(match_id: UUID) -> Select[list[str]]:
    """Which accounts of each side take part, of a match that was found through a seat."""
    return select(MatchSide.relations).where(MatchSide.match_id == match_id).order_by(MatchSide.side)


def open_matches(user_id: UUID) -> Select[UUID]:
    """Which matches of a user are not over."""
    mine = select(Match.id).join(Seat, Seat.match_id == Match.id).where(Seat.user_id == user_id)
    return mine.where(Match.state.not_in(OVER))


def organizations_in_turn(ids: Collection[UUID]) -> Select[Organization]:
    """Locks these organizations until the transaction ends, in one order, so that matches are agreed in turn."""
    return select(Organization).where(Organization.id.in_(ids)).order_by(Organization.id).with_for_update()


def agreed_before(user_id: UUID, partner_organization_id: UUID, since: datetime) -> Select[datetime | None]:
    """When a user agreed to matches with reps of that organization."""
    own, partner = aliased(MatchSide), aliased(MatchSide)
    found = select(Match.accepted_at).join(own, own.match_id == Match.id).join(partner, partner.match_id == Match.id)
    found = found.where(own.user_id == user_id, partner.id != own.id)
    return found.where(partner.in_organization_id == partner_organization_id, Match.accepted_at >= since)


def mutual_exchange(user_id: UUID, contact_id: UUID) -> Select[UUID]:
    """Whether this user and this contact gave each other their cards."""
    met = select(Exchange.id).where(Exchange.user_id == user_id, Exchange.contact_id == contact_id)
    return met.where(Exchange.direction == Direction.MUTUAL).limit(1)


def addresses(contact_id: UUID) -> Select[str]:
    """The e-mail addresses of a contact, in lower case."""
    mails = select(ContactPoint.key).where(ContactPoint.contact_id == contact_id, ContactPoint.kind == PointKind.EMAIL)
    return mails.where(ContactPoint.removed.is_(False))


def message(match_id: UUID, side: Side, step: Step) -> Select[MatchMessage]:
    """What one side has sent."""
    return select(MatchMessage).filter_by(match_id=match_id, side=side, step=step)


def sent(match_ids: Collection[UUID]) -> Select[UUID, Side, Step]:
    """Which messages wait, without their bodies."""
    return select(MatchMessage.match_id, MatchMessage.side, MatchMessage.step).where(
        MatchMessage.match_id.in_(match_ids)
    )


def messages_gone(match_id: UUID, steps: Collection[Step] = tuple(Step)) -> Delete:
    """Deletes what was sent in these steps."""
    return delete(MatchMessage).where(MatchMessage.match_id == match_id, MatchMessage.step.in_(steps))


def left_behind(moment: datetime) -> Delete:
    """Deletes what still waits in matches that ended before that moment."""
    ended = select(Match.id).where(Match.state.in_(OVER), Match.ended_at < moment)
    return delete(MatchMessage).where(MatchMessage.match_id.in_(ended))


def moves(match_id: UUID) -> Select[MatchMove]:
    """How a match came to where it is, from the beginning."""
    return select(MatchMove).where(MatchMove.match_id == match_id).order_by(MatchMove.id)


def policies(holder_ids: Collection[UUID]) -> Select[MatchPolicy]:
    """What these users, or the organization, allow."""
    return select(MatchPolicy).where(MatchPolicy.holder_id.in_(holder_ids))


def accounts_that_take_part(user_id: UUID, relations: Collection[Relation]) -> Select[Account]:
    """A user's own accounts of these relations with their companies, without those never to be shared."""
    held = select(Account).join(Account.company).where(Account.user_id == user_id, Account.never_share.is_(False))
    with_company = contains_eager(Account.company).options(selectinload(Company.domains))
    return held.where(Account.relation.in_(relations)).options(with_company)


def out_of_time(moment: datetime, limit: int) -> Select[Match]:
    """Matches whose time is over, in any organization, locked; those that somebody works on are left for later."""
    late = select(Match).where(Match.state.not_in(OVER), Match.expires_at <= moment).order_by(Match.id).limit(limit)
    return late.with_for_update(skip_locked=True)


def ended_before(moment: datetime) -> Delete:
    """Deletes matches that ended before that moment, with everything that belongs to them."""
    return delete(Match).where(Match.state.in_(OVER), Match.ended_at < moment)
