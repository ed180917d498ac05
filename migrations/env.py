"""Alembic's entry: which database, which models."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, event

from app import main  # noqa: F401  imports every feature, and with it every model
from app.kit.db import Base, UtcDateTime, make_engine
from app.settings import Settings


def name_type(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Call our own types by their names in generated migrations."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "db.UtcDateTime()"
    return "db.JsonDocument" if kind == "type" and isinstance(item, JSON) else False


SEARCH_INDEX = ("contact_words", "contact_numbers")


def is_ours(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    """The search index is not among the models: `app.contacts.indexing`."""
    return not (name or "").startswith(SEARCH_INDEX) and (kind, name) not in {
        ("column", "words"),
        ("index", "ix_contacts_words"),
    }


def _forget_foreign_keys(connection: Any, _record: object) -> None:
    # SQLite changes a table by copying it and dropping the old one, which would delete whatever refers to its rows.
    connection.execute("PRAGMA foreign_keys=OFF")
    # And it takes a trigger that names the table for a mistake while the table is away.
    connection.execute("PRAGMA legacy_alter_table=ON")


url = context.config.attributes.get("database_url") or Settings().database_url
engine = make_engine(url)
if engine.dialect.name == "sqlite":
    event.listen(engine, "connect", _forget_foreign_keys)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=name_type,
        include_object=is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
