"""Accounts: who sells into which company, and how far they are there."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.books.terms import Relation
from app.companies.models import Company
from app.kit.clock import now
from app.kit.db import Base, Scoped


class Account(Scoped, Base):
    """A company that a user sells into, or a contact as far as a user knows."""

    __tablename__ = "accounts"
    seen_through = ("contact_id",)
    __table_args__ = (
        UniqueConstraint("user_id", "company_id"),
        UniqueConstraint("contact_id", "company_id"),
        CheckConstraint("(user_id IS NULL) <> (contact_id IS NULL)", name="one_holder"),
        Index("ix_accounts_sellers", "organization_id", "company_id", "seller_id", "user_id"),
        Index("ix_accounts_sold", "seller_id", "company_id"),
        Index("ix_accounts_buyers", "seller_id", "industry"),
        Index(
            "ix_accounts_of_users",
            "company_id",
            sqlite_where=text("user_id IS NOT NULL"),
            postgresql_where=text("user_id IS NOT NULL"),
        ),
        Index(
            "ix_accounts_book",  # a page of a user's book, however long
            "user_id",
            "id",
            sqlite_where=text("user_id IS NOT NULL"),
            postgresql_where=text("user_id IS NOT NULL"),
            info={"rows": 1_000_000},  # nobody should look through all users' books by it
        ),
        Index(
            "ix_accounts_industries",
            "organization_id",
            "industry",
            sqlite_where=text("user_id IS NOT NULL"),
            postgresql_where=text("user_id IS NOT NULL"),
            info={"rows": 1_000_000},
        ),
    )

    company_id: Mapped[UUID] = mapped_column(
        ForeignKey("companies.id", ondelete="CASCADE"), index=True, info={"agreeing": 1_000}
    )
    """The customer. Some have tens of thousands of sellers: who asks for a few of them goes by the sellers' books."""
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    """Whose book it is in; null when it is a contact's."""
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    seller_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("companies.id", ondelete="SET NULL"), info={"agreeing": 25}
    )
    """Where the contact works now, kept here so that a company's accounts are found at once; null of a user."""
    relation: Mapped[Relation] = mapped_column(String(20))
    industry: Mapped[str | None] = mapped_column(String(100))
    """Of the customer."""
    product_category: Mapped[str | None] = mapped_column(String(100))
    """What is sold there."""
    never_share: Mapped[bool] = mapped_column(default=False)
    """It takes no part in any matching with a partner's book."""
    confirmed: Mapped[bool] = mapped_column(default=False)
    """Whether whoever sells there has said so: always in a user's own book, of a contact where a user says it."""
    confirmed_at: Mapped[datetime] = mapped_column(default=now)
    """When it was last said."""
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now, sort_order=91)

    company: Mapped[Company] = relationship(lazy="raise", foreign_keys=company_id)
