"""Pictures go before the scans they belong to: when their time is over, or when somebody on them is erased.

What is deleted first is every mention of a picture; its file goes once that is committed and nothing mentions it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.kit.files import FileStore
from app.kit.trail import Action, note
from app.scans import queries
from app.scans.models import DELETED, FINISHED, Card, CardLogo, Scan

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Shredded:
    """What is gone."""

    scan_ids: frozenset[UUID]
    """Scans that showed what was erased; some of them are still there for the sake of others."""
    cards: int
    files: frozenset[str]
    """Keys that nothing may need any more."""


def expire_photos(session: Session, before: datetime, limit: int) -> set[str]:
    """Let some finished scans older than `before` have no pictures; returns the keys of the files they had."""
    keys: set[str] = set()
    for scan in session.scalars(queries.scans_with_old_photos(before, limit)):
        keys |= _forget_photo(scan) | _forget_crops(scan.cards)
    return keys


def delete_unused(session: Session, files: FileStore, keys: Collection[str]) -> int:
    """Delete those files that nothing mentions; returns how many."""
    deleted, wanted = 0, sorted(keys)
    for first in range(0, len(wanted), _AT_ONCE):
        some = wanted[first : first + _AT_ONCE]
        used = {key for found in queries.files_in_use(some) for key in session.scalars(found)}
        orphans = [key for key in some if key not in used]
        files.delete(orphans)
        deleted += len(orphans)
    return deleted


def erase_cards(session: Session, contact_ids: Collection[UUID], own_cards: Collection[UUID]) -> Shredded:
    """Erase the cards of some people, and every photo that shows them.

    Other cards on such a photo stay, with their crops, but for a crop that shows a part of an erased card. A card that
    became nobody's contact goes as well, unless it is in `own_cards`: it may be a part of an erased one.
    """
    scans = session.scalars(queries.scans_showing(contact_ids)).all()
    keys = {key for scan in scans for key in (scan.front_file, scan.back_file) if key}
    cards = 0
    for scan in scans:
        gone = [card for card in scan.cards if _goes(card, contact_ids, own_cards)]
        kept = [card for card in scan.cards if card not in gone]
        cards += len(gone)
        keys |= _forget_photo(scan) | _forget_crops(gone) | _forget_crops(_touching(kept, gone))
        scan.note = None
        session.flush()
        if not kept:
            note(session, Action.DELETED, Scan.__tablename__, scan.id)
        doomed = delete(Card).where(Card.id.in_([card.id for card in gone])) if kept else None
        session.execute(delete(Scan).where(Scan.id == scan.id) if doomed is None else doomed)
    _erase_same_photos(session, keys)
    session.flush()
    return Shredded(frozenset(scan.id for scan in scans), cards, frozenset(keys))


def _goes(card: Card, contact_ids: Collection[UUID], own_cards: Collection[UUID]) -> bool:
    return card.contact_id in contact_ids or (card.contact_id is None and card.id not in own_cards)


def _erase_same_photos(session: Session, keys: Collection[str]) -> None:
    """A photo that was uploaded twice shows the same people twice; one still to be read would find them anew."""
    for scan in session.scalars(queries.scans_of_photos(keys)).all():
        if scan.status in FINISHED:
            _forget_photo(scan)
            scan.note = None
        else:
            note(session, Action.DELETED, Scan.__tablename__, scan.id)
            session.execute(delete(Scan).where(Scan.id == scan.id))


def _forget_photo(scan: Scan) -> set[str]:
    keys = {key for key in (scan.front_file, scan.back_file) if key}
    scan.front_file, scan.back_file = DELETED, None if scan.back_file is None else DELETED
    return keys


def _forget_crops(cards: Collection[Card]) -> set[str]:
    pictures: list[Card | CardLogo] = [*cards, *(logo for card in cards for logo in card.logos)]
    keys = {picture.image_file for picture in pictures}
    for picture in pictures:
        picture.image_file = DELETED
    return keys - {DELETED}


def _touching(cards: Collection[Card], others: Collection[Card]) -> list[Card]:
    """Those whose crop shows a part of one of the others."""
    return [card for card in cards if any(_overlap(card.quad, other.quad) for other in others)]


def _overlap(one: list[Any], other: list[Any]) -> bool:
    import cv2  # noqa: PLC0415  loaded by who handles pictures
    import numpy as np  # noqa: PLC0415

    hull, other_hull = (cv2.convexHull(np.asarray(quad, np.float32)) for quad in (one, other))
    return bool(cv2.intersectConvexConvex(hull, other_hull)[0] > 0)
