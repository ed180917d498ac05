"""SQLite's file holds nothing of what was deleted, not even where a row was before its page was split."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.kit.db import make_engine
from app.privacy.leftovers import forget_deleted


def churn(connection: sa.Connection, rng: random.Random) -> set[bytes]:
    """Write, change and delete rows of all sizes; returns words of those that are gone."""
    connection.exec_driver_sql("CREATE TABLE said (id CHAR(32) PRIMARY KEY, word TEXT, more TEXT)")
    connection.exec_driver_sql("CREATE INDEX ix_said_word ON said (word)")
    living: dict[str, str] = {}
    gone = set()
    for _ in range(rng.randint(50, 400)):
        word = f"{rng.getrandbits(80):020x}"
        key = rng.choice(list(living)) if living else ""
        choice = rng.random()
        if choice < 0.6 or not living:
            living[word * 2] = word
            connection.exec_driver_sql("INSERT INTO said VALUES (?, ?, ?)", (word * 2, word, word * rng.randint(0, 60)))
        elif choice < 0.75:
            more = living[key] * rng.randint(0, 60)
            connection.exec_driver_sql("UPDATE said SET more = ? WHERE id = ?", (more, key))
        else:
            gone.add(living.pop(key).encode())
            connection.exec_driver_sql("DELETE FROM said WHERE id = ?", (key,))
    return gone


def left(folder: Path, words: set[bytes]) -> set[bytes]:
    data = b"".join(path.read_bytes() for path in folder.iterdir())
    return {word for word in words if word in data}


@pytest.mark.parametrize("seed", range(20))
def test_a_file_is_rid_of_every_copy_of_what_was_deleted(tmp_path, seed):
    engine = make_engine(f"sqlite:///{tmp_path}/rows.db")
    with engine.begin() as connection:
        gone = churn(connection, random.Random(seed))
    assert gone
    forget_deleted(engine)
    assert left(tmp_path, gone) == set()
    engine.dispose()
