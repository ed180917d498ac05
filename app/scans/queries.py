"""Selects over scans and cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.scans.models import Card, CardLogo, Scan, ScanStatus


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


def card_with_fields(card_id: UUID) -> Select[Card]:
    """One card with its fields, logos and scan."""
    parts = (selectinload(Card.fields), selectinload(Card.logos), selectinload(Card.scan))
    return select(Card).where(Card.id == card_id).options(*parts)


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
    columns = (Scan.front_file, Scan.back_file, Card.image_file, CardLogo.image_file)
    return [select(column).where(column.in_(keys)).execution_options(all_organizations=True) for column in columns]


def cards_of_contact(contact_id: UUID) -> Select[Card]:
    """Every card that a contact was read from, newest first, with its scan."""
    newest = select(Card).where(Card.contact_id == contact_id).order_by(Card.id.desc())
    return newest.options(selectinload(Card.scan))
