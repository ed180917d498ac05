"""Upload a photo, keep what was read, finish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from app.kit.clock import now
from app.kit.db import Visibility, room_of
from app.kit.errors import AppError, NotFound
from app.kit.files import FileStore
from app.kit.queue import publish
from app.scans import queries
from app.scans.events import ScanFinished, ScanRead, ScanUploaded
from app.scans.models import DELETED, FINISHED, Card, CardField, CardLogo, Scan, ScanStatus
from app.scans.reader import CardRead, PhotoRead

log = structlog.get_logger()


class PhotoExpired(AppError):
    """The picture was deleted: its time was over, or somebody on it was erased."""

    status, code = 410, "photo_expired"


@dataclass(frozen=True, slots=True)
class Capture:
    """Where and when a photo was taken, as the client says."""

    event: str | None = None
    place: str | None = None
    note: str | None = None
    captured_at: datetime | None = None
    client_id: str | None = None
    latitude: float | None = None
    """Degrees, WGS 84; with `longitude` or not at all."""
    longitude: float | None = None
    mutual: bool = False
    """The client says that both gave a card."""
    visibility: Visibility | None = None
    """As the organization has it when left out."""


class HalfAPoint(AppError):
    """Send latitude and longitude together."""

    status, code = 422, "half_a_point"


def upload(
    session: Session, files: FileStore, user_id: UUID, front: bytes, back: bytes | None, capture: Capture
) -> UUID:
    """Keep a photo and let it be read; returns the scan's id.

    Raises:
        HalfAPoint: one of latitude and longitude is missing.
    """
    if (capture.latitude is None) != (capture.longitude is None):
        raise HalfAPoint
    organization_id = session.info["organization_id"]
    audiences = {Visibility.TEAM: organization_id, Visibility.PRIVATE: user_id, None: room_of(session)}
    scan = Scan(
        user_id=user_id,
        audience_id=audiences[capture.visibility],
        front_file=files.put(organization_id, front),
        back_file=files.put(organization_id, back) if back is not None else None,
        event=capture.event,
        place=capture.place,
        note=capture.note,
        captured_at=capture.captured_at or now(),
        client_id=capture.client_id,
        latitude=capture.latitude,
        longitude=capture.longitude,
        mutual=capture.mutual,
    )
    session.add(scan)
    session.flush()
    publish(session, ScanUploaded(scan.id))
    return scan.id


def get(session: Session, scan_id: UUID) -> Scan:
    """A scan with its cards.

    Raises:
        NotFound: no such scan, or not yours.
    """
    scan = session.scalars(queries.scan_with_cards(scan_id)).one_or_none()
    if scan is None:
        raise NotFound
    return scan


def picture(files: FileStore, key: str | None) -> bytes:
    """A photo or a crop.

    Raises:
        NotFound: there never was one.
        PhotoExpired: it was deleted.
    """
    if key is None:
        raise NotFound
    if key == DELETED:
        raise PhotoExpired
    try:
        return files.get(key)
    except FileNotFoundError as gone:
        raise PhotoExpired from gone


def card_at(session: Session, scan_id: UUID, position: int) -> Card:
    """A card by its place in the scan.

    Raises:
        NotFound: no such card, or not yours.
    """
    card = next((card for card in get(session, scan_id).cards if card.position == position), None)
    if card is None:
        raise NotFound
    return card


def image_of_card(session: Session, card_id: UUID) -> str:
    """The key of a card's flattened picture.

    Raises:
        NotFound: no such card, or not yours.
    """
    key = session.scalars(queries.image_of_card(card_id)).one_or_none()
    if key is None:
        raise NotFound
    return key


def logo_at(session: Session, scan_id: UUID, position: int, number: int) -> CardLogo:
    """A logo by its place on a card.

    Raises:
        NotFound: no such logo, or not yours.
    """
    logos = card_at(session, scan_id, position).logos
    logo = next((logo for logo in logos if logo.position == number), None)
    if logo is None:
        raise NotFound
    return logo


def is_finished(session: Session, scan_id: UUID) -> bool:
    """Whether nothing more will happen to this scan."""
    return session.scalars(queries.scan_status(scan_id)).one_or_none() in FINISHED


def keep(session: Session, files: FileStore, scan_id: UUID, read: PhotoRead) -> None:
    """Store what was read. A second time changes nothing."""
    scan = session.scalars(queries.scan_to_change(scan_id)).one_or_none()
    if scan is None or scan.status != ScanStatus.QUEUED:
        return
    scan.width, scan.height, scan.engine, scan.seconds = read.width, read.height, read.engine, read.seconds
    for position, card in enumerate(read.cards):
        session.add(_card(files, scan, position, card))
    if read.cards:
        scan.status = ScanStatus.READ
        publish(session, ScanRead(scan_id))
    else:
        _end(session, scan, ScanStatus.NO_CARD)


def _card(files: FileStore, scan: Scan, position: int, read: CardRead) -> Card:
    def keep_file(data: bytes) -> str:
        return files.put(scan.organization_id, data)

    logos = zip(read.logos, read.logo_images, strict=True)
    return Card(
        scan_id=scan.id,
        position=position,
        image_file=keep_file(read.image),
        fields=[CardField(position=i, **field) for i, field in enumerate(read.fields)],
        logos=[CardLogo(position=i, image_file=keep_file(image), **logo) for i, (logo, image) in enumerate(logos)],
        **read.card,
    )


def fail(session: Session, scan_id: UUID, code: str) -> None:
    """The photo cannot be read; `code` says why."""
    scan = session.scalars(queries.scan_to_change(scan_id)).one_or_none()
    if scan is not None and scan.status not in FINISHED:
        scan.error = code
        _end(session, scan, ScanStatus.FAILED)


def finish(session: Session, scan_id: UUID, contacts: Sequence[tuple[Card, UUID | None]]) -> None:
    """The cards have become contacts; one without a contact said too little."""
    scan = session.scalars(queries.scan_to_change(scan_id)).one()
    for card, contact_id in contacts:
        card.contact_id = contact_id
    _end(session, scan, ScanStatus.DONE)


def _end(session: Session, scan: Scan, status: ScanStatus) -> None:
    scan.status = status
    scan.finished_at = now()
    publish(session, ScanFinished(scan.id))
    log.info("scan.finished", scan_id=str(scan.id), status=status, code=scan.error)
