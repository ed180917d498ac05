"""`python -m bench.cardgen`: writes a set of card photos with their truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from bench.cardgen.sets import make_set, write_photo

HELP = """Draw photos of invented business cards, with the truth about every value, line, corner and logo.

The folder gets photos/00000.jpg ... and truth.jsonl, one card a line, in the format that score.py reads:

\b
    python -m bench.cardgen --out var/cards --count 200 --seed fresh --jobs 4
    cardally read --json --base var/cards var/cards/photos/*.jpg > readings.jsonl
    score.py var/cards/truth.jsonl readings.jsonl --misses

The same seed draws the same cards: keep one seed for looking and another, never looked at, for judging. A longer set
begins with the photos of a shorter one. About two photos a second and process."""


def main(
    out: Annotated[Path, typer.Option(help="Folder to write to; must not hold a truth.jsonl yet.")],
    count: Annotated[int, typer.Option(min=1, help="How many photos.")] = 100,
    seed: Annotated[str, typer.Option(help="Any word or number.")] = "0",
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
) -> None:
    """Write a set."""
    console = Console(stderr=True)
    if (out / "truth.jsonl").exists():
        console.print(f"[red]{out / 'truth.jsonl'} exists; choose another folder.[/red]")
        raise typer.Exit(2)
    cards = 0
    for photo in track(make_set(seed, count, jobs=jobs), "Drawing", total=count, console=console):
        write_photo(photo, out)
        cards += len(photo.truth)
    console.print(f"{count} photos of {cards} cards in {out}")


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(help=HELP)(main)
    app()
