"""Selects over scans and cards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.kit.db import Base
from app.scans.models import DELETED, FINISHED, Card, CardLogo, Scan, ScanStatus


def scans(status: ScanStatus | None = None) -> Select[Scan]:
    """Scans, without their cards."""
    found = select(Scan)
    return found if status is None else found.where(Scan.status == status)


def scan_with_cards(scan_id: UUID) -> Select[Scan]:
    """One scan with everything that was read from it."""
    cards = selectinload(Scan.cards)
    whole = (cards.selectinload(Card.fields), cards.selectinload(Card.logos))
    return select(Scan).where(Scan.id == scan_id).options(*whole)


def scan_to_change(scan_id: UUID) -> Select[Scan]:
    """One scan, locked until the transaction ends."""
    return select(Scan).where(Scan.id == scan_id).with_for_update()


def image_of_card(card_id: UUID) -> Select[str]:
    """Only the key of its picture."""
    return select(Card.image_file).where(Card.id == card_id)


def cards_of_scan(scan_id: UUID) -> Select[Card]:
    """The cards of a scan in order, with their fields, logos and scan."""
    parts = (selectinload(Card.fields), selectinload(Card.logos), selectinload(Card.scan))
    return select(Card).where(Card.scan_id == scan_id).order_by(Card.position).options(*parts)


def scan_status(scan_id: UUID) -> Select[ScanStatus]:
    """Only where a scan is on its way."""
    return select(Scan.status).where(Scan.id == scan_id)


def files_in_use(keys: Sequence[str]) -> list[Select[Any]]:
    """Which of these files something still points to, in any organization."""
    columns = [column for table in Base.metadata.tables.values() for column in table.c if column.name.endswith("_file")]
    return [select(column).where(column.in_(keys)).execution_options(all_organizations=True) for column in columns]


def cards_of_contact(contact_id: UUID) -> Select[Card]:
    """Every card that a contact was read from, newest first, with its scan."""
    newest = select(Card).where(Card.contact_id == contact_id).order_by(Card.id.desc())
    return newest.options(selectinload(Card.scan))


def pictures_of_cards(contact_ids: Collection[UUID]) -> Select[UUID, UUID, str]:
    """Contact, id and key of the picture of the cards of these contacts, newest first."""
    keys = select(Card.contact_id, Card.id, Card.image_file)
    return keys.where(Card.contact_id.in_(contact_ids)).order_by(Card.id.desc())  # type: ignore[return-value]  # of one


def pictures_of_logos(card_ids: Collection[UUID]) -> Select[UUID, str]:
    """Card and key of the picture of the logos of these cards, the surest first."""
    keys = select(CardLogo.card_id, CardLogo.image_file).where(CardLogo.card_id.in_(card_ids))
    return keys.order_by(CardLogo.confidence.desc(), CardLogo.position)


_WITH_PICTURES = selectinload(Scan.cards).selectinload(Card.logos)


def scans_with_old_photos(before: datetime, limit: int) -> Select[Scan]:
    """Finished scans older than that which still have their photos, with cards and logos, oldest first."""
    old = select(Scan).where(Scan.created_at < before, Scan.front_file != DELETED, Scan.status.in_(FINISHED))
    return old.order_by(Scan.id).limit(limit).options(_WITH_PICTURES)


def scans_showing(contact_ids: Collection[UUID]) -> Select[Scan]:
    """Every scan with a card of one of these contacts, with all its cards and logos, locked."""
    shown = select(Card.scan_id).where(Card.contact_id.in_(contact_ids))
    return select(Scan).where(Scan.id.in_(shown)).order_by(Scan.id).with_for_update().options(_WITH_PICTURES)


def scans_of_photos(keys: Collection[str]) -> Select[Scan]:
    """Every scan of one of these photos, locked."""
    same = Scan.front_file.in_(keys) | Scan.back_file.in_(keys)
    return select(Scan).where(same).order_by(Scan.id).with_for_update()


def scans_of_contacts(contact_ids: Collection[UUID]) -> Select[Scan]:
    """Every scan that has a card of one of these contacts, locked until the transaction ends."""
    theirs = select(Card.scan_id).where(Card.contact_id.in_(contact_ids))
    return select(Scan).where(Scan.id.in_(theirs)).order_by(Scan.id).with_for_update()


def scans_private_to(user_id: UUID, limit: int) -> Select[Scan]:
    """Some of the scans that a user alone sees, locked until the transaction ends."""
    return select(Scan).where(Scan.audience_id == user_id).order_by(Scan.id).limit(limit).with_for_update()
