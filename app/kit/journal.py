"""What was there before a change, so that it can be taken back: values that were set, rows that point elsewhere now.

The journal of a change is a plain document; it is kept with the thing that it belongs to and erased with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, Text, cast, delete, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapper, Session

from app.kit.clock import now
from app.kit.db import Base, Sessions

Entry = dict[str, Any]
"""`{"table": "contacts", "id": "…", "column": "name", "before": …, "after": …}`."""

_MARGIN = timedelta(hours=1)
"""What is being undone at the last moment is not forgotten meanwhile."""
_AT_A_TIME = 500

_KINDS = {UUID: "uuid", datetime: "datetime", date: "date"}
"""What JSON has no word for, and the word that it is kept under."""


def unsaved_changes(session: Session, *, but: Sequence[str] = ("version", "updated_at")) -> list[Entry]:
    """What was set on rows since the last flush."""
    return [entry for row in session.dirty for entry in _changes(row, but)]


def _changes(row: Any, but: Sequence[str]) -> Iterable[Entry]:
    state = inspect(row)
    for column in state.mapper.column_attrs:
        history = state.attrs[column.key].history
        if column.key not in but and history.has_changes():
            before, after = (_plain(values[0]) if values else None for values in (history.deleted, history.added))
            yield {
                "table": row.__tablename__,
                "id": str(row.id),
                "column": column.key,
                "before": before,
                "after": after,
            }


def take_back(session: Session, entries: Sequence[Entry]) -> None:
    """Set every value to what it was, unless it was set anew since."""
    mappers: dict[str, Mapper[Any]] = {mapper.class_.__tablename__: mapper for mapper in Base.registry.mappers}
    for entry in reversed(entries):
        mapper = mappers[entry["table"]]
        row = session.get(mapper.class_, UUID(entry["id"]))
        if row is not None and _plain(getattr(row, entry["column"])) == entry["after"]:
            setattr(row, entry["column"], _value(entry["before"]))


def _plain(value: Any) -> Any:
    for kind, name in _KINDS.items():
        if type(value) is kind:
            return {"$": name, "value": value.isoformat() if isinstance(value, date) else str(value)}
    return value


def _value(plain: Any) -> Any:
    if not isinstance(plain, dict) or "$" not in plain:
        return plain
    makers: dict[str, Callable[[str], Any]] = {
        "uuid": UUID,
        "datetime": datetime.fromisoformat,
        "date": date.fromisoformat,
    }
    return makers[plain["$"]](plain["value"])


def pointing_at(table: Table, but: Sequence[str] = ()) -> list[Column[Any]]:
    """Columns of all features that refer to the ids of `table`, those of the tables named in `but` left out."""
    others = (other for other in Base.metadata.sorted_tables if other.name not in but)
    return [key.parent for other in others for key in other.foreign_keys if key.column.table is table]


def repoint(session: Session, columns: Iterable[Column[Any]], old: UUID, new: UUID) -> dict[str, Any]:
    """Let every row that points to `old` point to `new`; ids of those rows by `table.column`.

    A row stays where `new` has its like already, that is, where a unique index would be violated.
    """
    moved = {}
    for column in columns:
        ids = _move_all(session, column, old, new)
        if ids:
            moved[f"{column.table.name}.{column.name}"] = ids
    return moved


def _move_all(session: Session, column: Column[Any], old: UUID, new: UUID) -> list[str]:
    table = column.table
    mine = (table.c.organization_id == session.info["organization_id"], column == old)
    try:
        with session.begin_nested():
            all_at_once = update(table).where(*mine).values({column: new}).returning(table.c.id)
            return [str(row_id) for row_id in session.scalars(all_at_once)]
    except IntegrityError:
        rows = session.scalars(select(table.c.id).where(*mine)).all()
        return [str(row_id) for row_id in rows if _moves(session, table, column, row_id, new)]


def _moves(session: Session, table: Table, column: Column[Any], row_id: UUID, new: UUID) -> bool:
    try:
        with session.begin_nested():
            session.execute(update(table).where(table.c.id == row_id).values({column: new}))
    except IntegrityError:
        return False
    return True


def point_back(session: Session, moved: dict[str, Any], old: UUID, new: UUID) -> None:
    """Let those rows that still point to `new` point to `old` again."""
    for place, ids in moved.items():
        table = Base.metadata.tables[place.partition(".")[0]]
        column = table.c[place.partition(".")[2]]
        mine = table.c.organization_id == session.info["organization_id"]
        rows = update(table).where(mine, table.c.id.in_([UUID(each) for each in ids]), column == new)
        session.execute(rows.values({column: old}))


def take_out(session: Session, column: Column[Any], old: UUID) -> list[Entry]:
    """Delete the rows that still point to `old`; returns them whole, for `put_back`."""
    table = column.table
    mine = (table.c.organization_id == session.info["organization_id"], column == old)
    rows = session.execute(select(table).where(*mine)).mappings().all()
    session.execute(delete(table).where(*mine))
    return [{"table": table.name, "row": {name: _plain(value) for name, value in row.items()}} for row in rows]


def put_back(session: Session, entries: Sequence[Entry]) -> None:
    """Write deleted rows again, but for those that belonged to something that is gone, or that are there anew."""
    for entry in entries:
        row = {name: _value(value) for name, value in entry["row"].items()}
        try:
            with session.begin_nested():
                session.execute(insert(Base.metadata.tables[entry["table"]]).values(**row))
        except IntegrityError:
            continue


def outrun(session: Session, row: Any, other: Any) -> None:
    """Let the version of a row be later than that of another one, whose ETags then are none of its own.

    A client that saw the other one and is led to this one has not seen it.
    """
    session.flush()
    if row.version <= other.version:
        table = inspect(row).mapper.local_table
        session.execute(update(table).where(table.c.id == row.id).values(version=other.version + 1))
        session.refresh(row, ["version"])


def forget(sessions: Sessions, table: Table, after: timedelta) -> int:
    """Empty the journals (`changes` and `moved`) of rows of all organizations that are older; returns of how many.

    The rows stay: they tell that there was a change, and when.
    """
    full = (cast(table.c.changes, Text) != "[]") | (cast(table.c.moved, Text) != "{}")
    old = select(table.c.id).where(table.c.created_at < now() - after - _MARGIN, full).limit(_AT_A_TIME)
    forgotten, last = 0, _AT_A_TIME
    while last == _AT_A_TIME:
        with sessions.begin() as session:
            ids = session.scalars(old).all()
            session.execute(update(table).where(table.c.id.in_(ids)).values(changes=[], moved={}))
        forgotten, last = forgotten + len(ids), len(ids)
    return forgotten
