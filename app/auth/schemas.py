"""What the API says of organizations, users, keys and invitations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from app.auth.models import Organization, Role, User
from app.auth.scopes import Scope
from app.kit.db import Visibility


def _long_enough(days: int) -> int:
    if 0 < days < 30:
        raise ValueError("at least 30, or 0 for ever")
    return days


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


AuditDays = Annotated[
    int,
    Field(
        ge=0,
        le=36_500,
        description="Of what is recorded from now on; 0: for ever, else at least 30. What is there keeps its last day.",
    ),
    AfterValidator(_long_enough),
]


class UserOut(BaseModel):
    """A rep or administrator."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    email: str
    role: Role
    created_at: datetime
    deactivated_at: datetime | None = Field(description="Since then no key and no login of theirs is good.")


class MeOut(UserOut):
    """Who the key belongs to."""

    organization_id: UUID
    organization: str
    region: str = Field(description="Country of a phone number without one.")


def me_out(user: User, organization: Organization) -> MeOut:
    """A user and where they belong."""
    known = UserOut.model_validate(user).model_dump()
    return MeOut(**known, organization_id=organization.id, organization=organization.name, region=organization.region)


class UserIn(BaseModel):
    """A user to add."""

    name: Name = Field(examples=["Ben Ortiz"])
    email: EmailStr = Field(examples=["ben@northwind.example"])
    role: Role = Role.MEMBER


class UserChange(BaseModel):
    """A JSON merge patch (RFC 7396): what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name = ""
    role: Role = Role.MEMBER
    active: bool = Field(default=True, description="False ends every key of theirs for good, and lets no login in.")


class OrganizationOut(BaseModel):
    """Your organization."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    region: str = Field(description="Country of a phone number without one.")
    default_visibility: Visibility = Field(description="Of what a user brings in without saying whom it is for.")
    audit_days: int = Field(description="How long it is kept who saw and changed what; 0: for ever.")
    created_at: datetime


class OrganizationChange(BaseModel):
    """A JSON merge patch (RFC 7396): what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name = ""
    region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = Field("", examples=["US"])
    default_visibility: Visibility = Visibility.TEAM
    audit_days: AuditDays = 1095


class InvitationIn(BaseModel):
    """Somebody to invite."""

    email: EmailStr = Field(examples=["cleo@northwind.example"])
    role: Role = Role.MEMBER
    name: Name | None = None


class InvitationOut(BaseModel):
    """An invitation, as far as it can be shown again."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    email: str
    name: str | None
    role: Role
    invited_by_id: UUID | None
    user_id: UUID | None = Field(description="Who they became.")
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None


class NewInvitationOut(InvitationOut):
    """A fresh invitation."""

    token: str | None = Field(description="Shown only now; null when the request is repeated.")


class AcceptanceIn(BaseModel):
    """Whoever has the token accepts."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(examples=["ci_0Qm…"])
    name: Name | None = Field(None, description="How you are called; what the invitation says, when left out.")


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


class AcceptedOut(MeOut):
    """Who you are from now on."""

    key: str | None = Field(
        description="Your first API key, shown only now. Null when the request is repeated, and for whoever accepts "
        "with a bearer token of the login service, which is good from now on."
    )
