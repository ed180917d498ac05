"""What a database keeps of rows that are deleted: SQLite in its write-ahead log, until that is folded into the file.

The file itself holds nothing of them: every connection overwrites what it deletes (`secure_delete`). PostgreSQL reuses
the space by itself; its own log and backups are the operator's (docs/operations.md).
"""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import Engine


class StillRead(Exception):
    """Somebody still reads the write-ahead log; try again."""


def fold_log(engine: Engine) -> None:
    """Empty SQLite's write-ahead log into its file; nothing else is to be done elsewhere.

    Raises:
        StillRead: a reader kept it from being emptied.
    """
    if engine.dialect.name != "sqlite":
        return
    with closing(engine.raw_connection()) as connection:
        busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StillRead
