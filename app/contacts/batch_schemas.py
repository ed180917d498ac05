"""What the API says of many contacts in one request."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.contacts.schemas import ContactChange, ContactIn, ForeignName

MOST_ITEMS = 200


class CreateItem(BaseModel):
    """Make a contact."""

    model_config = ConfigDict(extra="forbid")

    op: Literal["create"]
    contact: ContactIn
    allow_duplicate: bool = False


class UpdateItem(BaseModel):
    """Change a contact by a JSON merge patch."""

    model_config = ConfigDict(extra="forbid")

    op: Literal["update"]
    id: UUID | None = None
    external_id: ForeignName | None = Field(None, description="Instead of `id`.")
    if_match: str | None = Field(None, max_length=200, description="The `ETag` that was seen; any, when left out.")
    contact: ContactChange

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if (self.id is None) == (self.external_id is None):
            raise ValueError("either id or external_id")
        return self


class UpsertItem(BaseModel):
    """Make the contact that another system calls so, or let it say what is given."""

    model_config = ConfigDict(extra="forbid")

    op: Literal["upsert"]
    external_id: ForeignName
    contact: ContactIn
    allow_duplicate: bool = False


class DeleteItem(BaseModel):
    """Delete a contact."""

    model_config = ConfigDict(extra="forbid")

    op: Literal["delete"]
    id: UUID


Item = Annotated[CreateItem | UpdateItem | UpsertItem | DeleteItem, Field(discriminator="op")]


class BatchIn(BaseModel):
    """Several changes; each stands or fails by itself, in this order."""

    model_config = ConfigDict(extra="forbid")

    items: list[Item] = Field(min_length=1, max_length=MOST_ITEMS)


class ItemOut(BaseModel):
    """What became of one item."""

    index: int
    status: int = Field(description="As the answer of a single request: 200, 201, 204, 404, 409, 412, 422.")
    id: UUID | None = Field(description="Of the contact; null where it failed.")
    etag: str | None = None
    problem: dict[str, Any] | None = Field(None, description="A problem document (RFC 9457) where it failed.")


class BatchOut(BaseModel):
    """What became of each item, in the order of the request."""

    items: list[ItemOut]
