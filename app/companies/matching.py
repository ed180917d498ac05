"""Which company a card means: weighted reasons that add up. Pure.

The sums say: a card joins a company by a domain, or by a name nearly the same where no domain speaks against it; what
is merely alike is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

import ocr
from app.companies import domains, reasons
from app.companies.confusion import lost_a_letter, misread_a_vowel, numbers, same_shape, shapes
from app.companies.reasons import Decision, Ladders, Rung, Verdict, always
from lexicon.likeness import company_likeness

SAME_BITS = 6.0
ASK_BITS = 2.0

NEARLY_THE_SAME = 0.93
ALIKE = 0.80
MOST_NAMES = 15
"""Names under which cards make a company known; there is no end to what a word may be misread as."""
_MISREAD = 0.96
_SURE = 0.94
_SAME_MEANING = 0.95
_SHORT = 5
"""In a name of fewer letters each counts: BP is not HP."""
_OTHER_NUMBER = 0.9
"""The most for names with different numbers."""
_MOST_ALIKE = 24
"""Names whose meaning is compared: the nearest by letters."""
_HOPELESS = 0.7
"""By letters less alike than this, no meaning of words helps."""


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
    brands: tuple[str, ...] = ()
    """Keys of the names under which it sells."""
    brand_domains: tuple[str, ...] = ()
    in_group: bool = False
    """Whether it has a parent or subsidiaries: then what they share does not tell which of them is meant."""
    group_domains: tuple[str, ...] = ()
    """Of its parent and subsidiaries."""

    @property
    def names(self) -> tuple[str, ...]:
        """Keys of all names."""
        return self.keys + self.brands


BY_BRAND = frozenset({"brand", "nearly_a_brand", "brand_domain"})
"""Reasons by which a card means a company whose own name it does not show."""


@lru_cache(maxsize=8192)
def likeness(key: str, other: str) -> float:
    """How alike two company keys are, 0 to 1.

    1 for equal letters; 0.96 where only letters differ that readers confuse; 0.94 where a long word lost a letter, or
    all words mean the same; else the mean of rapidfuzz' WRatio, which forgives lost and joined words, and of
    `company_likeness`, which knows what words mean.
    """
    if key.replace(" ", "") == other.replace(" ", ""):
        return 1.0
    alike = _likeness(key, other)
    return alike if numbers(key) == numbers(other) else min(alike, _OTHER_NUMBER)


def _likeness(key: str, other: str) -> float:
    if same_shape(key, other) and len("".join(shapes(key))) >= _SHORT:
        return _MISREAD
    by_letters = fuzz.WRatio(key, other) / 100
    if by_letters < _HOPELESS:
        return by_letters
    if lost_a_letter(key, other) or misread_a_vowel(key, other):
        return _SURE
    by_meaning = company_likeness(key, other)
    return min(_SURE, by_meaning if by_meaning >= _SAME_MEANING else (by_letters + by_meaning) / 2)


def tells_more(key: str, known: Collection[str]) -> bool:
    """Whether a company known under these keys is found better when one more is kept."""
    return len(known) < MOST_NAMES and key not in known


def alike(key: str, others: Sequence[str]) -> list[int]:
    """Positions of those among `others` that are alike enough to ask about, the most alike first."""
    near = process.extract(key, others, scorer=fuzz.WRatio, score_cutoff=100 * _HOPELESS, limit=_MOST_ALIKE)
    rated = sorted(((likeness(key, other), -number) for other, _, number in near), reverse=True)
    return [-number for rating, number in rated if rating >= ALIKE]


def _best_likeness(keys: Collection[str], others: Collection[str]) -> float:
    return max((likeness(one, other) for one in keys for other in others), default=0.0)


def _nearly_a_brand(a: Traits, b: Traits) -> bool:
    return bool(b.brands) and _best_likeness(a.keys, b.brands) >= NEARLY_THE_SAME > _best_likeness(a.keys, b.keys)


def _of_the_group(a: Traits, b: Traits) -> bool:
    """Another name at a domain of a company with relatives, who may use it as well."""
    return b.in_group and _share_a_domain(a, b)


def _brand_without_domain(a: Traits, b: Traits) -> bool:
    """A brand of which no domain is known may have one that is not its company's."""
    return not b.brand_domains and bool(set(a.keys) & set(b.brands))


def _share_a_domain(a: Traits, b: Traits) -> bool:
    return bool(set(a.domains) & set(b.domains))


def _share_a_domain_core(a: Traits, b: Traits) -> bool:
    return bool({domains.core(domain) for domain in a.domains} & {domains.core(domain) for domain in b.domains})


def _nearly_share_a_domain(a: Traits, b: Traits) -> bool:
    return any(len(one) > 8 and Levenshtein.distance(one, other) == 1 for one in a.domains for other in b.domains)


def _share_a_logo(a: Traits, b: Traits) -> bool:
    return any(_logos_apart(one, other) < ocr.SAME_LOGO for one in a.logos for other in b.logos)


def _logos_apart(one: str, other: str) -> float:
    """How far two hashes of logos are apart, 0 to 1; 1 where one of them is of an older kind."""
    try:
        return ocr.hash_distance(one, other)
    except ValueError:
        return 1.0


LADDERS: Ladders[Traits] = (
    (
        Rung("name_unknown", lambda a, b: not (a.keys and b.names), 0),
        Rung("same_name", lambda a, b: bool(set(a.keys) & set(b.keys)), 8),
        Rung("brand", lambda a, b: bool(set(a.keys) & set(b.brands)), 8),
        Rung("nearly_a_brand", _nearly_a_brand, 6.5),
        Rung("nearly_the_same_name", lambda a, b: _best_likeness(a.keys, b.keys) >= NEARLY_THE_SAME, 6.5),
        Rung("another_name_in_the_group", _of_the_group, -10),
        Rung("similar_name", lambda a, b: _best_likeness(a.keys, b.names) >= ALIKE, 2),
        Rung("different_name", always, -4),
    ),
    (
        Rung("no_domains", lambda a, b: not (a.domains or b.domains or b.brand_domains), 1),
        Rung("domain_unknown", lambda a, b: not (a.domains and (b.domains or b.brand_domains)), 0),
        Rung("same_domain", _share_a_domain, 12),
        Rung("brand_domain", lambda a, b: bool(set(a.domains) & set(b.brand_domains)), 12),
        Rung("domain_of_the_group", lambda a, b: bool(set(a.domains) & set(b.group_domains)), 0),
        Rung("domain_of_the_brand_unknown", _brand_without_domain, 0),
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
    """Whether a card means one of `known`, a company that is new, or somebody has to say.

    Args:
        seen: what the card says.
        known: oldest first. Of several that fit as well as each other, and that no domain tells apart, the oldest is
            meant: they are one company that was read in two ways before. Companies of a group are not one.
    """
    decision = reasons.decide(LADDERS, seen, known, same=SAME_BITS, ask=ASK_BITS)
    fitting = [known[match.number] for match in decision.matches if match.bits >= SAME_BITS]
    if decision.verdict is Verdict.ASK and fitting and not _tell_apart(fitting):
        return replace(decision, verdict=Verdict.SAME)
    return decision


def _tell_apart(fitting: Sequence[Traits]) -> bool:
    if len(fitting) > 1 and any(one.in_group for one in fitting):
        return True
    return any(one.domains and two.domains and not _share_a_domain(one, two) for one, two in combinations(fitting, 2))
