"""What a database keeps of rows that are deleted: SQLite in its search index, until that is merged; in its file, where
a row was before its page was split; and in its write-ahead log, until that is folded into the file.

Every connection overwrites what it deletes (`secure_delete`), but not the copies that stay behind when rows move from
one page to another: only a file that is written anew has none. PostgreSQL reuses the space by itself; its own log and
backups are the operator's (docs/operations.md).
"""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import Engine


class StillRead(Exception):
    """Somebody still reads the write-ahead log; try again."""


_SEARCH_INDEXES = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"


def forget_deleted(engine: Engine) -> None:
    """Let nothing be left of deleted rows in SQLite's search indexes, file and log; PostgreSQL has none of these.

    The file is written anew: as long as that takes, others read and wait to write.

    Raises:
        StillRead: a reader kept the log from being emptied.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.begin() as connection:
        for name in connection.exec_driver_sql(_SEARCH_INDEXES).scalars().all():
            connection.exec_driver_sql(f"INSERT INTO {name} ({name}) VALUES ('optimize')")  # noqa: S608  a table of ours
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StillRead
