"""Which companies look like what a card says, among all that are known: by index, never by going through them."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from app.companies import queries
from app.companies.matching import Traits, alike, decide
from app.companies.models import Company, CompanyAlias
from app.companies.normal import blocks
from app.companies.reasons import Decision
from app.kit.db import room_of

_AT_A_TIME = 5000


def find(session: Session, traits: Traits) -> tuple[Decision, list[UUID]]:
    """What to do with a company that looks like this, and the ids of the companies that its matches number."""
    return Shelf(session, [traits]).find(traits)


class Shelf:
    """The companies that some cards may mean, taken from the tables at once and kept as those cards are taken in.

    A handful of selects, whether for one card or for five hundred; one more for each name that no company has exactly.
    """

    def __init__(self, session: Session, cards: Sequence[Traits]) -> None:
        self._session = session
        self._by_key: dict[str, list[UUID]] = defaultdict(list)
        self._by_domain: dict[str, list[UUID]] = defaultdict(list)
        keys, domains = {key for card in cards for key in card.keys}, {each for card in cards for each in card.domains}
        said = {"keys": sorted(keys), "domains": sorted(domains)}
        for key, domain, company_id in session.execute(queries.exactly(), said) if keys or domains else ():
            known, value = (self._by_domain, domain) if key is None else (self._by_key, key)
            known[value or ""].append(company_id)
        self._unknown = keys - self._by_key.keys()
        self._known = _known(session, {each for ids in self._exactly() for each in ids})
        self._companies: dict[UUID, Company] = {}
        self._sizes: dict[int, int] | None = None
        self._new: dict[int, list[CompanyAlias]] = defaultdict(list)
        """Names that came since, by the blocks that they are in."""

    def _exactly(self) -> Iterable[list[UUID]]:
        return (*self._by_key.values(), *self._by_domain.values())

    def find(self, card: Traits) -> tuple[Decision, list[UUID]]:
        """What to do with a company that looks like this, and the ids of the companies that its matches number.

        By exact keys and domains first; names that are merely alike are looked for where there is none.
        """
        ids = {each for key in card.keys for each in self._by_key.get(key, ())}
        ids |= {each for domain in card.domains for each in self._by_domain.get(domain, ())}
        ids = ids or {company_id for key in card.keys for company_id in self._alike(key)}
        oldest = sorted(ids)[: queries.MOST_EXACT]
        self._known |= _known(self._session, [each for each in oldest if each not in self._known])
        return decide(card, [self._known[each] for each in oldest]), oldest

    def company(self, company_id: UUID) -> Company:
        """One of those that were found, with its names, domains and logos."""
        if company_id not in self._companies:
            ids = {company_id, *(each for ids in self._exactly() for each in ids)} - self._companies.keys()
            self._companies |= {each.id: each for each in self._session.scalars(queries.whole(ids))}
        return self._companies[company_id]

    def owned(self, domain: str) -> bool:
        """Whether some company uses one of the cards' domains."""
        return bool(self._by_domain.get(domain))

    def keep(self, company: Company) -> None:
        """Find a company, loaded with its names, domains and logos, by what it is known by now."""
        self._companies[company.id] = company
        self._known[company.id] = _present(company, self._known.get(company.id, Traits()))
        for known, values in ((self._by_key, company.aliases), (self._by_domain, company.domains)):
            for value in values:
                ids = known[value.key if isinstance(value, CompanyAlias) else value.domain]
                if company.id not in ids:
                    ids.append(company.id)

    def put_into_blocks(self, alias: CompanyAlias) -> None:
        """Let a name be found by its parts, those left out that find too many names already."""
        numbers = numbers_of_blocks(alias.audience_id or room_of(self._session), alias.key)
        sizes = self._sizes_of(numbers)
        for number in numbers:
            if sizes[number] < queries.MOST_OF_A_BLOCK:
                sizes[number] += 1
                self._new[number].append(alias)

    def settle(self) -> None:
        """Write the blocks of new names, whose rows are there."""
        rows = [{"block": number, "alias_id": alias.id} for number in sorted(self._new) for alias in self._new[number]]
        if rows:
            self._session.execute(queries.new_blocks(), rows)
        self._new.clear()

    def _alike(self, key: str) -> set[UUID]:
        numbers = numbers_of_blocks(room_of(self._session), key)
        near = [(-n, alias_id, company_id, other) for company_id, other, alias_id, n in self._in_blocks(numbers)]
        new = Counter(alias for number in numbers for alias in self._new.get(number, ()))
        near += [(-shared, alias.id, alias.company_id, alias.key) for alias, shared in new.items()]
        near = sorted(near)[: queries.MOST_COMPARED]
        return {near[number][2] for number in alike(key, [other for *_, other in near])}

    def _in_blocks(self, numbers: Collection[int]) -> Sequence[tuple[UUID, str, UUID, int]]:
        found = self._session.execute(queries.keys_in_blocks(), {"blocks": numbers})
        return [(company_id, key, alias_id, shared) for company_id, key, alias_id, shared in found]

    def _sizes_of(self, numbers: Collection[int]) -> dict[int, int]:
        if self._sizes is None:
            self._sizes = {}
            room = room_of(self._session)
            self._count({number for key in self._unknown for number in numbers_of_blocks(room, key)})
        self._count({number for number in numbers if number not in self._sizes})
        return self._sizes

    def _count(self, numbers: Collection[int]) -> None:
        sizes, ordered = dict.fromkeys(numbers, 0), sorted(numbers)
        for first in range(0, len(ordered), _AT_A_TIME):
            counted = self._session.execute(queries.sizes_of_blocks(ordered[first : first + _AT_A_TIME]))
            sizes |= dict(counted.all())
        self._sizes = (self._sizes or {}) | sizes


def _present(company: Company, before: Traits) -> Traits:
    """What a company is recognised by now; what it shares with relatives as before."""
    return replace(
        before,
        keys=tuple(alias.key for alias in company.aliases if alias.brand_id is None),
        brands=tuple(alias.key for alias in company.aliases if alias.brand_id is not None),
        domains=tuple(each.domain for each in company.domains if each.brand_id is None),
        brand_domains=tuple(each.domain for each in company.domains if each.brand_id is not None),
        logos=tuple(logo.hash for logo in company.logos),
        place=company.place,
    )


def _known(session: Session, ids: Collection[UUID]) -> dict[UUID, Traits]:
    """What these companies are recognised by."""
    found: dict[UUID, dict[str, list[str]]] = {company_id: defaultdict(list) for company_id in ids}
    for company_id, kind, value in session.execute(queries.recognised_by(), {"ids": list(ids)}) if ids else ():
        found[company_id][kind].append(value)
    return {company_id: _traits(values) for company_id, values in found.items()}


def _traits(values: Mapping[str, list[str]]) -> Traits:
    keys, domains, logos, places = (tuple(values.get(kind, ())) for kind in ("key", "domain", "logo", "place"))
    brands, brand_domains, group = (tuple(values.get(kind, ())) for kind in ("brand", "brand_domain", "group"))
    known = Traits(keys, domains, logos, places[0] if places else None, brands, brand_domains)
    return replace(known, in_group=True, group_domains=tuple(filter(None, group))) if group else known


def numbers_of_blocks(audience_id: UUID, key: str) -> list[int]:
    """The blocks of a key among what one audience has: signed 64-bit digests."""
    digests = (hashlib.blake2b(block.encode(), digest_size=8, key=audience_id.bytes) for block in blocks(key))
    return [int.from_bytes(digest.digest(), signed=True) for digest in digests]
