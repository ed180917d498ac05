"""A card in perspective becomes a flat picture, and its points find their way back to the photo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.shrink import shrink
from ocr.types import Image, Point, Polygon

CARD_SIDE = 1280
"""Pixels on a flattened card's longest side: more than that no reader makes use of."""
FRAME_SIDE = 960
"""Pixels on the longest side of a whole photo that is read as it is."""
FOCAL = 0.9
"""Focal length in longest sides of the photo, that of a phone's main camera (24 to 30 mm on 36 mm film is 0.67 to
0.83) and a compact camera's (35 mm: 0.97). A card's aspect hangs little on it."""
RATIOS = (1.2, 2.4)
"""Long side to short of the cards people hand out, with room for a wrong guess of the camera."""


@dataclass(frozen=True, slots=True)
class Flat:
    """A flattened card and the way back."""

    image: Image
    to_photo: NDArray[np.float64]
    """3 x 3 homography: pixel of `image` to pixel of the photo."""


def flatten(photo: Image, quad: Polygon, *, longest: int = CARD_SIDE) -> Flat:
    """Show the card inside `quad` (photo pixels, first corner becomes the top left) as seen from straight above.

    The longest side has `longest` pixels; less when the photo does not hold half of them.
    """
    corners = np.array(quad, np.float64)
    height, width = photo.shape[:2]
    aspect = _likely(aspect_of(corners, (width, height)))
    top, right, bottom, left = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    held = max(top, right, bottom, left)
    longest = int(min(longest, max(64, 2 * held)))
    across, down = (longest, longest / aspect) if aspect >= 1 else (longest * aspect, longest)
    size = (max(8, round(across)), max(8, round(down)))
    frame = np.array([(0, 0), (size[0], 0), (size[0], size[1]), (0, size[1])], np.float32) - 0.5
    to_photo = cv2.getPerspectiveTransform(frame, corners.astype(np.float32))
    shrinks = held > 1.5 * longest
    image = cv2.warpPerspective(
        photo,
        to_photo,
        size,
        flags=(cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR) | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return Flat(np.asarray(image, np.uint8), np.asarray(to_photo, np.float64))


def _likely(aspect: float) -> float:
    low, high = RATIOS
    return min(max(aspect, low), high) if aspect >= 1 else min(max(aspect, 1 / high), 1 / low)


def whole(photo: Image, *, longest: int = FRAME_SIDE) -> Flat:
    """The photo itself as if it were the card, for when no crop can be trusted."""
    height, width = photo.shape[:2]
    scale = min(1.0, longest / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    image = shrink(photo, size) if scale < 1 else photo
    back_x, back_y = width / image.shape[1], height / image.shape[0]
    to_photo = np.array([(back_x, 0, back_x / 2 - 0.5), (0, back_y, back_y / 2 - 0.5), (0, 0, 1)], np.float64)
    return Flat(image, to_photo)


def turn(flat: Flat, degrees: int) -> Flat:
    """Turn clockwise by 0, 90, 180 or 270 degrees.

    Raises:
        ValueError: another angle.
    """
    height, width = flat.image.shape[:2]
    if degrees == 0:
        return flat
    if degrees == 90:
        back = np.array([(0, 1, 0), (-1, 0, height - 1), (0, 0, 1)], np.float64)
    elif degrees == 180:
        back = np.array([(-1, 0, width - 1), (0, -1, height - 1), (0, 0, 1)], np.float64)
    elif degrees == 270:
        back = np.array([(0, -1, width - 1), (1, 0, 0), (0, 0, 1)], np.float64)
    else:
        raise ValueError(f"{degrees} is not a quarter turn")
    turned = np.ascontiguousarray(np.rot90(flat.image, -degrees // 90))
    return Flat(turned, flat.to_photo @ back)


def to_photo(flat: Flat, polygon: Iterable[Point]) -> Polygon:
    """Points of the flat picture as points of the photo, pixels."""
    points = np.array(list(polygon), np.float64).reshape(-1, 1, 2)
    return tuple((float(x), float(y)) for x, y in cv2.perspectiveTransform(points, flat.to_photo)[:, 0])


def outline(flat: Flat) -> Polygon:
    """The flat picture's corners in the photo, pixels, its own top left first."""
    height, width = flat.image.shape[:2]
    return to_photo(flat, ((-0.5, -0.5), (width - 0.5, -0.5), (width - 0.5, height - 0.5), (-0.5, height - 0.5)))


def aspect_of(quad: NDArray[np.float64], photo_size: tuple[int, int]) -> float:
    """Width by height of the rectangle that a camera of ordinary focal length sees as `quad`.

    With K the camera's matrix and H the homography from the unit square, the sides are |K^-1 h1| and |K^-1 h2|
    (Zhang and He, Whiteboard scanning and image enhancement, 2007, with the focal length known).
    """
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    homography = cv2.getPerspectiveTransform(unit, quad.astype(np.float32))
    focal = FOCAL * max(photo_size)
    camera = np.array([(focal, 0, photo_size[0] / 2), (0, focal, photo_size[1] / 2), (0, 0, 1)])
    sides = np.linalg.norm(np.linalg.inv(camera) @ homography, axis=0)
    return float(max(sides[0], 1e-9) / max(sides[1], 1e-9))
