"""Where things land in a photo, and what lens, light and file do to it."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.cardgen.backdrops import Plane, clouds, real
from bench.cardgen.chance import Dice
from bench.cardgen.kinds import Point

Matrix = NDArray[np.float64]
DISTANCE = 2.2
"""Of the camera, in widths of what it shows: a phone's lens."""


@dataclass(frozen=True, slots=True)
class View:
    """A camera above a table: the homography from table millimetres to photo pixels."""

    width: int
    height: int
    matrix: Matrix

    def sees(self, point: Point) -> Point:
        """Pixels of a point of the table, mm."""
        x, y, w = self.matrix @ (point[0], point[1], 1.0)
        return float(x / w), float(y / w)


def look(size: tuple[int, int], reach: float, tilt: tuple[float, float], turn: float, centre: Point = (0, 0)) -> View:
    """A camera that shows `reach` mm of table across the shorter side of a photo of `size` pixels.

    `tilt` leans the table away (pitch) and sideways (yaw) and `turn` turns it clockwise, all in degrees; `centre` is
    the point of the table, mm, that stands in the middle of the photo.
    """
    pitch, yaw, roll = (math.radians(angle) for angle in (*tilt, turn))
    about_x = np.array([[1, 0, 0], [0, math.cos(pitch), math.sin(pitch)], [0, -math.sin(pitch), math.cos(pitch)]])
    about_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    about_z = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    space = about_y @ about_x @ about_z
    far = DISTANCE * reach
    zoom = min(size) / reach * far
    # A point (x, y, 0) of the table turns to space[:, :2] @ (x, y), stands `far` away and is divided by its depth.
    project = np.array([[*(zoom * space[0, :2]), 0], [*(zoom * space[1, :2]), 0], [*space[2, :2], far]])
    middle = np.array([[1.0, 0, -centre[0]], [0, 1.0, -centre[1]], [0, 0, 1]])
    pixels = np.array([[1.0, 0, size[0] / 2], [0, 1.0, size[1] / 2], [0, 0, 1]])
    return View(size[0], size[1], pixels @ project @ middle)


def light(photo: Plane, dice: Dice, strength: float) -> Plane:
    """Uneven light: a lamp from one side, a soft shadow, darker corners. `strength` 0 to 1."""
    height, width = photo.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32))
    angle = dice.between(0, 2 * math.pi)
    gain = 1 + strength * dice.between(0.05, 0.35) * (x * math.cos(angle) + y * math.sin(angle))
    gain *= 1 - strength * dice.between(0, 0.2) * (x * x + y * y)
    if dice.chance(0.35 * strength + 0.1):
        gain *= 1 - dice.between(0.15, 0.45) * _shade(dice, width, height)
    return photo * gain[..., None].astype(np.float32)


def _shade(dice: Dice, width: int, height: int) -> NDArray[np.float32]:
    """The soft shadow of a phone or a head: 1 in it, 0 outside."""
    small = np.zeros((60, 80), np.float32)
    middle = (dice.between(-10, 90), dice.between(-10, 70))
    box = cv2.boxPoints((middle, (dice.between(25, 70), dice.between(20, 50)), dice.between(0, 180)))
    cv2.fillPoly(small, [box.astype(np.int32)], 1.0)
    soft = cv2.GaussianBlur(small, (0, 0), dice.between(2, 7))
    return real(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC))


def glare(photo: Plane, dice: Dice, at: Point, size: float) -> Plane:
    """A lamp's reflection about `at` (pixels) of `size` pixels that burns out what is under it."""
    height, width = photo.shape[:2]
    y, x = np.ogrid[:height, :width]
    wide, high = size * dice.between(0.6, 1.4), size * dice.between(0.3, 0.7)
    angle = dice.between(0, math.pi)
    u = ((x - at[0]) * math.cos(angle) + (y - at[1]) * math.sin(angle)) / wide
    v = (-(x - at[0]) * math.sin(angle) + (y - at[1]) * math.cos(angle)) / high
    spot = np.exp(-((u * u + v * v) ** dice.between(0.8, 1.6))).astype(np.float32)
    return photo + spot[..., None] * dice.between(70, 220)


def defocus(photo: Plane, sigma: float) -> Plane:
    """Out of focus by `sigma` pixels."""
    return photo if sigma < 0.2 else real(cv2.GaussianBlur(photo, (0, 0), sigma))


def shake(photo: Plane, length: float, angle: float) -> Plane:
    """Motion blur along `angle` degrees over `length` pixels."""
    if length < 1.5:
        return photo
    side = 2 * math.ceil(length / 2) + 1
    kernel = np.zeros((side, side), np.float32)
    dx, dy = math.cos(math.radians(angle)) * length / 2, math.sin(math.radians(angle)) * length / 2
    middle = side // 2
    ends = (round(middle - dx), round(middle - dy)), (round(middle + dx), round(middle + dy))
    cv2.line(kernel, *ends, 1.0)
    return real(cv2.filter2D(photo, -1, kernel / kernel.sum()))


def develop(photo: Plane, dice: Dice, noise: float, warmth: float, exposure: float) -> NDArray[np.uint8]:
    """White balance, exposure, tone and sensor noise; `noise` is its deviation in grey levels, `warmth` -1 to 1."""
    gains = np.array([1 + 0.14 * warmth, 1.0, 1 - 0.2 * warmth], np.float32)
    photo = real(photo * gains * exposure)
    height, width = photo.shape[:2]
    grain = dice.rng.standard_normal((height, width, 3), dtype=np.float32)
    if noise > 3:
        grain += 0.8 * clouds(dice, max(height, width), (width // 3, height // 3), 1)[:height, :width, None]
    photo = real(photo + grain * noise * (0.6 + 0.4 * np.sqrt(np.clip(photo, 0, 255) / 255)))
    # A soft shoulder instead of clipping, as phones do.
    photo = real(np.where(photo > 225, 225 + 30 * np.tanh((photo - 225) / 30), photo))
    return np.clip(photo, 0, 255).astype(np.uint8)


def encode(photo: NDArray[np.uint8], quality: int, orientation: int = 1) -> bytes:
    """JPEG of an upright photo; `orientation` 3, 6 or 8 stores it turned, with the EXIF tag that says so."""
    image = Image.fromarray(photo)
    stored = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}[
        orientation
    ]
    if stored is not None:
        image = image.transpose(stored)
    exif = Image.Exif()
    if orientation != 1:
        exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()
