"""Sets of photos: numbered, written to a folder with their truth, on several processes if wanted."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2

from bench.cardgen.cards import design_back, design_card
from bench.cardgen.chance import Dice, Seed
from bench.cardgen.photo import Photo, make_photo

PAIRS = 0.05
"""Chance that two neighbours of a set are the two sides of one card."""


def photo_of_set(seed: Seed, index: int) -> Photo:
    """Photo number `index` of the set `seed`; it does not depend on how many photos the set has."""
    name = f"photos/{index:05d}.jpg"
    pair = index // 2
    if Dice("pair", seed, pair).chance(PAIRS):
        card = f"{seed}/pair{pair}"
        front = design_card(card)
        if index % 2 == 0:
            return make_photo(f"{card}/front", designs=(front,), photo=name, face=f"{card}/front")
        return make_photo(f"{card}/back", designs=(design_back(front, card),), photo=name, face=f"{card}/back")
    return make_photo(f"{seed}/{index}", photo=name)


def make_set(seed: Seed, count: int, *, jobs: int = 1) -> Iterator[Photo]:
    """The first `count` photos of the set `seed`, in order, drawn by `jobs` processes."""
    draw = partial(photo_of_set, seed)
    if jobs == 1:
        yield from map(draw, range(count))
        return
    # Not fork: OpenCV's threads do not survive it.
    with multiprocessing.get_context("spawn").Pool(jobs, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        yield from pool.imap(draw, range(count), chunksize=4)


def write_photo(photo: Photo, folder: Path) -> None:
    """Writes the picture where its truth says, and appends the truth to `truth.jsonl`."""
    target = folder / photo.truth[0]["photo"]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(photo.jpeg)
    with (folder / "truth.jsonl").open("a", encoding="utf-8") as out:
        out.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in photo.truth)
