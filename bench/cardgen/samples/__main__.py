"""`python -m bench.cardgen.samples`: draws the sample photos and their truth again, over the old ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench.cardgen.samples.draw import FOLDER, draw_samples
from bench.cardgen.sets import write_photo


def main(out: Annotated[Path, typer.Option(help="Folder to write to.")] = FOLDER) -> None:
    """Draw the twelve sample photos and truth.jsonl, over the old ones."""
    console = Console(stderr=True)
    (out / "truth.jsonl").unlink(missing_ok=True)
    for photo in draw_samples():
        write_photo(photo, out)
        console.print(f"{photo.truth[0]['photo']}  {len(photo.jpeg) // 1024} KB")


if __name__ == "__main__":
    typer.run(main)
