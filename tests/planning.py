"""How a database would find the rows of a query."""

from __future__ import annotations

import sqlalchemy as sa


def plan(session, query) -> str:
    """What the database would do, as it says."""
    caught: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        caught.append((statement, parameters))

    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", note)
    session.execute(query).all()
    sa.event.remove(connection, "before_cursor_execute", note)
    statement, parameters = caught[0]
    words = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(words + statement, parameters))
