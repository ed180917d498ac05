"""How sure to be: `python -m bench.locating.fit FOLDER... --out ocr/models/corners.json`.

Each FOLDER holds scenes from `bench.locating.store` (drawn at 640 pixels with a seed of their own) or card photos with
a `truth.jsonl`. Finds the cards in them and fits the chance of an overlap of 0.9 to the evidence, by logistic
regression on each figure and its square.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from bench.corners import cases
from bench.locating import store
from ocr.load import load_photo
from ocr.locate.quads import Quad, in_order, overlap
from ocr.locate.search import search
from ocr.types import Image

PULL = 3.0
"""Ridge penalty on each weight, in quads."""

Floats = NDArray[np.float64]


def photos(folder: Path) -> Iterator[tuple[Image, list[Quad]]]:
    """Photos and the corners of their cards, pixels."""
    for shard in sorted(folder.glob("*.npz")):
        for packed in store.read(shard):
            drawn = packed.unpacked()
            yield drawn.image, [in_order(quad) for quad in drawn.quads]
    for case in cases(folder):
        photo = load_photo(case.path.read_bytes())
        size = (photo.shape[1], photo.shape[0])
        if case.exact:
            yield photo, [in_order(quad * size) for quad in case.quads]


def measured(folders: Sequence[Path]) -> tuple[Floats, Floats]:
    """Evidence (n x figures) and overlap with the nearest true card of every quad found."""
    figures, overlaps = [], []
    for folder in folders:
        for photo, quads in photos(folder):
            for found in search(photo):
                figures.append(astuple(found.evidence))
                overlaps.append(max((overlap(quad, found.quad) for quad in quads), default=0.0))
    return np.array(figures), np.array(overlaps)


def logistic(columns: Floats, right: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Weights and bias by Newton's method with a ridge."""
    inputs = np.column_stack((columns, np.ones(len(columns))))
    ridge = np.diag([PULL] * columns.shape[1] + [0.0])
    weights = np.zeros(inputs.shape[1])
    for _ in range(40):
        chances = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (chances - right) + ridge @ weights
        bend = (inputs * (chances * (1 - chances))[:, None]).T @ inputs + ridge + 1e-9 * np.eye(len(weights))
        weights -= np.linalg.solve(bend, slope)
    return weights[:-1], float(weights[-1])


def main() -> None:
    """Fit, write, and say how many quads were right."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    figures, overlaps = measured(options.folders)
    mean, scale = figures.mean(axis=0), figures.std(axis=0) + 1e-6
    standard = np.clip((figures - mean) / scale, -4, 4)
    weights, bias = logistic(np.column_stack((standard, standard**2)), overlaps >= 0.9)
    model = {"mean": mean, "scale": scale, "weights": weights}
    rounded = {name: [round(float(value), 5) for value in values] for name, values in model.items()}
    options.out.write_text(json.dumps({**rounded, "bias": round(bias, 5)}) + "\n")
    Console().print(f"{len(overlaps)} quads, {np.mean(overlaps >= 0.9):.0%} of them right")


if __name__ == "__main__":
    main()
