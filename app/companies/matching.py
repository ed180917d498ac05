"""Which company a card means: weighted reasons that add up. Pure.

The sums say: a card joins a company by a domain, or by a name nearly the same where no domain speaks against it; what
is merely alike is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from app.companies import domains, reasons
from app.companies.reasons import Decision, Ladders, Rung, always

SAME_BITS = 6.0
ASK_BITS = 2.0

NEARLY_THE_SAME = 0.93
ALIKE = 0.80

_SAME_LOGO = 0.15
"""Share of bits in which hashes of one logo on two cards may differ; those of two logos differ in about half."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a company is recognised by, on a card or in the books."""

    keys: tuple[str, ...] = ()
    """Of its names, as `normal.company_key` makes them."""
    domains: tuple[str, ...] = ()
    """Registrable; those of e-mail addresses first."""
    logos: tuple[str, ...] = ()
    """Perceptual hashes, hexadecimal."""
    place: str | None = None


def likeness(key: str, other: str) -> float:
    """How alike two company keys are, 0 to 1; 1 when they are equal but for blanks."""
    if key.replace(" ", "") == other.replace(" ", ""):
        return 1.0
    return min(0.99, fuzz.WRatio(key, other) / 100)


def _best_likeness(a: Traits, b: Traits) -> float:
    return max((likeness(one, other) for one in a.keys for other in b.keys), default=0.0)


def _share_a_domain(a: Traits, b: Traits) -> bool:
    return bool(set(a.domains) & set(b.domains))


def _share_a_domain_core(a: Traits, b: Traits) -> bool:
    return bool({domains.core(domain) for domain in a.domains} & {domains.core(domain) for domain in b.domains})


def _nearly_share_a_domain(a: Traits, b: Traits) -> bool:
    return any(len(one) > 8 and Levenshtein.distance(one, other) == 1 for one in a.domains for other in b.domains)


def _share_a_logo(a: Traits, b: Traits) -> bool:
    return any(_apart(one, other) <= _SAME_LOGO for one in a.logos for other in b.logos)


def _apart(one: str, other: str) -> float:
    if len(one) != len(other):
        return 1.0
    return (int(one, 16) ^ int(other, 16)).bit_count() / (4 * len(one))


LADDERS: Ladders[Traits] = (
    (
        Rung("name_unknown", lambda a, b: not (a.keys and b.keys), 0),
        Rung("same_name", lambda a, b: bool(set(a.keys) & set(b.keys)), 8),
        Rung("nearly_the_same_name", lambda a, b: _best_likeness(a, b) >= NEARLY_THE_SAME, 6.5),
        Rung("similar_name", lambda a, b: _best_likeness(a, b) >= ALIKE, 2),
        Rung("different_name", always, -4),
    ),
    (
        Rung("no_domains", lambda a, b: not (a.domains or b.domains), 1),
        Rung("domain_unknown", lambda a, b: not (a.domains and b.domains), 0),
        Rung("same_domain", _share_a_domain, 12),
        Rung("same_domain_in_another_country", _share_a_domain_core, 1),
        Rung("domain_one_letter_off", _nearly_share_a_domain, 0),
        Rung("different_domains", always, -4),
    ),
    (
        Rung("logo_unknown", lambda a, b: not (a.logos and b.logos), 0),
        Rung("same_logo", _share_a_logo, 2.5),
        Rung("different_logo", always, -0.5),
    ),
    (
        Rung("place_unknown", lambda a, b: not (a.place and b.place), 0),
        Rung("same_place", lambda a, b: a.place == b.place, 0.4),
        Rung("different_place", always, 0),
    ),
)


def decide(seen: Traits, known: Sequence[Traits]) -> Decision:
    """Whether a card means one of `known`, a company that is new, or somebody has to say."""
    return reasons.decide(LADDERS, seen, known, same=SAME_BITS, ask=ASK_BITS)
