"""Name the home company, look companies up, correct them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from app.companies import family, queries, resolution
from app.companies.domains import web_domain
from app.companies.events import CompanySaved
from app.companies.models import Company, CompanyDoubt, DoubtState
from app.companies.normal import company_key
from app.companies.provenance import clear, fill, typed_in
from app.companies.resolution import AMBIGUOUS, Sighting
from app.companies.schemas import CompanyChange
from app.kit.errors import Conflict, Moved, NotFound
from app.kit.etags import check_etag
from app.kit.queue import publish


class Merged(Moved):
    """This company is part of another one now; `Location` is the same route of that one."""

    def __init__(self, old_id: UUID, survivor_id: UUID) -> None:
        self.survivor_id = survivor_id
        super().__init__(old_id, survivor_id, f"/v1/companies/{survivor_id}", company_id=str(survivor_id))


def set_home_company(
    session: Session,
    name: str,
    domain: str | None = None,
    *,
    industry: str | None = None,
    product_category: str | None = None,
) -> Company:
    """Say which company the organization's users work for; called again, it corrects the answer.

    Args:
        session: of the organization.
        name: as it is printed on the home company's cards.
        domain: of its website or mail, with or without `www.`.
        industry: what its customers do.
        product_category: what it sells.

    Raises:
        Conflict: the name has no letters, or another company is known to use `domain`.
    """
    resolution.wait_for_turn(session)
    registrable = web_domain(domain) if domain else None
    domains = (typed_in(registrable),) if registrable else ()
    seen = Sighting(typed_in(name), domains)
    company = session.scalars(queries.home()).one_or_none() or resolution.resolve(session, seen)
    if company is None or not company_key(name):
        raise Conflict("A company's name has letters or digits.")
    company.is_home = True
    resolution.learn(session, company, seen)
    if registrable and registrable not in {known.domain for known in company.domains}:
        raise Conflict("Another company is known to use this domain.")
    fill(company, "industry", typed_in(industry) if industry else None)
    fill(company, "product_category", typed_in(product_category) if product_category else None)
    session.flush()
    publish(session, CompanySaved(company.id))
    return company


def get(session: Session, company_id: UUID) -> Company:
    """A company with its names, domains and logos.

    Raises:
        NotFound: no such company, or not yours.
        Merged: it is part of another one now.
    """
    company = session.scalars(queries.company(company_id)).one_or_none()
    if company is None:
        raise NotFound
    if company.merged_into_id is not None:
        raise Merged(company.id, company.merged_into_id)
    return company


def current(session: Session, company_id: UUID) -> Company:
    """The same, or the company that it turned out to be: for what names a company by an id that it had before a merge.

    Raises:
        NotFound: no such company, or not yours.
    """
    while True:
        try:
            return get(session, company_id)
        except Merged as merged:
            company_id = merged.survivor_id


def dismiss(session: Session, doubt_id: UUID) -> CompanyDoubt:
    """Two companies are two, a person says.

    Raises:
        NotFound: no such question, or not yours.
    """
    resolution.wait_for_turn(session)
    doubt = session.scalars(queries.doubt(doubt_id)).one_or_none()
    if doubt is None:
        raise NotFound
    doubt.state = DoubtState.DIFFERENT
    session.flush()
    company = get(session, doubt.company_id)
    if AMBIGUOUS in company.review and not session.scalars(queries.open_doubts(company.id)).first():
        company.review = [reason for reason in company.review if reason != AMBIGUOUS]
        publish(session, CompanySaved(company.id))
    return doubt


def correct(session: Session, company_id: UUID, if_match: str | None, change: CompanyChange) -> Company:
    """Take over what a person says of a company; no card overwrites it.

    Raises:
        NotFound: no such company, or not yours; or its parent is not.
        ParentCycle: the parent belongs to the company.
        Conflict: the company is shared and the parent is private.
        PreconditionRequired: no `If-Match`.
        PreconditionFailed: the company was changed meanwhile.
    """
    resolution.wait_for_turn(session)
    company = get(session, company_id)
    check_etag(if_match, company.version)
    said = change.model_dump(exclude_unset=True)
    if "name" in said:
        resolution.rename(session, company, typed_in(said["name"]))
    for field in ("industry", "product_category"):
        if said.get(field):
            fill(company, field, typed_in(said[field]))
        elif field in said:
            clear(company, field)
    if "parent_id" in said:
        parent_id = said["parent_id"]
        family.put_under(session, company, current(session, parent_id) if parent_id else None)
    if said:
        session.flush()
        publish(session, CompanySaved(company.id))
    return company
