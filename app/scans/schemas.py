"""What the API says of scans."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.kit.db import Visibility
from app.scans.models import Card, Scan, ScanStatus
from app.scans.reminding import Reminders

Point = Annotated[list[float], Field(min_length=2, max_length=2, description="x, y in fractions of the upright photo.")]


class Out(BaseModel):
    """Read straight from a row."""

    model_config = ConfigDict(from_attributes=True)


class AlternativeOut(Out):
    """What a field might have been as well."""

    value: str
    confidence: float
    source: str


class FieldOut(Out):
    """One value on a card, with its evidence."""

    kind: str = Field(examples=["email"])
    value: str = Field(examples=["jane@acme.example"])
    raw: str = Field(description="As it was read.", examples=["jane@acme .example"])
    confidence: float = Field(ge=0, le=1, description="Chance that the value is right.")
    side: str = Field(description="`front` or `back`: the photo that the polygon is in.")
    polygon: list[Point]
    source: str = Field(description="Which reader saw it.", examples=["rapidocr"])
    type: str | None = Field(description="Of a phone: work, mobile, fax, …; of a social field: the network.")
    extension: str | None
    repairs: list[str] = Field(description="What was changed between raw and value.")
    alternatives: list[AlternativeOut]


class LogoOut(Out):
    """Where a logo is."""

    side: str
    polygon: list[Point]
    confidence: float
    hash: str = Field(description="Perceptual hash: near for the same logo on another card.")
    image_url: str


class CardOut(Out):
    """One card in the photo."""

    id: UUID
    contact_id: UUID | None = Field(description="The contact it became; null until then, or if it says too little.")
    quad: list[Point] = Field(description="Corners, top left first as the card reads upright.")
    quad_confidence: float
    turn: int = Field(description="Quarter turns clockwise that brought it upright, in degrees.")
    review: list[str] = Field(description="Why a person should look.", examples=[["low_confidence:email"]])
    quality: dict[str, Any]
    fields: list[FieldOut]
    logos: list[LogoOut]
    image_url: str = Field(description="The flattened card.")
    alliance_hint: list[str] = Field(
        description="What it reminds you of, in sentences, the most telling first; empty until the scan is `done`.",
        examples=[["Third person you know at Acme Tills.", "Sells to retail as you do.", "Cleo met them in May 2026."]],
    )


class ScanOut(Out):
    """A scan without its cards."""

    id: UUID
    user_id: UUID = Field(description="Who uploaded it.")
    visibility: Visibility = Field(description="Who sees it: `team` is everybody here, `private` you alone.")
    status: ScanStatus
    error: str | None = Field(description="Stable code of why it failed.", examples=["not_an_image"])
    event: str | None
    place: str | None
    note: str | None
    captured_at: datetime
    client_id: str | None
    created_at: datetime
    finished_at: datetime | None
    photo_expired: bool = Field(description="The photo was deleted: its time was over, or somebody on it was erased.")


class ScanWithCardsOut(ScanOut):
    """A scan and everything that was read from it."""

    engine: str | None
    width: int | None
    height: int | None
    seconds: float | None = Field(description="What the reading took.")
    photo_url: str
    alliance_hint: list[str] = Field(description="What its cards remind you of, each sentence once.")
    cards: list[CardOut]


def scan_with_cards(scan: Scan, reminders: Reminders) -> ScanWithCardsOut:
    """A scan that was loaded with its cards, as the API shows it to whom it reminds of this."""
    base = f"/v1/scans/{scan.id}"
    plain = ScanOut.model_validate(scan).model_dump()
    cards = [_card(card, f"{base}/cards/{card.position}", reminders) for card in scan.cards]
    hint = list(dict.fromkeys(sentence for card in cards for sentence in card.alliance_hint))
    facts = {"engine": scan.engine, "width": scan.width, "height": scan.height, "seconds": scan.seconds}
    return ScanWithCardsOut(**plain, **facts, photo_url=f"{base}/photo", alliance_hint=hint, cards=cards)


def _card(card: Card, base: str, reminders: Reminders) -> CardOut:
    logos = [
        LogoOut(
            side=logo.side,
            polygon=logo.polygon,
            confidence=logo.confidence,
            hash=logo.hash,
            image_url=f"{base}/logos/{logo.position}",
        )
        for logo in card.logos
    ]
    return CardOut(
        id=card.id,
        contact_id=card.contact_id,
        quad=card.quad,
        quad_confidence=card.quad_confidence,
        turn=card.turn,
        review=card.review,
        quality=card.quality,
        fields=[FieldOut.model_validate(field) for field in card.fields],
        logos=logos,
        image_url=f"{base}/image",
        alliance_hint=list(reminders.get(card.contact_id, ())) if card.contact_id else [],
    )
