"""The score of a pair of companies: additive, explained, and a pure function of the evidence and the moment.

Every number is a row of `MODEL`. Four properties hold by construction: more evidence of a positive kind never lowers
a score, ageing never raises it, the two orders of a pair score the same, and the order of arrival changes nothing
(sums are `math.fsum`, which is exact). docs/decisions/0010-alliance-score.md says where the formula needed a reading.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from types import MappingProxyType
from typing import Any
from uuid import UUID

from app.alliances.terms import Case, KeptAccount, Kind, Overlap, SharedAccount, Side, Signal, active_pairs, age_days
from app.books.terms import Relation

DIRECTED = frozenset({Kind.INTRODUCTION, Kind.REFERRAL, Kind.JOINT_WIN})
"""Kinds that one side gives and the other receives."""

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
"""What fades at one rate can be summed up as of any one moment: this one."""

MOST_SELLERS = 100
"""An account that more companies sell into says nothing of two of them: it counts for no pair."""

_FULL = 30.0
"""A part that saturates is full from here on: the rest, exp(−30), is a ten-billionth of a point."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What one piece of evidence is worth when it is new, and how fast that fades."""

    fresh: float
    half_life_days: float


@dataclass(frozen=True, slots=True)
class Share:
    """A part's share of the total, 0..1, and its value, 0..1, as long as nothing is known about it."""

    weight: float
    prior: float


@dataclass(frozen=True, slots=True)
class Model:
    """One version of all weights. The defaults are those of PRODUCT.md."""

    version: str
    kinds: Mapping[Kind, Weight]
    relations: Mapping[frozenset[Relation], float]
    """Worth of a shared account by how the two sides sell into it."""
    parts: Mapping[str, Share]
    tie_scale: float = 2
    overlap_scale: float = 6
    overlap_half_life_days: float = 180
    breadth_scale: float = 2
    active_days: float = 180
    """A pair of reps is active as long after its last evidence."""
    other_category: float = 0.2
    """Complement of two companies with other products and, as far as is known, other buyers."""
    same_buyers: float = 0.8
    """Least complement of two companies with other products for the same buyers; all buyers in common make it 1."""
    competition: float = 0.9
    """What a direct competitor loses of its total: not even full parts lift it above one card of anybody else."""


MODEL = Model(
    version="4",
    kinds=MappingProxyType(
        {
            Kind.CARD_RECEIVED: Weight(0.35, 180),
            Kind.MUTUAL_EXCHANGE: Weight(0.90, 180),
            Kind.MET_AT_EVENT: Weight(0.30, 90),
            Kind.MEETING: Weight(0.60, 120),
            Kind.MESSAGE: Weight(0.12, 60),
            Kind.SEEN_AT_CUSTOMER: Weight(0.80, 270),
            Kind.INTRODUCTION: Weight(1.00, 365),
            Kind.REFERRAL: Weight(1.00, 365),
            Kind.JOINT_WIN: Weight(1.60, 540),
            Kind.BOOKS_MATCHED: Weight(0.00, 180),  # it says what both sell into, which is overlap, and no tie
        }
    ),
    relations=MappingProxyType(
        {
            frozenset({Relation.CUSTOMER, Relation.OPEN_OPPORTUNITY}): 1.0,
            frozenset({Relation.OPEN_OPPORTUNITY}): 0.9,
            frozenset({Relation.CUSTOMER}): 0.6,
            frozenset({Relation.CUSTOMER, Relation.PROSPECT}): 0.5,
            frozenset({Relation.OPEN_OPPORTUNITY, Relation.PROSPECT}): 0.4,
            frozenset({Relation.PROSPECT}): 0.15,
        }
    ),
    parts=MappingProxyType(
        {
            "overlap": Share(0.30, 0.15),
            "tie": Share(0.25, 0.0),
            "reciprocity": Share(0.15, 0.0),
            "complement": Share(0.15, 0.4),
            "breadth": Share(0.10, 0.0),
            "locality": Share(0.05, 0.3),
        }
    ),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score."""

    name: str
    points: float
    """0..max, before any conflict."""
    max: float
    evidence_ids: tuple[UUID, ...]
    """Evidence, and for overlap accounts, that it rests on."""
    known: bool
    """False when `points` are the prior's."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A part about which nothing is known yet, and the points that it could add."""

    name: str
    up_to: float


@dataclass(frozen=True, slots=True)
class Clash:
    """Something that speaks against the pair, and the share of the total, 0..1, that it costs."""

    reason: str
    """`same_category` or `declared_competitors`."""
    cost: float


@dataclass(frozen=True, slots=True)
class Score:
    """A total of 0..100 and what it is made of."""

    total: float
    parts: tuple[Part, ...]
    coverage: float
    """Share of the weights, 0..1, that rests on evidence instead of priors."""
    missing: tuple[Missing, ...]
    conflicts: tuple[Clash, ...]
    model_version: str


Found = tuple[float, tuple[UUID, ...]] | None
"""A part's value 0..1 with what it rests on; None when nothing is known about it."""


def score(case: Case, now: datetime, model: Model = MODEL) -> Score:
    """Score a pair as of `now` (aware)."""
    parts = tuple(_part(name, _VALUES[name](case, now, model), model) for name in model.parts)
    conflicts = _conflicts(case, model)
    kept = 1 - max((clash.cost for clash in conflicts), default=0.0)
    return Score(
        total=math.fsum(part.points for part in parts) * kept,
        parts=parts,
        coverage=math.fsum(model.parts[part.name].weight for part in parts if part.known),
        missing=tuple(Missing(part.name, part.max - part.points) for part in parts if not part.known),
        conflicts=conflicts,
        model_version=model.version,
    )


def documents(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Parts as they are kept with a pair."""
    return [{"name": part.name, "points": part.points, "max": part.max, "known": part.known} for part in parts]


def with_overlap(
    parts: Sequence[Mapping[str, Any]],
    conflicts: Collection[str],
    overlap: Overlap,
    now: datetime,
    model: Model = MODEL,
) -> tuple[list[dict[str, Any]], float, float]:
    """A kept score with another overlap: its parts, total and coverage; all else is of the same moment and model."""
    [one] = documents([_part("overlap", _overlap(Case(overlap=overlap), now, model), model)])
    changed = [one if part["name"] == "overlap" else dict(part) for part in parts]
    kept_share = 1 - (model.competition if conflicts else 0.0)
    total = math.fsum(part["points"] for part in changed) * kept_share
    return changed, total, math.fsum(model.parts[part["name"]].weight for part in changed if part["known"])


def rarity(sellers: int, most: int = MOST_SELLERS) -> float:
    """How much a shared account says, 0..1, when `sellers` companies sell into it; nothing when more than `most` do.

    Adamic and Adar's 1/log(degree), scaled so that an account of the pair alone counts 1 (L. Adamic, E. Adar, "Friends
    and neighbors on the Web", Social Networks 25, 2003).
    """
    return math.log(2) / math.log(max(2, sellers)) if sellers <= most else 0.0


def kept(shared: Iterable[SharedAccount], model: Model = MODEL) -> dict[UUID, KeptAccount]:
    """Shared accounts as they are kept: each once, with its best match, which stays the best as all fade alike."""
    found: dict[UUID, KeptAccount] = {}
    for account in shared:
        one = KeptAccount(account.id, _match(account, model), account.idf, account.confirmed_at, account.by_both)
        two = found.get(account.id, one)
        found[account.id] = KeptAccount(
            account.id,
            max(one.worth, two.worth),
            account.idf,
            max(one.confirmed_at, two.confirmed_at),
            one.by_both or two.by_both,
        )
    return found


def overlap_of(accounts: Iterable[KeptAccount]) -> Overlap:
    """What kept accounts come to."""
    worths = [account.worth * account.idf for account in accounts]
    return Overlap(len(worths), math.fsum(worths))


def matched_worth(signals: Iterable[Signal], now: datetime, model: Model = MODEL) -> float:
    """What the best private match of two books comes to, as of the epoch; 0 without any."""
    worths = [
        signal.accounts * model.relations[frozenset(signal.relations)] * _since_epoch(min(signal.at, now), model)
        for signal in signals
        if signal.accounts
    ]
    return max(worths, default=0.0)


def least_relations(
    ours: Iterable[Relation], theirs: Iterable[Relation], model: Model = MODEL
) -> tuple[Relation, Relation]:
    """Of all that two sides may sell into an account the two relations that are worth least; none may be empty."""
    return min(product(sorted(ours), sorted(theirs)), key=lambda two: model.relations[frozenset(two)])


def _match(account: SharedAccount, model: Model) -> float:
    """How well the two relations to an account fit, as of the epoch."""
    matched = model.relations[frozenset({account.relation_a, account.relation_b})]
    return matched * _since_epoch(account.confirmed_at, model)


def _since_epoch(moment: datetime, model: Model) -> float:
    return math.exp2((moment - EPOCH).total_seconds() / 86_400 / model.overlap_half_life_days)


def is_settled(signals: Sequence[Signal], cut: Collection[Kind], now: datetime, model: Model = MODEL) -> bool:
    """Whether these are enough: older signals of the kinds in `cut`, of which these are the newest, change nothing."""
    if not cut:
        return True
    if any(kind in DIRECTED for kind in cut):
        return False
    oldest = max(min(signal.at for signal in signals if signal.kind is kind) for kind in cut)
    active = len(active_pairs(signals, now, model.active_days))
    is_broad = active > 1 + _FULL * model.breadth_scale or age_days(oldest, now) > 2 * model.active_days
    return is_broad and math.fsum(_worth(signal, now, model) for signal in signals) > _FULL * model.tie_scale


def _part(name: str, found: Found, model: Model) -> Part:
    share = model.parts[name]
    value, evidence_ids = found or (share.prior, ())
    return Part(name, 100 * share.weight * value, 100 * share.weight, evidence_ids, known=found is not None)


def _worth(signal: Signal, now: datetime, model: Model) -> float:
    weight = model.kinds[signal.kind]
    return weight.fresh * signal.confidence * _faded(signal.at, now, weight.half_life_days)


def _faded(at: datetime, now: datetime, half_life_days: float) -> float:
    return math.exp2(-age_days(at, now) / half_life_days)


def _saturating(amount: float) -> float:
    """0 for nothing, towards 1 for much."""
    return -math.expm1(-amount)


def _ids(found: list[UUID]) -> tuple[UUID, ...]:
    return tuple(sorted(set(found)))


def _overlap(case: Case, now: datetime, model: Model) -> Found:
    """Shared accounts; those dated in the future count as of now."""
    ids: tuple[UUID, ...] = ()
    if case.overlap is not None:
        count, worth = case.overlap.count, case.overlap.worth
    else:
        accounts = kept((replace(each, confirmed_at=min(each.confirmed_at, now)) for each in case.shared), model)
        found = overlap_of(accounts.values())
        count, worth, ids = found.count, found.worth, _ids(list(accounts))
    matches = [signal for signal in case.signals if signal.kind is Kind.BOOKS_MATCHED and signal.accounts]
    matched = max(matched_worth(matches, now, model), case.overlap.matched if case.overlap else 0.0)
    if not count and not matched:
        return None
    # What a match has found may be the very accounts that are known by name, or that another match has found.
    worth, ids = max(worth, matched), _ids([*ids, *(signal.id for signal in matches)])
    value = _saturating(worth * _faded(EPOCH, now, model.overlap_half_life_days) / model.overlap_scale)
    # A first weak account must not cost points, and a second one must count: both halfway from what knowing none says.
    return max(value, model.parts["overlap"].prior + value / 2), ids


def tie(signals: Iterable[Signal], now: datetime, model: Model = MODEL) -> float:
    """How strong what links two reps, or two companies, is as of `now`: 0..1."""
    return _saturating(math.fsum(_worth(signal, now, model) for signal in signals) / model.tie_scale)


def _tie(case: Case, now: datetime, model: Model) -> Found:
    if not case.signals:
        return None
    return tie(case.signals, now, model), _ids([signal.id for signal in case.signals])


def _reciprocity(case: Case, now: datetime, model: Model) -> Found:
    directed = [signal for signal in case.signals if signal.kind in DIRECTED and signal.giver is not None]
    if not directed:
        return None
    given = {side: math.fsum(_worth(s, now, model) for s in directed if s.giver is side) for side in Side}
    # Of equal sides exactly 2·min/(g + r)·(1 − exp(−(g + r))); of unequal ones its smallest bound that never falls.
    return _saturating(2 * min(given.values())), _ids([signal.id for signal in directed])


def _complement(case: Case, _now: datetime, model: Model) -> Found:
    if case.a.category is None or case.b.category is None:
        return None
    if case.a.category == case.b.category:
        return 0.0, ()
    if not (case.a.buyers and case.b.buyers):
        return None
    common = len(case.a.buyers & case.b.buyers) / len(case.a.buyers | case.b.buyers)
    if not common:
        return model.other_category, ()
    return model.same_buyers + (1 - model.same_buyers) * common, ()


def _breadth(case: Case, now: datetime, model: Model) -> Found:
    paired = [signal for signal in case.signals if signal.rep_a and signal.rep_b]
    if not paired:
        return None
    active = len(active_pairs(paired, now, model.active_days))
    return _saturating(max(0, active - 1) / model.breadth_scale), _ids([signal.id for signal in paired])


def _locality(case: Case, _now: datetime, _model: Model) -> Found:
    met = [signal.id for signal in case.signals if signal.kind is Kind.MET_AT_EVENT]
    if met:
        return 1.0, _ids(met)
    if case.a.area is None or case.b.area is None:
        return None
    return float(case.a.area == case.b.area), ()


_VALUES: Mapping[str, Callable[[Case, datetime, Model], Found]] = {
    "overlap": _overlap,
    "tie": _tie,
    "reciprocity": _reciprocity,
    "complement": _complement,
    "breadth": _breadth,
    "locality": _locality,
}


def _conflicts(case: Case, model: Model) -> tuple[Clash, ...]:
    found = []
    if case.a.category is not None and case.a.category == case.b.category:
        found.append(Clash("same_category", model.competition))
    if case.declared_competitors:
        found.append(Clash("declared_competitors", model.competition))
    return tuple(found)
