"""A phone's address book: a real CardDAV client brings the contacts to a folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.demo.stage import HOME, Stage, StepFailed, console

_CONFIG = """\
[general]
status_path = "{folder}/status/"
[pair cards]
a = "phone"
b = "server"
collections = ["from b"]
conflict_resolution = "b wins"
partial_sync = "revert"
[storage phone]
type = "filesystem"
path = "{folder}/cards/"
fileext = ".vcf"
[storage server]
type = "carddav"
url = "{url}/"
username = "ann"
password = "{key}"
read_only = true
"""


def tell(stage: Stage) -> None:
    """Sync, and say what came of it."""
    folder = HOME / "phone"
    folder.mkdir()
    key = stage.ann.client.headers["Authorization"].removeprefix("Bearer ")
    config = folder / "vdirsyncer.ini"
    config.write_text(_CONFIG.format(folder=folder.resolve(), url=stage.address, key=key))
    config.chmod(0o600)
    for command in ("discover", "sync"):
        _run(config, command)
    cards = sorted(folder.rglob("*.vcf"))
    known = len(stage.ann.items("/v1/contacts", limit=200))
    if len(cards) != known:
        raise StepFailed(f"vdirsyncer brought {len(cards)} of {known} contacts")
    names = [_name(card) for card in cards]
    console.print(f"[bold]Address book[/bold]: vdirsyncer brought {len(cards)} contacts to {cards[0].parent}/")
    console.print(f"  {', '.join(names[:4])}, … as any phone would show them.")


def _run(config: Path, command: str) -> None:
    line = [sys.executable, "-m", "vdirsyncer", "--verbosity", "WARNING", "--config", str(config), command]
    done = subprocess.run(line, input="y\ny\n", capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise StepFailed(f"`vdirsyncer {command}` ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def _name(card: Path) -> str:
    lines = card.read_bytes().decode().splitlines()
    return next(line.removeprefix("FN:") for line in lines if line.startswith("FN:")).replace("\\", "")
