"""Companies and what they are recognised by: names, domains, logos."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kit.clock import now
from app.kit.db import Base, Personal, Scoped


class Company(Personal, Base):
    """A company, or the home company itself."""

    __tablename__ = "companies"
    seen_where = "is_home"
    __table_args__ = (
        Index(
            "ix_companies_one_home",
            "organization_id",
            unique=True,
            sqlite_where=text("is_home"),
            postgresql_where=text("is_home"),
        ),
        Index("ix_companies_audience", "audience_id", "id"),
        Index("ix_companies_changed", "organization_id", "updated_at"),
    )

    name: Mapped[str] = mapped_column(String(300))
    key: Mapped[str] = mapped_column(String(300))
    """The normalised core of `name`: without legal form, diacritics, punctuation."""
    is_home: Mapped[bool] = mapped_column(default=False)
    industry: Mapped[str | None] = mapped_column(String(100))
    product_category: Mapped[str | None] = mapped_column(String(100))
    """What it sells; two companies of one category compete."""
    place: Mapped[str | None] = mapped_column(String(200))
    """Town or area, as on its cards."""
    confidence: Mapped[float]
    """Chance that `name` is right, 0 to 1."""
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Where each value came from: `{"name": {"source": "user", "confidence": 1.0, "field_id": null}}`."""
    review: Mapped[list[str]] = mapped_column(default=list)
    """Why a person should look: `company_ambiguous`; empty when nobody needs to."""
    parent_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("companies.id", ondelete="SET NULL"), index=True, info={"agreeing": 10}
    )
    """The company that it belongs to, as a person says; never itself, nor one that belongs to it."""
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    """The company that this one turned out to be; it is shown in its place."""
    version: Mapped[int] = mapped_column()
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=91)

    aliases: Mapped[list[CompanyAlias]] = relationship(lazy="raise", order_by="CompanyAlias.id", passive_deletes=True)
    domains: Mapped[list[CompanyDomain]] = relationship(lazy="raise", order_by="CompanyDomain.id", passive_deletes=True)
    logos: Mapped[list[CompanyLogo]] = relationship(lazy="raise", order_by="CompanyLogo.id", passive_deletes=True)
    brands: Mapped[list[CompanyBrand]] = relationship(lazy="raise", order_by="CompanyBrand.id", passive_deletes=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class CompanyBrand(Personal, Base):
    """Under what a company sells, as a person says: a name, and the domains that belong to it.

    Its name is a `CompanyAlias` and its domains are `CompanyDomain`s that name the brand, so both are found as those of
    the company are.
    """

    __tablename__ = "company_brands"
    __table_args__ = (UniqueConstraint("company_id", "key"),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(300))
    key: Mapped[str] = mapped_column(String(300))
    """`name`, normalised as that of a company."""


class CompanyAlias(Personal, Base):
    """A name that a company was seen under; its present name is one of them."""

    __tablename__ = "company_aliases"
    __table_args__ = (UniqueConstraint("company_id", "key"), Index("ix_company_aliases_key", "organization_id", "key"))

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    brand_id: Mapped[UUID | None] = mapped_column(ForeignKey("company_brands.id", ondelete="CASCADE"), index=True)
    """The brand that it is the name of, if it is one's."""
    name: Mapped[str] = mapped_column(String(300))
    key: Mapped[str] = mapped_column(String(300))


class CompanyDomain(Personal, Base):
    """A registrable domain (`acme.co.uk`) that a company uses for mail or web; of an audience, one company has it."""

    __tablename__ = "company_domains"
    __table_args__ = (UniqueConstraint("audience_id", "domain"),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    brand_id: Mapped[UUID | None] = mapped_column(ForeignKey("company_brands.id", ondelete="CASCADE"), index=True)
    """The brand that it belongs to, if to one."""
    domain: Mapped[str] = mapped_column(String(253))


class CompanyLogo(Scoped, Base):
    """Perceptual hash of a logo on a company's cards."""

    __tablename__ = "company_logos"
    seen_through = ("company_id",)
    __table_args__ = (UniqueConstraint("company_id", "hash"),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    hash: Mapped[str] = mapped_column(String(200))


class CompanyBlock(Base):
    """Where alike names meet, so that a name is compared with a few hundred others and not with all.

    The number of a block is a digest of the audience and of a part of the name, so those of two audiences never meet.
    """

    __tablename__ = "company_blocks"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    block: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    alias_id: Mapped[UUID] = mapped_column(
        ForeignKey("company_aliases.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class CompanyMerge(Scoped, Base):
    """Two companies were made one, and how to take that back."""

    __tablename__ = "company_merges"
    seen_through = ("survivor_id", "merged_id")

    survivor_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    merged_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    changes: Mapped[list[Any]]
    """Values before and after, as `kit.journal` keeps them."""
    moved: Mapped[dict[str, Any]]
    """Ids of the rows of other features that pointed to the merged company, by `table.column`."""
    undone_at: Mapped[datetime | None]


class DoubtState(StrEnum):
    """What became of a question."""

    OPEN = "open"
    SAME = "same"
    DIFFERENT = "different"


class CompanyDoubt(Scoped, Base):
    """Two companies that may be one: a person decides."""

    __tablename__ = "company_doubts"
    seen_through = ("company_id", "other_id")
    __table_args__ = (
        UniqueConstraint("company_id", "other_id"),
        Index("ix_company_doubts_state", "organization_id", "state"),
    )

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    """The newer one."""
    other_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), index=True)
    bits: Mapped[float]
    reasons: Mapped[list[Any]]
    """`[{"code": "similar_name", "bits": 2.0}, …]`."""
    state: Mapped[DoubtState] = mapped_column(String(10), default=DoubtState.OPEN)
