"""What it changes that an account which more than 100 companies sell into counts for no pair: all scores both ways."""

from __future__ import annotations

import numpy as np
from rich.console import Console
from rich.table import Table

from app.alliances import scoring
from bench.alliances import drawing, duck

_ALL = 10**9


def show(console: Console, sizes: list[int]) -> None:
    """Print what one such account can be worth, and how the scores of drawn worlds differ."""
    worth = Table("companies that sell into it", "idf", "points at most", title="one account, customer of one side")
    for sellers in (2, 10, 100, 101, 1_000, 10_000, 100_000):
        idf = scoring.rarity(sellers, _ALL)
        most = 30 * -np.expm1(-idf / scoring.MODEL.overlap_scale)
        worth.add_row(f"{sellers:,}", f"{idf:.3f}", f"{most:.2f}")
    console.print(worth)
    table = Table("contacts", "pairs", title="every pair with the home company, with all accounts less without those")
    for name in ("are another", "mean", "p99", "most", "rank correlation", "of the best 1%"):
        table.add_column(name, justify="right")
    for size in sizes:
        drawn = drawing.draw(size)
        cut, full = duck.scores(drawn)[0], duck.scores(drawn, _ALL)[0]
        apart = full - cut
        cut_ranks, full_ranks = (np.argsort(np.argsort(values)) for values in (cut, full))
        best = [set(np.argsort(-values)[: max(1, len(cut) // 100)].tolist()) for values in (cut, full)]
        figures = [f"{np.mean(apart > 1e-9):.0%}", f"{apart.mean():.2f}", f"{np.quantile(apart, 0.99):.2f}"]
        figures += [f"{apart.max():.2f}", f"{np.corrcoef(cut_ranks, full_ranks)[0, 1]:.4f}"]
        table.add_row(f"{size:,}", f"{len(cut):,}", *figures, f"{len(best[0] & best[1]) / len(best[0]):.0%} the same")
    console.print(table)
