"""Pages of contacts: sorted, searched, or in the order of change with what is gone."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Row
from sqlalchemy.orm import Session

from app.contacts.models import Contact, ContactTombstone
from app.directory import queries
from app.directory.queries import Columns, Wanted
from app.directory.schemas import Sort
from app.kit.clock import now
from app.kit.errors import BadCursor, InvalidRequest

_LATEST_COMMIT = timedelta(minutes=1)
"""A change that was written but not committed when a client asked becomes visible within this time."""
_FEW = 1_000
"""So many hits of a search are sorted here; of more, a page is near in the order of newness. PostgreSQL takes each
beginning of a word for one row in 200 and would read a million rows to find one."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page."""

    rows: Sequence[Row[Any]]
    next_cursor: str | None
    gone: Sequence[dict[str, Any]] = ()
    sync_from: datetime | None = None


def find(session: Session, wanted: Wanted, sort: Sort | None, cursor: str | None, limit: int) -> Found:
    """One page of the contacts that are wanted, newest first unless `sort` says otherwise.

    With `updated_since` and no other order the page follows the order of change and tells what is gone.

    Raises:
        BadCursor: the cursor was not made here, or for another order.
        InvalidRequest: a search is asked for in another order than newest first.
    """
    if wanted.words and sort not in (None, "-created"):
        raise InvalidRequest("A search shows the newest first; leave `sort` out.")
    if wanted.updated_since is not None and not wanted.words and sort in (None, "updated"):
        return _changes(session, wanted, wanted.updated_since, cursor, limit)
    order = sort or "-created"
    dialect, last = session.get_bind().dialect.name, _decode(cursor, order)
    rows, newest = queries.contacts(wanted, dialect)
    if wanted.words and dialect != "sqlite":
        hits = session.scalars(queries.hits(wanted, dialect).limit(_FEW + 1)).all()
        rows = rows if len(hits) > _FEW else queries.these(_newest(hits, last, limit + 1))
    key = _key(order, newest)
    tie: ColumnElement[Any] = Contact.__table__.c.id
    page = queries.after(rows.add_columns(key.label("position")), key, tie, last, descending=order.startswith("-"))
    found = session.execute(page.limit(limit + 1)).all()
    return Found(found[:limit], _encode(order, found[limit - 1]) if len(found) > limit else None)


def _newest(ids: Sequence[UUID], last: tuple[Any, UUID] | None, count: int) -> Sequence[UUID]:
    return sorted((one for one in ids if last is None or one < last[0]), reverse=True)[:count]


def _key(order: Sort, newest: ColumnElement[Any]) -> ColumnElement[Any]:
    columns = Contact.__table__.c
    return {"created": newest, "updated": columns.updated_at, "name": columns.sort_key}[order.lstrip("-")]


def _changes(session: Session, wanted: Wanted, since: datetime, cursor: str | None, limit: int) -> Found:
    """Contacts that changed and those that are gone, in one order, so that a client can stop and go on anywhere."""
    last = _decode(cursor, "updated")
    living = _in_order(session, queries.changed(wanted), Contact, "id", last, limit)
    dead = _in_order(session, queries.deleted(since), ContactTombstone, "contact_id", last, limit)
    both = list(islice(merge(living, dead, key=attrgetter("updated_at", "id")), limit + 1))
    rows = [row for row in both[:limit] if hasattr(row, "version") and row.merged_into_id is None]
    gone = [
        {"id": row.id, "at": row.updated_at, "merged_into_id": getattr(row, "merged_into_id", None)}
        for row in both[:limit]
        if not hasattr(row, "version") or row.merged_into_id is not None
    ]
    following = _encode("updated", both[limit - 1]) if len(both) > limit else None
    return Found(rows, following, gone, now() - _LATEST_COMMIT)


def _in_order(
    session: Session, rows: Columns, model: type[Any], tie: str, last: tuple[Any, UUID] | None, limit: int
) -> Sequence[Row[Any]]:
    columns = model.__table__.c
    key = columns.updated_at if model is Contact else columns.created_at
    return session.execute(queries.after(rows, key, columns[tie], last, descending=False).limit(limit + 1)).all()


def _encode(order: str, row: Row[Any]) -> str:
    position = row.updated_at if order.endswith("updated") else row.position
    return base64.urlsafe_b64encode(orjson.dumps([order, position, row.id])).rstrip(b"=").decode()


def _decode(cursor: str | None, order: str) -> tuple[Any, UUID] | None:
    if cursor is None:
        return None
    try:
        made_for, position, last = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if made_for != order:
            raise BadCursor
        return _position(order, position), UUID(last)
    except (ValueError, TypeError, AttributeError, binascii.Error) as wrong:
        raise BadCursor from wrong


def _position(order: str, position: Any) -> Any:
    if order.endswith("updated"):
        return datetime.fromisoformat(position)
    if order.endswith("created") and isinstance(position, str):
        return UUID(position)
    if order.endswith("name") != isinstance(position, str):
        raise BadCursor
    return position
