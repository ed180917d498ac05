"""The score: the orders that PRODUCT.md asks for, its four properties, and its formulas by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.alliances.scoring import MODEL, Score, rarity, score
from app.alliances.terms import Case, Kind, Profile, SharedAccount, Side, Signal
from app.books.terms import Relation
from tests.alliances import cases
from tests.alliances.cases import NOW, account, accounts, any_case, mirrored, signal, signals

EPSILON = 1e-9
TWO_YEARS = timedelta(days=730)


def total(case: Case, later: timedelta = timedelta(0)) -> float:
    return score(case, NOW + later).total


def points(case: Case) -> dict[str, float]:
    return {part.name: part.points for part in score(case, NOW).parts}


def test_the_orders_of_the_product():
    s1, s2, s3 = total(cases.ONE_CARD), total(cases.BOTH_CARDS), total(cases.EACH_WAY)
    s4, s5, s6 = total(cases.ONE_WAY), total(cases.WON_TOGETHER), total(cases.WON_TOGETHER, TWO_YEARS)
    s7 = total(cases.COMPETITOR)
    assert s1 < s2 < s3 < s5
    assert s4 < s3
    assert s6 < s3
    assert s7 < s1


def test_even_the_best_competitor_is_below_one_card():
    reps = [f"rep {number}" for number in range(40)]
    signals = tuple(signal(kind, 0, giver=side, ours=rep, theirs=rep) for kind in Kind for side in Side for rep in reps)
    shared = tuple(account(rep, Relation.CUSTOMER, Relation.OPEN_OPPORTUNITY, 0) for rep in reps)
    rivals = Case(signals, shared, Profile("tills", area="oslo"), Profile("tills", area="oslo"))
    assert total(rivals) < total(cases.ONE_CARD)
    assert total(replace(rivals, a=Profile("safes"), declared_competitors=True)) < total(cases.ONE_CARD)


def test_nothing_known_is_the_priors():
    empty = score(Case(), NOW)
    assert empty.total == pytest.approx(0.15 * 30 + 0.4 * 15 + 0.3 * 5)
    assert empty.coverage == 0
    assert {gap.name: gap.up_to for gap in empty.missing} == pytest.approx(
        {"overlap": 25.5, "tie": 25, "reciprocity": 15, "complement": 9, "breadth": 10, "locality": 3.5}
    )


def test_everything_is_a_hundred_at_most():
    assert sum(share.weight for share in MODEL.parts.values()) == pytest.approx(1)
    assert sum(part.max for part in score(Case(), NOW).parts) == pytest.approx(100)


def test_a_tie_by_hand():
    half_life = MODEL.kinds[Kind.MUTUAL_EXCHANGE].half_life_days
    old = replace(signal(Kind.MUTUAL_EXCHANGE, half_life), confidence=0.5)
    case = Case(signals=(old, signal(Kind.MEETING, 0)))
    assert points(case)["tie"] == pytest.approx(25 * (1 - math.exp(-(0.9 * 0.5 * 0.5 + 0.6) / 2)))


@pytest.mark.parametrize(
    ("a", "b", "worth"),
    [
        ("customer", "open_opportunity", 1.0),
        ("open_opportunity", "open_opportunity", 0.9),
        ("customer", "customer", 0.6),
        ("customer", "prospect", 0.5),
        ("open_opportunity", "prospect", 0.4),
        ("prospect", "prospect", 0.15),
    ],
)
def test_an_overlap_by_hand(a: str, b: str, worth: float):
    names = "abcdefgh"
    shared = tuple(account(name, Relation(a), Relation(b), 180, idf=0.8) for name in names)
    value = 1 - math.exp(-len(names) * worth * 0.8 * 0.5 / 6)
    expected = value if value > 0.3 else 0.15 + value / 2
    assert points(Case(shared=shared))["overlap"] == pytest.approx(30 * expected)


def test_one_account_seen_by_two_pairs_of_reps_counts_once():
    strong = tuple(account(name, Relation.CUSTOMER, Relation.OPEN_OPPORTUNITY) for name in "abc")
    weak = tuple(account(name, Relation.PROSPECT, Relation.PROSPECT) for name in "abc")
    assert points(Case(shared=strong + weak)) == points(Case(shared=strong))


@pytest.mark.parametrize("each", [1, 2, 5])
def test_a_balanced_reciprocity_is_the_formula(each: int):
    signals = tuple(signal(Kind.INTRODUCTION, 0, giver=side, ours=str(n)) for side in Side for n in range(each))
    assert points(Case(signals=signals))["reciprocity"] == pytest.approx(15 * (1 - math.exp(-2 * each)))


def test_giving_more_than_one_gets_back_adds_no_reciprocity():
    balanced = Case(signals=(signal(Kind.REFERRAL, giver=Side.A), signal(Kind.REFERRAL, giver=Side.B)))
    more = Case(signals=(*balanced.signals, *(signal(Kind.REFERRAL, n, giver=Side.A) for n in (2, 3, 4))))
    assert points(more)["reciprocity"] == points(balanced)["reciprocity"]
    assert total(more) > total(balanced)


@pytest.mark.parametrize(
    ("a", "b", "value", "known"),
    [
        (Profile(), Profile("tills"), 0.4, False),
        (Profile("safes"), Profile("tills"), 0.4, False),
        (Profile("safes", frozenset({"retail"})), Profile("tills", frozenset({"retail"})), 1.0, True),
        (Profile("safes", frozenset({"retail", "hotels"})), Profile("tills", frozenset({"retail"})), 0.9, True),
        (Profile("safes", frozenset({"hotels"})), Profile("tills", frozenset({"retail"})), 0.2, True),
        (Profile("tills", frozenset({"retail"})), Profile("tills", frozenset({"retail"})), 0.0, True),
    ],
)
def test_complement(a: Profile, b: Profile, value: float, known: bool):
    part = next(part for part in score(Case(a=a, b=b), NOW).parts if part.name == "complement")
    assert (part.points, part.known) == (pytest.approx(15 * value), known)


def test_breadth_counts_active_pairs_only():
    fresh = tuple(signal(Kind.MEETING, 10, ours=name) for name in ("ann", "cleo", "eve"))
    stale = (signal(Kind.MEETING, 200, ours="gus"),)
    assert points(Case(signals=fresh + stale))["breadth"] == pytest.approx(10 * (1 - math.exp(-1)))
    assert points(Case(signals=stale))["breadth"] == 0


@pytest.mark.parametrize(
    ("a", "b", "value"), [("oslo", "oslo", 1.0), ("oslo", "bergen", 0.0), ("oslo", None, 0.3), (None, None, 0.3)]
)
def test_locality(a: str | None, b: str | None, value: float):
    assert points(Case(a=Profile(area=a), b=Profile(area=b)))["locality"] == pytest.approx(5 * value)


def test_an_event_makes_two_far_companies_local():
    case = Case(cases.BOTH_CARDS.signals, (), Profile(area="oslo"), Profile(area="bergen"))
    assert points(case)["locality"] == 5


def test_coverage_is_the_share_of_what_is_known():
    assert score(cases.ONE_CARD, NOW).coverage == pytest.approx(0.25 + 0.10)
    assert score(cases.EACH_WAY, NOW).coverage == pytest.approx(1 - 0.15)


def test_parts_name_their_evidence():
    parts = {part.name: part for part in score(cases.EACH_WAY, NOW).parts}
    assert set(parts["tie"].evidence_ids) == {s.id for s in cases.EACH_WAY.signals}
    assert set(parts["overlap"].evidence_ids) == {a.id for a in cases.FOUR_ACCOUNTS}
    assert len(parts["reciprocity"].evidence_ids) == 2
    assert parts["complement"].evidence_ids == ()


@pytest.mark.parametrize(("sellers", "idf"), [(0, 1), (1, 1), (2, 1), (4, 0.5), (64, 1 / 6), (101, 0), (1024, 0)])
def test_rarity(sellers: int, idf: float):
    assert rarity(sellers) == pytest.approx(idf)


@given(any_case(), signals())
def test_more_evidence_never_lowers_a_score(case: Case, more: Signal):
    assert total(replace(case, signals=(*case.signals, more))) >= total(case) - EPSILON


@given(any_case(), accounts)
def test_another_shared_account_never_lowers_a_score(case: Case, more: SharedAccount):
    assert total(replace(case, shared=(*case.shared, more))) >= total(case) - EPSILON


@given(any_case(), st.integers(0, 2000), st.integers(0, 2000))
def test_ageing_never_raises_a_score(case: Case, days: int, more: int):
    sooner = total(case, timedelta(days=days))
    assert total(case, timedelta(days=days + more)) <= sooner + EPSILON


@given(any_case())
def test_a_pair_has_one_score_in_both_orders(case: Case):
    one, other = score(case, NOW), score(mirrored(case), NOW)
    assert (one.total, one.coverage, one.missing, one.conflicts) == (
        other.total,
        other.coverage,
        other.missing,
        other.conflicts,
    )


@given(any_case(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(case: Case, chance):
    mixed_signals, mixed_accounts = list(case.signals), list(case.shared)
    chance.shuffle(mixed_signals)
    chance.shuffle(mixed_accounts)
    assert score(replace(case, signals=tuple(mixed_signals), shared=tuple(mixed_accounts)), NOW) == score(case, NOW)


@given(any_case())
def test_a_score_is_within_bounds_and_adds_up(case: Case):
    result: Score = score(case, NOW)
    assert 0 <= result.total <= 100 + EPSILON
    assert 0 <= result.coverage <= 1 + EPSILON
    assert all(0 <= part.points <= part.max + EPSILON for part in result.parts)
    kept = 1 - max((clash.cost for clash in result.conflicts), default=0)
    assert result.total == pytest.approx(sum(part.points for part in result.parts) * kept)
    assert {gap.name for gap in result.missing} == {part.name for part in result.parts if not part.known}
