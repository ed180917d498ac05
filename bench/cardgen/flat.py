"""The flat card with its truth: a perfect scan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.cardgen.cards import design_card
from bench.cardgen.chance import Dice, Seed
from bench.cardgen.design import Design
from bench.cardgen.kinds import Polygon
from bench.cardgen.lines import LONG_SIDE
from bench.cardgen.paint import paint
from bench.cardgen.truth import card_truth


@dataclass(frozen=True, slots=True)
class CardImage:
    """A flat card, edge to edge."""

    image: NDArray[np.uint8]
    """H x W x 3, BGR, upright."""
    truth: dict[str, Any]


def draw_card(card: Seed | Design, *, long_side: int = LONG_SIDE) -> CardImage:
    """The card number `card`, or one designed by `design_card`, with its longer side at `long_side` pixels."""
    design = card if isinstance(card, Design) else design_card(card)
    name = "design" if isinstance(card, Design) else str(card)
    scale = long_side / max(design.width, design.height)
    pixels = paint(design, scale, Dice("flat", name))
    about = {"photo": f"{name}.png", "face": name, "set": "cardgen", "camera": "none", "use": "core"}

    def place(polygon: Polygon) -> Polygon:
        return tuple((x / design.width, y / design.height) for x, y in polygon)

    return CardImage(np.ascontiguousarray(pixels[..., ::-1]), card_truth(design, place, about))
