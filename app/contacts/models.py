"""People, where they work, and how to reach them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, Uuid, and_, column, table, text
from sqlalchemy.orm import DeclarativeBase, Mapped, foreign, mapped_column, relationship

from app.companies.models import Company, DoubtState
from app.kit.clock import now
from app.kit.db import Base, Personal, Scoped

BUSINESS_CARD = "business_card"

IN_CRMS = table(
    "crm_links",
    *(column(name, Uuid()) for name in ("id", "object_id", "connection_id")),
    *(column(name, String()) for name in ("kind", "remote_id")),
)
NAMED_THERE = and_(IN_CRMS.c.kind == "contact", IN_CRMS.c.remote_id.is_not(None))
"""Of contacts, those whose id there is known."""


class PointKind(StrEnum):
    """A way to reach a person."""

    EMAIL = "email"
    PHONE = "phone"
    WEBSITE = "website"
    SOCIAL = "social"
    ADDRESS = "address"


class Contact(Personal, Base):
    """A person."""

    __tablename__ = "contacts"
    __table_args__ = (
        Index("ix_contacts_audience", "audience_id", "id"),
        Index("ix_contacts_name_key", "organization_id", "name_key"),
        Index("ix_contacts_changed", "organization_id", "updated_at", "id"),
        Index("ix_contacts_sorted", "organization_id", "sort_key", "id"),
        Index("ix_contacts_owned", "organization_id", "owner_id", "id"),
        Index(
            "ix_contacts_to_review",
            "organization_id",
            "id",
            sqlite_where=text("needs_review"),
            postgresql_where=text("needs_review"),
        ),
        Index(
            "ix_contacts_merged",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
    )

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    """The user who holds the card."""
    name: Mapped[str | None] = mapped_column(String(300))
    name_prefix: Mapped[str | None] = mapped_column(String(100))
    name_suffix: Mapped[str | None] = mapped_column(String(100))
    name_key: Mapped[str | None] = mapped_column(String(300))
    """`name` without case, diacritics, punctuation and order."""
    confidence: Mapped[float]
    """Chance that everything shown is right: that of the least sure value, 0 to 1."""
    needs_review: Mapped[bool] = mapped_column(default=False)
    review: Mapped[list[str]] = mapped_column(default=list)
    """Why a person should look; empty when nobody needs to."""
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Where each name came from: `{"name": {"source": "rapidocr", "confidence": 0.97, "field_id": "…"}}`."""
    source: Mapped[str] = mapped_column(String(30), default=BUSINESS_CARD, server_default=BUSINESS_CARD)
    """How the organization came to know the person: `business_card`, `import`, `api`, …"""
    purpose: Mapped[str | None] = mapped_column(Text)
    """What the data is held for; null: what the organization's policy says."""
    retain_until: Mapped[date | None]
    """The last day; null: as long as the organization's policy says."""
    withdrawn_at: Mapped[datetime | None]
    """When its owner last kept for himself what everybody had seen."""
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    """The contact that this one turned out to be; it is shown in its place."""
    sort_key: Mapped[str] = mapped_column(String(300), default="", server_default="")
    """`name` without case and diacritics, as lists are sorted by it."""
    search: Mapped[str] = mapped_column(Text, default="")
    """Words of names, companies, titles, addresses and digits of numbers, for a search to look into."""
    remarks: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Words of tags and notes, for a search to look into as well."""
    version: Mapped[int] = mapped_column()
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=91)

    employments: Mapped[list[Employment]] = relationship(
        lazy="raise", order_by="Employment.current.desc(), Employment.seen_at.desc()", passive_deletes=True
    )
    points: Mapped[list[ContactPoint]] = relationship(lazy="raise", order_by="ContactPoint.id", passive_deletes=True)
    tags: Mapped[list[ContactTag]] = relationship(
        lazy="raise", order_by="ContactTag.key", cascade="all, delete-orphan", passive_deletes=True
    )
    external_ids: Mapped[list[ExternalId]] = relationship(
        lazy="raise", order_by="ExternalId.value", cascade="all, delete-orphan", passive_deletes=True
    )

    crm_ids: Mapped[list[CrmId]] = relationship(
        lambda: CrmId,
        primaryjoin=lambda: and_(foreign(IN_CRMS.c.object_id) == Contact.id, NAMED_THERE),
        order_by=lambda: IN_CRMS.c.id,
        lazy="raise",
        viewonly=True,
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Employment(Scoped, Base):
    """A person at a company. People move, and some hold two jobs at once."""

    __tablename__ = "employments"
    seen_through = ("contact_id",)

    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("companies.id", ondelete="SET NULL"), index=True, info={"agreeing": 100}
    )
    """Null where a card names a job and no company."""
    title: Mapped[str | None] = mapped_column(String(300))
    department: Mapped[str | None] = mapped_column(String(300))
    current: Mapped[bool] = mapped_column(default=True)
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    seen_at: Mapped[datetime]
    """When a card last said so."""
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Where company, title and department came from; of a corrected company also which one it stands `instead_of`."""

    company: Mapped[Company | None] = relationship(lazy="raise")


class ContactPoint(Scoped, Base):
    """One e-mail address, phone number, website, social profile or postal address of a person."""

    __tablename__ = "contact_points"
    seen_through = ("contact_id",)
    __table_args__ = (
        UniqueConstraint("contact_id", "kind", "key"),
        Index("ix_contact_points_key", "organization_id", "kind", "key"),
    )

    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    kind: Mapped[PointKind] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(300))
    """`value` as it is compared: an address without case, digits of a number."""
    type: Mapped[str | None] = mapped_column(String(20))
    extension: Mapped[str | None] = mapped_column(String(20))
    confidence: Mapped[float]
    source: Mapped[str] = mapped_column(String(60))
    """The reader that read it, `qr`, or `user`."""
    field_id: Mapped[UUID | None] = mapped_column(ForeignKey("card_fields.id", ondelete="SET NULL"))
    """The field of a card that says so."""
    removed: Mapped[bool] = mapped_column(default=False)
    """A person struck it out; no card brings it back."""


class ContactMerge(Scoped, Base):
    """Two contacts were made one, and how to take that back."""

    __tablename__ = "contact_merges"
    seen_through = ("survivor_id", "merged_id")

    survivor_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    merged_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    changes: Mapped[list[Any]]
    """Values before and after: `[{"table": "contacts", "id": "…", "column": "name", "before": …, "after": …}]`."""
    moved: Mapped[dict[str, Any]]
    """Ids of the rows of other features that pointed to the merged contact, by `table.column`."""
    undone_at: Mapped[datetime | None]


class ContactDoubt(Scoped, Base):
    """Two contacts that may be one person: somebody decides."""

    __tablename__ = "contact_doubts"
    seen_through = ("contact_id", "other_id")
    __table_args__ = (
        UniqueConstraint("contact_id", "other_id"),
        Index("ix_contact_doubts_state", "organization_id", "state"),
    )

    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    """The newer one."""
    other_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    bits: Mapped[float]
    reasons: Mapped[list[Any]]
    """`[{"code": "same_name", "bits": 8.0}, …]`."""
    state: Mapped[DoubtState] = mapped_column(String(10), default=DoubtState.OPEN)


class ContactTag(Scoped, Base):
    """A word that users sort people by."""

    __tablename__ = "contact_tags"
    seen_through = ("contact_id",)
    __table_args__ = (
        UniqueConstraint("contact_id", "key"),
        Index("ix_contact_tags_key", "organization_id", "key", "contact_id"),
    )

    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    tag: Mapped[str] = mapped_column(String(100))
    key: Mapped[str] = mapped_column(String(100))
    """`tag` without case."""


class ContactNote(Scoped, Base):
    """What a user wrote about a person."""

    __tablename__ = "contact_notes"
    seen_through = ("contact_id",)

    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=91)


class PictureKind(StrEnum):
    """What a picture shows."""

    PHOTO = "photo"
    LOGO = "logo"


class ContactPicture(Scoped, Base):
    """A picture that came with a person from another address book: of them, or their company's logo. Small, a JPEG."""

    __tablename__ = "contact_pictures"
    seen_through = ("contact_id",)
    __table_args__ = (UniqueConstraint("contact_id", "kind"),)

    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    kind: Mapped[PictureKind] = mapped_column(String(10))
    image_file: Mapped[str] = mapped_column(String(120))


class ExternalId(Scoped, Base):
    """What another system calls a contact; of the contacts that one user sees, one has it."""

    __tablename__ = "contact_external_ids"
    seen_through = ("contact_id",)
    __table_args__ = (Index("ix_contact_external_ids_value", "organization_id", "value"),)

    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), index=True)
    value: Mapped[str] = mapped_column(String(200))


class ContactTombstone(Personal, Base):
    """A contact was deleted at `created_at`; no more than its id is left, for clients that keep a copy."""

    __tablename__ = "contact_tombstones"
    __table_args__ = (Index("ix_contact_tombstones_at", "organization_id", "created_at", "contact_id"),)

    contact_id: Mapped[UUID]
    withdrawn_at: Mapped[datetime | None]
    """When it was withdrawn: whoever was told of it before is told that it is erased."""


class Foreign(DeclarativeBase):
    """Models of rows that are another feature's and only read here; `Base` knows those who write them."""


class CrmId(Foreign):
    """What a contact is called in one CRM."""

    __table__ = IN_CRMS
    __mapper_args__ = {"primary_key": [IN_CRMS.c.id]}  # noqa: RUF012

    connection_id: Mapped[UUID]
    remote_id: Mapped[str]
