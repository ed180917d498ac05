"""Selects over what came of events, and over who is at a place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased, selectinload

from app.alliances.models import Alliance, Evidence, Win
from app.alliances.queries import with_companies
from app.alliances.terms import Kind, State
from app.auth.models import User
from app.companies.models import Company
from app.contacts.indexing import matching
from app.contacts.models import Contact, Employment
from app.exchanges.models import Exchange, MetEvent


def pairs_met_at(event_id: UUID) -> Select[Alliance]:
    """The pairs with evidence each end of which is the home company or one that was met at an event, best first."""
    found = select(Alliance).where(*_met_at(event_id))
    return with_companies(found.order_by(Alliance.score.desc(), Alliance.id.desc()))


def states_of_pairs_met_at(event_id: UUID) -> Select[State, int]:
    """How many of them are in which state."""
    return select(Alliance.state, func.count(Alliance.id)).where(*_met_at(event_id)).group_by(Alliance.state)


def pairs_met_at_that_won(event_id: UUID) -> Select[Alliance]:
    """Those of them that have won anything."""
    won = select(Evidence.alliance_id).where(Evidence.kind == Kind.JOINT_WIN)
    return with_companies(select(Alliance).where(*_met_at(event_id), Alliance.id.in_(won)).order_by(Alliance.id))


def _met_at(event_id: UUID) -> tuple[ColumnElement[bool], ...]:
    met = select(Exchange.company_id).where(Exchange.event_id == event_id, Exchange.company_id.is_not(None))
    home = select(Company.id).where(Company.is_home)
    merged = select(Company.id).where(Company.merged_into_id.is_not(None))
    ends = (Alliance.company_a_id, Alliance.company_b_id)
    each = tuple((end.in_(met) | end.in_(home)) & end.not_in(merged) for end in ends)
    return (Alliance.last_evidence_at.is_not(None), *each)


def first_met(company_ids: Collection[UUID]) -> Select[UUID | None, datetime]:
    """When anybody first met somebody of these companies."""
    met = select(Exchange.company_id, func.min(Exchange.met_at)).where(Exchange.company_id.in_(company_ids))
    return met.group_by(Exchange.company_id)


def reps_at(event_id: UUID) -> Select[UUID, UUID, UUID | None, datetime, int]:
    """Who met whom at an event: user, contact, the contact's company then, when first, in how many exchanges."""
    met = select(
        Exchange.user_id, Exchange.contact_id, Exchange.company_id, func.min(Exchange.met_at), func.count(Exchange.id)
    )
    met = met.where(Exchange.event_id == event_id)
    return met.group_by(Exchange.user_id, Exchange.contact_id, Exchange.company_id)


def knew_each_other(event_id: UUID) -> Select[UUID, UUID]:
    """Those of them who had met before the event: user and contact."""
    earlier = aliased(Exchange)
    same = (earlier.user_id == Exchange.user_id) & (earlier.contact_id == Exchange.contact_id)
    here = select(Exchange.user_id, Exchange.contact_id).join(earlier, same)
    return here.where(Exchange.event_id == event_id, earlier.met_at < Exchange.met_at, _elsewhere(earlier)).distinct()


def _elsewhere(earlier: type[Exchange]) -> ColumnElement[bool]:
    return earlier.event_id.is_(None) | (earlier.event_id != Exchange.event_id)


def evidence_of(alliance_ids: Collection[UUID]) -> Select[Evidence]:
    """All evidence of these pairs, newest first."""
    return select(Evidence).where(Evidence.alliance_id.in_(alliance_ids)).order_by(Evidence.at.desc(), Evidence.id)


def wins_of(alliance_ids: Collection[UUID]) -> Select[Win]:
    """The deals that these pairs won, newest first."""
    return select(Win).where(Win.alliance_id.in_(alliance_ids)).order_by(Win.won_at.desc(), Win.id)


def known_at(dialect: str, words: Sequence[str], places: Collection[str], most: int) -> Select[UUID, UUID, datetime]:
    """Partners' reps who may be at a place: contact, pair, when it last gave evidence of the two; best pairs first.

    Whose words in the index have those of the place, or whose company is at one of these places.
    """
    found = matching(dialect, select(Contact.id).where(Contact.merged_into_id.is_(None)), words)
    works = select(Employment.contact_id).join(Company, Company.id == Employment.company_id)
    works = works.where(Employment.current, Company.place.in_(places))
    last = func.max(Evidence.at)
    reps = select(Evidence.contact_id, Evidence.alliance_id, last)
    reps = reps.join(Alliance, Alliance.id == Evidence.alliance_id)
    reps = reps.where(Evidence.contact_id.in_(found) | Evidence.contact_id.in_(works))
    reps = reps.where(Alliance.state.not_in([State.DECLINED, State.CONFLICT]))
    reps = reps.group_by(Evidence.contact_id, Evidence.alliance_id, Alliance.score)
    return reps.order_by(Alliance.score.desc(), last.desc(), Evidence.contact_id).limit(most)  # type: ignore[return-value]  # of no contact is no row


def places_of_partners() -> Select[str | None]:
    """Where companies are, each place once."""
    return select(Company.place).where(Company.place.is_not(None), Company.merged_into_id.is_(None)).distinct()


def contacts_with_addresses(contact_ids: Collection[UUID]) -> Select[Contact]:
    """These contacts with what their cards say, and where they work."""
    found = select(Contact).where(Contact.id.in_(contact_ids), Contact.merged_into_id.is_(None))
    return found.options(selectinload(Contact.points), selectinload(Contact.employments).joinedload(Employment.company))


def pairs(alliance_ids: Collection[UUID]) -> Select[Alliance]:
    """These pairs with their companies."""
    return with_companies(select(Alliance).where(Alliance.id.in_(alliance_ids)))


def evidence_between(alliance_ids: Collection[UUID], contact_ids: Collection[UUID]) -> Select[Evidence, str | None]:
    """What these contacts gave evidence of for these pairs, with the user's name, newest first."""
    found = select(Evidence, User.name).outerjoin(User, User.id == Evidence.user_id)
    found = found.where(Evidence.alliance_id.in_(alliance_ids), Evidence.contact_id.in_(contact_ids))
    return found.order_by(Evidence.at.desc(), Evidence.id)


def events_with_place() -> Select[UUID, str | None, float | None, float | None]:
    """Every event of which it is known where it was: its place, latitude and longitude; the last one first."""
    found = select(MetEvent.id, MetEvent.place, MetEvent.latitude, MetEvent.longitude)
    known = MetEvent.place.is_not(None) | MetEvent.latitude.is_not(None)
    return found.where(known).order_by(MetEvent.starts_at.desc())


def events(ids: Collection[UUID]) -> Select[MetEvent]:
    """These events, the last one first."""
    return select(MetEvent).where(MetEvent.id.in_(ids)).order_by(MetEvent.starts_at.desc(), MetEvent.id)
