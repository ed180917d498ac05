"""Cards stream in one after the other, as in the service; who ends up together, and who should?

The rules are the product's own (`company_key`, `blocks`, `likeness`, `decide`); only the tables are dictionaries here,
so that a million cards fit into an evening. `python -m bench.matching lookup` measures the tables themselves.
"""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.companies.matching import Traits, alike, decide, tells_more
from app.companies.normal import blocks, company_key
from app.companies.queries import MOST_COMPARED, MOST_OF_A_BLOCK
from app.companies.reasons import Verdict
from bench.matching.names import Shown, Words, cards, companies


@dataclass(slots=True)
class Books:
    """The companies that are known so far."""

    keys: list[list[str]] = field(default_factory=list)
    domains: list[list[str]] = field(default_factory=list)
    by_key: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_domain: dict[str, int] = field(default_factory=dict)
    by_block: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    names: list[tuple[int, str]] = field(default_factory=list)

    def absorb(self, shown: Shown) -> tuple[int, Verdict]:
        """The number of the company that a card is put to, and the verdict."""
        key = company_key(shown.name)
        seen = Traits((key,) if key else (), (shown.domain,) if shown.domain else ())
        near = sorted(self._near(seen))
        decision = decide(seen, [Traits(tuple(self.keys[i]), tuple(self.domains[i])) for i in near])
        if decision.verdict is Verdict.SAME:
            company = near[decision.matches[0].number]
        else:
            company = len(self.keys)
            self.keys.append([])
            self.domains.append([])
        self._learn(company, seen)
        return company, decision.verdict

    def _near(self, seen: Traits) -> set[int]:
        found = {self.by_domain[domain] for domain in seen.domains if domain in self.by_domain}
        found.update(company for key in seen.keys for company in self.by_key.get(key, ()))
        if not found:
            for key in seen.keys:
                near = self._alike(key)
                found.update(near[number][0] for number in alike(key, [other for _, other in near]))
        return found

    def _alike(self, key: str) -> list[tuple[int, str]]:
        shared: Counter[int] = Counter()
        for block in blocks(key):
            shared.update(self.by_block.get(block, ()))
        most = sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:MOST_COMPARED]
        return [self.names[number] for number, _ in most]

    def _learn(self, company: int, seen: Traits) -> None:
        known = self.keys[company]
        for key in seen.keys:
            if not tells_more(key, known):
                continue
            for block in blocks(key):
                if len(self.by_block[block]) < MOST_OF_A_BLOCK:
                    self.by_block[block].append(len(self.names))
            known.append(key)
            self.by_key[key].append(company)
            self.names.append((company, key))
        for domain in seen.domains:
            if self.by_domain.setdefault(domain, company) == company and domain not in self.domains[company]:
                self.domains[company].append(domain)


@dataclass(frozen=True, slots=True)
class Reach:
    """Pairs of cards: of those put together how many belong together, and the other way round."""

    precision: float
    recall: float
    asked: float
    """Share of cards about which a person is asked."""
    milliseconds: float
    """For one card."""


def measure(words: Words, company_count: int, card_count: int, *, domains: bool, exact: bool = False) -> Reach:
    """Draw so many cards of so many companies and put them together.

    Args:
        words: of real names.
        company_count: companies drawn.
        card_count: cards drawn.
        domains: whether the cards show them (four of five do then).
        exact: put together by equal keys alone, as a yardstick.
    """
    rng = random.Random(7)
    known = companies(words, company_count, rng)
    shown = [s if domains else Shown(s.company, s.name, None) for s in cards(known, card_count, rng)]
    started = time.perf_counter()
    if exact:
        put: list[tuple[int | str, Verdict]] = [(company_key(card.name), Verdict.SAME) for card in shown]
    else:
        books = Books()
        put = [books.absorb(card) for card in shown]
    seconds = time.perf_counter() - started
    truth, found = [card.company for card in shown], [company for company, _ in put]
    together = _pairs(zip(truth, found, strict=True))
    asked = sum(verdict is Verdict.ASK for _, verdict in put)
    return Reach(together / _pairs(found), together / _pairs(truth), asked / card_count, 1000 * seconds / card_count)


def _pairs(labels: Iterable[object]) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(labels).values())
