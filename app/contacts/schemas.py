"""What the API says of contacts."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.companies.models import DoubtState
from app.companies.schemas import ProvenanceOut, ReasonOut
from app.contacts.models import Contact, ContactPoint, Employment, PointKind
from app.kit.db import Visibility
from app.kit.etags import etag_of

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
ShortWords = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Value = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Type = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]


class PointIn(BaseModel):
    """A way to reach somebody, as a person says."""

    model_config = ConfigDict(extra="forbid")

    kind: PointKind
    value: Value = Field(
        description="Phone numbers best in E.164, others as people write them.", examples=["jane@acme.example"]
    )
    type: Type | None = Field(None, description="Of a phone: work, mobile, fax, home, direct, pager, other.")
    extension: Type | None = None

    @model_validator(mode="after")
    def _an_address_has_two_sides(self) -> Self:
        if self.kind == PointKind.EMAIL and not re.fullmatch(r"[^@\s]+@[^@\s]+", self.value):
            raise ValueError("an e-mail address has a name, an @ and a host")
        return self


Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
ForeignName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class PointOut(BaseModel):
    """A way to reach somebody, and who says so."""

    model_config = ConfigDict(from_attributes=True)

    kind: PointKind
    value: str = Field(examples=["jane@acme.example"])
    type: str | None = Field(description="Of a phone: work, mobile, fax, …; of a social profile: the network.")
    extension: str | None
    confidence: float = Field(ge=0, le=1)
    source: str = Field(description="The reader that read it, `qr`, or `user`.", examples=["rapidocr"])
    field_id: UUID | None = Field(description="The field of the card that says so.")


class EmploymentOut(BaseModel):
    """A job, present or past."""

    id: UUID
    company_id: UUID | None
    company_name: str | None = Field(examples=["Acme Tools GmbH"])
    title: str | None = Field(examples=["Head of Sales"])
    department: str | None
    current: bool
    started_on: date | None
    ended_on: date | None
    seen_at: datetime = Field(description="When a card last said so.")


class CrmIdOut(BaseModel):
    """What a contact is called in a CRM."""

    model_config = ConfigDict(from_attributes=True)

    connection_id: UUID
    remote_id: str = Field(description="The CRM's id.", examples=["4711"])


class ContactOut(BaseModel):
    """A person."""

    id: UUID
    owner_id: UUID = Field(description="The user who holds the card.")
    visibility: Visibility = Field(description="Who sees it: `team` is everybody here, `private` you alone.")
    name: str | None = Field(examples=["Jane Doe"])
    name_prefix: str | None = Field(examples=["Dr."])
    name_suffix: str | None
    title: str | None = Field(description="In the present job.", examples=["Head of Sales"])
    department: str | None
    company_id: UUID | None
    company_name: str | None = Field(examples=["Acme Tools GmbH"])
    points: list[PointOut]
    employments: list[EmploymentOut] = Field(description="Present jobs first.")
    tags: list[str] = Field(examples=[["spring fair"]])
    external_ids: list[str] = Field(description="What other systems call this contact.", examples=[["crm-4711"]])
    crm_ids: list[CrmIdOut] = Field(description="Where it is in the connected CRMs. Not part of the version.")
    confidence: float = Field(ge=0, le=1, description="Chance that everything shown is right.")
    needs_review: bool
    review: list[str] = Field(description="Why a person should look.", examples=[["low_confidence:email"]])
    provenance: dict[str, ProvenanceOut] = Field(description="Who says so, by field: name, title, …")
    created_at: datetime
    updated_at: datetime
    etag: str = Field(description="Of this version, for `If-Match`.", examples=['"3"'])


class ContactIn(BaseModel):
    """A person, as somebody says."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Jane Doe",
                    "company": "Acme Tools GmbH",
                    "points": [{"kind": "email", "value": "jane@acme.example"}],
                    "tags": ["spring fair"],
                }
            ]
        },
    )

    name: Words | None = None
    name_prefix: ShortWords | None = None
    name_suffix: ShortWords | None = None
    title: Words | None = None
    department: Words | None = None
    company_id: UUID | None = Field(None, description="A company that is known; or else `company`.")
    company: Words | None = Field(None, description="Name of a company: found, or made.")
    points: list[PointIn] = Field(default_factory=list, max_length=100)
    tags: list[Tag] = Field(default_factory=list, max_length=100)
    external_ids: list[ForeignName] = Field(default_factory=list, max_length=20)
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)] | None = None

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        if not self.name and not any(point.kind in (PointKind.EMAIL, PointKind.PHONE) for point in self.points):
            raise ValueError("a contact has a name, an e-mail address or a phone number")
        if self.company_id and self.company:
            raise ValueError("either company_id or company")
        return self


class ContactChange(BaseModel):
    """A JSON merge patch (RFC 7396): what is left out stays, `null` empties, a list replaces the whole list."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Jane Doe", "title": None, "needs_review": False}]},
    )

    name: Words | None = None
    name_prefix: ShortWords | None = None
    name_suffix: ShortWords | None = None
    title: Words | None = Field(None, description="In the present job.")
    department: Words | None = None
    company_id: UUID | None = Field(None, description="The present job's company; `null` when there is none.")
    company: Words | None = Field(None, description="Instead of `company_id` the name of a company: found, or made.")
    points: list[PointIn] | None = Field(None, max_length=100)
    tags: list[Tag] | None = Field(None, max_length=100)
    external_ids: list[ForeignName] | None = Field(None, max_length=20)
    needs_review: bool | None = Field(None, description="`false` when a person has looked.")

    @model_validator(mode="after")
    def _lists_and_flags_stay(self) -> Self:
        for name in ("points", "tags", "external_ids", "needs_review"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null")
        if self.company_id and self.company:
            raise ValueError("either company_id or company")
        if self.needs_review:
            raise ValueError("needs_review can only be set to false: its reasons come from cards")
        return self


def contact_out(contact: Contact) -> ContactOut:
    """A contact that was loaded with points and employments, as the API shows it."""
    present = next((job for job in contact.employments if job.current), None)
    return ContactOut(
        id=contact.id,
        owner_id=contact.owner_id,
        visibility=contact.visibility,
        name=contact.name,
        name_prefix=contact.name_prefix,
        name_suffix=contact.name_suffix,
        title=present.title if present else None,
        department=present.department if present else None,
        company_id=present.company_id if present else None,
        company_name=present.company.name if present and present.company else None,
        points=[_point(point) for point in contact.points if not point.removed],
        employments=[_employment(job) for job in contact.employments],
        tags=[tag.tag for tag in contact.tags],
        external_ids=[named.value for named in contact.external_ids],
        crm_ids=[CrmIdOut.model_validate(link) for link in contact.crm_ids],
        confidence=contact.confidence,
        needs_review=contact.needs_review,
        review=contact.review,
        provenance=(present.provenance if present else {}) | contact.provenance,
        created_at=contact.created_at,
        updated_at=contact.updated_at,
        etag=etag_of(contact.version),
    )


def _point(point: ContactPoint) -> PointOut:
    return PointOut.model_validate(point)


def _employment(job: Employment) -> EmploymentOut:
    return EmploymentOut(
        id=job.id,
        company_id=job.company_id,
        company_name=job.company.name if job.company else None,
        title=job.title,
        department=job.department,
        current=job.current,
        started_on=job.started_on,
        ended_on=job.ended_on,
        seen_at=job.seen_at,
    )


class DuplicateOut(BaseModel):
    """Two contacts that may be one person, and why."""

    id: UUID
    state: DoubtState
    bits: float = Field(description="Sum of the reasons; from 10 on contacts are linked without asking.")
    reasons: list[ReasonOut]
    contact: ContactOut = Field(description="The newer one.")
    other: ContactOut


class MergeIn(BaseModel):
    """Which contact becomes part of this one."""

    model_config = ConfigDict(extra="forbid")

    other_id: UUID


class MergeOut(BaseModel):
    """Two contacts were made one."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    survivor_id: UUID
    merged_id: UUID = Field(description="Answers 308 to the survivor.")
    user_id: UUID | None
    created_at: datetime
    undone_at: datetime | None


class NoteIn(BaseModel):
    """What somebody writes about a person."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class NoteOut(BaseModel):
    """What somebody wrote about a person."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    contact_id: UUID
    user_id: UUID | None
    text: str
    created_at: datetime
    updated_at: datetime
