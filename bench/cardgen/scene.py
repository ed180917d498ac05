"""Cards on a table: where each lies, how it is bent, and the picture of it all before lens and light."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.cardgen.backdrops import BACKDROPS, Plane, real
from bench.cardgen.camera import Matrix, View
from bench.cardgen.chance import Dice
from bench.cardgen.design import Design
from bench.cardgen.kinds import Point, Polygon
from bench.cardgen.paint import paint
from bench.cardgen.things import THINGS, put_shadow

TABLE = (420.0, 1400)
"""Side of the painted table in mm and in pixels; beyond it the pattern is mirrored."""
PAGE = (260.0, 1900)
"""The same of printed paper, whose letters must stay sharp."""


@dataclass(frozen=True, slots=True)
class Lying:
    """A card on the table."""

    design: Design
    at: Point
    """Its middle on the table, mm."""
    turn: float
    """Degrees clockwise as seen from above."""
    bend: float = 0.0
    """How far the middle of the card rises above its sides, mm, drawn as a shift away from the viewer."""

    def to_table(self, point: Point) -> Point:
        """From millimetres of the card (top left 0, 0) to the table."""
        x, y = self.bent(point)
        x, y = x - self.design.width / 2, y - self.design.height / 2
        c, s = math.cos(math.radians(self.turn)), math.sin(math.radians(self.turn))
        return self.at[0] + c * x - s * y, self.at[1] + s * x + c * y

    def bent(self, point: Point) -> Point:
        """Where a point of the flat card shows on the bent one: an arch across its longer side."""
        u = 2 * point[0] / self.design.width - 1
        return point[0], point[1] - self.bend * (1 - u * u)


def to_photo(view: View, lying: Lying, polygon: Polygon) -> Polygon:
    """A polygon of the card, mm, in photo pixels."""
    return tuple(view.sees(lying.to_table(point)) for point in polygon)


def draw_scene(view: View, cards: list[Lying], ground: str, things: list[tuple[str, Point]], dice: Dice) -> Plane:
    """The table with things and cards, before light and lens; later cards lie over earlier ones."""
    side, pixels = PAGE if ground == "print" else TABLE
    scale = pixels / side
    table = np.ascontiguousarray(BACKDROPS[ground](dice.sub("ground"), pixels))
    for number, (name, at) in enumerate(things):
        where = ((at[0] + side / 2) * scale, (at[1] + side / 2) * scale)
        THINGS[name](table, where, dice.sub("thing", number), scale)
    to_mm = np.array([[1 / scale, 0, -side / 2], [0, 1 / scale, -side / 2], [0, 0, 1]])
    size = (view.width, view.height)
    seen = cv2.warpPerspective(table, view.matrix @ to_mm, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    photo = real(np.ascontiguousarray(seen))
    for number, lying in enumerate(cards):
        _lay(photo, view, lying, dice.sub("card", number))
    return photo


def _lay(photo: Plane, view: View, lying: Lying, dice: Dice) -> None:
    """Paints one card into the photo, with its shadow."""
    design, scale = lying.design, _scale(view, lying)
    picture, alpha = _bent_picture(lying, paint(design, scale, dice), scale)
    to_card = np.array([[1 / scale, 0, 0], [0, 1 / scale, -_pad(lying, scale) / scale], [0, 0, 1]])
    matrix = view.matrix @ _lie(lying) @ to_card
    size = (view.width, view.height)
    shown = cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_LINEAR)
    mask = real(cv2.warpPerspective(alpha, matrix, size, flags=cv2.INTER_LINEAR))
    lift = dice.between(0.4, 1.6) + abs(lying.bend)
    unit = math.dist(view.sees(lying.at), view.sees((lying.at[0] + 1, lying.at[1])))
    angle = dice.between(0, 2 * math.pi)
    shift = (lift * unit * 0.5 * math.cos(angle), lift * unit * 0.5 * math.sin(angle))
    put_shadow(photo, mask, shift, lift * unit * 0.6, dice.between(0.25, 0.6))
    photo += shown - photo * mask[..., None]


def _lie(lying: Lying) -> Matrix:
    """Card millimetres (unbent) to table millimetres."""
    c, s = math.cos(math.radians(lying.turn)), math.sin(math.radians(lying.turn))
    w, h = lying.design.width / 2, lying.design.height / 2
    return np.array([[c, -s, lying.at[0] - c * w + s * h], [s, c, lying.at[1] - s * w - c * h], [0, 0, 1]])


def _scale(view: View, lying: Lying) -> float:
    """Pixels a mm at which the card is painted: a little more than the photo shows."""
    here = view.sees(lying.at)
    steps = (view.sees((lying.at[0] + 1, lying.at[1])), view.sees((lying.at[0], lying.at[1] + 1)))
    return float(np.clip(1.15 * max(math.dist(here, step) for step in steps), 4, 34))


def _pad(lying: Lying, scale: float) -> int:
    """Pixels of room above and below the card for its bend."""
    return round((abs(lying.bend) + 1) * scale)


def _bent_picture(lying: Lying, picture: NDArray[np.uint8], scale: float) -> tuple[Plane, NDArray[np.float32]]:
    """The card, arched and shaded by its bend, on a canvas with room above and below; premultiplied, with its mask."""
    height, width = picture.shape[:2]
    pad = _pad(lying, scale)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height + 2 * pad, dtype=np.float32))
    u = 2 * x / max(width - 1, 1) - 1
    back = y - pad + np.float32(lying.bend * scale) * (1 - u * u)
    bent = cv2.remap(picture.astype(np.float32), x, back, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = np.clip(back + 0.5, 0, 1) * np.clip(height - 0.5 - back, 0, 1)
    alpha *= _corners(width, height, lying.design.paper.rounded * scale, x, back)
    shade = 1 - np.float32(0.035 * lying.bend) * u
    return real(bent * (shade * alpha)[..., None]), real(alpha)


def _corners(
    width: int, height: int, radius: float, x: NDArray[np.float32], y: NDArray[np.float32]
) -> NDArray[np.float32]:
    """1 inside a rounded rectangle, 0 outside."""
    if radius < 1:
        return np.ones_like(x)
    dx = np.maximum(np.abs(x - (width - 1) / 2) - (width / 2 - radius), 0)
    dy = np.maximum(np.abs(y - (height - 1) / 2) - (height / 2 - radius), 0)
    return real(np.clip(radius - np.hypot(dx, dy) + 0.5, 0, 1))


def outline(design: Design) -> Polygon:
    """The card's four corners, mm, top left first."""
    width, height = design.width, design.height
    return ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
