"""Tells SQLite how selective each index is, so that it picks the right one whatever the tables hold.

Without statistics SQLite takes every index for equally good, and then reads all rows of an organization to find one of
them; with statistics that were measured when the tables were small it may do so later. So the shape of the tables is
written down once, after the migrations: an organization's rows are all there are, those of a parent are ten. PostgreSQL
measures its tables by itself. Format of the rows: https://www.sqlite.org/fileformat2.html#stat1tab
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Boolean, Column, Connection, Engine, String, Table

from app.kit.db import Base

_ROWS = 1_000_000
_OF_A_PARENT = 10
"""Rows that share an id, a name or a moment."""
_KINDS = 4
"""Values of a flag or of a state, each as frequent as the others."""
_OWNERS = 20
"""Users of an organization."""


def describe_tables(engine: Engine) -> None:
    """Write what is known of every index of our tables; a second time changes nothing. Only SQLite needs it."""
    if engine.dialect.name != "sqlite":
        return
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE sqlite_schema")  # makes the table of statistics
        for table in Base.metadata.sorted_tables:
            connection.exec_driver_sql("DELETE FROM sqlite_stat1 WHERE tbl = ?", (table.name,))
            for index, shape in _shapes(connection, table):
                row = (table.name, index, shape)
                connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", row)
        connection.exec_driver_sql("ANALYZE sqlite_schema")  # reads it


def _shapes(connection: Connection, table: Table) -> Iterator[tuple[str, str]]:
    """Each index of a table: its name, and rows in all and for each of its first columns."""
    if table.dialect_options["sqlite"]["with_rowid"] is False:
        return
    told = {index.name: int(index.info["rows"]) for index in table.indexes if "rows" in index.info}
    for _, name, unique, _, partial in connection.exec_driver_sql(f"PRAGMA index_list({table.name})").all():
        columns = [row[2] for row in connection.exec_driver_sql(f"PRAGMA index_info({name})")]
        if None not in columns:
            rows = told.get(name) or (1 if partial else _ROWS)
            counts = _counts([table.c[column] for column in columns], rows, unique=bool(unique))
            yield name, " ".join(map(str, [rows, *counts]))


def _counts(columns: Sequence[Column[object]], rows: int, *, unique: bool) -> list[int]:
    """How many rows agree in the first column, in the first two, …"""
    counts = []
    for column in columns:
        rows = _agreeing(column, rows)
        counts.append(rows)
    return [*counts[:-1], 1] if unique else counts


def _agreeing(column: Column[object], rows: int) -> int:
    if column.name in ("organization_id", "audience_id"):
        return rows
    if "agreeing" in column.info:  # said where the column is: of what may be empty, of the rows where it is not
        return min(rows, int(column.info["agreeing"]))
    is_kind = isinstance(column.type, Boolean) or (isinstance(column.type, String) and (column.type.length or 99) <= 20)
    if is_kind or column.nullable:  # of a column that may be empty most rows may be
        return max(rows // _KINDS, 1)
    if any(key.column.table.name == "users" for key in column.foreign_keys):
        return max(rows // _OWNERS, 1)
    return min(rows, 1 if column.primary_key else _OF_A_PARENT)
