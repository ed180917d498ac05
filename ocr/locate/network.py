"""What the small network sees in a photo: where cards are, where their outlines run, and where their corners should be.

The model is trained on drawn scenes alone; `bench/locating` holds all that made it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ocr.onnx import open_network
from ocr.shrink import shrink
from ocr.types import Image

if TYPE_CHECKING:
    import onnxruntime

SIDE = 320
"""Pixels on the longest side of what the network is shown."""
STEP = 32
"""Its coarsest map; sides are filled up with black to a multiple of it."""

Grid = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the network says of a photo."""

    scale: float
    """Pixels of the shown picture per pixel of the photo."""
    inside: Grid
    """h/4 x w/4: chance of being on a card."""
    outline: Grid
    """h/4 x w/4: chance of being on a card's outline."""
    places: Grid
    """h/8 x w/8: chance of being on a card."""
    corners: Grid
    """12 x h/8 x w/8, as `votes.count` takes it."""


def look(photo: Image) -> Seen:
    """Show a photo to the network, about 25 ms of one core."""
    scale = SIDE / max(photo.shape[:2])
    width, height = (max(1, round(side * scale)) for side in (photo.shape[1], photo.shape[0]))
    canvas = np.zeros((-(-height // STEP) * STEP, -(-width // STEP) * STEP, 3), np.uint8)
    canvas[:height, :width] = shrink(photo, (width, height))
    chances, places, corners = _session().run(None, {"picture": canvas[None]})
    rows, columns = -(-height // 4), -(-width // 4)
    inside, outline = chances[0, :, :rows, :columns]
    beyond = (slice(-(-height // 8)), slice(-(-width // 8)))
    return Seen(scale, inside, outline, places[0, 0][beyond], corners[0][:, *beyond])


@lru_cache(maxsize=1)
def _session() -> onnxruntime.InferenceSession:
    return open_network((files("ocr") / "models" / "cards.onnx").read_bytes())
