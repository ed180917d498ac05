"""What was sent or waits to be sent about something that is erased goes, with every attempt and answer."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.webhooks import queries
from app.webhooks.announcing import next_number
from app.webhooks.models import Message


def forget_objects(session: Session, object_ids: Collection[UUID]) -> set[UUID]:
    """Delete every message about these objects; returns those of them about which somebody still waited to hear.

    Whoever announces one of them just now is waited for; whoever comes later finds it gone.
    """
    for object_id in sorted(object_ids):  # in one order, so that no two of us wait for each other
        next_number(session, object_id)
    awaited = set(session.scalars(queries.awaited_objects(object_ids)))
    session.execute(delete(Message).where(Message.object_id.in_(object_ids)))
    return awaited
