"""What orders pairs: our score, its parts alone, and what networkx has for predicting links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import combinations
from uuid import UUID

import networkx as nx

from app.alliances import scoring
from app.alliances.terms import Case, SharedAccount
from bench.alliances.world import NOW, Ends, World

Values = dict[Ends, float]


def all_pairs(world: World) -> list[Ends]:
    """Every two companies."""
    return list(combinations(range(len(world.profiles)), 2))


def ours(world: World, pairs: Iterable[Ends], most: int = scoring.MOST_SELLERS) -> tuple[Values, dict[str, Values]]:
    """The total of each pair, and its points part by part; accounts that more than `most` sell into count for none."""
    sellers = Counter(account for book in world.books for account in book)
    totals: Values = {}
    parts: dict[str, Values] = {name: {} for name in scoring.MODEL.parts}
    for ends in pairs:
        scored = scoring.score(case_of(world, ends, sellers, most), NOW)
        totals[ends] = scored.total
        for part in scored.parts:
            parts[part.name][ends] = part.points
    return totals, parts


def case_of(world: World, ends: Ends, sellers: Counter[int], most: int = scoring.MOST_SELLERS) -> Case:
    """What the rules see of a pair; `sellers` counts the companies that are known to sell into each account."""
    a, b = ends
    ours_, theirs = world.books[a], world.books[b]
    shared = tuple(
        SharedAccount(
            id=UUID(int=account),
            relation_a=ours_[account].relation,
            relation_b=theirs[account].relation,
            confirmed_at=min(ours_[account].confirmed_at, theirs[account].confirmed_at),
            idf=scoring.rarity(sellers[account], most),
        )
        for account in sorted(ours_.keys() & theirs.keys())
    )
    return Case(world.signals.get(ends, ()), shared, world.profiles[a], world.profiles[b])


def encounters(world: World, pairs: Iterable[Ends]) -> Values:
    """How often two companies met: the count that needs no model."""
    return {ends: float(len(world.signals.get(ends, ()))) for ends in pairs}


def graph_of(world: World, *, met: bool) -> nx.Graph:
    """Companies linked to their accounts and, with `met`, to each company they met."""
    graph = nx.Graph()
    graph.add_nodes_from(range(len(world.profiles)))
    graph.add_edges_from((company, f"account {each}") for company, book in enumerate(world.books) for each in book)
    if met:
        graph.add_edges_from(ends for ends, held in world.signals.items() if held)
    return graph


def _common(graph: nx.Graph, pairs: list[Ends]) -> Iterable[tuple[int, int, float]]:
    return ((a, b, float(len(nx.common_neighbors(graph, a, b)))) for a, b in pairs)


PREDICTORS: dict[str, Callable[[nx.Graph, list[Ends]], Iterable[tuple[int, int, float]]]] = {
    "common neighbours": _common,
    "Jaccard": nx.jaccard_coefficient,
    "Adamic–Adar": nx.adamic_adar_index,
    "preferential attachment": nx.preferential_attachment,
}


def theirs(graph: nx.Graph, pairs: list[Ends]) -> dict[str, Values]:
    """What each predictor of networkx says of each pair."""
    return {name: {(a, b): value for a, b, value in ask(graph, pairs)} for name, ask in PREDICTORS.items()}


def ranked_together(*many: Values) -> Values:
    """The sum of the ranks in several orders, equal values sharing the lowest: for combining what has no scale."""
    total: Values = dict.fromkeys(many[0], 0.0)
    for values in many:
        rank = {value: place for place, value in enumerate(sorted(set(values.values())))}
        most = max(1, len(rank) - 1)
        for ends, value in values.items():
            total[ends] += rank[value] / most
    return total
