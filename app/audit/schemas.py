"""What the API says of the trail."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from app.kit.trail import Action, AuditEntry


class EntryOut(BaseModel):
    """Somebody saw or changed something."""

    id: UUID
    at: datetime
    user_id: UUID | None = Field(description="Null where the service did it by itself, or whoever had a link.")
    key_id: UUID | None = Field(description="The API key; null for a login.")
    program: str | None = Field(description="What the service did it for.", examples=["app.scans.jobs.read_scan"])
    request_id: UUID | None = Field(description="`X-Request-Id` of the answer.")
    action: Action
    kind: str = Field(description="Of the object.", examples=["contact"])
    object_id: UUID | None = Field(description="Null for a list, and for what is private to somebody else.")
    private: bool = Field(description="It is private to somebody else, or was: the id is not shown.")
    fields: list[str] = Field(description="What changed, or which part was read; names, no values.")
    count: int | None = Field(description="Rows that a list showed.")
    keep_until: date | None = Field(description="Nobody can delete the entry before that day is over; null: ever.")


def entry_out(entry: AuditEntry, reader_id: UUID) -> EntryOut:
    """An entry as a user sees it."""
    private = entry.audience_id not in (entry.organization_id, reader_id)
    return EntryOut(
        id=entry.id,
        at=entry.created_at,
        user_id=entry.user_id,
        key_id=entry.key_id,
        program=entry.program,
        request_id=entry.request_id,
        action=Action(entry.action),
        kind=entry.kind,
        object_id=None if private else entry.object_id,
        private=private,
        fields=[] if private else entry.fields,
        count=entry.count,
        keep_until=entry.keep_until,
    )
