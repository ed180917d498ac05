"""What the API says of reviews."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.contacts.schemas import PointIn, ShortWords, Words
from app.kit.clock import now
from app.reviews.models import Review, ReviewState
from app.reviews.printed import printed_on


class PrintedPointOut(BaseModel):
    """A way to reach somebody, as a card says."""

    kind: str = Field(examples=["email"])
    value: str = Field(examples=["jane@acme.example"])
    type: str | None
    extension: str | None


class PrintedOut(BaseModel):
    """What is on a card."""

    name: str | None
    name_prefix: str | None
    name_suffix: str | None
    company: str | None
    titles: list[str]
    departments: list[str]
    points: list[PrintedPointOut]


class Resolution(BaseModel):
    """What is printed on the card; what is left out was read rightly, `null` or `[]` is not on the card."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Jane Doe"}]})

    name: Words | None = None
    name_prefix: ShortWords | None = None
    name_suffix: ShortWords | None = None
    company: Words | None = None
    titles: list[Words] = Field(default_factory=list, max_length=10)
    departments: list[Words] = Field(default_factory=list, max_length=10)
    points: list[PointIn] = Field(default_factory=list, max_length=50, description="All that the card says.")

    @model_validator(mode="after")
    def _jobs_fit(self) -> Self:
        if any(len(", ".join(words)) > 300 for words in (self.titles, self.departments)):
            raise ValueError("titles, and departments, have 300 letters together")
        return self


class ReviewOut(BaseModel):
    """A card that a person should look at."""

    id: UUID
    scan_id: UUID
    card_id: UUID
    contact_id: UUID | None = Field(description="The contact that the card became.")
    state: ReviewState
    reasons: list[str] = Field(examples=[["low_confidence:email"]])
    claimed_by_id: UUID | None = Field(description="The user who looks at it now.")
    claimed_until: datetime | None
    resolved_by_id: UUID | None
    resolved_at: datetime | None
    printed: PrintedOut = Field(description="As it was read; once resolved as a person says.")
    image_url: str = Field(description="The flattened card.")
    created_at: datetime


def review_out(review: Review) -> ReviewOut:
    """A review that was loaded with its card, as the API shows it."""
    card = review.card
    is_claimed = review.claimed_until is not None and review.claimed_until > now()
    return ReviewOut(
        id=review.id,
        scan_id=card.scan_id,
        card_id=card.id,
        contact_id=card.contact_id,
        state=review.state,
        reasons=review.reasons,
        claimed_by_id=review.claimed_by_id if is_claimed else None,
        claimed_until=review.claimed_until if is_claimed else None,
        resolved_by_id=review.resolved_by_id,
        resolved_at=review.resolved_at,
        printed=PrintedOut.model_validate(review.printed or printed_on(card)),
        image_url=f"/v1/scans/{card.scan_id}/cards/{card.position}/image",
        created_at=review.created_at,
    )
