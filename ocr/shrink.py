"""Pictures made smaller, each new pixel the mean of those it covers."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.types import Image


def shrink(image: Image, size: tuple[int, int]) -> Image:
    """`image` at another size (width, height), made for smaller ones.

    It is halved as often as may be before fractions of pixels are averaged, which takes a third of the time. Where a
    half does not come out even, less than a pixel of the result is left out at the right and the lower edge.
    """
    while image.shape[1] >= 2 * size[0] and image.shape[0] >= 2 * size[1]:
        half = image.shape[1] // 2, image.shape[0] // 2
        even = image[: 2 * half[1], : 2 * half[0]]
        image = np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), np.uint8)
    smaller = image.shape[1] > size[0] or image.shape[0] > size[1]
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR), np.uint8)
