"""What the API says of lists of contacts and of what happened with one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.contacts.schemas import ContactOut, NoteOut
from app.exchanges.schemas import ExchangeOut

Sort = Literal["-created", "created", "-updated", "updated", "name", "-name"]


class Include(StrEnum):
    """What may come along with each contact."""

    COMPANY = "company"
    NOTES = "notes"
    EXCHANGES = "exchanges"


class EmployerOut(BaseModel):
    """The company of a contact's present job."""

    id: UUID
    name: str
    industry: str | None
    product_category: str | None
    place: str | None
    is_home: bool


class ListedContactOut(ContactOut):
    """A contact in a list. With `fields` only these members; the last three only where `include` asks for them."""

    model_config = ConfigDict(json_schema_extra={"required": ["id"]})

    company: EmployerOut | None = None
    notes: list[NoteOut] = Field(default_factory=list)
    exchanges: list[ExchangeOut] = Field(default_factory=list)


class GoneOut(BaseModel):
    """A contact that is not there any more."""

    id: UUID
    at: datetime
    merged_into_id: UUID | None = Field(description="The contact it became part of; null when it was deleted.")


class ContactPage(BaseModel):
    """Some contacts and where to go on; `next_cursor` is null on the last page."""

    items: list[ListedContactOut]
    next_cursor: str | None
    gone: list[GoneOut] = Field(description="With `updated_since`: what to delete from a copy.")
    sync_from: datetime | None = Field(description="With `updated_since`: what to send as that next time.")


class HappeningOut(BaseModel):
    """One thing that happened with a contact."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    kind: Literal["created", "met", "scanned", "job", "note", "merged", "merge_undone"]
    id: UUID = Field(description="Of the contact, exchange, card, employment, note or merge.")
    user_id: UUID | None = Field(description="Who did it.")
    details: dict[str, Any] = Field(examples=[{"event": "Spring fair", "place": "Leipzig"}])


class TimelinePage(BaseModel):
    """What happened, newest first."""

    items: list[HappeningOut]
    next_cursor: str | None
