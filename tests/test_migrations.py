"""A database that is in use goes up to the newest schema and back, and keeps its rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import alembic.command
import pytest
import sqlalchemy as sa

from app.composition import alembic_config
from app.kit.clock import now
from app.kit.db import make_engine
from app.kit.ids import new_id
from tools.postgres import empty_postgres

OLD = "0002"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path) -> Iterator[str]:
    """An empty database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.db'}"
    else:
        with empty_postgres() as url:
            yield url


def insert(connection: sa.Connection, tables: dict[str, sa.Table], name: str, **values: Any) -> Any:
    """One row; columns that are not given get something of their type."""
    row_id = new_id()
    somehow = {"BOOLEAN": False, "FLOAT": 0.5, "INTEGER": 1, "JSON": {}, "JSONB": {}, "DOUBLE": 0.5}
    for column in tables[name].columns:
        kind = str(column.type).split("(", maxsplit=1)[0].split(" ")[0]
        if not column.nullable and column.name not in values:
            values[column.name] = now() if kind in {"DATETIME", "TIMESTAMP"} else somehow.get(kind, "x")
    connection.execute(tables[name].insert().values(**values | {"id": stored(tables[name].c.id, row_id)}))
    return stored(tables[name].c.id, row_id)


def stored(column: sa.Column, value: Any) -> Any:
    return value if "UUID" in str(column.type) else value.hex


def fill(engine: sa.Engine) -> None:
    """An organization with a user, a company known by a name, and somebody who works there."""
    with engine.begin() as connection:
        metadata = sa.MetaData()
        metadata.reflect(connection)
        there = dict(metadata.tables)
        organization = insert(connection, there, "organizations")
        of = {"organization_id": organization}
        user = insert(connection, there, "users", **of)
        company = insert(connection, there, "companies", **of)
        insert(connection, there, "company_aliases", company_id=company, **of)
        contact = insert(connection, there, "contacts", owner_id=user, **of)
        insert(connection, there, "employments", contact_id=contact, company_id=company, **of)


def counts(engine: sa.Engine) -> dict[str, int]:
    names = ("organizations", "users", "companies", "company_aliases", "contacts", "employments")
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
        return {name: connection.scalar(sa.select(sa.func.count()).select_from(sa.table(name))) for name in names}


def test_a_filled_database_keeps_its_rows_up_and_down(url):
    config, engine = alembic_config(url), make_engine(url)
    alembic.command.upgrade(config, OLD)
    fill(engine)
    before = counts(engine)
    assert set(before.values()) == {1}
    alembic.command.upgrade(config, "head")
    assert counts(engine) == before
    alembic.command.downgrade(config, OLD)
    assert counts(engine) == before
    engine.dispose()
