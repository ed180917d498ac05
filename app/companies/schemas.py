"""What the API says of companies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.companies.models import Company, CompanyBrand, CompanyDomain, DoubtState
from app.kit.db import Visibility

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"\w")]


class ProvenanceOut(BaseModel):
    """Who says so."""

    source: str = Field(description="The reader that read it, `qr`, `domain`, or `user`.", examples=["rapidocr"])
    confidence: float = Field(ge=0, le=1)
    field_id: UUID | None = Field(description="The field of the card that says so.")


class BrandOut(BaseModel):
    """A name under which a company sells, and its domains: cards with either mean the company."""

    id: UUID
    name: str = Field(examples=["Drillmaster"])
    domains: list[str] = Field(examples=[["drillmaster.example"]])
    created_at: datetime


class BrandIn(BaseModel):
    """A name under which a company sells, and its domains."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Drillmaster", "domains": ["drillmaster.example"]}]}
    )

    name: Name
    domains: list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=253)]] = Field(
        default_factory=list, max_length=20, description="Of its mail and websites, with or without `www.`."
    )


class CompanyOut(BaseModel):
    """A company."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    visibility: Visibility = Field(description="Who sees it: `team` is everybody here, `private` you alone.")
    name: str = Field(examples=["Acme Tools GmbH"])
    is_home: bool = Field(description="Whether the organization's own users work there.")
    industry: str | None = Field(examples=["Machine tools"])
    product_category: str | None = Field(description="What it sells.", examples=["Drills"])
    place: str | None = Field(examples=["Leipzig"])
    parent_id: UUID | None = Field(description="The company that it belongs to, as a person says.")
    domains: list[str] = Field(description="Of its mail and websites, not of its brands.", examples=[["acme.example"]])
    aliases: list[str] = Field(description="Other names it was seen under.", examples=[["ACME"]])
    brands: list[BrandOut]
    provenance: dict[str, ProvenanceOut] = Field(description="Who says so, by field: name, place, …")
    confidence: float = Field(ge=0, le=1, description="Chance that the name is right.")
    review: list[str] = Field(description="Why a person should look.", examples=[["company_ambiguous"]])
    created_at: datetime
    updated_at: datetime


class CompanyChange(BaseModel):
    """A JSON merge patch (RFC 7396): what is left out stays, `null` empties."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"industry": "Machine tools", "product_category": None}]}
    )

    name: Name | None = None
    industry: Words | None = None
    product_category: Words | None = None
    parent_id: UUID | None = Field(None, description="The company that it belongs to; `null` when to none.")

    @model_validator(mode="after")
    def _name_stays(self) -> Self:
        if "name" in self.model_fields_set and self.name is None:
            raise ValueError("a company has a name")
        return self


def company_out(company: Company) -> CompanyOut:
    """A company that was loaded with its names and domains, as the API shows it."""
    return CompanyOut(
        id=company.id,
        visibility=company.visibility,
        name=company.name,
        is_home=company.is_home,
        industry=company.industry,
        product_category=company.product_category,
        place=company.place,
        parent_id=company.parent_id,
        domains=[domain.domain for domain in company.domains if domain.brand_id is None],
        aliases=[alias.name for alias in company.aliases if alias.key != company.key and alias.brand_id is None],
        brands=[brand_out(brand, company.domains) for brand in company.brands],
        provenance={field: ProvenanceOut.model_validate(said) for field, said in company.provenance.items()},
        confidence=company.confidence,
        review=company.review,
        created_at=company.created_at,
        updated_at=company.updated_at,
    )


def brand_out(brand: CompanyBrand, domains: Iterable[CompanyDomain]) -> BrandOut:
    """A brand, with those of its company's domains that are its own."""
    own = [domain.domain for domain in domains if domain.brand_id == brand.id]
    return BrandOut(id=brand.id, name=brand.name, domains=own, created_at=brand.created_at)


class Include(StrEnum):
    """What may come along with a company."""

    PARENT = "parent"
    SUBSIDIARIES = "subsidiaries"


class RelativeOut(BaseModel):
    """A parent or subsidiary."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    is_home: bool
    industry: str | None
    product_category: str | None
    place: str | None


class CompanyDetailOut(CompanyOut):
    """A company, with relatives where `include` asks for them."""

    parent: RelativeOut | None = None
    subsidiaries: list[RelativeOut] = Field(default_factory=list)


class ReasonOut(BaseModel):
    """One weighted reason."""

    code: str = Field(examples=["similar_name"])
    bits: float = Field(description="For (positive) or against (negative), as a power of two.", examples=[2.0])


class DuplicateCompanyOut(BaseModel):
    """Two companies that may be one, and why."""

    id: UUID
    state: DoubtState
    bits: float = Field(description="Sum of the reasons; from 6 on companies are linked without asking.")
    reasons: list[ReasonOut]
    company: CompanyOut = Field(description="The newer one.")
    other: CompanyOut


class CompanyMergeIn(BaseModel):
    """Which company becomes part of this one."""

    model_config = ConfigDict(extra="forbid")

    other_id: UUID


class CompanyMergeOut(BaseModel):
    """Two companies were made one."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    survivor_id: UUID
    merged_id: UUID = Field(description="Answers 308 to the survivor.")
    user_id: UUID | None
    created_at: datetime
    undone_at: datetime | None
