"""Scenes on disk, drawn once: `python -m bench.locating.store FOLDER --count 60000`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.locating.scenes import LONGEST, Scene, scene

SHARD = 500


@dataclass(frozen=True, slots=True)
class Packed:
    """A scene as small as it goes."""

    image: bytes
    """JPEG."""
    owner: bytes
    """PNG."""
    quads: NDArray[np.float32]

    def unpacked(self) -> Scene:
        """The scene again, all but for what JPEG took."""
        image = cv2.imdecode(np.frombuffer(self.image, np.uint8), cv2.IMREAD_COLOR)
        owner = cv2.imdecode(np.frombuffer(self.owner, np.uint8), cv2.IMREAD_GRAYSCALE)
        return Scene(np.asarray(image, np.uint8), np.asarray(owner, np.uint8), self.quads)


def packed(drawn: Scene) -> Packed:
    """The scene with its pictures compressed."""
    image = cv2.imencode(".jpg", drawn.image, [cv2.IMWRITE_JPEG_QUALITY, 97])[1].tobytes()
    return Packed(image, cv2.imencode(".png", drawn.owner)[1].tobytes(), drawn.quads)


def write(folder: Path, seed: int, shard: int, longest: int) -> None:
    """Draw one shard of scenes `longest` pixels wide; nothing when it is there already."""
    path = folder / f"{seed:03d}-{shard:05d}.npz"
    if path.exists():
        return
    scenes = [packed(scene(np.random.default_rng((seed, shard, number)), longest)) for number in range(SHARD)]
    columns = {
        "images": _bytes(s.image for s in scenes),
        "image_ends": np.cumsum([len(s.image) for s in scenes]),
        "owners": _bytes(s.owner for s in scenes),
        "owner_ends": np.cumsum([len(s.owner) for s in scenes]),
        "quads": np.concatenate([s.quads for s in scenes]),
        "quad_ends": np.cumsum([len(s.quads) for s in scenes]),
    }
    np.savez(path, **columns)  # type: ignore[arg-type]  # its stub takes any keyword for allow_pickle


def read(path: Path) -> list[Packed]:
    """All scenes of a shard."""
    with np.load(path) as columns:
        images, owners = columns["images"].tobytes(), columns["owners"].tobytes()
        quads = np.split(columns["quads"], columns["quad_ends"][:-1])
        image_parts = _parts(images, columns["image_ends"])
        owner_parts = _parts(owners, columns["owner_ends"])
        return [Packed(*parts) for parts in zip(image_parts, owner_parts, quads, strict=True)]


def _bytes(parts: Iterator[bytes]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(parts), np.uint8)


def _parts(whole: bytes, ends: NDArray[np.int64]) -> Iterator[bytes]:
    start = 0
    for end in ends.tolist():
        yield whole[start:end]
        start = end


def main() -> None:
    """Draw what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=int, default=LONGEST, help="pixels")
    parser.add_argument("--part", default="1/1", help="only shards of this part, to draw in several processes: 2/3")
    options = parser.parse_args()
    part, parts = map(int, options.part.split("/"))
    cv2.setNumThreads(1)
    options.folder.mkdir(parents=True, exist_ok=True)
    for shard in range(part - 1, options.count // SHARD, parts):
        write(options.folder, options.seed, shard, options.longest)


if __name__ == "__main__":
    main()
