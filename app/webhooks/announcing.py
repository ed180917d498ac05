"""From a fact to what is owed: one message with its body frozen, one delivery for each endpoint that wants its type."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from app.kit.clock import now
from app.kit.db import insert_for, insert_if_absent
from app.kit.ids import new_id
from app.kit.queue import publish
from app.webhooks import queries
from app.webhooks.events import EndpointDue
from app.webhooks.models import Delivery, DeliveryStatus, Endpoint, Message, Sequence
from app.webhooks.payloads import body

Data = Callable[[], dict[str, Any] | None]
"""The full state of the object, ready for JSON; None when it is gone."""


def announce(
    session: Session,
    message_id: UUID,
    event_type: str,
    object_id: UUID,
    data: Data,
    *,
    known_before: datetime | None = None,
) -> None:
    """Owe a message to every endpoint that wants its type. A second call with the same id changes nothing.

    Args:
        session: of the organization.
        message_id: that the message has or gets.
        event_type: of the catalogue.
        object_id: whose state it shows.
        data: that state.
        known_before: endpoints that came later are not told.
    """
    wanting = [endpoint for endpoint in session.scalars(queries.endpoints()) if endpoint.wants(event_type)]
    if known_before is not None:
        wanting = [endpoint for endpoint in wanting if endpoint.created_at <= known_before]
    if wanting:
        tell(session, wanting, message_id, event_type, object_id, data)


def tell(
    session: Session, endpoints: Iterable[Endpoint], message_id: UUID, event_type: str, object_id: UUID, data: Data
) -> None:
    """Owe a message to these endpoints, unless its object is gone. One that is disabled gets it once enabled again."""
    message = _freeze(session, message_id, event_type, object_id, data)
    if message is None:
        return
    for endpoint in endpoints:
        values = {
            "id": new_id(),
            "created_at": now(),
            "endpoint_id": endpoint.id,
            "message_id": message.id,
            "status": DeliveryStatus.PENDING,
            "attempts": 0,
            "next_at": now(),
        }
        is_new = insert_if_absent(session, Delivery, unique=("endpoint_id", "message_id"), **values)
        if is_new and endpoint.is_enabled:
            publish(session, EndpointDue(endpoint.id))


def _freeze(session: Session, message_id: UUID, event_type: str, object_id: UUID, data: Data) -> Message | None:
    """The message of this id, written now if it is not there; None when its object is gone."""
    # The number is taken first: it locks the object's row, so a higher number always shows a later state.
    sequence = next_number(session, object_id)
    message = session.get(Message, message_id)
    if message is not None:
        return message
    state = data()
    if state is None:
        return None
    text = orjson.dumps(body(event_type, now().isoformat(), sequence, state)).decode()
    message = Message(id=message_id, type=event_type, object_id=object_id, sequence=sequence, body=text)
    session.add(message)
    session.flush()
    return message


def next_number(session: Session, object_id: UUID) -> int:
    """One more message about an object; nobody else announces anything of it until the transaction ends."""
    values = {"organization_id": session.info["organization_id"], "object_id": object_id, "last": 1}
    insert = insert_for(session, Sequence).values(id=new_id(), created_at=now(), **values)
    counted = insert.on_conflict_do_update(
        index_elements=["organization_id", "object_id"], set_={"last": Sequence.last + 1}
    )
    return session.execute(counted.returning(Sequence.last)).scalar_one()
