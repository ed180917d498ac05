"""Which company a card means: weighted reasons that add up. Pure.

Weights are bits: how much likelier a reason is, as a power of two, when both are one company than when they are two.
What DESIGN.md asks for follows from the sums: a card joins a company by a domain, or by a name nearly the same where no
domain speaks against it; what is merely alike is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from lexicon.mail import core as domain_core

SAME_BITS = 6.0
ASK_BITS = 2.0
_CLEARLY = 1.0
"""By so many bits the best has to lead the second."""

NEARLY_THE_SAME = 0.93
ALIKE = 0.80

_SAME_LOGO = 0.15
"""Share of bits in which hashes of one logo on two cards may differ; those of two logos differ in about half."""


class Verdict(StrEnum):
    """What follows."""

    SAME = "same"
    ASK = "ask"
    NEW = "new"


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


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two may be one, or may not."""

    code: str
    bits: float


@dataclass(frozen=True, slots=True)
class Match:
    """How one known company compares with what a card says."""

    number: int
    """Its position among the companies compared."""
    reasons: tuple[Reason, ...]

    @property
    def bits(self) -> float:
        return sum(reason.bits for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do. `matches` are those worth a look, best first; of `SAME` the first is meant."""

    verdict: Verdict
    matches: tuple[Match, ...] = field(default=())


def likeness(key: str, other: str) -> float:
    """How alike two company keys are, 0 to 1; 1 when they are equal but for blanks."""
    if key.replace(" ", "") == other.replace(" ", ""):
        return 1.0
    return min(0.99, fuzz.WRatio(key, other) / 100)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder; the first that holds counts."""

    code: str
    holds: Callable[[Traits, Traits], bool]
    bits: float


def _always(_a: Traits, _b: Traits) -> bool:
    return True


def _best_likeness(a: Traits, b: Traits) -> float:
    return max((likeness(one, other) for one in a.keys for other in b.keys), default=0.0)


def _share_a_domain(a: Traits, b: Traits) -> bool:
    return bool(set(a.domains) & set(b.domains))


def _share_a_domain_core(a: Traits, b: Traits) -> bool:
    return bool({domain_core(domain) for domain in a.domains} & {domain_core(domain) for domain in b.domains})


def _nearly_share_a_domain(a: Traits, b: Traits) -> bool:
    return any(len(one) > 8 and Levenshtein.distance(one, other) == 1 for one in a.domains for other in b.domains)


def _share_a_logo(a: Traits, b: Traits) -> bool:
    return any(_apart(one, other) <= _SAME_LOGO for one in a.logos for other in b.logos)


def _apart(one: str, other: str) -> float:
    if len(one) != len(other):
        return 1.0
    return (int(one, 16) ^ int(other, 16)).bit_count() / (4 * len(one))


LADDERS: tuple[tuple[Rung, ...], ...] = (
    (
        Rung("name_unknown", lambda a, b: not (a.keys and b.keys), 0),
        Rung("same_name", lambda a, b: bool(set(a.keys) & set(b.keys)), 8),
        Rung("nearly_the_same_name", lambda a, b: _best_likeness(a, b) >= NEARLY_THE_SAME, 6.5),
        Rung("similar_name", lambda a, b: _best_likeness(a, b) >= ALIKE, 2),
        Rung("different_name", _always, -4),
    ),
    (
        Rung("no_domains", lambda a, b: not (a.domains or b.domains), 1),
        Rung("domain_unknown", lambda a, b: not (a.domains and b.domains), 0),
        Rung("same_domain", _share_a_domain, 12),
        Rung("same_domain_in_another_country", _share_a_domain_core, 1),
        Rung("domain_one_letter_off", _nearly_share_a_domain, 0),
        Rung("different_domains", _always, -4),
    ),
    (
        Rung("logo_unknown", lambda a, b: not (a.logos and b.logos), 0),
        Rung("same_logo", _share_a_logo, 2.5),
        Rung("different_logo", _always, -0.5),
    ),
    (
        Rung("place_unknown", lambda a, b: not (a.place and b.place), 0),
        Rung("same_place", lambda a, b: a.place == b.place, 0.4),
        Rung("different_place", _always, 0),
    ),
)


def compare(seen: Traits, known: Traits) -> tuple[Reason, ...]:
    """The rung of each ladder that holds, those without weight left out."""
    rungs = (next(rung for rung in ladder if rung.holds(seen, known)) for ladder in LADDERS)
    return tuple(Reason(rung.code, rung.bits) for rung in rungs if rung.bits)


def decide(seen: Traits, known: Sequence[Traits]) -> Decision:
    """Whether a card means one of `known`, a company that is new, or somebody has to say."""
    matches = (Match(number, compare(seen, other)) for number, other in enumerate(known))
    near = sorted((match for match in matches if match.bits >= ASK_BITS), key=lambda match: -match.bits)
    if not near:
        return Decision(Verdict.NEW)
    clear = len(near) == 1 or near[0].bits - near[1].bits >= _CLEARLY
    verdict = Verdict.SAME if near[0].bits >= SAME_BITS and clear else Verdict.ASK
    return Decision(verdict, tuple(near))
