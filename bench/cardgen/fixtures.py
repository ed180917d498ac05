"""A pytest plugin: a small set of drawn photos, kept between runs.

Name it in the root `conftest.py` (`pytest_plugins = ["bench.cardgen.fixtures"]`) and ask for `card_set`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from bench.cardgen.cards import design_back, design_card
from bench.cardgen.photo import Photo, make_photo
from bench.cardgen.sets import write_photo


@dataclass(frozen=True, slots=True)
class CardSet:
    """Photos in a folder, by name, with their truth."""

    folder: Path
    truth: dict[str, tuple[dict[str, Any], ...]]
    """Name to one record a card."""

    def path(self, name: str) -> Path:
        """The photo called `name`."""
        return self.folder / f"{name}.jpg"

    def data(self, name: str) -> bytes:
        """Its bytes."""
        return self.path(name).read_bytes()


def draw_small_set() -> dict[str, Photo]:
    """The photos of `card_set`: easy ones of the kinds a reader must know."""
    front = design_card("two-sided", locale="en_GB", layout="horizontal")
    back = design_back(front, "two-sided", locale="en_GB", layout="horizontal")
    wanted: dict[str, dict[str, Any]] = {
        "plain": {"locale": "en_US", "layout": "horizontal", "ground": "wood"},
        "vertical": {"locale": "en_US", "layout": "vertical", "ground": "leather"},
        "creative": {"locale": "en_GB", "layout": "creative", "ground": "desk"},
        "german": {"locale": "de_DE", "layout": "horizontal", "ground": "leather"},
        "two": {"locale": "en_US", "layout": "horizontal", "ground": "wood", "cards": 2},
        "scan": {"locale": "en_US", "layout": "horizontal", "scan": True},
        "front": {"designs": (front,), "ground": "desk"},
        "back": {"designs": (back,), "ground": "desk"},
    }
    easy = {"cards": 1, "hardness": 0.0, "scan": False}
    return {name: make_photo(name, photo=f"{name}.jpg", **easy | options) for name, options in wanted.items()}


def _key() -> str:
    """Changes whenever the generator or a library that draws does."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in {".py", ".toml", ".woff2"}:
            digest.update(path.read_bytes())
    for library in ("numpy", "opencv-python-headless", "pillow", "faker"):
        digest.update(version(library).encode())
    return digest.hexdigest()[:16]


def _filled(folder: Path) -> Path:
    """`folder` with the photos in it, drawn now if it is not there yet; safe with several test processes."""
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=folder.parent))
        for photo in draw_small_set().values():
            write_photo(photo, work)
        try:
            work.rename(folder)
        except OSError:  # another process was first
            shutil.rmtree(work)
    return folder


@pytest.fixture(scope="session")
def card_set(pytestconfig: pytest.Config) -> CardSet:
    """Eight easy photos: plain, vertical, creative, german, two (cards), scan, front and back."""
    folder = _filled(pytestconfig.cache.mkdir("cardgen") / _key())
    truth: dict[str, list[dict[str, Any]]] = {}
    for line in (folder / "truth.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        truth.setdefault(Path(record["photo"]).stem, []).append(record)
    return CardSet(folder, {name: tuple(records) for name, records in truth.items()})
