"""How long it takes to find a company among many, in the real tables."""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.auth.service import found_organization
from app.companies.finding import find, numbers_of_blocks
from app.companies.matching import Traits
from app.companies.models import Company, CompanyAlias, CompanyBlock, CompanyDomain
from app.companies.normal import company_key
from app.companies.queries import MOST_OF_A_BLOCK
from app.composition import migrate
from app.kit.clock import now
from app.kit.db import Sessions, make_engine
from app.kit.ids import new_id
from app.settings import Settings
from bench.matching.names import Words, cards, companies

_BATCH = 5000
_WARM_UP = 50


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds for one lookup: by the name alone, and where the domain is known."""

    names: int
    p50: float
    p99: float
    misread_p50: float
    """Of the names that no company has exactly as the card shows them."""
    misread_p99: float
    domain_p50: float


def measure(urls: Mapping[str, str], words: Words, name_count: int, lookups: int) -> dict[str, Times]:
    """Fill empty databases with so many companies of one organization, then look misread names up in each in turn.

    Args:
        urls: of the databases, by what they are called.
        words: of real names.
        name_count: companies, each of one name.
        lookups: so many of each database.
    """
    filled = {name: fill(url, words, name_count) for name, url in urls.items()}
    times = {name: look_up(*each, lookups) for name, each in filled.items()}
    for sessions, *_ in filled.values():
        sessions.engine.dispose()
    return times


def fill(url: str, words: Words, name_count: int) -> tuple[Sessions, UUID, list[tuple[str, str]]]:
    """Sessions of an empty database that was filled, the organization, and name and domain of its companies."""
    migrate(Settings(database_url=url))
    sessions = Sessions(make_engine(url), {"flow": {}})
    known = companies(words, name_count, random.Random(11))
    with sessions.begin() as session:
        organization_id = found_organization(session, "Bench", "US").id
    sizes: Counter[int] = Counter()
    for batch in _batches(known):
        with sessions.begin(organization_id) as session:
            _fill(session, batch, sizes)
    if sessions.engine.dialect.name == "postgresql":  # SQLite is told of its tables once, as `app.kit.statistics` says
        with sessions.begin(organization_id) as session:
            session.execute(sa.text("ANALYZE"))
    return sessions, organization_id, known


def look_up(sessions: Sessions, organization_id: UUID, known: list[tuple[str, str]], lookups: int) -> Times:
    """Look names up as cards show them."""
    shown = list(cards(known, lookups + _WARM_UP, random.Random(12)))
    gc.collect()
    gc.freeze()  # no service holds the million names that are drawn here
    with sessions.begin(organization_id, reading=True) as session:
        by_name = [_time(session, Traits((company_key(card.name),))) for card in shown][_WARM_UP:]
        keys = {company_key(name) for name, _ in known}
        unknown = [company_key(card.name) not in keys for card in shown[_WARM_UP:]]
        misread = [took for took, is_unknown in zip(by_name, unknown, strict=True) if is_unknown]
        by_domain = [_time(session, Traits((company_key(card.name),), (known[card.company][1],))) for card in shown]
    cuts = statistics.quantiles(by_name, n=100)
    hard = statistics.quantiles(misread, n=100)
    return Times(len(known), cuts[49], cuts[98], hard[49], hard[98], statistics.median(by_domain[_WARM_UP:]))


def _time(session: Session, seen: Traits) -> float:
    session.expunge_all()
    started = time.perf_counter()
    find(session, seen)
    return 1000 * (time.perf_counter() - started)


def _batches(known: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    rest = iter(known)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _fill(session: Session, batch: list[tuple[str, str]], sizes: Counter[int]) -> None:
    organization_id, moment = session.info["organization_id"], now()
    rows: dict[type[Company | CompanyAlias | CompanyDomain | CompanyBlock], list[dict[str, object]]] = {
        Company: [],
        CompanyAlias: [],
        CompanyDomain: [],
        CompanyBlock: [],
    }
    common = {"organization_id": organization_id, "audience_id": organization_id, "created_at": moment}
    for name, domain in batch:
        company_id, alias_id, key = new_id(), new_id(), company_key(name)
        facts = {"name": name, "key": key, "is_home": False, "confidence": 1.0, "provenance": {}, "review": []}
        rows[Company].append({"id": company_id, "version": 1, "updated_at": moment, **facts, **common})
        rows[CompanyAlias].append({"id": alias_id, "company_id": company_id, "name": name, "key": key, **common})
        rows[CompanyDomain].append({"id": new_id(), "company_id": company_id, "domain": domain, **common})
        for number in numbers_of_blocks(organization_id, key):
            sizes[number] += 1
            if sizes[number] <= MOST_OF_A_BLOCK:
                rows[CompanyBlock].append({"block": number, "alias_id": alias_id})
    for model, values in rows.items():
        session.execute(sa.insert(model), values)
