"""A generated world with hidden good pairs, and what is known of it: part of the truth, and some of that wrong.

How it is drawn, all from one seed:

- Companies sell one of 12 product categories to one to three of 10 industries, from one of 8 areas. Customers are of
  one industry; their popularity is Zipf's (the k-th is 1/k as popular), the sizes of books are Pareto's (exponent 1.2,
  at least 8, at most 150): degrees follow power laws on both sides, and the large meet in everybody's book.
- A **good** pair is drawn evenly from the pairs of other categories with an industry in common: 2 to 7 customers,
  drawn evenly from the common industries, are added to both books; 1 to 3 pairs of reps had 2 to 6 encounters within
  the last year (both cards, an event, a meeting, a message, a visit to the same customer), and with an even chance
  each way an introduction. Each company begins four, so it has eight on average.
- Four kinds that are **not good** are planted beside them, half as many of each, and lack one thing: *friends* met as
  much but were given no customers; *strangers* have the customers and the categories but never met; *rivals* have
  customers and encounters, in the same category; *faded* ones are as the good ones, three to five years ago.
- Besides, each company received single cards of six others at any time of the last two years; one company in twenty
  is a *networker*, who has one to three encounters with a fifth of all others, fitting or not; and there was an *event*
  for each 25 companies, at which 15 of them all met each other and exchanged cards.

Of all this, each fact by itself, only the share `known` is known: an account in a book, an encounter, a category, an
area. Of what is known of books and categories 5% is wrong (another one, drawn evenly), the confidence of an encounter
is 0.5 to 1, and dates are as they were said. The kinds, numbers and dates of encounters are drawn without a look at
the weights of the score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, combinations
from random import Random
from uuid import UUID

from app.alliances.terms import Kind, Profile, Side, Signal
from app.books.terms import Relation

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CATEGORIES, INDUSTRIES, AREAS = 12, 10, 8
BEGUN = 4
"""Good pairs that each company begins."""
WRONG = 0.05
MET = (Kind.MUTUAL_EXCHANGE, Kind.MET_AT_EVENT, Kind.MEETING, Kind.MESSAGE, Kind.SEEN_AT_CUSTOMER)

Ends = tuple[int, int]
"""Two companies, the smaller number first."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of how a company sells into an account."""

    relation: Relation
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class World:
    """What is known, and which pairs are good."""

    profiles: tuple[Profile, ...]
    books: tuple[dict[int, Said], ...]
    """Of each company, by account."""
    signals: dict[Ends, tuple[Signal, ...]]
    good: frozenset[Ends]


@dataclass(frozen=True, slots=True)
class _Company:
    category: int
    industries: tuple[int, ...]
    area: int


class _Drawing:
    """The truth while it is drawn."""

    def __init__(self, random: Random, companies: int, accounts: int) -> None:
        self.random = random
        self.companies = [self._company() for _ in range(companies)]
        self.customers = [tuple(range(industry, accounts, INDUSTRIES)) for industry in range(INDUSTRIES)]
        self.books = [self._book(company) for company in self.companies]
        self.signals: dict[Ends, list[Signal]] = defaultdict(list)
        self.taken: set[Ends] = set()
        self._ids = 0

    def _company(self) -> _Company:
        industries = tuple(self.random.sample(range(INDUSTRIES), self.random.randint(1, 3)))
        return _Company(self.random.randrange(CATEGORIES), industries, self.random.randrange(AREAS))

    def _book(self, company: _Company) -> dict[int, Said]:
        size = min(150, int(8 * self.random.paretovariate(1.2)))
        choice = [customer for industry in company.industries for customer in self.customers[industry]]
        weights = list(accumulate(1 / (1 + customer // INDUSTRIES) for customer in choice))
        return {customer: self._said(0, 720) for customer in self.random.choices(choice, cum_weights=weights, k=size)}

    def _said(self, least: float, most: float) -> Said:
        return Said(self.random.choice(list(Relation)), self.before(least, most))

    def before(self, least: float, most: float) -> datetime:
        """Some moment so many days ago."""
        return NOW - timedelta(days=self.random.uniform(least, most))

    def new_id(self) -> UUID:
        self._ids += 1
        return UUID(int=self._ids)

    def pair(self, one: int | None = None, *, rivals: bool = False, fitting: bool = True) -> Ends:
        """A pair that nothing was planted in yet; `fitting` ones have an industry in common.

        Raises:
            ValueError: hardly any such pair is left, as there are too few companies.
        """
        for _ in range(20_000):
            first = self.random.randrange(len(self.companies)) if one is None else one
            second = self.random.randrange(len(self.companies))
            ends = (min(first, second), max(first, second))
            a, b = self.companies[first], self.companies[second]
            fits = set(a.industries) & set(b.industries) and (a.category == b.category) == rivals
            if first != second and ends not in self.taken and (fits or not fitting):
                self.taken.add(ends)
                return ends
        raise ValueError("too few companies for so many pairs of each kind")

    def share(self, ends: Ends, since: tuple[float, float]) -> None:
        """Give both the same customers."""
        a, b = (self.companies[end] for end in ends)
        common = sorted(set(a.industries) & set(b.industries))
        for _ in range(self.random.randint(2, 7)):
            customer = self.random.choice(self.customers[self.random.choice(common)])
            for end in ends:
                self.books[end][customer] = self._said(*since)

    def meet(self, ends: Ends, since: tuple[float, float]) -> None:
        """Let some of their reps meet several times, and perhaps introduce each other."""
        reps = [(self.new_id(), self.new_id()) for _ in range(self.random.randint(1, 3))]
        for _ in range(self.random.randint(2, 6)):
            self.signal(ends, self.random.choice(MET), since, reps)
        for giver in Side:
            if self.random.random() < 0.5:
                self.signal(ends, Kind.INTRODUCTION, since, reps, giver)

    def signal(
        self,
        ends: Ends,
        kind: Kind,
        since: tuple[float, float],
        reps: Sequence[tuple[UUID, UUID]],
        giver: Side | None = None,
    ) -> None:
        """One encounter."""
        at, sure = self.before(*since), self.random.uniform(0.5, 1)
        self.signals[ends].append(Signal(self.new_id(), kind, at, sure, giver, *self.random.choice(reps)))


def draw(seed: int, companies: int = 300, accounts: int = 1500, known: float = 0.6) -> World:
    """A world, the same for the same arguments; `known` is the share, 0..1, of the facts that are known.

    Raises:
        ValueError: too few companies; 150 are enough.
    """
    random = Random(seed)
    drawing = _Drawing(random, companies, accounts)
    year, long_ago = (0.0, 365.0), (1100.0, 1800.0)
    good = [drawing.pair(one) for one in range(companies) for _ in range(BEGUN)]
    half = len(good) // 2
    friends = [drawing.pair(fitting=False) for _ in range(half)]
    strangers = [drawing.pair() for _ in range(half)]
    rivals = [drawing.pair(rivals=True) for _ in range(half)]
    faded = [drawing.pair() for _ in range(half)]
    for pairs, since in ((good + strangers + rivals, year), (faded, long_ago)):
        for ends in pairs:
            drawing.share(ends, since)
    for pairs, since in ((good + friends + rivals, year), (faded, long_ago)):
        for ends in pairs:
            drawing.meet(ends, since)
    for one in range(companies):
        for other in random.sample([each for each in range(companies) if each != one], 6):
            card = [(drawing.new_id(), drawing.new_id())]
            drawing.signal((min(one, other), max(one, other)), Kind.CARD_RECEIVED, (0, 730), card)
    _network(drawing)
    return _seen(drawing, accounts, known, frozenset(good))


def _network(drawing: _Drawing) -> None:
    """Let networkers meet everybody, and everybody at an event each other."""
    random, everybody = drawing.random, range(len(drawing.companies))
    for one in random.sample(everybody, len(everybody) // 20):
        for other in random.sample([each for each in everybody if each != one], len(everybody) // 5):
            reps = [(drawing.new_id(), drawing.new_id())]
            for _ in range(random.randint(1, 3)):
                drawing.signal((min(one, other), max(one, other)), random.choice(MET), (0, 730), reps)
    for _ in range(len(everybody) // 25):
        day = random.uniform(0, 730)
        for ends in combinations(sorted(random.sample(everybody, 15)), 2):
            reps = [(drawing.new_id(), drawing.new_id())]
            for kind in (Kind.MUTUAL_EXCHANGE, Kind.MET_AT_EVENT):
                drawing.signal(ends, kind, (day, day), reps)


def _seen(drawing: _Drawing, accounts: int, known: float, good: frozenset[Ends]) -> World:
    random = drawing.random

    def wrong(right: int, choices: int) -> int:
        return random.randrange(choices) if random.random() < WRONG else right

    books = tuple(
        {wrong(account, accounts): said for account, said in book.items() if random.random() < known}
        for book in drawing.books
    )
    profiles = tuple(
        Profile(
            category=f"category {wrong(company.category, CATEGORIES)}" if random.random() < known else None,
            buyers=frozenset(f"industry {account % INDUSTRIES}" for account in book),
            area=f"area {company.area}" if random.random() < known else None,
        )
        for company, book in zip(drawing.companies, books, strict=True)
    )
    signals = {ends: tuple(each for each in held if random.random() < known) for ends, held in drawing.signals.items()}
    return World(profiles, books, signals, good)
