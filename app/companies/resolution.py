"""From what a card says of a company to the company: found, or made.

Whoever calls this has waited for the organization's turn (`wait_for_turn`), so that two cards of one new company that
are absorbed at once do not make two.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from app.companies import queries
from app.companies.domains import core, name_of_domain
from app.companies.events import CompanyRenamed, CompanySaved
from app.companies.finding import Shelf
from app.companies.matching import BY_BRAND, NEARLY_THE_SAME, Traits, likeness, tells_more
from app.companies.models import Company, CompanyAlias, CompanyDomain, CompanyDoubt, CompanyLogo
from app.companies.normal import company_key
from app.companies.provenance import DOMAIN, GUESS, USER, Stated, fill
from app.companies.reasons import Decision, Match, Verdict
from app.kit.db import room_of, within_one_room
from app.kit.ids import new_id
from app.kit.queue import publish_all

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
    of_person: bool = False
    """Whether it is said beside a person's name: that names no company anew, but corrects a misread or guessed name."""

    @property
    def traits(self) -> Traits:
        key = company_key(self.name.value) if self.name else ""
        domains = tuple(dict.fromkeys(domain.value for domain in self.domains))
        return Traits((key,) if key else (), domains, self.logos, self.place.value if self.place else None)


def wait_for_turn(session: Session) -> None:
    """From here to the end of the transaction nobody else resolves companies and people of this organization."""
    session.execute(queries.turn(session.info["organization_id"]))


def resolve(session: Session, seen: Sighting) -> Company | None:
    """The company that a card means, made where it is new; None where the card names none.

    A company that may be another one gets the review reason `company_ambiguous`, and a doubt for each it may be.
    """
    return resolve_all(session, [seen])[0]


@within_one_room
def resolve_all(session: Session, seen: Sequence[Sighting]) -> list[Company | None]:
    """The same for each of many cards, one after the other, with no more selects than one card takes."""
    traits = [each.traits for each in seen]
    desk = _Desk(session, traits)
    with session.no_autoflush:
        found = [_resolve(desk, *each) for each in zip(seen, traits, strict=True)]
    desk.settle()
    return found


class _Desk:
    """Where cards are taken in: what is known of their companies, and what is written when all are done."""

    def __init__(self, session: Session, cards: Sequence[Traits]) -> None:
        self.session = session
        self.shelf = Shelf(session, cards)
        self.doubts: list[CompanyDoubt] = []
        self.saved: dict[UUID, None] = {}
        self.renamed: dict[UUID, None] = {}

    def settle(self) -> None:
        """Write and announce it: blocks and doubts refer to rows that are there then."""
        self.session.flush()
        self.shelf.settle()
        self.session.add_all(self.doubts)
        publish_all(self.session, [*map(CompanySaved, self.saved), *map(CompanyRenamed, self.renamed)])


def _resolve(desk: _Desk, seen: Sighting, traits: Traits) -> Company | None:
    if not traits.keys and not traits.domains:
        return None
    decision, known = desk.shelf.find(traits)
    if decision.verdict is Verdict.SAME and _says_otherwise(seen, traits, decision.matches[0]):
        seen = replace(seen, domains=())
        decision, known = desk.shelf.find(seen.traits)
    if decision.verdict is Verdict.SAME:
        company = desk.shelf.company(known[decision.matches[0].number])
        if company.audience_id == room_of(desk.session):  # the home company, which everybody sees, learns from shared
            by_brand = any(reason.code in BY_BRAND for reason in decision.matches[0].reasons)
            _learn(desk, company, replace(seen, name=None) if by_brand else seen)
        return company
    return _make(desk, seen, decision, known)


def _says_otherwise(seen: Sighting, traits: Traits, match: Match) -> bool:
    """Whether a person named another company than the one that the addresses beside it are of."""
    if not seen.of_person or seen.name is None or seen.name.source != USER:
        return False
    letters = {key.replace(" ", "") for key in traits.keys}
    is_short = any(core(domain).replace("-", "") in letters for domain in traits.domains)
    return not is_short and any(reason.code == "different_name" for reason in match.reasons)


def _make(desk: _Desk, seen: Sighting, decision: Decision, known: list[UUID]) -> Company:
    name = seen.name or Stated(name_of_domain(seen.domains[0].value), GUESS, DOMAIN)
    company = Company(
        id=new_id(),
        audience_id=room_of(desk.session),
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
    desk.session.add(company)
    _know_name(desk, company, name.value, shown=True)
    _learn(desk, company, seen)
    desk.saved[company.id] = None
    desk.shelf.keep(company)
    desk.doubts += [_doubt(company, known[match.number], match) for match in decision.matches]
    return company


def _doubt(company: Company, other_id: UUID, match: Match) -> CompanyDoubt:
    return CompanyDoubt(company_id=company.id, other_id=other_id, bits=match.bits, reasons=match.documents())


def learn(session: Session, company: Company, seen: Sighting) -> None:
    """Take over what the card adds: names, domains, logos, a surer name."""
    desk = _Desk(session, [seen.traits])
    _learn(desk, company, seen)
    desk.settle()


def _learn(desk: _Desk, company: Company, seen: Sighting) -> None:
    changed = [
        _rename(desk, company, seen.name, of_person=seen.of_person),
        _know_domains(desk, company, seen.domains),
        _know_logos(company, seen.logos),
        fill(company, "place", seen.place),
    ]
    if any(changed):
        desk.saved[company.id] = None
        desk.shelf.keep(company)


def is_short_for(session: Session, name: str, company: Company) -> bool:
    """Whether a name is the beginning of a company's, or of its domain, and no other company is called so.

    The company was loaded with its domains.
    """
    key = company_key(name)
    words, full = key.split(), company.key.split()
    begins = 0 < len(words) < len(full) and full[: len(words)] == words
    if not begins and key.replace(" ", "") not in {core(each.domain).replace("-", "") for each in company.domains}:
        return False
    others = session.execute(queries.exactly(), {"keys": [key], "domains": []})
    return {company_id for _, _, company_id in others} <= {company.id}


def rename(session: Session, company: Company, name: Stated) -> None:
    """Know the company by `name`, and show it where it outranks the present one."""
    desk = _Desk(session, ())
    _rename(desk, company, name)
    desk.settle()


def _rename(desk: _Desk, company: Company, name: Stated | None, *, of_person: bool = False) -> bool:
    if name is None:
        return False
    changed = name.confidence >= _SURE_ENOUGH and _know_name(desk, company, name.value)
    if of_person and not _corrects(company, name):
        return changed
    if fill(company, "name", name):
        company.key = company_key(name.value)
        company.confidence = name.confidence
        _know_name(desk, company, name.value, shown=True)
        desk.renamed[company.id] = None
        return True
    company.confidence = company.provenance["name"]["confidence"]
    return changed


def _corrects(company: Company, name: Stated) -> bool:
    """Whether a name said beside a person is what a reader misread, or could only guess."""
    source, key = company.provenance["name"]["source"], company_key(name.value)
    return source == DOMAIN or (source != USER and key != company.key and likeness(key, company.key) >= NEARLY_THE_SAME)


def _know_name(desk: _Desk, company: Company, name: str, *, shown: bool = False) -> bool:
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
    _know_alias(desk, company, name, key)
    return True


def know_alias(session: Session, company: Company, name: str, key: str, brand_id: UUID | None = None) -> None:
    """Let the company be found by a name that it does not have yet: its own, or a brand's."""
    desk = _Desk(session, ())
    _know_alias(desk, company, name, key, brand_id)
    desk.settle()


def _know_alias(desk: _Desk, company: Company, name: str, key: str, brand_id: UUID | None = None) -> None:
    whose = {"company_id": company.id, "audience_id": company.audience_id, "brand_id": brand_id}
    alias = CompanyAlias(id=new_id(), **whose, name=name, key=key)
    company.aliases.append(alias)
    desk.shelf.put_into_blocks(alias)


def _know_domains(desk: _Desk, company: Company, domains: Collection[Stated]) -> bool:
    sure = {domain.value for domain in domains if domain.confidence >= _SURE_ENOUGH}
    mine = {domain.domain for domain in company.domains}
    new = sorted(domain for domain in sure - mine if not desk.shelf.owned(domain))
    whose = {"company_id": company.id, "audience_id": company.audience_id}
    company.domains.extend(CompanyDomain(**whose, domain=domain) for domain in new)
    return bool(new)


def _know_logos(company: Company, logos: Collection[str]) -> bool:
    new = [logo for logo in dict.fromkeys(logos) if all(logo != known.hash for known in company.logos)]
    new = new[: max(0, _MOST_LOGOS - len(company.logos))]
    company.logos.extend(CompanyLogo(company_id=company.id, hash=logo) for logo in new)
    return bool(new)
