"""Pages by cursor: the id of the last row, newest first. No count, no offset; a page costs the same however deep."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.kit.errors import BadCursor

Row = TypeVar("Row")
Out = TypeVar("Out")

CursorQuery = Annotated[str | None, Query(description="`next_cursor` of the page before.", max_length=200)]
LimitQuery = Annotated[int, Query(ge=1, le=200, description="Rows a page.")]


class Page(BaseModel, Generic[Out]):
    """Some rows and where to go on; `next_cursor` is null on the last page."""

    items: list[Out]
    next_cursor: str | None


def page(
    session: Session,
    rows: Select[Row],
    key: InstrumentedAttribute[UUID],
    cursor: str | None,
    limit: int,
    render: Callable[[Row], Out],
) -> Page[Out]:
    """One page of `rows`, newest `key` first.

    Raises:
        BadCursor: the cursor was not made here.
    """
    if cursor is not None:
        rows = rows.where(key < _decode(cursor))
    found = session.scalars(rows.order_by(key.desc()).limit(limit + 1)).all()
    more = len(found) > limit
    shown = found[:limit]
    session.info["shown"] = len(shown)
    return Page(
        items=[render(row) for row in shown], next_cursor=_encode(getattr(shown[-1], key.key)) if more else None
    )


def _encode(last: UUID) -> str:
    return base64.urlsafe_b64encode(last.bytes).rstrip(b"=").decode()


def _decode(cursor: str) -> UUID:
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as wrong:
        raise BadCursor from wrong
