"""What the API says of imports."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.transfer.models import ImportState
from app.transfer.records import Format
from app.transfer.sheets import Preset


class ImportOut(BaseModel):
    """A file of people on its way in; only its user sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    user_id: UUID
    state: ImportState
    error: str | None = Field(description="Stable code of why nothing could be read.", examples=["unknown_columns"])
    format: Format
    preset: Preset | None = Field(description="Of CSV whose columns; null until the first row was read.")
    dry_run: bool = Field(description="Nothing is kept; the report says what would be.")
    size: int = Field(description="Octets of the file.")
    position: int = Field(description="Octets done.")
    rows: int
    created: int
    updated: int
    unchanged: int
    failed: int
    created_at: datetime
    finished_at: datetime | None
