"""Selects over erasures, and over whatever is held of a person."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Select, Table, func, or_, select
from sqlalchemy.orm import selectinload

from app.alliances.models import Alliance, Evidence
from app.auth.models import User
from app.books.models import Account
from app.companies.models import Company
from app.contacts.models import Contact, ContactDoubt, ContactMerge, ContactNote, ContactTag, Employment
from app.exchanges.models import Exchange
from app.privacy.models import Erasure
from app.scans.models import Card


def erasures() -> Select[Erasure]:
    """All of them."""
    return select(Erasure)


def unfinished_erasures() -> Select[Erasure]:
    """Those of which files and what the database keeps of deleted rows are still to go, oldest first."""
    return select(Erasure).where(Erasure.finished_at.is_(None)).order_by(Erasure.id)


def erasure_of(contact_id: UUID) -> Select[Erasure]:
    """That of one contact."""
    return select(Erasure).where(Erasure.contact_id == contact_id)


def merged_into(contact_ids: Collection[UUID]) -> Select[UUID]:
    """The contacts that became part of one of these."""
    return select(Contact.id).where(Contact.merged_into_id.in_(contact_ids))


def once_merged_with(contact_ids: Collection[UUID]) -> Select[UUID, UUID]:
    """Both sides of every merge, undone or not, in which one of these took part."""
    took_part = ContactMerge.survivor_id.in_(contact_ids) | ContactMerge.merged_id.in_(contact_ids)
    return select(ContactMerge.survivor_id, ContactMerge.merged_id).where(took_part)


def doubtful_about(contact_ids: Collection[UUID]) -> Select[UUID, UUID]:
    """Both sides of every question whether one of these contacts is another one."""
    asked = ContactDoubt.contact_id.in_(contact_ids) | ContactDoubt.other_id.in_(contact_ids)
    return select(ContactDoubt.contact_id, ContactDoubt.other_id).where(asked)


def own_cards(contact_ids: Collection[UUID]) -> Select[UUID | None]:
    """The users' own cards on photos that show one of these contacts."""
    scans = select(Card.scan_id).where(Card.contact_id.in_(contact_ids))
    own = select(Exchange.own_card_id).where(Exchange.own_card_id.is_not(None))
    return own.where(Exchange.own_card_id.in_(select(Card.id).where(Card.scan_id.in_(scans))))


def shared_scans(scan_ids: Collection[UUID], contact_ids: Collection[UUID]) -> Select[UUID]:
    """Those of these scans that show a card of anybody else."""
    others = Card.contact_id.is_(None) | Card.contact_id.not_in(contact_ids)
    return select(Card.scan_id).where(Card.scan_id.in_(scan_ids), others).distinct()


def companies_of(contact_ids: Collection[UUID]) -> Select[UUID | None]:
    """Where these contacts work, worked or were met."""
    worked = select(Employment.company_id).where(Employment.contact_id.in_(contact_ids))
    met = select(Exchange.company_id).where(Exchange.contact_id.in_(contact_ids))
    everywhere = worked.union(met).subquery()
    return select(everywhere.c.company_id).where(everywhere.c.company_id.is_not(None))


def books_of(contact_ids: Collection[UUID]) -> Select[Account]:
    """What these contacts are known to sell into."""
    return select(Account).where(Account.contact_id.in_(contact_ids))


def companies(company_ids: Collection[UUID]) -> Select[Company]:
    """These companies."""
    return select(Company).where(Company.id.in_(company_ids)).order_by(Company.id)


def pairs_with(company_ids: Collection[UUID]) -> Select[Alliance]:
    """Every pair that one of these companies is in."""
    either = Alliance.company_a_id.in_(company_ids) | Alliance.company_b_id.in_(company_ids)
    return select(Alliance).where(either).order_by(Alliance.id)


def pairs_naming(contact_ids: Collection[UUID]) -> Select[Alliance]:
    """Every pair with evidence that names one of these contacts, wherever they work now."""
    held = select(Evidence.alliance_id).where(Evidence.contact_id.in_(contact_ids))
    return select(Alliance).where(Alliance.id.in_(held)).order_by(Alliance.id)


def pointing(organization_id: UUID, column: Column[Any], ids: Collection[UUID]) -> Select[Any]:
    """Whether any row of another table points to one of these ids by this column."""
    table = column.table
    return select(column).where(table.c.organization_id == organization_id, column.in_(ids)).limit(1)


def rows(table: Table, organization_id: UUID, column: Column[Any], values: Collection[Any]) -> Select[Any]:
    """All columns of the rows of a table whose `column` is one of `values`."""
    mine = table.c.organization_id == organization_id
    return select(table).where(mine, column.in_(values)).order_by(table.c.id)


def texts(table: Table, organization_id: UUID, column: Column[Any], values: Collection[str]) -> Select[Any]:
    """Id and text of the rows whose `column` contains one of `values`, in whatever case."""
    found = or_(*(func.lower(column).contains(value.lower(), autoescape=True) for value in values))
    return select(table.c.id, column).where(table.c.organization_id == organization_id, found)


def meetings(contact_id: UUID) -> Select[datetime, str | None, str | None, str]:
    """When, at which event, where and by whom a contact was met, first meeting first."""
    met = select(Exchange.met_at, Exchange.event, Exchange.place, User.name).join(User, User.id == Exchange.user_id)
    return met.where(Exchange.contact_id == contact_id).order_by(Exchange.met_at)


def overdue(day: date, quiet_since: datetime | None, limit: int) -> Select[UUID]:
    """Contacts that may be held no longer: their last day is over, or nobody met or changed them since a moment."""
    due = Contact.retain_until < day
    if quiet_since is not None:
        met = select(Exchange.id).where(Exchange.contact_id == Contact.id, Exchange.met_at >= quiet_since).exists()
        due = or_(due, Contact.retain_until.is_(None) & (Contact.updated_at < quiet_since) & ~met)
    return select(Contact.id).where(Contact.merged_into_id.is_(None), due).order_by(Contact.id).limit(limit)


def audiences_of(contact_ids: Collection[UUID]) -> Select[UUID, UUID, datetime | None]:
    """Who sees each of these contacts, and when it was withdrawn from the team if it was."""
    return select(Contact.id, Contact.audience_id, Contact.withdrawn_at).where(Contact.id.in_(contact_ids))


def contacts_told_of(words: str) -> Select[Contact]:
    """Contacts with these words in a note or a tag, with their tags."""
    noted = select(ContactNote.contact_id).where(ContactNote.text.contains(words, autoescape=True))
    tagged = select(ContactTag.contact_id).where(ContactTag.tag.contains(words, autoescape=True))
    told = Contact.id.in_(noted) | Contact.id.in_(tagged)
    return select(Contact).where(told).options(selectinload(Contact.tags))
