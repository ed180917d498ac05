"""Draws companies, and the names that their cards show: forms, abbreviations, capitals, lost words, misread letters.

The seed are the real names of US issuers in `sec_company_names.json`: their words are told apart into those that many
companies share and those that few have. A company's name is a word of its own (real, or put together from parts of
two), often with one or two of the shared ones, as often as these occur; about one company in twelve has a sibling of
the same first word (`Nordane Energy`, `Nordane Logistics`), which must stay another company.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FORMS = (
    "Inc",
    "Inc.",
    "Corp.",
    "Corporation",
    "LLC",
    "Ltd",
    "Limited",
    "GmbH",
    "AG",
    "SA",
    "S.p.A.",
    "B.V.",
    "PLC",
    "Co.",
)
SHORT = {
    "international": "Intl", "technologies": "Tech", "technology": "Tech", "manufacturing": "Mfg", "services": "Svcs",
    "systems": "Sys", "group": "Grp", "holdings": "Hldgs", "associates": "Assoc", "industries": "Ind",
    "pharmaceuticals": "Pharma", "management": "Mgmt", "financial": "Fin", "communications": "Comm",
    "engineering": "Eng", "national": "Natl", "american": "Amer", "development": "Dev", "laboratories": "Labs",
    "solutions": "Sol", "products": "Prod", "company": "Co", "brothers": "Bros", "center": "Ctr",
}  # fmt: skip
CONFUSED = {
    "m": "rn", "rn": "m", "l": "1", "i": "l", "o": "0", "s": "5", "b": "8", "w": "vv", "d": "cl", "e": "c", "c": "e",
    "h": "b", "u": "v", "n": "ri", "g": "q", "t": "f", "a": "o", "z": "2", "g9": "9", "y": "v",
}  # fmt: skip

MISREAD = 0.2
"""Share of cards with a misread letter in the name; a quarter of those have two."""
WITH_DOMAIN = 0.8
"""Share of cards that show an address or website of the company's own."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words of real names."""

    own: tuple[str, ...]
    shared: tuple[str, ...]
    weights: tuple[int, ...]


def words_of(seed: Path) -> Words:
    """Tell the words of the names in `seed` (JSON, id to name) apart."""
    names: dict[str, str] = json.loads(seed.read_text())
    counts = Counter(word for name in names.values() for word in re.findall(r"[a-z]{3,}", name.casefold()))
    shared = [(word, n) for word, n in counts.items() if n >= 15 and word not in ("inc", "corp", "ltd", "plc", "llc")]
    own = tuple(sorted(word for word, n in counts.items() if n <= 3 and len(word) > 3))
    return Words(own, tuple(word for word, _ in shared), tuple(n for _, n in shared))


def companies(words: Words, count: int, rng: random.Random) -> list[tuple[str, str]]:
    """Name and domain of `count` companies; no two have the same words."""
    made: dict[tuple[str, ...], str] = {}
    last = ""
    while len(made) < count:
        first = last if last and rng.random() < 0.08 else _own_word(words, rng)
        rest = rng.choices(words.shared, words.weights, k=rng.choices((0, 1, 2), (3, 5, 2))[0])
        name = tuple(dict.fromkeys((first, *rest)))
        made.setdefault(name, f"{'-'.join(name).replace(' ', '-')}.com")
        last = first
    return [(" ".join(word.capitalize() for word in name), domain) for name, domain in made.items()]


def _own_word(words: Words, rng: random.Random) -> str:
    one, two = rng.choice(words.own), rng.choice(words.own)
    kind = rng.random()
    if kind < 0.3:
        return f"{one} {two}"
    return one[: rng.randint(3, 5)] + two[-rng.randint(2, 5) :]


def printed(name: str, rng: random.Random) -> str:
    """A company's name as one card shows it and a reader reads it."""
    words = [SHORT.get(word.casefold(), word) if rng.random() < 0.15 else word for word in name.split()]
    if len(words) > 2 and rng.random() < 0.03:
        words.pop()
    shown = ("" if rng.random() < 0.05 else " ").join(words) if len(words) == 2 else " ".join(words)
    shown = f"{shown} {rng.choice(FORMS)}" if rng.random() < 0.6 else shown
    shown = f"The {shown}" if rng.random() < 0.03 else shown
    shown = shown.upper() if rng.random() < 0.25 else shown
    if rng.random() < MISREAD:
        for _ in range(rng.choice((1, 1, 1, 2))):
            shown = _misread(shown, rng)
    return shown


def _misread(shown: str, rng: random.Random) -> str:
    at = rng.randrange(len(shown))
    letter = shown[at]
    kind = rng.random()
    if kind < 0.7 and letter.casefold() in CONFUSED:
        return shown[:at] + CONFUSED[letter.casefold()] + shown[at + 1 :]
    if kind < 0.85:
        return shown[:at] + shown[at + 1 :]
    return shown[:at] + letter + shown[at:]


@dataclass(frozen=True, slots=True)
class Shown:
    """One card: whose it is, and what it says."""

    company: int
    name: str
    domain: str | None


def cards(known: list[tuple[str, str]], count: int, rng: random.Random) -> Iterator[Shown]:
    """Cards of these companies; a few companies have many, most have few (weights 1/rank)."""
    weights = [1 / (rank + 20) for rank in range(len(known))]
    for company in rng.choices(range(len(known)), weights, k=count):
        name, domain = known[company]
        yield Shown(company, printed(name, rng), domain if rng.random() < WITH_DOMAIN else None)
