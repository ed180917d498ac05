"""Pages of contacts: sorted, searched, or in the order of change with what is gone."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, replace
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

_OFTEN = 0.01
"""A word that so large a share of contacts has is not looked up: the index reads all that it has of it."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page."""

    rows: Sequence[Row[Any]]
    next_cursor: str | None
    gone: Sequence[dict[str, Any]] = ()
    sync_from: datetime | None = None


def find(session: Session, wanted: Wanted, sort: Sort | None, cursor: str | None, limit: int) -> Found:
    """One page of the contacts that are wanted, newest first unless `sort` says otherwise.

    What it costs does not grow with the number of contacts, so a page may be short though more follow.
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
    walk = _Walk(session, wanted, order, _decode(cursor, order), limit)
    return walk.page() if walk.rest == queries.ALL else _sift(walk)


class _Walk:
    """Contacts one after the other in an order, from where the page before ended, along the index that fits best."""

    def __init__(
        self, session: Session, wanted: Wanted, order: Sort, last: tuple[Any, UUID] | None, limit: int
    ) -> None:
        self.session, self.wanted, self.limit = session, wanted, limit
        self.along = queries.along_an_index(wanted, order.lstrip("-"))
        self.rest = wanted.without(self.along)
        self._order, self._last, self._falls = order, last, order.startswith("-")

    def page(self) -> Found:
        """A page where the index gives only what is wanted."""
        return self._found(self._in_order(*queries.contacts(self.along)))

    def look(self, count: int) -> tuple[Sequence[UUID], Row[Any] | None]:
        """The wanted ones of the next `count` contacts, at most one more than a page; then where to go on, if any."""
        some = self._in_order(*queries.stretch(self.along))
        ids = self._wanted(some.limit(count), self.rest)
        full = len(ids) > self.limit
        return ids, None if full else self.session.execute(some.offset(count - 1).limit(1)).first()

    def gather(self) -> Sequence[UUID] | None:
        """What `look` finds in all contacts, if one thing that is asked holds of few."""
        dialect = self.session.get_bind().dialect.name
        for found, most in queries.narrowed(self.wanted, self._rare(), dialect):
            some = found.add_columns(self._key(Contact.__table__.c.id).label("position"))
            if (self.session.scalar(queries.count(queries.cut(some, most + 1, dialect))) or 0) <= most:
                return self._wanted(queries.cut(some, most, dialect), self.wanted)
        return None

    def _rare(self) -> Sequence[str]:
        """The words that few of the next contacts have, the rarest first."""
        if not self.wanted.words:
            return ()
        some = self._in_order(*queries.stretch(self.along)).limit(queries.NEAR)
        counts = self.session.execute(queries.having(some, self.wanted.words)).one()
        found = sorted((count, -len(word), word) for count, word in zip(counts, self.wanted.words, strict=True))
        return [word for count, _, word in found if count < queries.NEAR * _OFTEN]

    def shown(self, ids: Sequence[UUID], end: Row[Any] | None) -> Found:
        """A page of what was found; a short one goes on after `end`."""
        found = self._found(self._in_order(queries.these(ids), Contact.__table__.c.id)) if ids else Found([], None)
        return replace(found, next_cursor=_encode(self._order, end)) if end is not None else found

    def _wanted(self, some: Columns, wanted: Wanted) -> Sequence[UUID]:
        found = queries.among(some, wanted, self._last, descending=self._falls)
        return self.session.scalars(found.limit(self.limit + 1)).all()

    def _key(self, newest: ColumnElement[Any]) -> ColumnElement[Any]:
        columns = Contact.__table__.c
        return {"created": newest, "updated": columns.updated_at, "name": columns.sort_key}[self._order.lstrip("-")]

    def _in_order(self, rows: Columns, newest: ColumnElement[Any]) -> Columns:
        key, tie = self._key(newest), Contact.__table__.c.id
        return queries.after(rows.add_columns(key.label("position")), key, tie, self._last, descending=self._falls)

    def _found(self, rows: Columns) -> Found:
        found = self.session.execute(rows.limit(self.limit + 1)).all()
        more = len(found) > self.limit
        return Found(found[: self.limit], _encode(self._order, found[self.limit - 1]) if more else None)


def _sift(walk: _Walk) -> Found:
    """One page of what no index gives in this order.

    What many contacts have is soon met on the way. What few have an index tells at once. What many have, though none of
    the next ones, gives a short page.
    """
    ids, end = walk.look(queries.NEAR)
    often = len(ids) * queries.FAR > walk.limit * queries.NEAR
    if end is not None and often:
        ids, end = walk.look(queries.FAR)
    if end is None:
        return walk.shown(ids, None)
    gathered = walk.gather()
    if gathered is not None:
        return walk.shown(gathered, None)
    return walk.shown(*((ids, end) if often else walk.look(queries.FAR)))


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
