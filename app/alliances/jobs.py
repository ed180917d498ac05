"""Reactions of alliances: what was met, said or won changes the pairs around it, and only those."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from app.alliances import assessment, encounters, following, matchmaking, queries
from app.alliances.events import AssessmentDue, ThirdPairDue
from app.books.events import AccountChanged, BuyersChanged
from app.companies.events import CompaniesMerged, CompaniesParted, CompanySaved
from app.contacts.events import ContactsMerged, ContactsParted
from app.exchanges.events import ExchangeRecorded
from app.kit.chores import Upkeep
from app.kit.events import Work
from app.kit.queue import publish

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


def reassess_merged_companies(work: Work, event: CompaniesMerged) -> None:
    """What was with either of two companies is with the survivor."""
    _follow(work, event.merge_id)


def reassess_parted_companies(work: Work, event: CompaniesParted) -> None:
    """What was with the merged company is with it again."""
    _follow(work, event.merge_id)


def _follow(work: Work, merge_id: UUID) -> None:
    with work.begin() as session:
        merge = session.execute(queries.merged_companies(merge_id)).one_or_none()
        if merge is not None:
            survivor_id, merged_id, undone_at = merge
            _introduce(session, following.follow(session, survivor_id, merged_id, undone=undone_at is not None))


def reassess_all(work: Work, _event: BuyersChanged) -> None:
    """To whom the home company sells bears on every pair with it."""
    with work.begin() as session:
        _assess_all(session)


def _introduce(session: Session, pairs: Iterable[matchmaking.Ends]) -> None:
    for ends in pairs:
        publish(session, ThirdPairDue(*ends))


def _assess_all(session: Session) -> None:
    _assess(session, session.scalars(queries.companies_met()))


def _assess(session: Session, company_ids: Iterable[UUID | None]) -> None:
    for company_id in sorted(filter(None, company_ids)):  # in one order, so that no two jobs wait for each other
        publish(session, AssessmentDue(company_id))
