"""The search index of contacts: SQLite's FTS5 or PostgreSQL's full text behind one condition.

The words of a contact stand in `contacts.search` and `contacts.remarks`, folded by `normal.search_text`. The database
keeps its index by itself, whoever writes, merges or erases: PostgreSQL by a generated column, SQLite by triggers. These
are made here and not by a migration, for a migration that copies the table would lose them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    Select,
    Text,
    TypeDecorator,
    and_,
    bindparam,
    cast,
    column,
    inspect,
    literal,
    literal_column,
    table,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from app.contacts.models import Contact

_numbers = table("contact_numbers", column("number"), column("contact_id"))
_words = table("contact_words", column("rowid"), column("contact_words"))
_document: ColumnElement[Any] = literal_column("contacts.words")

_TRIGGERS = {
    "contact_words_insert": """AFTER INSERT ON contacts BEGIN
        INSERT INTO contact_numbers (contact_id) VALUES (new.id);
        INSERT INTO contact_words (rowid, words)
            SELECT number, new.search || ' ' || new.remarks FROM contact_numbers WHERE contact_id = new.id;
        END""",
    "contact_words_update": """AFTER UPDATE OF search, remarks ON contacts
        WHEN old.search <> new.search OR old.remarks <> new.remarks BEGIN
        UPDATE contact_words SET words = new.search || ' ' || new.remarks
            WHERE rowid = (SELECT number FROM contact_numbers WHERE contact_id = new.id);
        END""",
    "contact_words_delete": """BEFORE DELETE ON contacts BEGIN
        DELETE FROM contact_words WHERE rowid = (SELECT number FROM contact_numbers WHERE contact_id = old.id);
        DELETE FROM contact_numbers WHERE contact_id = old.id;
        END""",
}


class _Terms(TypeDecorator[Sequence[str]]):
    """Words that must all be there, each the beginning of one, in the language of the database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str:
        words = value or ()
        if dialect.name == "sqlite":
            return " AND ".join(f'"{word}"*' for word in words)
        return " & ".join(f"'{word}':*" for word in words)


def matching(session_dialect: str, found: Select[Any], words: Sequence[str]) -> Select[Any]:
    """Of a select of contacts those with each word (see `normal.search_words`), by the index, in no order.

    The index reads all that it has of a word before it gives the first contact.
    """
    terms = bindparam(None, list(words), _Terms())
    if session_dialect != "sqlite":
        return found.where(_document.op("@@")(cast(terms, postgresql.TSQUERY)))
    joined = found.join(_numbers, _numbers.c.contact_id == Contact.id).join(_words, _words.c.rowid == _numbers.c.number)
    return joined.where(_words.c.contact_words.op("MATCH")(terms))


def holding(contact: type[Contact], words: Sequence[str]) -> ColumnElement[bool]:
    """Whether a contact has each word, by its own text: what `matching` finds by the index."""
    text_ = literal(" ") + contact.search + literal(" ") + contact.remarks
    return and_(*(text_.contains(f" {word}", autoescape=True) for word in words))


def ensure_index(engine: Engine) -> None:
    """Make SQLite's index and the triggers that keep it, where they are missing; fill it where they were."""
    if engine.dialect.name != "sqlite":
        return
    with engine.begin() as connection:
        there = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars())
        if there >= set(_TRIGGERS) and inspect(connection).has_table("contact_words"):
            return
        _make_index(connection)


def _make_index(connection: Connection) -> None:
    for name in _TRIGGERS:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    for name in ("contact_words", "contact_numbers"):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
    connection.exec_driver_sql(
        "CREATE TABLE contact_numbers (number INTEGER PRIMARY KEY, contact_id CHAR(32) NOT NULL UNIQUE)"
    )
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE contact_words USING fts5(words, prefix='2 3', tokenize='unicode61 remove_diacritics 0')"
    )
    connection.exec_driver_sql("INSERT INTO contact_numbers (contact_id) SELECT id FROM contacts ORDER BY id")
    connection.exec_driver_sql(
        "INSERT INTO contact_words (rowid, words) SELECT number, search || ' ' || remarks"
        " FROM contact_numbers JOIN contacts ON contacts.id = contact_id ORDER BY number"
    )
    for name, does in _TRIGGERS.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {does}")


def purge(session: Session) -> None:
    """Leave no word of deleted contacts in SQLite's index, where they stay until parts of it are merged."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO contact_words (contact_words) VALUES ('optimize')"))
