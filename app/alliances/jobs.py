"""Reactions of alliances: what was met, said or won changes the pairs around it, and only those."""

from __future__ import annotations

import structlog
from sqlalchemy.orm import Session

from app.alliances import assessment, encounters, matchmaking, queries
from app.alliances.events import AssessmentDue, ThirdPairDue
from app.books.events import AccountChanged, BuyersChanged
from app.companies.events import CompanySaved
from app.contacts.events import ContactUpdated
from app.exchanges.events import ExchangeRecorded
from app.kit.chores import Upkeep
from app.kit.events import Work
from app.kit.queue import publish

log = structlog.get_logger()

_BATCH = 100


def reassess_alliances(work: Work, event: ExchangeRecorded) -> None:
    """Assess the pair that an exchange belongs to, and the one that it belonged to before a correction."""
    with work.begin() as session:
        touched = session.scalars(queries.companies_touched_by(event.exchange_id)).all()
    for company_id in filter(None, touched):
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
    """What is known of a company bears on its pair; what is known of the home company, on every pair there is."""
    with work.begin() as session:
        home = session.scalars(queries.home_company()).one_or_none()
        if home is None or home.id != event.company_id:
            encounters.reassess_company(session, event.company_id)
            return
        _assess_all(session)


def reassess_sellers(work: Work, event: AccountChanged) -> None:
    """An account bears on the pair of everybody who sells there: what they share, and how rare that is."""
    with work.begin() as session:
        sellers = {seller for _, seller in session.execute(queries.partners_selling_to([event.company_id]))}
        sellers.update(session.scalars(queries.employers(event.holder_id)))
        for company_id in sorted(filter(None, sellers)):
            publish(session, AssessmentDue(company_id))
        for ends in matchmaking.pairs_through(session, event.company_id, event.holder_id):
            publish(session, ThirdPairDue(*ends))


def assess_third_pair(work: Work, event: ThirdPairDue) -> None:
    """Assess the pair of two companies that a user could introduce to each other."""
    with work.begin() as session:
        matchmaking.reassess_third_pair(session, event.one_id, event.other_id)


def reassess_employers(work: Work, event: ContactUpdated) -> None:
    """A contact who takes another job takes along what it sells where."""
    with work.begin() as session:
        for company_id in sorted(filter(None, session.scalars(queries.employers_of_seller(event.contact_id)))):
            publish(session, AssessmentDue(company_id))


def reassess_all(work: Work, _event: BuyersChanged) -> None:
    """To whom the home company sells bears on every pair with it."""
    with work.begin() as session:
        _assess_all(session)


def _assess_all(session: Session) -> None:
    for company_id in sorted(filter(None, session.scalars(queries.companies_met()))):
        publish(session, AssessmentDue(company_id))
