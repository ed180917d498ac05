"""From a fact to what is owed: one link an object and connection, due now. Asking twice is asking once more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.crm import queries
from app.crm.events import ConnectionDue
from app.crm.models import Connection, Link, LinkStatus
from app.crm.talk import Kind
from app.kit.clock import now
from app.kit.db import insert_for
from app.kit.ids import new_id
from app.kit.queue import publish


def owe(session: Session, kind: Kind, object_id: UUID, parent_id: UUID | None = None) -> None:
    """Owe an object to every connection that wants its kind."""
    for connection in session.scalars(queries.connections()):
        if wants(connection, kind):
            owe_to(session, connection, kind, object_id, parent_id)


def wants(connection: Connection, kind: Kind) -> bool:
    """Whether objects of this kind are pushed there."""
    return {Kind.COMPANY: connection.companies, Kind.NOTE: connection.notes}.get(kind, True)


def owe_to(
    session: Session, connection: Connection, kind: Kind, object_id: UUID, parent_id: UUID | None = None
) -> None:
    """Owe an object to one connection. What a closed one is owed is kept."""
    values = {
        "id": new_id(),
        "created_at": now(),
        "updated_at": now(),
        "organization_id": session.info["organization_id"],
        "connection_id": connection.id,
        "kind": kind,
        "object_id": object_id,
        "parent_id": parent_id,
        "is_ours": False,
        "asked": 1,
        "filled": [],
        "memory": {},
        **_due(),
    }
    again = {"asked": Link.asked + 1, **_due()} | ({"parent_id": parent_id} if parent_id else {})
    insert = insert_for(session, Link).values(**values)
    unique = ["connection_id", "kind", "object_id"]
    session.execute(insert.on_conflict_do_update(index_elements=unique, set_=again))
    if connection.is_open:
        publish(session, ConnectionDue(connection.id))


def ask_again(session: Session, links: Iterable[Link], **changes: Any) -> None:
    """Owe again what these links stand for."""
    found = {link.id: link.connection_id for link in links}
    if found:
        again = update(Link).where(Link.id.in_(list(found))).values(asked=Link.asked + 1, **_due(), **changes)
        session.execute(again, execution_options={"synchronize_session": False})
    for connection_id in dict.fromkeys(found.values()):
        publish(session, ConnectionDue(connection_id))


def _due() -> dict[str, Any]:
    return {"status": LinkStatus.PENDING, "attempts": 0, "next_at": now()}
