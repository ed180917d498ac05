"""Draws a world of any size for the costs of scores: who works where, who sells into what, who met whom.

How it is drawn, all from one seed:

- An organization has one user for each 20,000 contacts (five at least), and a company for each five contacts. The k-th
  company has people in proportion to k^-0.75, so the largest has about a hundredth of all contacts.
- There are five account links for each contact. The seller of a link is drawn evenly from the contacts, whose companies
  thereby sell in proportion to their size; its customer is a company in proportion to k^-0.8, in another order: books
  and customers both follow power laws, the most popular customer is in tens of thousands of books, and large sellers
  meet there. Each user has 400 of the links; together they are the home company's book.
- A link is a customer (50%), an open opportunity (20%) or a prospect (30%), last confirmed in the last 700 days, by
  whoever sells there in a tenth of cases. A customer is of one of 40 industries, known in 70% of cases.
- Each contact was met once by one user in the last 900 days, in 30% of cases both gave a card, in 10% at an event.
- 80% of companies have a known product category, one of 30; 60% a known area, one of 200.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
RELATIONS = ("customer", "open_opportunity", "prospect")
LINKS = 5
"""For each contact."""
COMPANY_OF = 5
USER_OF = 20_000
OF_A_USER = 400


@dataclass(frozen=True, slots=True)
class Drawn:
    """Columns of numbers: the n-th contact, company or link is the n-th of each; the home company is none of these."""

    users: int
    works_at: Ints
    """Of each contact its company."""
    met_by: Ints
    met_days: Ints
    mutual: NDArray[np.bool_]
    at_event: NDArray[np.bool_]
    seller: Ints
    """Of each link its contact, or -1 - u for user u."""
    customer: Ints
    relation: Ints
    said_days: Ints
    sure: NDArray[np.bool_]
    industry: Ints
    """Of each company, of 40; -1 where it is not known."""
    category: Ints
    area: Ints

    @property
    def companies(self) -> int:
        return len(self.industry)


def draw(contacts: int, seed: int = 1) -> Drawn:
    """A world with so many contacts, the same for the same arguments."""
    random = np.random.default_rng(seed)
    companies, users = contacts // COMPANY_OF, max(5, contacts // USER_OF)
    sizes = _power(companies, 0.75, random)
    works_at = np.concatenate([np.arange(companies), random.choice(companies, contacts - companies, p=sizes)])
    seller, customer = _links(contacts, companies, users, random)
    links = len(seller)
    return Drawn(
        users=users,
        works_at=works_at,
        met_by=random.integers(0, users, contacts),
        met_days=random.integers(1, 900, contacts),
        mutual=random.random(contacts) < 0.3,
        at_event=random.random(contacts) < 0.1,
        seller=seller,
        customer=customer,
        relation=random.choice(3, links, p=(0.5, 0.2, 0.3)),
        said_days=random.integers(1, 700, links),
        sure=random.random(links) < 0.1,
        industry=np.where(random.random(companies) < 0.7, random.integers(0, 40, companies), -1),
        category=np.where(random.random(companies) < 0.8, random.integers(0, 30, companies), -1),
        area=np.where(random.random(companies) < 0.6, random.integers(0, 200, companies), -1),
    )


def _power(number: int, exponent: float, random: np.random.Generator) -> NDArray[np.float64]:
    weights = random.permutation(np.arange(1, number + 1) ** -exponent)
    return np.asarray(weights / weights.sum())


def _links(contacts: int, companies: int, users: int, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Sellers and customers, each two once, in the order of the sellers."""
    popular, wanted = _power(companies, 0.8, random), LINKS * contacts
    drawn = int(1.2 * wanted)
    sellers = random.integers(0, contacts, drawn)
    books = random.choice(companies, drawn, p=popular)
    own = np.repeat(np.arange(users), min(OF_A_USER, companies // 2))
    ours = random.choice(companies, len(own), p=popular)
    home = np.unique(own * companies + ours)
    theirs = np.unique(sellers * companies + books)
    theirs = np.sort(random.choice(theirs, wanted - len(home), replace=False))
    seller = np.concatenate([-1 - home // companies, theirs // companies])
    return seller, np.concatenate([home % companies, theirs % companies])
