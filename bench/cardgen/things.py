"""Other things on the table and in the hand: pens, cups, phones, coins, clips, fingers. They never cover print."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.cardgen.backdrops import Plane, real
from bench.cardgen.chance import Dice
from bench.cardgen.design import Colour
from bench.cardgen.kinds import Point
from bench.cardgen.style import hsv, mix

SKINS: tuple[Colour, ...] = ((236, 190, 160), (224, 172, 138), (198, 142, 106), (150, 100, 70), (104, 68, 48))


def put_shadow(plane: Plane, mask: NDArray[np.float32], shift: Point, blur: float, depth: float) -> None:
    """Darkens `plane` beside what `mask` (1 inside) covers; in place."""
    move = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
    moved = cv2.warpAffine(mask, move, mask.shape[::-1])
    plane *= 1 - depth * cv2.GaussianBlur(moved, (0, 0), max(blur, 0.5))[..., None]


def _paste(plane: Plane, polygon: NDArray[np.float64], colour: Colour, dice: Dice) -> None:
    mask = np.zeros(plane.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(polygon).astype(np.int32)], 255, cv2.LINE_AA)
    soft = (mask / 255).astype(np.float32)
    put_shadow(plane, soft, (dice.between(2, 9), dice.between(2, 9)), 6, 0.45)
    plane += (np.array(colour, np.float32) - plane) * soft[..., None]


def _bar(at: Point, length: float, width: float, angle: float) -> NDArray[np.float64]:
    along = np.array([math.cos(angle), math.sin(angle)])
    across = np.array([-along[1], along[0]])
    middle = np.array(at)
    ends = (along * length / 2, across * width / 2)
    return np.array(
        [middle - ends[0] - ends[1], middle + ends[0] - ends[1], middle + ends[0] + ends[1], middle - ends[0] + ends[1]]
    )


def pen(plane: Plane, at: Point, dice: Dice, scale: float) -> None:
    """A pen of about 140 mm; `scale` is pixels a mm."""
    angle, colour = dice.between(0, math.pi), hsv(dice.between(0, 1), dice.pick((0.0, 0.8)), dice.between(0.1, 0.8))
    _paste(plane, _bar(at, 140 * scale, 9 * scale, angle), colour, dice)
    shine = _bar(
        (at[0] - 1.5 * scale * math.sin(angle), at[1] + 1.5 * scale * math.cos(angle)), 130 * scale, 1.6 * scale, angle
    )
    _paste(plane, shine, mix(colour, (255, 255, 255), 0.5), dice)
    tip = (at[0] + 60 * scale * math.cos(angle), at[1] + 60 * scale * math.sin(angle))
    _paste(plane, _bar(tip, 22 * scale, 9.6 * scale, angle), (190, 190, 196), dice)


def phone(plane: Plane, at: Point, dice: Dice, scale: float) -> None:
    """A dark telephone, 72 by 148 mm."""
    angle = dice.between(0, math.pi)
    _paste(plane, _bar(at, 148 * scale, 72 * scale, angle), (24, 24, 28), dice)
    _paste(plane, _bar(at, 142 * scale, 66 * scale, angle), dice.pick(((10, 10, 14), (40, 60, 90), (30, 30, 36))), dice)


def _ring(at: Point, radius: float) -> NDArray[np.float64]:
    angles = np.linspace(0, 2 * math.pi, 72, endpoint=False)
    return np.stack([at[0] + radius * np.cos(angles), at[1] + radius * np.sin(angles)], 1)


def cup(plane: Plane, at: Point, dice: Dice, scale: float) -> None:
    """A cup of coffee on its saucer, from above."""
    china: Colour = dice.pick(((240, 238, 232), (60, 90, 110), (150, 60, 50), (236, 224, 200)))
    _paste(plane, _ring(at, 72 * scale), mix(china, (255, 255, 255), 0.2), dice)
    _paste(plane, _ring(at, 50 * scale), mix(china, (0, 0, 0), 0.06), dice)
    handle = (at[0] + 46 * scale * dice.pick((-1, 1)), at[1] + 10 * scale)
    _paste(plane, _bar(handle, 34 * scale, 12 * scale, dice.between(-0.4, 0.4)), china, dice)
    _paste(plane, _ring(at, 41 * scale), china, dice)
    _paste(plane, _ring(at, 36 * scale), (74, 44, 26), dice)
    _paste(plane, _ring((at[0] + 6 * scale, at[1] - 4 * scale), 18 * scale), (168, 120, 78), dice)


def coin(plane: Plane, at: Point, dice: Dice, scale: float) -> None:
    """A coin or a button."""
    metal: Colour = dice.pick(((190, 150, 80), (180, 180, 184), (150, 96, 60)))
    _paste(plane, _ring(at, 12 * scale), metal, dice)
    _paste(plane, _ring(at, 9.6 * scale), mix(metal, (255, 255, 255), 0.18), dice)


def disc(plane: Plane, at: Point, dice: Dice, scale: float) -> None:
    """A compact disc in its case, or a coaster."""
    colour = hsv(dice.between(0, 1), 0.7, 0.75)
    _paste(plane, _ring(at, 60 * scale), colour, dice)
    _paste(plane, _ring(at, 55 * scale), mix(colour, (255, 255, 255), 0.35), dice)
    _paste(plane, _ring(at, 17 * scale), (200, 200, 204), dice)


THINGS = {"pen": pen, "phone": phone, "cup": cup, "coin": coin, "disc": disc}


def finger(photo: Plane, tip: Point, angle: float, width: float, dice: Dice) -> None:
    """A finger that comes in from outside along `angle` (radians, pointing at the tip); in photo pixels, in place."""
    skin = np.array(dice.pick(SKINS), np.float32)
    back = np.array([-math.cos(angle), -math.sin(angle)])
    side = np.array([-back[1], back[0]])
    mask = np.zeros(photo.shape[:2], np.uint8)
    far = np.array(tip) + back * max(photo.shape[:2]) * 1.2
    root = np.array(tip) + back * width * 0.5
    outline = np.array(
        [root + side * width * 0.5, far + side * width * 0.75, far - side * width * 0.75, root - side * width * 0.5]
    )
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 255, cv2.LINE_AA)
    cv2.circle(mask, (round(root[0]), round(root[1])), round(width * 0.5), 255, -1, cv2.LINE_AA)
    soft = real(cv2.GaussianBlur((mask / 255).astype(np.float32), (0, 0), 1.2))
    put_shadow(photo, soft, (width * 0.08, width * 0.1), width * 0.12, 0.4)
    depth = np.clip(cv2.distanceTransform(mask, cv2.DIST_L2, 5) / (width * 0.5), 0, 1)
    shaded = skin * (0.62 + 0.42 * np.sqrt(depth))[..., None]
    photo += (shaded - photo) * soft[..., None]
    nail = np.array(tip) + back * width * 0.42
    over = np.zeros(photo.shape[:2], np.uint8)
    axes = (round(width * 0.3), round(width * 0.25))
    cv2.ellipse(over, (round(nail[0]), round(nail[1])), axes, math.degrees(angle), 0, 360, 255, -1, cv2.LINE_AA)
    nail_tone = skin * 0.4 + np.array((250, 205, 200), np.float32) * 0.6
    photo += (nail_tone - photo) * (0.8 * over / 255).astype(np.float32)[..., None]
