"""`python -m bench.matching [pairs|reach|lookup] [--full]`: prints tables; some minutes, with `--full` some hours."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.matching import lookup, pairs, reach
from bench.matching.names import words_of

_PUBLISHED = {"companies": 0.892, "people": 0.748}
"""F1 of nomenklatura's LogicV2 on the same pairs; it needs ICU, which has no wheel."""


def data_folder() -> Path | None:
    """The folder with the public names: `$CARDALLY_MATCHING`, or ../shared/matching."""
    folder = Path(os.environ.get("CARDALLY_MATCHING") or Path(__file__).parents[2].parent / "shared" / "matching")
    return folder if (folder / "opensanctions_pairs.csv").exists() else None


def main() -> None:
    """Print what was asked for."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("part", nargs="?", choices=("pairs", "reach", "lookup"))
    parse.add_argument("--full", action="store_true", help="a million cards, a million names")
    parse.add_argument("--postgres", metavar="URL", help="an empty PostgreSQL database for `lookup`")
    given = parse.parse_args()
    console, folder = Console(), data_folder()
    if folder is None:
        console.print("The public names are not here; name their folder in $CARDALLY_MATCHING.")
        return
    for part in [given.part] if given.part else ["pairs", "reach", "lookup"]:
        console.print({"pairs": show_pairs, "reach": show_reach, "lookup": show_lookup}[part](folder, given))


def show_pairs(folder: Path, _given: argparse.Namespace) -> Table:
    """F1 on the OpenSanctions pairs."""
    table = _table("Names alone: OpenSanctions pairs", "kind", "measure", "F1", "threshold", "precision", "recall")
    for kind, name, best in pairs.compared(folder / "opensanctions_pairs.csv"):
        table.add_row(kind, name, *(f"{x:.3f}" for x in (best.f1, best.threshold, best.precision, best.recall)))
    for kind, f1 in _PUBLISHED.items():
        table.add_row(kind, "nomenklatura LogicV2 (published)", f"{f1:.3f}", "", "", "")
    return table


def show_reach(folder: Path, given: argparse.Namespace) -> Table:
    """Precision and recall of cards put together."""
    words, sizes = words_of(folder / "sec_company_names.json"), (200_000, 1_000_000) if given.full else (10_000, 50_000)
    title = f"{sizes[1]:,} cards of {sizes[0]:,} companies"
    table = _table(title, "cards show", "by", "precision", "recall", "asked", "ms a card")
    for domains, exact in ((True, False), (False, False), (False, True)):
        got = reach.measure(words, *sizes, domains=domains, exact=exact)
        shown, by = "name, 4 of 5 a domain" if domains else "names alone", "equal keys" if exact else "our rules"
        figures = (f"{got.precision:.4f}", f"{got.recall:.4f}", f"{got.asked:.1%}", f"{got.milliseconds:.2f}")
        table.add_row(shown, by, *figures)
    return table


def show_lookup(folder: Path, given: argparse.Namespace) -> Table:
    """Milliseconds to find a company."""
    words, count = words_of(folder / "sec_company_names.json"), 1_000_000 if given.full else 50_000
    table = _table("One lookup, ms", "database", "names", "p50", "p99", "p50 with domain")
    with tempfile.TemporaryDirectory() as made:
        urls = {"SQLite": f"sqlite:///{made}/bench.db"} | ({"PostgreSQL": given.postgres} if given.postgres else {})
        for database, url in urls.items():
            got = lookup.measure(url, words, count, lookups=1000)
            table.add_row(database, f"{got.names:,}", f"{got.p50:.2f}", f"{got.p99:.2f}", f"{got.domain_p50:.2f}")
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for column in columns:
        table.add_column(column)
    return table


if __name__ == "__main__":
    main()
