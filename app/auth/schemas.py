"""What the API says of users and keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from app.auth.models import Role
from app.auth.scopes import Scope

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class UserOut(BaseModel):
    """A rep or administrator."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    email: str
    role: Role
    created_at: datetime


class MeOut(UserOut):
    """Who the key belongs to."""

    organization_id: UUID
    organization: str
    region: str = Field(description="Country of a phone number without one.")


class UserIn(BaseModel):
    """A user to add."""

    name: Name = Field(examples=["Ben Ortiz"])
    email: EmailStr = Field(examples=["ben@northwind.example"])
    role: Role = Role.MEMBER


class ApiKeyIn(BaseModel):
    """A key to issue."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] = Field(
        description="What it is for.", examples=["Ben's phone"]
    )
    user_id: UUID | None = Field(None, description="Whose; your own when left out. For others you must be an admin.")
    scopes: list[Scope] | None = Field(
        None, max_length=20, description="What it is good for; everything that its user may do, when left out."
    )
    expires_at: AwareDatetime | None = Field(None, description="With a time zone; never, when left out.")


class ApiKeyOut(BaseModel):
    """A key, as far as it can be shown again."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    user_id: UUID
    name: str
    prefix: str = Field(examples=["ck_1f0c9a2b"])
    scopes: list[str] | None
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


class NewApiKeyOut(ApiKeyOut):
    """A fresh key."""

    key: str | None = Field(description="Shown only now; null when the request is repeated.")
