"""What the API says of privacy."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.contacts.models import Contact
from app.policy.service import Promise
from app.privacy.models import Reason


class ErasureOut(BaseModel):
    """That somebody was erased, and how much went; it names nobody."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    contact_id: UUID = Field(description="What the contact was; nothing has this id any more.")
    user_id: UUID | None = Field(description="Who asked for it; null: the time was over.")
    reason: Reason
    counts: dict[str, int] = Field(examples=[{"contacts": 1, "cards": 2, "scans": 2, "notes": 0, "companies": 1}])
    created_at: datetime
    finished_at: datetime | None = Field(description="When files and the database's leftovers were gone too.")


class OriginIn(BaseModel):
    """A JSON merge patch (RFC 7396): what is left out stays, `null` goes back to your organization's policy."""

    model_config = ConfigDict(extra="forbid")

    source: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,30}$")] | None = Field(
        None, description="How you came to know the person: business_card, import, api, …"
    )
    purpose: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)] | None = None
    retain_until: Annotated[date, Field(ge=date(1990, 1, 1), le=date(2200, 1, 1))] | None = Field(
        None, description="The last day; the person is erased on the next."
    )

    @model_validator(mode="after")
    def _it_came_from_somewhere(self) -> OriginIn:
        if "source" in self.model_fields_set and self.source is None:
            raise ValueError("source cannot be null")
        return self


class OriginOut(BaseModel):
    """Where a contact's data came from, what it is held for, and how long."""

    contact_id: UUID
    source: str = Field(examples=["business_card"])
    purpose: str
    own_purpose: bool = Field(description="Whether it was said of this contact; else it is your organization's policy.")
    retain_until: date | None = Field(description="The last day, where one was set for this contact.")
    contact_days: int = Field(description="Else: days after the last meeting or change; 0: no end.")


def origin_out(contact: Contact, policy: Promise) -> OriginOut:
    """A contact's own word before the policy's."""
    return OriginOut(
        contact_id=contact.id,
        source=contact.source,
        purpose=contact.purpose or policy.purpose,
        own_purpose=contact.purpose is not None,
        retain_until=contact.retain_until,
        contact_days=policy.contact_days,
    )
