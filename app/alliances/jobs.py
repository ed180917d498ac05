"""Reactions of alliances: what was met, said or won changes the pairs around it, and only those."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from app.alliances import assessment, book_queries, encounters, following, matched, matchmaking, queries
from app.alliances.assessment import Pair
from app.alliances.events import AssessmentDue, PartnersDue, SellersDue, ThirdPairDue
from app.alliances.keeping import follow_account, renew_buyers
from app.books.events import AccountChanged, BuyersChanged
from app.companies.events import CompaniesMerged, CompaniesParted, CompanyLeft, CompanySaved
from app.companies.models import Company
from app.contacts.events import ContactShared, ContactsMerged, ContactsParted, ContactWithdrawn
from app.exchanges.events import ExchangeRecorded
from app.exchanges.models import Exchange
from app.kit.chores import Upkeep
from app.kit.db import in_room
from app.kit.events import Work
from app.kit.queue import publish
from app.matches.events import MatchConfirmed

log = structlog.get_logger()

_BATCH = 100
_AROUND = 200
"""Pairs of one company that are assessed in one go; of one that has more, the others follow one by one."""


def reassess_alliances(work: Work, event: ExchangeRecorded) -> None:
    """Assess the pair that an exchange belongs to, and the one that it belonged to before a correction."""
    with work.begin() as session:
        exchange = session.get(Exchange, event.exchange_id)
        touched = set(filter(None, session.scalars(queries.companies_touched_by(event.exchange_id))))
        if exchange is not None:
            encounters.count_exchange(session, exchange)
            if exchange.company_id is not None:
                publish(session, PartnersDue(exchange.company_id))
    for company_id in sorted(touched - ({exchange.company_id} if exchange else set())):
        with work.begin() as session:
            encounters.reassess_company(session, company_id)


def age_alliances(upkeep: Upkeep) -> None:
    """Bring every score and state to the present day; a run that was cut short goes on where it stopped."""
    with upkeep.sessions.begin(reading=True) as session:
        organizations = session.scalars(queries.organizations()).all()
    aged = 0
    for organization_id in organizations:
        while True:
            with upkeep.sessions.begin(organization_id) as session:
                some = assessment.age(session, _BATCH)
            aged += some
            if some < _BATCH:
                break
    log.info("alliances.aged", count=aged)


def assess_company(work: Work, event: AssessmentDue) -> None:
    """Assess the pair of the home company with this one."""
    with work.begin() as session:
        encounters.reassess_company(session, event.company_id)


def reassess_company(work: Work, event: CompanySaved) -> None:
    """What is known of a company bears on its pairs; what is known of the home company, on every pair there is."""
    with work.begin() as session:
        company, home = session.get(Company, event.company_id), session.scalars(queries.home_company()).one_or_none()
        if home is not None and home.id == event.company_id:
            _assess_all(session)
        else:
            encounters.reassess_company(session, event.company_id)
            if company is not None:
                _assess_around(session, company)


def reassess_sellers(work: Work, event: AccountChanged) -> None:
    """An account bears on the pair of everybody who sells there: what they share, and how rare that is.

    What an account adds to a pair is kept account by account, so that no book is read as a whole; and an account that
    everybody sells into counts for no pair, so that these are never more than a few hundred.
    """
    with work.begin() as session:
        account = session.get(Company, event.company_id)
        sharing: dict[UUID, set[UUID]] = defaultdict(set)
        for alliance_id, room in session.execute(book_queries.pairs_that_share(event.company_id)):
            sharing[room].add(alliance_id)
        for room in sorted(sharing.keys() | ({account.audience_id} if account else set())):
            with in_room(session, room):
                _follow_account(session, event, sharing[room])


def _follow_account(session: Session, event: AccountChanged, sharing: Collection[UUID]) -> None:
    partners = set(filter(None, session.scalars(queries.employers(event.holder_id))))
    home = session.scalars(queries.home_company()).one_or_none()
    by_user = home is not None and not partners and session.scalar(queries.user(event.holder_id)) is not None
    own = {home.id} if home is not None and by_user else partners
    assessment.shift(session, follow_account(session, event.company_id, own, home, sharing))
    for company in session.scalars(queries.companies(partners)).all() if partners else ():
        if not company.is_home:
            _, sells_elsewhere = renew_buyers(session, company)
            if sells_elsewhere:
                _assess_around(session, company)
            publish(session, SellersDue(company.id, event.company_id))


def _assess_around(session: Session, company: Company) -> None:
    """Assess every pair of a company whose buyers or traits are others now, and those that it could have by them."""
    with in_room(session, company.audience_id):
        found = session.scalars(queries.pairs_with(company.id, _AROUND + 1)).all()
        if len(found) > _AROUND:
            _assess_one_by_one(session, company.id)
        elif found:
            pairs = session.scalars(queries.alliances_to_change(found)).all()
            assessment.assess_room(session, [Pair(pair, is_new=False) for pair in pairs])
    publish(session, PartnersDue(company.id))


def _assess_one_by_one(session: Session, company_id: UUID) -> None:
    home = session.scalars(queries.home_company()).one_or_none()
    for ends in session.execute(queries.ends_with(company_id)):
        other = next(end for end in ends if end != company_id)
        with_home = home is not None and other == home.id
        publish(session, AssessmentDue(company_id) if with_home else ThirdPairDue(*ends))


def assess_third_pair(work: Work, event: ThirdPairDue) -> None:
    """Assess the pair of two companies that a user could introduce to each other."""
    with work.begin() as session:
        matchmaking.reassess_third_pair(session, event.one_id, event.other_id)


def find_partners(work: Work, event: PartnersDue) -> None:
    """Make the pairs of a company with others that sell something else to the same industry."""
    with work.begin() as session:
        matchmaking.introduce_by_buyers(session, event.company_id)


def find_sellers(work: Work, event: SellersDue) -> None:
    """Make the pairs of a company with others that sell into the same account."""
    with work.begin() as session:
        matchmaking.introduce_through(session, event.account_id, event.company_id)


def reassess_merged(work: Work, event: ContactsMerged) -> None:
    """Two contacts who are one person are one pair of reps with each user."""
    with work.begin() as session:
        _assess(session, session.scalars(queries.companies_of_merged(event.merge_id)))


def reassess_parted(work: Work, event: ContactsParted) -> None:
    """And two again."""
    with work.begin() as session:
        _assess(session, session.scalars(queries.companies_of_merged(event.merge_id)))


def reassess_shared(work: Work, event: ContactShared) -> None:
    """What everybody sees now counts for everybody."""
    _reassess_contact(work, event.contact_id)


def reassess_withdrawn(work: Work, event: ContactWithdrawn) -> None:
    """And what its owner sees alone counts for the owner alone."""
    _reassess_contact(work, event.contact_id)


def _reassess_contact(work: Work, contact_id: UUID) -> None:
    with work.begin() as session:
        _assess(session, session.scalars(queries.companies_touched_by_contact(contact_id)))


def forget_company(work: Work, event: CompanyLeft) -> None:
    """A company that nothing names any more is forgotten, with the pair that rested on what named it."""
    with work.begin() as session:
        encounters.reassess_company(session, event.company_id)
        company = session.get(Company, event.company_id)
        if company is not None and not company.is_home and not session.scalar(queries.is_named(company.id)):
            session.delete(company)
            log.info("company.forgotten", company_id=str(company.id))


def follow_companies(work: Work, event: CompaniesMerged | CompaniesParted) -> None:
    """What was recorded for the pairs of two companies that were merged, or parted, follows."""
    with work.begin() as session:
        following.follow(session, event.merge_id)


def reassess_all(work: Work, _event: BuyersChanged) -> None:
    """To whom the home company sells bears on every pair with it."""
    with work.begin() as session:
        _assess_all(session)


def count_match(work: Work, event: MatchConfirmed) -> None:
    """What two books were found to share in private counts for the pair of the two companies."""
    with work.begin() as session:
        matched.count_match(session, event.match_id)


def _assess_all(session: Session) -> None:
    _assess(session, session.scalars(queries.companies_met()))


def _assess(session: Session, company_ids: Iterable[UUID | None]) -> None:
    for company_id in sorted(filter(None, company_ids)):  # in one order, so that no two jobs wait for each other
        publish(session, AssessmentDue(company_id))
