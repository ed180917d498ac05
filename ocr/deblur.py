"""Pictures out of focus made sharper, so that a reader may take what it can read best.

A camera that cannot focus as near as a card is held smears it about like a Gaussian: such an edge is as wide, contrast
over steepest slope, as its deviation times the root of two pi. Wiener's filter undoes that as far as the grain allows
(N. Wiener, Extrapolation, Interpolation, and Smoothing of Stationary Time Series, 1949).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.clean import grey
from ocr.types import Image

GRAIN = (0.1, 0.2)
"""Shares of the signal's power that are taken for grain: less brings out more of the print, and more that is none."""
SPREAD = float(np.sqrt(2 * np.pi))
"""Width of a smeared edge in deviations of the Gaussian."""
USUAL = 1.15
"""How much wider a card's edges are than its sharper ones, by which its focus is measured; from 1 to 1.35 all do."""
LARGEST = 4_000_000
"""Pixels. A larger picture is left alone: it would take seconds and hundreds of megabytes."""
REACH = 4
"""Deviations after which a Gaussian is over."""


def deblurred(image: Image, edge: float) -> tuple[Image, ...]:
    """A picture (H x W x 3) made sharper for each of `GRAIN`, its colours kept; none if it is larger than `LARGEST`.

    `edge` is the width, in pixels, of its sharper edges, as `ocr.quality.edges` finds it.
    """
    light = grey(image)
    if light.size > LARGEST:
        return ()
    deviation = USUAL * edge / SPREAD
    padded, (top, left) = _padded(light, round(REACH * deviation))
    spectrum = np.fft.rfft2(padded.astype(np.float32))
    smear = _smear(padded.shape, deviation)
    height, width = light.shape
    sharper = []
    for grain in GRAIN:
        gain = smear / (smear * smear + grain) * (1 + grain)  # which leaves plain paper as it is
        undone = np.fft.irfft2(spectrum * gain, s=padded.shape)[top : top + height, left : left + width]
        sharper.append(np.clip(image + (undone - light)[..., None], 0, 255).astype(np.uint8))
    return tuple(sharper)


def _padded(light: Image, border: int) -> tuple[Image, tuple[int, int]]:
    """The picture with its border mirrored, to a size that is transformed fast; and where in it the picture is."""
    height, width = light.shape
    more = [cv2.getOptimalDFTSize(side + 2 * border) - side for side in (height, width)]
    top, left = more[0] // 2, more[1] // 2
    padded = cv2.copyMakeBorder(light, top, more[0] - top, left, more[1] - left, cv2.BORDER_REFLECT)
    return np.asarray(padded, np.uint8), (top, left)


def _smear(shape: tuple[int, ...], deviation: float) -> NDArray[np.float32]:
    """How much a Gaussian leaves of each frequency that `rfft2` gives."""
    down, across = (
        np.exp(-2 * (np.pi * deviation * frequencies) ** 2).astype(np.float32)
        for frequencies in (np.fft.fftfreq(shape[0]), np.fft.rfftfreq(shape[1]))
    )
    return np.outer(down, across)
