"""What a database keeps of rows that are deleted: SQLite in its search index, until that is merged, and in its
write-ahead log, until that is folded into the file.

The file itself holds nothing of them: every connection overwrites what it deletes (`secure_delete`). PostgreSQL reuses
the space by itself; its own log and backups are the operator's (docs/operations.md).
"""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import Engine


class StillRead(Exception):
    """Somebody still reads the write-ahead log; try again."""


_SEARCH_INDEXES = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"


def forget_deleted(engine: Engine) -> None:
    """Let nothing be left of deleted rows in SQLite's search indexes and in its log; PostgreSQL has neither.

    Raises:
        StillRead: a reader kept it from being emptied.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.begin() as connection:
        for name in connection.exec_driver_sql(_SEARCH_INDEXES).scalars().all():
            connection.exec_driver_sql(f"INSERT INTO {name} ({name}) VALUES ('optimize')")  # noqa: S608  a table of ours
    with closing(engine.raw_connection()) as connection:
        busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StillRead
