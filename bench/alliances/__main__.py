"""`python -m bench.alliances planted`: how well the score finds the partners that are hidden in generated worlds."""

from __future__ import annotations

import argparse
from importlib.util import find_spec

from rich.console import Console


def main() -> None:
    """Print what was asked for."""
    parse = argparse.ArgumentParser(prog="python -m bench.alliances", description=__doc__)
    parts = parse.add_subparsers(dest="part", required=True)
    planted = parts.add_parser("planted", help="find the good pairs of generated worlds, beside networkx's predictors")
    planted.add_argument("--companies", type=int, default=300)
    planted.add_argument("--worlds", type=int, default=5)
    planted.add_argument("--known", default="0.6,0.3", help="shares of the facts that are known, by comma")
    given, console = parse.parse_args(), Console(width=110)
    if find_spec("networkx") is None or find_spec("duckdb") is None:
        console.print("This needs networkx and duckdb; `uv sync --group bench` installs them.")
        return
    _planted(console, given)


def _planted(console: Console, given: argparse.Namespace) -> None:
    from bench.alliances import planted  # noqa: PLC0415  needs what a group of its own installs

    planted.show(console, given.companies, given.worlds, [float(share) for share in given.known.split(",")])


if __name__ == "__main__":
    main()
