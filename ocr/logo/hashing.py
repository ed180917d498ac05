"""A perceptual hash that recognises the same logo on another photo or card."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.types import Image

_SIDE = 32
_KEPT = 12


def logo_hash(crop: Image) -> str:
    """Hash of an upright crop of a logo (BGR or grey): hexadecimal, compared by `hash_distance`.

    The signs of the low DCT coefficients of the crop with light normalised and ink dark on light.
    """
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) if crop.ndim == 3 else crop
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    coefficients = cv2.dct(small)[:_KEPT, :_KEPT].ravel()[1:]
    bits = np.append(coefficients > np.median(coefficients), [False])
    return np.packbits(bits).tobytes().hex()


def hash_distance(first: str, second: str) -> float:
    """0 for the same picture, about 0.5 for different ones, at most 1.

    Raises:
        ValueError: the two are not hashes of one kind.
    """
    a, b = (np.frombuffer(bytes.fromhex(text), np.uint8) for text in (first, second))
    if len(a) != len(b) or not len(a):
        raise ValueError("not two logo hashes of one kind")
    return float(np.unpackbits(a ^ b).mean())
