"""Small pictures of people's cards and logos, for address books: a phone shows them, and takes no large ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import cv2
import numpy as np
from sqlalchemy.orm import Session

from app.kit.files import FileStore
from app.scans import queries
from app.scans.models import Card

_LONGEST = 480
"""Pixels of the longer side."""
_JPEG_QUALITY = 80


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """JPEG of a card and of the surest logo on it; None where there is none, or none any more."""

    card: bytes | None = None
    logo: bytes | None = None


def thumbnails(session: Session, files: FileStore, contact_ids: Collection[UUID]) -> dict[UUID, Thumbnails]:
    """Of the newest card of each of these contacts that the session may see."""
    newest: dict[UUID | None, Card] = {}
    for card in session.scalars(queries.cards_with_logos(contact_ids)):
        newest.setdefault(card.contact_id, card)
    return {owner: _of(files, card) for owner, card in newest.items() if owner is not None}


def _of(files: FileStore, card: Card) -> Thumbnails:
    surest = max(card.logos, key=lambda logo: logo.confidence, default=None)
    return Thumbnails(_small(files, card.image_file), _small(files, surest.image_file) if surest else None)


def _small(files: FileStore, key: str) -> bytes | None:
    try:
        data = np.frombuffer(files.get(key), np.uint8) if key else None
    except FileNotFoundError:  # its time is over since the session began
        return None
    image = None if data is None else cv2.imdecode(data, cv2.IMREAD_COLOR)
    if image is None:
        return None
    scale = min(1.0, _LONGEST / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()
