"""Scans as they are after reading, made without a photo."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.clock import now
from app.kit.queue import publish
from app.scans.events import ScanRead
from app.scans.models import Card, CardField, CardLogo, Scan, ScanStatus

BOX = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.5], [0.1, 0.5]]

Said = tuple[str, str] | tuple[str, str, float] | tuple[str, str, float, str]
"""Kind, value, confidence, type."""


def jane(**changed: str) -> list[Said]:
    """A card that says everything."""
    said = {
        "name": "Jane Doe",
        "title": "Head of Sales",
        "company": "Acme Tools GmbH",
        "email": "jane.doe@acme.example",
        "phone": "+4934112345678",
        "website": "www.acme.example",
        "address": "Hauptstraße 1, 04109 Leipzig",
    }
    return [(kind, value) for kind, value in (said | changed).items() if value]


def read_scan(
    session: Session,
    user_id: UUID,
    *cards: list[Said],
    captured_at: datetime | None = None,
    review: tuple[str, ...] = (),
    logo: str | None = None,
    **capture: Any,
) -> UUID:
    """A scan whose cards say this, about to be absorbed."""
    scan = Scan(
        user_id=user_id,
        status=ScanStatus.READ,
        front_file="none",
        captured_at=captured_at or now(),
        **capture,
        cards=[],
    )
    session.add(scan)
    session.flush()
    scan.cards = [_card(position, said, review, logo) for position, said in enumerate(cards)]
    session.flush()
    publish(session, ScanRead(scan.id))
    return scan.id


def _card(position: int, said: list[Said], review: tuple[str, ...], logo: str | None) -> Card:
    return Card(
        position=position,
        quad=BOX,
        quad_confidence=0.9,
        turn=0,
        image_file="none",
        lines=[],
        quality={},
        review=list(review),
        fields=[_field(number, *each) for number, each in enumerate(said)],
        logos=[CardLogo(position=0, polygon=BOX, confidence=0.9, hash=logo, side="front", image_file="none")]
        if logo
        else [],
    )


def _field(position: int, kind: str, value: str, confidence: float = 0.9, type_: str | None = None) -> CardField:
    return CardField(
        position=position,
        kind=kind,
        side="front",
        value=value,
        raw=value,
        confidence=confidence,
        polygon=BOX,
        source="rapidocr",
        type=type_,
        repairs=[],
        alternatives=[],
    )
