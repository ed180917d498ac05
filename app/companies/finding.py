"""Which companies look like what a card says, among all that are known: by index, never by going through them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from app.companies import queries
from app.companies.matching import Traits, alike, decide
from app.companies.models import CompanyAlias, CompanyBlock
from app.companies.normal import blocks
from app.companies.reasons import Decision
from app.kit.db import room_of


def find(session: Session, traits: Traits) -> tuple[Decision, list[UUID]]:
    """What to do with a company that looks like this, and the ids of the companies that its matches number.

    By exact keys and domains first; names that are merely alike are looked for where there is none.
    """
    known = _known(
        session, session.scalars(queries.ids_exactly(), {"keys": traits.keys, "domains": traits.domains}).all()
    )
    if not known:
        known = _known(session, {company_id for key in traits.keys for company_id in _alike(session, key)})
    return decide(traits, list(known.values())), list(known)


def _known(session: Session, ids: Collection[UUID]) -> dict[UUID, Traits]:
    """What these companies are recognised by, oldest first."""
    found: dict[UUID, dict[str, list[str]]] = {company_id: defaultdict(list) for company_id in sorted(ids)}
    for company_id, kind, value in session.execute(queries.recognised_by(), {"ids": list(ids)}) if ids else ():
        found[company_id][kind].append(value)
    return {company_id: _traits(values) for company_id, values in found.items()}


def _traits(values: Mapping[str, list[str]]) -> Traits:
    keys, domains, logos, places = (tuple(values.get(kind, ())) for kind in ("key", "domain", "logo", "place"))
    brands, brand_domains, group = (tuple(values.get(kind, ())) for kind in ("brand", "brand_domain", "group"))
    known = Traits(keys, domains, logos, places[0] if places else None, brands, brand_domains)
    return replace(known, in_group=True, group_domains=tuple(filter(None, group))) if group else known


def _alike(session: Session, key: str) -> set[UUID]:
    near = session.execute(queries.keys_in_blocks(), {"blocks": numbers_of_blocks(room_of(session), key)}).all()
    return {near[number][0] for number in alike(key, [other for _, other in near])}


def numbers_of_blocks(audience_id: UUID, key: str) -> list[int]:
    """The blocks of a key among what one audience has: signed 64-bit digests."""
    digests = (hashlib.blake2b(block.encode(), digest_size=8, key=audience_id.bytes) for block in blocks(key))
    return [int.from_bytes(digest.digest(), signed=True) for digest in digests]


def put_into_blocks(session: Session, alias: CompanyAlias) -> None:
    """Let a name be found by its parts, those left out that find too many names already."""
    numbers = numbers_of_blocks(alias.audience_id, alias.key)
    sizes = dict(session.execute(queries.sizes_of_blocks(numbers)).all())
    roomy = (number for number in numbers if sizes.get(number, 0) < queries.MOST_OF_A_BLOCK)
    session.add_all(CompanyBlock(block=number, alias_id=alias.id) for number in roomy)
