"""Selects over reviews."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, Text, cast, select
from sqlalchemy.orm import selectinload

from app.reviews.models import Review, ReviewState
from app.scans.models import Card

_WHOLE = selectinload(Review.card).options(selectinload(Card.fields), selectinload(Card.logos), selectinload(Card.scan))


def reviews(state: ReviewState | None = None, reason: str | None = None) -> Select[Review]:
    """Reviews in a state, for a reason, with their cards."""
    found = select(Review).options(_WHOLE)
    if state is not None:
        found = found.where(Review.state == state)
    if reason is not None:
        found = found.where(cast(Review.reasons, Text).contains(f'"{reason}"', autoescape=True))
    return found


def review(review_id: UUID) -> Select[Review]:
    """One review with its card."""
    return reviews().where(Review.id == review_id)


def review_to_change(review_id: UUID) -> Select[Review]:
    """One review with its card, locked until the transaction ends."""
    return review(review_id).with_for_update()


def resolved_after(last: UUID | None, limit: int) -> Select[Review]:
    """Resolved reviews with their cards, oldest first, from behind one of them."""
    found = reviews(ReviewState.RESOLVED).order_by(Review.id).limit(limit)
    return found if last is None else found.where(Review.id > last)
