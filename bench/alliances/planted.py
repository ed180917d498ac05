"""Planted truth: does the score find the good pairs of a generated world, beside predictors of links?

How the world is drawn is printed first. The predictors of networkx see the graph of companies
and accounts, and once more the graph that has the encounters as well; they cannot see dates, relations, categories
and areas, so "encounters", the parts of the score alone, and Adamic–Adar ranked together with the number of encounters
stand beside them to tell what is owed to seeing more, and what to the model.

The world is kind to whoever counts encounters: a good pair always met, and nearly all other pairs never did, so to tell
those that met from those that did not goes a long way, and the count does it without noise, while the score also orders
pairs that never met, by their books, categories and areas. The last column is that of the pairs that met alone: there
the count has to tell good ones from friends, rivals, faded ones, networkers and guests of one event.
"""

from __future__ import annotations

import statistics
from collections import defaultdict

from rich.console import Console
from rich.table import Table

from bench.alliances import predictors, world
from bench.alliances.judging import auc, precision
from bench.alliances.predictors import Values
from bench.alliances.world import World

Row = tuple[float, float, float, float]
"""Precision at 10; area under the curve of all pairs, of those that share an account or met, and of those that met."""

CUTS = (10, 30, 1000)
"""Instead of the 100 sellers of an account beyond which it counts for none; 1,000 is Adamic and Adar's idf as it is."""

OURS, TRUTH = "our score", "the truth itself"


def judged(drawn: World) -> dict[str, Row]:
    """Each way to order the pairs of a world, by name."""
    pairs = predictors.all_pairs(drawn)
    total, parts = predictors.ours(drawn, pairs)
    by_accounts = predictors.theirs(predictors.graph_of(drawn, met=False), pairs)
    by_both = predictors.theirs(predictors.graph_of(drawn, met=True), pairs)
    met = predictors.encounters(drawn, pairs)
    orders: dict[str, Values] = {OURS: total}
    for most in CUTS:
        orders[f"our score, accounts of up to {most} count"] = predictors.ours(drawn, pairs, most)[0]
    orders |= by_accounts
    orders |= {f"{name}, with encounters": values for name, values in by_both.items()}
    orders["encounters counted"] = met
    orders["Adamic–Adar + encounters by rank"] = predictors.ranked_together(by_accounts["Adamic–Adar"], met)
    orders |= {f"our {name} alone": values for name, values in parts.items()}
    orders[TRUTH] = {ends: float(ends in drawn.good) for ends in pairs}
    touched = [ends for ends in pairs if met[ends] or by_accounts["common neighbours"][ends]]
    known_to_meet = [ends for ends in pairs if met[ends]]
    return {name: _row(values, drawn, touched, known_to_meet) for name, values in orders.items()}


def _row(values: Values, drawn: World, *some: list[world.Ends]) -> Row:
    near, met = ({ends: values[ends] for ends in those} for those in some)
    return precision(values, drawn.good), auc(values, drawn.good), auc(near, drawn.good), auc(met, drawn.good)


def show(console: Console, companies: int, worlds: int, known: list[float]) -> None:
    """Print how worlds are drawn, and a table for each share of the facts that is known: median and range of worlds."""
    console.print(world.__doc__)
    console.print(__doc__)
    for share in known:
        rows: dict[str, list[Row]] = defaultdict(list)
        for seed in range(worlds):
            drawn = world.draw(seed, companies, 5 * companies, share)
            for name, row in judged(drawn).items():
                rows[name].append(row)
        table = Table("order of pairs by", "P@10", "AUC", "AUC, any link", "AUC, met")
        table.title = f"{companies} companies, {worlds} worlds, {share:.0%} known: median (lowest to highest)"
        for name, found in rows.items():
            table.add_row(name, *(_spread([row[column] for row in found]) for column in range(4)))
        console.print(table)


def _spread(found: list[float]) -> str:
    return f"{statistics.median(found):.3f} ({min(found):.3f} to {max(found):.3f})"
