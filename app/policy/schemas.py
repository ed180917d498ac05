"""What the API says of policies."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
_Days = Annotated[int, Field(ge=0, le=36_500)]


class PolicyOut(BaseModel):
    """What holds for your organization."""

    model_config = ConfigDict(from_attributes=True)

    controller: str = Field(description="Who is responsible, with address.", examples=["Northwind Retail Systems"])
    contact: str | None = Field(
        description="Where people write to about their data.", examples=["dpo@northwind.example"]
    )
    purpose: str
    legal_basis: str
    recipients: str
    contact_days: int = Field(description="A contact not met or changed for so long is erased; 0: never.")
    photo_days: int = Field(description="Photos and crops are deleted when so old; 0: never.")


class PolicyIn(BaseModel):
    """A JSON merge patch (RFC 7396): what is left out stays, `null` goes back to the settings of the service."""

    model_config = ConfigDict(extra="forbid")

    controller: _Words | None = None
    contact: _Words | None = None
    purpose: _Text | None = None
    legal_basis: _Text | None = None
    recipients: _Text | None = None
    contact_days: _Days | None = None
    photo_days: _Days | None = None
