"""Small pictures of people's cards and logos, for address books: a phone shows them, and takes no large ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

import ocr
from app.kit.files import FileStore
from app.scans import queries

_LONGEST = 480
"""Pixels of the longer side."""
_JPEG_QUALITY = 80
_MOST_PIXELS = 25_000_000
_LEAST_SIDE = 16


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """JPEG of a card and of the surest logo on it; None where there is none, or none any more."""

    card: bytes | None = None
    logo: bytes | None = None


def thumbnails(session: Session, files: FileStore, contact_ids: Collection[UUID]) -> dict[UUID, Thumbnails]:
    """Of the newest card of each of these contacts that the session may see."""
    newest: dict[UUID, tuple[UUID, str]] = {}
    for owner, card_id, key in session.execute(queries.pictures_of_cards(contact_ids)):
        newest.setdefault(owner, (card_id, key))
    surest: dict[UUID, str] = {}
    for card_id, key in session.execute(queries.pictures_of_logos([card_id for card_id, _ in newest.values()])):
        surest.setdefault(card_id, key)
    return {
        owner: Thumbnails(_small(files, key), _small(files, surest.get(card_id, "")))
        for owner, (card_id, key) in newest.items()
    }


def _small(files: FileStore, key: str) -> bytes | None:
    try:
        return _shrunk(files.get(key)) if key else None
    except FileNotFoundError:  # its time is over since the session began
        return None


def small_picture(data: bytes) -> bytes | None:
    """A JPEG of at most that size of a picture from elsewhere, without what else its file says; None where it is none.

    What is larger than a photo of a card may be is none, nor is what is smaller than an icon.
    """
    try:
        ocr.check_photo(data, max_pixels=_MOST_PIXELS, min_side=_LEAST_SIDE)
    except ocr.ReadingError:
        return None
    return _shrunk(data)


def hash_of_logo(data: bytes) -> str | None:
    """By what a logo is known again, as those on cards are, from a picture that `small_picture` made."""
    image = _decoded(data)
    return None if image is None else ocr.logo_hash(image)


def _decoded(data: bytes) -> ocr.Image | None:
    import cv2  # noqa: PLC0415  loaded by who handles pictures
    import numpy as np  # noqa: PLC0415

    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return None if image is None else np.asarray(image, np.uint8)


def _shrunk(data: bytes) -> bytes | None:
    import cv2  # noqa: PLC0415

    image = _decoded(data)
    if image is None:
        return None
    scale = min(1.0, _LONGEST / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()
