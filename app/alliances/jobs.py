"""Reactions of alliances: what was met, said or won changes the pairs around it, and only those."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from app.alliances import assessment, encounters, following, matched, matchmaking, queries
from app.alliances.events import AssessmentDue, ThirdPairDue
from app.books.events import AccountChanged, BuyersChanged
from app.companies.events import CompaniesMerged, CompaniesParted, CompanyLeft, CompanySaved
from app.companies.models import Company
from app.contacts.events import ContactShared, ContactsMerged, ContactsParted, ContactWithdrawn
from app.exchanges.events import ExchangeRecorded
from app.kit.chores import Upkeep
from app.kit.db import in_room
from app.kit.events import Work
from app.kit.queue import publish
from app.matches.events import MatchConfirmed

log = structlog.get_logger()

_BATCH = 100
_CROWD = 50
"""Sellers of one account: with so many, one more changes its idf by about half a percent."""


def reassess_alliances(work: Work, event: ExchangeRecorded) -> None:
    """Assess the pair that an exchange belongs to, and the one that it belonged to before a correction."""
    with work.begin() as session:
        touched = session.scalars(queries.companies_touched_by(event.exchange_id)).all()
    for company_id in filter(None, touched):
        with work.begin() as session:
            encounters.reassess_company(session, company_id)
            _introduce(session, matchmaking.pairs_by_buyers(session, company_id))


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
    """What is known of a company bears on its pair; what is known of the home company, on every pair there is."""
    with work.begin() as session:
        home = session.scalars(queries.home_company()).one_or_none()
        if home is None or home.id != event.company_id:
            encounters.reassess_company(session, event.company_id)
            _introduce(session, matchmaking.pairs_by_buyers(session, event.company_id))
            return
        _assess_all(session)


def reassess_sellers(work: Work, event: AccountChanged) -> None:
    """An account bears on the pair of everybody who sells there: what they share, and how rare that is.

    Of an account that many sell into, one seller more or less is not worth so many assessments: when it is a contact's,
    only the contact's companies are assessed, and the others when the next day begins.
    """
    with work.begin() as session:
        account = session.get(Company, event.company_id)
        if account is not None:
            _reassess_sellers(session, account, event)


def _reassess_sellers(session: Session, account: Company, event: AccountChanged) -> None:
    with in_room(session, account.audience_id):
        own = set(filter(None, session.scalars(queries.employers(event.holder_id))))
        sellers = set(session.scalars(queries.partners_selling_to(event.company_id)))
        touched = own if own and len(sellers) > _CROWD else own | sellers
        _assess(session, touched)
        _introduce(session, matchmaking.pairs_through(session, event.company_id, event.holder_id))
        for company_id in sorted(own):
            _introduce(session, matchmaking.pairs_by_buyers(session, company_id))


def assess_third_pair(work: Work, event: ThirdPairDue) -> None:
    """Assess the pair of two companies that a user could introduce to each other."""
    with work.begin() as session:
        matchmaking.reassess_third_pair(session, event.one_id, event.other_id)


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


def _introduce(session: Session, pairs: Iterable[matchmaking.Ends]) -> None:
    for ends in pairs:
        publish(session, ThirdPairDue(*ends))


def _assess_all(session: Session) -> None:
    _assess(session, session.scalars(queries.companies_met()))


def _assess(session: Session, company_ids: Iterable[UUID | None]) -> None:
    for company_id in sorted(filter(None, company_ids)):  # in one order, so that no two jobs wait for each other
        publish(session, AssessmentDue(company_id))
