"""The generated world and its judges, at a tiny size."""

from __future__ import annotations

from collections import Counter
from itertools import product
from random import Random

import pytest

from bench.alliances import planted, predictors, world
from bench.alliances.judging import auc, precision

SMALL = {"companies": 200, "accounts": 1000}


@pytest.fixture(scope="module")
def drawn():
    return world.draw(1, **SMALL, known=1.0)


def test_a_world_is_the_same_for_the_same_seed_and_another_for_another(drawn):
    assert world.draw(1, **SMALL, known=1.0) == drawn
    assert world.draw(2, **SMALL, known=1.0) != drawn


def test_good_pairs_met_in_the_last_year_and_share_customers(drawn):
    assert len(drawn.good) == 200 * world.BEGUN
    assert all(a < b for a, b in drawn.good)
    for ends in drawn.good:
        assert len([each for each in drawn.signals[ends] if (world.NOW - each.at).days <= 365]) >= 2
    with_shared = [ends for ends in drawn.good if drawn.books[ends[0]].keys() & drawn.books[ends[1]].keys()]
    assert len(with_shared) > 0.9 * len(drawn.good)  # but for what is wrongly known


def test_too_few_companies_are_refused():
    with pytest.raises(ValueError, match="too few"):
        world.draw(1, companies=12, accounts=60)


def test_less_is_known_where_less_is_said_to_be():
    little, much = (world.draw(1, **SMALL, known=known) for known in (0.2, 0.9))
    for known_facts in (
        lambda it: sum(map(len, it.books)),
        lambda it: sum(map(len, it.signals.values())),
        lambda it: sum(profile.category is not None for profile in it.profiles),
        lambda it: sum(profile.area is not None for profile in it.profiles),
    ):
        assert known_facts(little) < 0.5 * known_facts(much)


def test_auc_is_the_chance_that_a_good_pair_comes_first():
    random = Random(3)
    values = {(0, number): float(random.randrange(6)) for number in range(1, 40)}
    good = set(random.sample(sorted(values), 9))
    compared = [(values[one], values[other]) for one, other in product(good, values.keys() - good)]
    assert auc(values, good) == pytest.approx(sum((a > b) + (a == b) / 2 for a, b in compared) / len(compared))


def test_precision_counts_the_first_of_each_company_that_has_a_good_one():
    values = {(0, 1): 3.0, (0, 2): 2.0, (1, 2): 1.0, (2, 3): 0.5}
    assert precision(values, {(0, 1)}, first=1) == 1
    assert precision(values, {(1, 2)}, first=1) == 0
    assert precision(values, {(1, 2)}, first=2) == 0.5  # the mean of both ends, each with one of its two


def test_common_neighbours_are_the_shared_accounts(drawn):
    pairs = predictors.all_pairs(drawn)
    found = predictors.theirs(predictors.graph_of(drawn, met=False), pairs)["common neighbours"]
    assert found == {(a, b): len(drawn.books[a].keys() & drawn.books[b].keys()) for a, b in pairs}
    sellers = Counter(account for book in drawn.books for account in book)
    assert {ends: len(predictors.case_of(drawn, ends, sellers).shared) for ends in pairs} == found


def test_every_order_is_judged_and_none_beats_the_truth(drawn):
    rows = planted.judged(drawn)
    assert rows[planted.TRUTH][1:] == (1, 1, 1)
    assert all(row[column] <= rows[planted.TRUTH][column] for row in rows.values() for column in range(4))
    assert rows[planted.OURS][1] > 0.2 + rows["preferential attachment"][1]
