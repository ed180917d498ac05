"""Selects over pairs, their evidence and their moves."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, Table, case, exists, func, or_, select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from app.alliances.models import Agreement, Alliance, Evidence, Introduction, StateMove, Win
from app.alliances.terms import Answer, Kind
from app.auth.models import Organization, User
from app.companies.models import Company
from app.contacts.models import Contact, ContactMerge, ContactPoint, Employment, PointKind
from app.exchanges.models import Exchange
from app.kit.journal import pointing_at
from app.scans.models import Card

DEALING = "dealing"
"""Source of the evidence that introductions, referrals and wins are."""


_SEEN_BY_RULES = (
    Evidence.alliance_id,
    Evidence.id,
    Evidence.kind,
    Evidence.at,
    Evidence.confidence,
    Evidence.giver,
    Evidence.user_id,
    Evidence.contact_id,
    Evidence.accounts,
    Evidence.relations,
)


def alliance_to_change(alliance_id: UUID) -> Select[Alliance]:
    """One pair with its companies, locked until the transaction ends, as it is once the lock is held."""
    locked = alliance(alliance_id).with_for_update(of=Alliance)
    return locked.execution_options(populate_existing=True)


def alliances_to_change(alliance_ids: Collection[UUID]) -> Select[Alliance]:
    """These pairs in one order, locked until the transaction ends, as they are once the locks are held."""
    pairs = select(Alliance).where(Alliance.id.in_(alliance_ids)).order_by(Alliance.id)
    return pairs.with_for_update().execution_options(populate_existing=True)


def scored_before(day: date, limit: int) -> Select[Alliance]:
    """Some pairs whose score is older than a day, locked; those that somebody else assesses just now are left out."""
    old = select(Alliance).where(Alliance.scored_on < day).order_by(Alliance.scored_on).limit(limit)
    return old.with_for_update(skip_locked=True)


def agreements(alliance_id: UUID) -> Select[Agreement]:
    """What a pair put on paper, newest first."""
    return select(Agreement).where(Agreement.alliance_id == alliance_id).order_by(Agreement.id.desc())


def papers(alliance_ids: Collection[UUID]) -> Select[Agreement]:
    """What these pairs put on paper."""
    return select(Agreement).where(Agreement.alliance_id.in_(alliance_ids))


def agreement(agreement_id: UUID) -> Select[Agreement]:
    """One agreement."""
    return select(Agreement).where(Agreement.id == agreement_id)


def introductions(alliance_id: UUID) -> Select[Introduction]:
    """The favours between the reps of a pair."""
    return select(Introduction).where(Introduction.alliance_id == alliance_id)


def introduction(alliance_id: UUID, introduction_id: UUID) -> Select[Introduction]:
    """One of them."""
    return introductions(alliance_id).where(Introduction.id == introduction_id)


def accepted(alliance_id: UUID) -> Select[Introduction]:
    """Those that were accepted."""
    return introductions(alliance_id).where(Introduction.answer == Answer.ACCEPTED).order_by(Introduction.id)


def wins(alliance_id: UUID) -> Select[Win]:
    """The deals that a pair won."""
    return select(Win).where(Win.alliance_id == alliance_id)


def win(alliance_id: UUID, win_id: UUID) -> Select[Win]:
    """One of them."""
    return wins(alliance_id).where(Win.id == win_id)


def win_evidence(alliance_id: UUID, evidence_id: UUID) -> Select[UUID]:
    """The id of this piece of a pair's evidence, if it is a win."""
    found = select(Evidence.id).where(Evidence.id == evidence_id, Evidence.alliance_id == alliance_id)
    return found.where(Evidence.kind == Kind.JOINT_WIN)


def reasons(alliance_id: UUID) -> CompoundSelect[UUID | None, UUID | None, UUID | None]:
    """User, contact and the win that they named as their reason, of every dealing of a pair that names one."""
    named = [
        select(dealing.user_id, dealing.contact_id, dealing.because_of_id).where(
            dealing.alliance_id == alliance_id, dealing.because_of_id.is_not(None)
        )
        for dealing in (Introduction, Win)
    ]
    return named[0].union(named[1])


def person_of(company_id: UUID, contact_id: UUID) -> Select[UUID]:
    """The id of this contact, if it works or worked at a company, or was met as one of it."""
    worked = select(Employment.id).where(Employment.contact_id == contact_id, Employment.company_id == company_id)
    met = select(Exchange.id).where(Exchange.contact_id == contact_id, Exchange.company_id == company_id)
    return select(Contact.id).where(Contact.id == contact_id, or_(worked.exists(), met.exists()))


def is_user(contact_id: UUID, user_id: UUID) -> Select[UUID]:
    """The id of this user, if the contact has their address: nobody deals with themselves."""
    addresses = select(ContactPoint.key).where(
        ContactPoint.contact_id == contact_id, ContactPoint.kind == PointKind.EMAIL, ~ContactPoint.removed
    )
    return select(User.id).where(User.id == user_id, func.lower(User.email).in_(addresses))


def company(company_id: UUID) -> Select[UUID]:
    """The id of a company that is there."""
    return select(Company.id).where(Company.id == company_id)


def users(user_ids: Collection[UUID]) -> Select[User]:
    """These users."""
    return select(User).where(User.id.in_(user_ids))


def contacts(contact_ids: Collection[UUID]) -> Select[Contact]:
    """These contacts."""
    return select(Contact).where(Contact.id.in_(contact_ids))


def user(user_id: UUID) -> Select[UUID]:
    """The id of a user, of whom this may or may not be one."""
    return select(User.id).where(User.id == user_id)


def companies(company_ids: Collection[UUID]) -> Select[Company]:
    """These companies."""
    return select(Company).where(Company.id.in_(company_ids))


def organizations() -> Select[UUID]:
    """Every organization there is."""
    return select(Organization.id).order_by(Organization.id)


def alliance(alliance_id: UUID) -> Select[Alliance]:
    """One pair with its companies."""
    return with_companies(select(Alliance).where(Alliance.id == alliance_id))


def with_companies(pairs: Select[Alliance]) -> Select[Alliance]:
    """The same pairs, loaded with their companies."""
    return pairs.options(joinedload(Alliance.company_a), joinedload(Alliance.company_b))


def pairs_of_ends(ends: Collection[tuple[UUID, UUID]]) -> Select[Alliance]:
    """The pairs of two companies each, the smaller id first; locked, as they are once the locks are held."""
    found = tuple_(Alliance.company_a_id, Alliance.company_b_id).in_(ends)
    pairs = select(Alliance).where(found).order_by(Alliance.company_a_id, Alliance.company_b_id)
    return pairs.with_for_update().execution_options(populate_existing=True)


def pair_of(one_id: UUID, other_id: UUID) -> Select[Alliance]:
    """The pair of two companies."""
    return select(Alliance).where(Alliance.id.in_(pair(one_id, other_id)))


def pair(one_id: UUID, other_id: UUID) -> Select[UUID]:
    """The id of the pair of two companies."""
    a_id, b_id = sorted((one_id, other_id))
    return select(Alliance.id).where(Alliance.company_a_id == a_id, Alliance.company_b_id == b_id)


def evidence(alliance_id: UUID) -> Select[Evidence]:
    """All evidence of a pair, newest first."""
    return select(Evidence).where(Evidence.alliance_id == alliance_id).order_by(Evidence.at.desc(), Evidence.id.desc())


def signals(alliance_ids: Collection[UUID], most: int) -> Select[*tuple[Any, ...]]:
    """What the rules see of the evidence of these pairs, so many pieces at most."""
    return select(*_SEEN_BY_RULES).where(Evidence.alliance_id.in_(alliance_ids)).limit(most)


def evidence_sizes(alliance_ids: Collection[UUID], most: int) -> Select[UUID, int]:
    """How much evidence each of these pairs has, counted up to `most`."""
    some = select(Evidence.id).where(Evidence.alliance_id == Alliance.id).limit(most).correlate(Alliance).subquery()
    counted = select(func.count()).select_from(some).correlate(Alliance).scalar_subquery()
    return select(Alliance.id, counted).where(Alliance.id.in_(alliance_ids))


def newest_signals(alliance_id: UUID, most: int) -> CompoundSelect[*tuple[Any, ...]]:
    """The same of one pair: of each kind the newest, so many at most."""
    of_kinds = (
        select(*_SEEN_BY_RULES)
        .where(Evidence.alliance_id == alliance_id, Evidence.kind == kind)
        .order_by(Evidence.at.desc())
        .limit(most)
        .subquery()
        for kind in Kind
    )
    return union_all(*(select(found) for found in of_kinds))


def dealings_as_evidence(alliance_id: UUID) -> Select[Evidence]:
    """The introductions, referrals and wins among the evidence of a pair."""
    dealt = Evidence.kind.in_([Kind.INTRODUCTION, Kind.REFERRAL, Kind.JOINT_WIN])
    return select(Evidence).where(Evidence.alliance_id == alliance_id, dealt, Evidence.source == DEALING)


def evidence_with_keys(keys: Collection[str]) -> Select[Evidence]:
    """Pieces of evidence by their keys, whoever holds them."""
    return select(Evidence).where(Evidence.source_key.in_(keys))


def report(alliance_id: UUID, evidence_id: UUID, user_id: UUID) -> Select[Evidence]:
    """What this user reported of a pair."""
    made = select(Evidence).where(Evidence.id == evidence_id, Evidence.alliance_id == alliance_id)
    return made.where(Evidence.source == "report", Evidence.user_id == user_id)


def strayed(alliance_id: UUID, company_id: UUID) -> Select[Evidence, UUID | None]:
    """What a pair holds of exchanges that are with another company by now, and with which."""
    held = select(Evidence, Exchange.company_id).join(Exchange, Exchange.id == Evidence.exchange_id)
    elsewhere = Exchange.company_id.is_not(None) & (Exchange.company_id != company_id)
    return held.where(Evidence.alliance_id == alliance_id, elsewhere).order_by(Exchange.company_id)


def evidence_met(company_id: UUID, alliance_id: UUID, source: str) -> Select[Evidence]:
    """The same, and what any other pair still holds of exchanges with a company."""
    exchanges = select(Exchange.id).where(Exchange.company_id == company_id)
    held = (Evidence.alliance_id == alliance_id) & (Evidence.source == source)
    return select(Evidence).where(held | Evidence.exchange_id.in_(exchanges))


def only_reps(alliance_ids: Collection[UUID], since: datetime) -> Select[UUID, UUID | None, UUID | None]:
    """Of each of these pairs the only user, and the only contact, with evidence since then; null where there are more.

    Each is found in a few steps of an index, however much evidence there is, unless it is all of one rep.
    """
    return select(Alliance.id, _only(Evidence.user_id, since), _only(Evidence.contact_id, since)).where(
        Alliance.id.in_(alliance_ids)
    )


def _only(rep: InstrumentedAttribute[UUID | None], since: datetime) -> Any:
    one, other = aliased(Evidence), aliased(Evidence)
    last = select(getattr(one, rep.key)).where(*_of_reps(one, since)).order_by(one.at.desc()).limit(1)
    first = last.correlate(Alliance).scalar_subquery()
    another = select(other.id).where(*_of_reps(other, since), getattr(other, rep.key) != first).correlate(Alliance)
    return case((~another.exists(), first)).label(rep.key)


def _of_reps(evidence: Any, since: datetime) -> tuple[ColumnElement[bool], ...]:
    both = (evidence.user_id.is_not(None), evidence.contact_id.is_not(None))
    return (evidence.alliance_id == Alliance.id, evidence.at >= since, *both)


def moves(alliance_id: UUID) -> Select[StateMove]:
    """The moves of a pair's state, newest first."""
    return select(StateMove).where(StateMove.alliance_id == alliance_id).order_by(StateMove.id.desc())


def home_company() -> Select[Company]:
    """The organization's own company."""
    return select(Company).where(Company.is_home)


def exchanges_with(company_id: UUID) -> Select[Exchange]:
    """Every exchange with people of a company, first one first, with its event."""
    found = select(Exchange).where(Exchange.company_id == company_id).order_by(Exchange.id)
    return found.options(joinedload(Exchange.met_event))


def meetings(user_id: UUID, contact_id: UUID, company_id: UUID) -> Select[Exchange]:
    """The exchanges of one user with one person of a company, first one first, with their events."""
    found = exchanges_with(company_id)
    return found.where(Exchange.user_id == user_id, Exchange.contact_id == contact_id)


def evidence_of_meetings(
    alliance_id: UUID, source: str, user_id: UUID, contact_id: UUID, exchange_ids: Collection[UUID]
) -> Select[Evidence]:
    """What a pair holds of a user's meetings with a contact, and what any pair holds of these exchanges."""
    held = (Evidence.contact_id == contact_id) & (Evidence.alliance_id == alliance_id)
    held &= (Evidence.user_id == user_id) & (Evidence.source == source)
    return select(Evidence).where(held | Evidence.exchange_id.in_(exchange_ids))


def companies_touched_by(exchange_id: UUID) -> CompoundSelect[UUID | None]:
    """The company that an exchange is with, and those of pairs that still hold evidence of it."""
    held = select(Evidence.alliance_id).where(Evidence.exchange_id == exchange_id)
    ends = [select(end).where(Alliance.id.in_(held)) for end in (Alliance.company_a_id, Alliance.company_b_id)]
    present = select(Exchange.company_id).where(Exchange.id == exchange_id)
    return present.union(*ends)


def employers(contact_id: UUID) -> Select[UUID | None]:
    """Where a contact works or worked; nowhere for the id of a user."""
    worked = select(Employment.company_id).where(Employment.contact_id == contact_id)
    return worked.where(Employment.company_id.is_not(None)).distinct()


def companies_of_merged(merge_id: UUID) -> CompoundSelect[UUID | None]:
    """The companies at which either of two contacts was met that were merged or parted, and those of pairs with
    evidence of either.
    """
    one = select(ContactMerge.survivor_id).where(ContactMerge.id == merge_id)
    both = one.union(select(ContactMerge.merged_id).where(ContactMerge.id == merge_id))
    held = select(Evidence.alliance_id).where(Evidence.contact_id.in_(both))
    ends = [select(end).where(Alliance.id.in_(held)) for end in (Alliance.company_a_id, Alliance.company_b_id)]
    return select(Exchange.company_id).where(Exchange.contact_id.in_(both)).union(*ends)


def ends_between(company_id: UUID, others: Collection[UUID]) -> Select[UUID, UUID]:
    """The two ends of each pair of a company with one of these."""
    a, b = Alliance.company_a_id, Alliance.company_b_id
    return select(a, b).where(or_((a == company_id) & b.in_(others), (b == company_id) & a.in_(others)))


def ends_with(company_id: UUID) -> Select[UUID, UUID]:
    """The two ends of each pair of a company."""
    a, b = Alliance.company_a_id, Alliance.company_b_id
    return select(a, b).where(or_(a == company_id, b == company_id))


def pairs_with(company_id: UUID, most: int) -> Select[UUID]:
    """The pairs of a company, some of them."""
    either = or_(Alliance.company_a_id == company_id, Alliance.company_b_id == company_id)
    return select(Alliance.id).where(either).order_by(Alliance.id).limit(most)


def people_in_scan(scan_id: UUID) -> Select[UUID | None, UUID | None]:
    """Contact and present company of each card of a scan that became a contact, in the order of the cards."""
    works = (Employment.contact_id == Card.contact_id) & Employment.current & Employment.company_id.is_not(None)
    people = select(Card.contact_id, Employment.company_id).join(Employment, works).where(Card.scan_id == scan_id)
    return people.order_by(Card.position, Employment.id)


def companies_met() -> Select[UUID | None]:
    """The companies that any card was exchanged with."""
    return select(Exchange.company_id).where(Exchange.company_id.is_not(None)).distinct()


def acquaintances(
    company_ids: list[UUID],
) -> Select[UUID, str | None, UUID | None, UUID, str, int, datetime, datetime]:
    """Who of these companies was met by whom: contact, company and user, how often, first and last; latest first."""
    last = func.max(Exchange.met_at)
    met = select(
        Contact.id,
        Contact.name,
        Exchange.company_id,
        User.id,
        User.name,
        func.count(Exchange.id),
        func.min(Exchange.met_at),
        last,
    )
    met = met.join(Contact, Contact.id == Exchange.contact_id).join(User, User.id == Exchange.user_id)
    met = met.where(Exchange.company_id.in_(company_ids))
    return met.group_by(Contact.id, Contact.name, Exchange.company_id, User.id, User.name).order_by(last.desc())


def companies_touched_by_contact(contact_id: UUID) -> CompoundSelect[UUID | None]:
    """The companies at which a contact was met, and those of pairs that hold evidence of it."""
    held = select(Evidence.alliance_id).where(Evidence.contact_id == contact_id)
    ends = [select(end).where(Alliance.id.in_(held)) for end in (Alliance.company_a_id, Alliance.company_b_id)]
    return select(Exchange.company_id).where(Exchange.contact_id == contact_id).union(*ends)


def is_named(company_id: UUID) -> Select[bool]:
    """Whether anything names a company: rows of any feature, and of its pairs what people said of them."""
    own = ("companies", "company_aliases", "company_domains", "company_logos", "company_doubts", "company_merges")
    said = pointing_at(cast("Table", Alliance.__table__), but=("evidence", "state_moves", "shared_accounts"))
    pairs = select(Alliance.id).where((Alliance.company_a_id == company_id) | (Alliance.company_b_id == company_id))
    of_pairs = [exists().where(column.in_(pairs)) for column in said]
    others = pointing_at(cast("Table", Company.__table__), but=(*own, "alliances", "company_buyers"))
    named = [*others, Company.parent_id]
    return select(or_(*of_pairs, *(exists().where(column == company_id) for column in named)))
