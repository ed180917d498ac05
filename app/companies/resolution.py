"""From what a card says of a company to the company: found, or made.

Whoever calls this has waited for the organization's turn (`wait_for_turn`), so that two cards of one new company that
are absorbed at once do not make two.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from app.companies import queries
from app.companies.domains import name_of_domain
from app.companies.events import CompanyRenamed, CompanySaved
from app.companies.finding import find, put_into_blocks
from app.companies.matching import BY_BRAND, Traits, tells_more
from app.companies.models import Company, CompanyAlias, CompanyDomain, CompanyDoubt, CompanyLogo
from app.companies.normal import company_key
from app.companies.provenance import DOMAIN, GUESS, Stated, fill
from app.companies.reasons import Decision, Match, Verdict
from app.kit.db import room_of, within_one_room
from app.kit.ids import new_id
from app.kit.queue import publish

AMBIGUOUS = "company_ambiguous"

_MOST_LOGOS = 20
_SURE_ENOUGH = 0.5
"""A name or domain below this chance is not kept as one more by which a company is known."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a card says of a company."""

    name: Stated | None = None
    domains: tuple[Stated, ...] = ()
    """Registrable, of addresses first; none that anybody may have."""
    logos: tuple[str, ...] = ()
    place: Stated | None = None

    @property
    def traits(self) -> Traits:
        key = company_key(self.name.value) if self.name else ""
        domains = tuple(dict.fromkeys(domain.value for domain in self.domains))
        return Traits((key,) if key else (), domains, self.logos, self.place.value if self.place else None)


def wait_for_turn(session: Session) -> None:
    """From here to the end of the transaction nobody else resolves companies and people of this organization."""
    session.execute(queries.turn(session.info["organization_id"]))


@within_one_room
def resolve(session: Session, seen: Sighting) -> Company | None:
    """The company that a card means, made where it is new; None where the card names none.

    A company that may be another one gets the review reason `company_ambiguous`, and a doubt for each it may be.
    """
    traits = seen.traits
    if not traits.keys and not traits.domains:
        return None
    decision, known = find(session, traits)
    if decision.verdict is Verdict.SAME:
        company = session.scalars(queries.company(known[decision.matches[0].number])).one()
        if company.audience_id == room_of(session):  # the home company, which everybody sees, learns from shared cards
            by_brand = any(reason.code in BY_BRAND for reason in decision.matches[0].reasons)
            learn(session, company, replace(seen, name=None) if by_brand else seen)
        return company
    return _make(session, seen, decision, known)


def _make(session: Session, seen: Sighting, decision: Decision, known: list[UUID]) -> Company:
    name = seen.name or Stated(name_of_domain(seen.domains[0].value), GUESS, DOMAIN)
    company = Company(
        id=new_id(),
        name=name.value,
        key=company_key(name.value),
        confidence=name.confidence,
        provenance={"name": name.document()},
        review=[AMBIGUOUS] if decision.matches else [],
        aliases=[],
        domains=[],
        logos=[],
        brands=[],
    )
    session.add(company)
    session.flush()
    _know_name(session, company, name.value, shown=True)
    learn(session, company, seen, is_new=True)
    session.add_all(_doubt(company, known[match.number], match) for match in decision.matches)
    return company


def _doubt(company: Company, other_id: UUID, match: Match) -> CompanyDoubt:
    return CompanyDoubt(company_id=company.id, other_id=other_id, bits=match.bits, reasons=match.documents())


def learn(session: Session, company: Company, seen: Sighting, *, is_new: bool = False) -> None:
    """Take over what the card adds: names, domains, logos, a surer name."""
    changed = [
        rename(session, company, seen.name),
        _know_domains(session, company, seen.domains),
        _know_logos(company, seen.logos),
        fill(company, "place", seen.place),
    ]
    if is_new or any(changed):
        session.flush()
        publish(session, CompanySaved(company.id))


def rename(session: Session, company: Company, name: Stated | None) -> bool:
    """Know the company by `name`, and show it where it outranks the present one; True when something changed."""
    if name is None:
        return False
    changed = name.confidence >= _SURE_ENOUGH and _know_name(session, company, name.value)
    if fill(company, "name", name):
        company.key = company_key(name.value)
        company.confidence = name.confidence
        _know_name(session, company, name.value, shown=True)
        publish(session, CompanyRenamed(company.id))
        return True
    company.confidence = company.provenance["name"]["confidence"]
    return changed


def _know_name(session: Session, company: Company, name: str, *, shown: bool = False) -> bool:
    """Know the company by one more name; by one that is not `shown` only if that helps to find it."""
    key, own = company_key(name), [alias.key for alias in company.aliases if alias.brand_id is None]
    if not key or key in own:
        return False
    brand = next((alias for alias in company.aliases if alias.key == key), None)
    if brand is not None:
        brand.brand_id = None if shown else brand.brand_id
        return shown
    if not shown and not tells_more(key, own):
        return False
    know_alias(session, company, name, key)
    return True


def know_alias(session: Session, company: Company, name: str, key: str, brand_id: UUID | None = None) -> None:
    """Let the company be found by a name that it does not have yet: its own, or a brand's."""
    whose = {"company_id": company.id, "audience_id": company.audience_id, "brand_id": brand_id}
    alias = CompanyAlias(id=new_id(), **whose, name=name, key=key)
    company.aliases.append(alias)
    session.flush()
    put_into_blocks(session, alias)


def _know_domains(session: Session, company: Company, domains: Collection[Stated]) -> bool:
    sure = {domain.value for domain in domains if domain.confidence >= _SURE_ENOUGH}
    mine = {domain.domain for domain in company.domains}
    taken = set(session.scalars(queries.taken_domains(sure))) if sure - mine else mine
    new = sorted(sure - taken)
    whose = {"company_id": company.id, "audience_id": company.audience_id}
    company.domains.extend(CompanyDomain(**whose, domain=domain) for domain in new)
    return bool(new)


def _know_logos(company: Company, logos: Collection[str]) -> bool:
    new = [logo for logo in dict.fromkeys(logos) if all(logo != known.hash for known in company.logos)]
    new = new[: max(0, _MOST_LOGOS - len(company.logos))]
    company.logos.extend(CompanyLogo(company_id=company.id, hash=logo) for logo in new)
    return bool(new)
