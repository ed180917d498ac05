"""`python -m bench.alliances planted | popular | scale | book`: does the score find partners, and what does it cost?"""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console


def main() -> None:
    """Print what was asked for."""
    parse = argparse.ArgumentParser(prog="python -m bench.alliances", description=__doc__)
    parts = parse.add_subparsers(dest="part", required=True)
    planted = parts.add_parser("planted", help="find the good pairs of generated worlds, beside networkx's predictors")
    planted.add_argument("--companies", type=int, default=300)
    planted.add_argument("--worlds", type=int, default=5)
    planted.add_argument("--known", default="0.6,0.3", help="shares of the facts that are known, by comma")
    popular = parts.add_parser("popular", help="what it changes that everybody's customers count for no pair")
    popular.add_argument("--sizes", default="10000,100000", help="contacts, by comma")
    scale = parts.add_parser("scale", help="what one card, account or win costs, and all pairs anew, as tables grow")
    scale.add_argument("--full", action="store_true", help="10,000, 100,000 and 1,000,000 contacts: takes an hour")
    scale.add_argument("--sizes", default="10000,40000", help="contacts, by comma")
    scale.add_argument("--database", choices=("sqlite", "postgresql"), help="only this one")
    scale.add_argument("--count", type=int, default=60, help="of each kind")
    scale.add_argument("--compare-every", type=int, default=5, help="compare the neighbourhood of each n-th")
    scale.add_argument("--keep", type=Path, help="a folder where filled databases stay and are found again")
    book = parts.add_parser("book", help="what one book with many accounts in it costs")
    book.add_argument("--full", action="store_true", help="1,000,000 accounts")
    book.add_argument("--sizes", default="1000,30000", help="accounts, by comma")
    book.add_argument("--database", choices=("sqlite", "postgresql"), help="only this one")
    book.add_argument("--count", type=int, default=20, help="of each kind")
    given, console = parse.parse_args(), Console(width=150)
    if find_spec("duckdb") is None:
        console.print("This needs duckdb; `uv sync --group bench` installs it.")
        return
    {"planted": _planted, "popular": _popular, "scale": _scale, "book": _book}[given.part](console, given)


def _planted(console: Console, given: argparse.Namespace) -> None:
    from bench.alliances import planted  # noqa: PLC0415  needs what a group of its own installs

    planted.show(console, given.companies, given.worlds, [float(share) for share in given.known.split(",")])


def _popular(console: Console, given: argparse.Namespace) -> None:
    from bench.alliances import popular  # noqa: PLC0415

    popular.show(console, [int(size) for size in given.sizes.split(",")])


def _scale(console: Console, given: argparse.Namespace) -> None:
    from bench.alliances.scale import Asked, show  # noqa: PLC0415

    sizes = (10_000, 100_000, 1_000_000) if given.full else tuple(map(int, given.sizes.split(",")))
    databases = (given.database,) if given.database else ("sqlite", "postgresql")
    show(console, Asked(sizes, databases, 200 if given.full else given.count, given.compare_every, given.keep))


def _book(console: Console, given: argparse.Namespace) -> None:
    from bench.alliances.longbook import show  # noqa: PLC0415

    sizes = (10_000, 1_000_000) if given.full else tuple(map(int, given.sizes.split(",")))
    show(console, sizes, (given.database,) if given.database else ("sqlite", "postgresql"), given.count)


if __name__ == "__main__":
    main()
