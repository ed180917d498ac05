"""The queue of cards that a person should look at: who looks, and what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.companies.resolution import AMBIGUOUS, wait_for_turn
from app.contacts import service as contacts
from app.contacts.models import Contact, PointKind
from app.contacts.normal import point_key
from app.contacts.resolution import POSSIBLE_DUPLICATE
from app.contacts.schemas import ContactChange, PointIn
from app.kit.clock import now
from app.kit.db import Begin, in_room, insert_if_absent
from app.kit.errors import Conflict, NotFound
from app.kit.ids import new_id
from app.reviews import queries
from app.reviews.models import Review, ReviewState
from app.reviews.printed import LISTS, SINGLE, Printed, printed_on, truth_of
from app.reviews.schemas import Resolution
from app.scans import queries as scans

LEASE = timedelta(minutes=10)
"""How long a card is one user's to look at."""
_DOUBTS = (POSSIBLE_DUPLICATE, AMBIGUOUS)
_BATCH = 200


class Claimed(Conflict):
    """Somebody else is looking at this card."""

    code = "claimed"


class AlreadyResolved(Conflict):
    """Somebody has said what is on this card; correct the contact instead."""

    code = "already_resolved"


def enqueue(session: Session, scan_id: UUID) -> None:
    """Queue the cards of a finished scan that a person should look at. A second time changes nothing."""
    for card in session.scalars(scans.cards_of_scan(scan_id)).all():
        contact = session.get(Contact, card.contact_id) if card.contact_id else None
        doubts = [reason for reason in _DOUBTS if contact is not None and reason in contact.review]
        reasons = list(dict.fromkeys([*card.review, *doubts]))
        if reasons:
            new = {"id": new_id(), "created_at": now(), "state": ReviewState.OPEN, "reasons": reasons, "printed": {}}
            insert_if_absent(session, Review, unique=("card_id",), card_id=card.id, **new)


def get(session: Session, review_id: UUID) -> Review:
    """A review with its card.

    Raises:
        NotFound: no such review, or not yours.
    """
    review = session.scalars(queries.review(review_id)).one_or_none()
    if review is None:
        raise NotFound
    return review


def claim(session: Session, user_id: UUID, review_id: UUID) -> Review:
    """Look at a card, for `LEASE` from now; whoever has it may claim it anew.

    Raises:
        NotFound: no such review, or not yours.
        Claimed: somebody else looks at it.
        AlreadyResolved: there is nothing left to say.
    """
    review = _free(session, user_id, review_id)
    review.claimed_by_id, review.claimed_until = user_id, now() + LEASE
    session.flush()
    return review


def skip(session: Session, user_id: UUID, review_id: UUID) -> Review:
    """Put a card aside. Raises as `claim`."""
    review = _free(session, user_id, review_id)
    review.state, review.claimed_by_id, review.claimed_until = ReviewState.SKIPPED, None, None
    session.flush()
    return review


def resolve(session: Session, user_id: UUID, review_id: UUID, said: Resolution, region: str) -> Review:
    """Keep what is printed on a card as a person says, and correct its contact: no card overwrites that.

    Args:
        session: of the organization.
        user_id: who says so.
        review_id: of the review.
        said: what differs from what was read.
        region: ISO 3166 country of a phone number without one.

    Raises:
        NotFound: no such review, or not yours.
        Claimed: somebody else looks at it.
        AlreadyResolved: somebody said it before.
    """
    wait_for_turn(session)
    review = _free(session, user_id, review_id)
    read = printed_on(review.card)
    corrections = said.model_dump(mode="json", include=said.model_fields_set)
    if review.card.contact_id is not None:
        _correct_contact(session, review.card.contact_id, read, said, region)
    review.printed = read | corrections
    review.state, review.claimed_by_id, review.claimed_until = ReviewState.RESOLVED, None, None
    review.resolved_by_id, review.resolved_at = user_id, now()
    session.flush()
    return review


def truth(begin: Begin) -> Iterator[bytes]:
    """What was said of every resolved card that the opener may see, a JSON object a line, oldest first."""
    last: UUID | None = None
    while True:
        with begin(reading=True) as session:
            found = session.scalars(queries.resolved_after(last, _BATCH)).all()
            lines = [json.dumps(truth_of(review), ensure_ascii=False) for review in found]
        if not found:
            return
        last = found[-1].id
        yield "".join(f"{line}\n" for line in lines).encode()


def _free(session: Session, user_id: UUID, review_id: UUID) -> Review:
    review = session.scalars(queries.review_to_change(review_id)).one_or_none()
    if review is None:
        raise NotFound
    if review.state == ReviewState.RESOLVED:
        raise AlreadyResolved
    if review.claimed_until is not None and review.claimed_until > now() and review.claimed_by_id != user_id:
        raise Claimed
    return review


def _correct_contact(session: Session, contact_id: UUID, read: Printed, said: Resolution, region: str) -> None:
    contact = contacts.get(session, contact_id)
    told = said.model_fields_set
    change: dict[str, Any] = {name: getattr(said, name) for name in SINGLE if name in told}
    for name, column in LISTS.items():
        if name in told:
            change[column] = ", ".join(getattr(said, name)) or None
    if "points" in told:
        change["points"] = [*_of_other_cards(contact, read), *said.points]
    # Built as it is: what the contact has already is not to be judged again.
    whole = ContactChange.model_construct({*change, "needs_review"}, needs_review=False, **change)
    with in_room(session, contact.audience_id):
        contacts.correct(session, contact_id, "*", whole, region)


def _of_other_cards(contact: Contact, read: Printed) -> Iterator[PointIn]:
    """What a contact has that this card does not say: it stays."""
    here = {(point["kind"], point_key(point["kind"], point["value"], point["extension"])) for point in read["points"]}
    for point in contact.points:
        if not point.removed and (point.kind, point.key) not in here:
            yield PointIn.model_construct(
                kind=PointKind(point.kind), value=point.value, type=point.type, extension=point.extension
            )
