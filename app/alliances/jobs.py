"""Reactions of alliances: what was met, said or won changes the pairs around it, and only those."""

from __future__ import annotations

from app.alliances import encounters, queries
from app.alliances.events import AssessmentDue
from app.companies.events import CompanySaved
from app.exchanges.events import ExchangeRecorded
from app.kit.events import Work
from app.kit.queue import publish


def reassess_alliances(work: Work, event: ExchangeRecorded) -> None:
    """Assess the pair that an exchange belongs to, and the one that it belonged to before a correction."""
    with work.begin() as session:
        touched = session.scalars(queries.companies_touched_by(event.exchange_id)).all()
    for company_id in filter(None, touched):
        with work.begin() as session:
            encounters.reassess_company(session, company_id)


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
        for company_id in filter(None, session.scalars(queries.companies_met())):
            publish(session, AssessmentDue(company_id))
