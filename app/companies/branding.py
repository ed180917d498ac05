"""Brands of a company: names and domains that mean it, although it is called otherwise."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from app.companies import queries, service
from app.companies.domains import web_domain
from app.companies.events import CompanySaved
from app.companies.models import Company, CompanyAlias, CompanyBrand, CompanyDomain
from app.companies.normal import company_key
from app.companies.resolution import know_alias, wait_for_turn
from app.kit.errors import Conflict, InvalidRequest, NotFound
from app.kit.ids import new_id
from app.kit.queue import publish


class BrandTaken(Conflict):
    """The company has this name already, as its own or as that of a brand."""

    code = "brand_taken"


class DomainTaken(Conflict):
    """Another company uses this domain; `company_id` says which."""

    code = "domain_taken"


def add(session: Session, company_id: UUID, name: str, domains: Sequence[str] = ()) -> CompanyBrand:
    """Let cards with this name, or with one of these domains, mean the company.

    Raises:
        NotFound: no such company, or not yours.
        Merged: it is part of another one now.
        BrandTaken: the company has this name already.
        DomainTaken: another company uses one of the domains.
        InvalidRequest: anybody may have an address at one of the domains, or the name has no letters.
    """
    wait_for_turn(session)
    company = service.get(session, company_id)
    key, registrable = company_key(name), _registrable(domains)
    if not key:
        raise InvalidRequest("A brand's name has letters or digits.")
    if key == company.key or key in {brand.key for brand in company.brands}:
        raise BrandTaken
    brand = _make(session, company, name, key, registrable)
    publish(session, CompanySaved(company.id))
    return brand


def _make(session: Session, company: Company, name: str, key: str, domains: Sequence[str]) -> CompanyBrand:
    brand = CompanyBrand(id=new_id(), company_id=company.id, audience_id=company.audience_id, name=name, key=key)
    company.brands.append(brand)
    session.flush()
    known = next((alias for alias in company.aliases if alias.key == key), None)
    if known is not None:
        known.brand_id = brand.id
    else:
        know_alias(session, company, name, key, brand.id)
    _take_domains(session, company, brand, domains)
    session.flush()
    return brand


def _registrable(domains: Sequence[str]) -> list[str]:
    found = dict.fromkeys(web_domain(domain) for domain in domains)
    if None in found:
        raise InvalidRequest("A brand's domain is one that nobody else has addresses at.")
    return [domain for domain in found if domain]


def _take_domains(session: Session, company: Company, brand: CompanyBrand, domains: Collection[str]) -> None:
    mine = {known.domain: known for known in company.domains}
    for known in session.scalars(queries.owners_of(domains)):
        if known.audience_id == company.audience_id and known.company_id != company.id:
            raise DomainTaken(company_id=str(known.company_id))
    whose = {"company_id": company.id, "audience_id": company.audience_id, "brand_id": brand.id}
    for domain in domains:
        if domain in mine:
            mine[domain].brand_id = brand.id
        else:
            company.domains.append(CompanyDomain(**whose, domain=domain))


def get(session: Session, company_id: UUID, brand_id: UUID) -> CompanyBrand:
    """One brand of a company.

    Raises:
        NotFound: no such brand, or not yours.
    """
    brand = session.scalars(queries.brand(company_id, brand_id)).one_or_none()
    if brand is None:
        raise NotFound
    return brand


def remove(session: Session, company_id: UUID, brand_id: UUID) -> None:
    """Let the name and the domains of a brand mean the company no more.

    Raises:
        NotFound: no such company or brand, or not yours.
        Merged: the company is part of another one now.
    """
    wait_for_turn(session)
    company = service.get(session, company_id)
    session.delete(get(session, company.id, brand_id))  # its name and domains go with it
    session.flush()
    session.expire(company)
    publish(session, CompanySaved(company.id))


def copy(session: Session, company: Company, other: Company) -> None:
    """Let a company have the brands that the same company has in another room. Both are loaded whole.

    What it has already, and domains that somebody else uses there, are left out.
    """
    known = {company.key, *(brand.key for brand in company.brands)}
    for brand in other.brands:
        if brand.key not in known:
            domains = {domain.domain for domain in other.domains if domain.brand_id == brand.id}
            free = domains - {each.domain for each in session.scalars(queries.owners_of(domains))}
            mine = {each.domain for each in company.domains}
            _make(session, company, brand.name, brand.key, sorted(free | (domains & mine)))


def mend(session: Session, company: Company) -> None:
    """Make the brands of a company, loaded whole, right again after names and domains went back to another one."""
    mine = {brand.id for brand in company.brands}
    rows: list[CompanyAlias | CompanyDomain] = [*company.aliases, *company.domains]
    for row in rows:
        if row.brand_id is not None and row.brand_id not in mine:
            row.brand_id = None
    known = {alias.key for alias in company.aliases}
    for brand in company.brands:
        if brand.key not in known:
            know_alias(session, company, brand.name, brand.key, brand.id)


def combine(survivor: Company, other: Company) -> dict[UUID, UUID]:
    """Give `survivor` the brands of `other`, both loaded whole, but for those that it has itself.

    Returns:
        For each of these the brand of the survivor that stands for it.
    """
    mine = {brand.key: brand for brand in survivor.brands}
    stands_for = {}
    for brand in list(other.brands):
        if brand.key in mine:
            stands_for[brand.id] = mine[brand.key].id
        else:
            other.brands.remove(brand)
            survivor.brands.append(brand)
            brand.company_id = survivor.id
    return stands_for
