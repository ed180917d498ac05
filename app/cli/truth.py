"""`cardally truth`: the cards that people corrected, as a set to measure the reader with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import Progress

from app.cli.transfer import As, console, user_of
from app.composition import House, open_house
from app.kit.db import Begin
from app.kit.errors import AppError
from app.kit.trail import Action, record_shown
from app.reviews.service import truth
from app.scans import service as scans
from app.settings import Settings


def truth_folder(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Where to put truth.jsonl and the photos.")],
    email: As,
) -> None:
    """Write what people said of resolved cards, with the photos, so that the reader can be measured on them.

    Then `cardally read FOLDER --report page --truth FOLDER/truth.jsonl` draws what is read wrongly.
    """
    house = open_house(Settings())
    _, begin = user_of(house, email, "cardally truth")
    with begin() as session:
        record_shown(session, Action.EXPORTED, "review", part="truth")
    folder.mkdir(parents=True, exist_ok=True)
    lines = photos = 0
    with (folder / "truth.jsonl").open("wb") as target, Progress(console=console) as progress:
        task = progress.add_task("cards", total=None)
        for part in truth(begin):
            target.write(part)
            names = {json.loads(line)["photo"] for line in part.splitlines()}
            photos += sum(_keep_photo(house, begin, folder / name) for name in sorted(names))
            lines += part.count(b"\n")
            progress.update(task, completed=lines)
    house.close()
    console.print(f"{lines:,} cards and {photos:,} photos in {folder}")


def _keep_photo(house: House, begin: Begin, target: Path) -> bool:
    """Write the photo of one scan; False where it is gone, as its time was over."""
    try:
        with begin(reading=True) as session:
            key = scans.get(session, UUID(target.stem)).front_file
        data = scans.picture(house.files, key)
    except AppError:
        return False
    target.write_bytes(data)
    return True
