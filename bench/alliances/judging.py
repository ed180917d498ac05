"""How well a value orders pairs: area under the curve, and precision at the first of each company."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Collection, Mapping
from itertools import groupby
from random import Random

from bench.alliances.world import Ends


def auc(values: Mapping[Ends, float], good: Collection[Ends]) -> float:
    """Chance, 0..1, that a good pair has the higher value of a good and another pair; equal values count half.

    The rank-sum of Mann and Whitney ("On a test of whether one of two random variables is stochastically larger than
    the other", 1947). There must be pairs of both kinds.
    """
    below, wins, positives = 0, 0.0, 0
    for _, same in groupby(sorted(values, key=values.__getitem__), key=values.__getitem__):
        tied = list(same)
        hits = sum(ends in good for ends in tied)
        wins += hits * (below + (len(tied) - hits) / 2)
        positives += hits
        below += len(tied) - hits
    return wins / (positives * below)


def precision(values: Mapping[Ends, float], good: Collection[Ends], first: int = 10) -> float:
    """Share, 0..1, of good ones among the `first` highest pairs of a company, the mean of all that have a good one.

    Pairs of equal value come in random order, the same in each call.
    """
    of_company: dict[int, list[Ends]] = defaultdict(list)
    pairs = list(values)
    Random(0).shuffle(pairs)
    for ends in sorted(pairs, key=values.__getitem__, reverse=True):
        for company in ends:
            of_company[company].append(ends)
    with_any = {company for ends in good for company in ends}
    return statistics.mean(sum(ends in good for ends in of_company[each][:first]) / first for each in with_any)
