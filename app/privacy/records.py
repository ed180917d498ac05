"""Everything held of a person, found by following the foreign keys, so that a new feature is in it by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table
from sqlalchemy.orm import Session

from app.kit.db import Base
from app.privacy import queries

Records = dict[str, list[dict[str, Any]]]
"""Rows by table, ready for JSON."""

_UPWARD = {"cards": "scan_id"}
"""What a row of a table belongs to, and is told with it."""
_ABOUT = {"webhook_messages": "object_id"}
"""Tables that name a person, or a scan of them, without a foreign key."""
_NOT_FOLLOWED = {"scans", "evidence"}
"""A scan may show other people, and a pair's evidence leads to what two companies did: their rows are told alone."""


def records_of(session: Session, contact_ids: Collection[UUID]) -> Records:
    """Every row about these contacts, in all tables."""
    found: dict[str, dict[Any, dict[str, Any]]] = defaultdict(dict)
    tables = Base.metadata.tables
    _collect(session, found, tables["contacts"], tables["contacts"].c.id, contact_ids)
    for name, column in _UPWARD.items():
        above = next(iter(tables[name].c[column].foreign_keys)).column.table
        _collect(session, found, above, above.c.id, {row[column] for row in found[name].values()})
    objects = {*contact_ids, *own_scans(session, found["scans"], contact_ids)}
    for name, column in _ABOUT.items():
        _collect(session, found, tables[name], tables[name].c[column], objects)
    return {name: [_plain(row) for row in rows.values()] for name, rows in sorted(found.items()) if rows}


def own_scans(session: Session, scan_ids: Collection[UUID], contact_ids: Collection[UUID]) -> set[UUID]:
    """Those of the scans that show these contacts and nobody else."""
    shared = set(session.scalars(queries.shared_scans(scan_ids, contact_ids)))
    return {scan_id for scan_id in scan_ids if scan_id not in shared}


def _collect(
    session: Session,
    found: dict[str, dict[Any, dict[str, Any]]],
    table: Table,
    column: Column[Any],
    values: Collection[Any],
) -> None:
    """Add the rows of a table whose `column` is one of `values`, and whatever points to them."""
    select_rows = queries.rows(table, session.info["organization_id"], column, values)
    fresh = [dict(row) for row in session.execute(select_rows).mappings() if row["id"] not in found[table.name]]
    found[table.name] |= {row["id"]: row for row in fresh}
    if not fresh or table.name in _NOT_FOLLOWED:
        return
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys if "organization_id" in other.c else ():
            if key.column is table.c.id:
                _collect(session, found, other, key.parent, {row["id"] for row in fresh})


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items() if name != "organization_id"}


def _value(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
