"""`python -m tools.check_migrations`: do the migrations, on both databases, give exactly what the models say?"""

from __future__ import annotations

import sys
import tempfile

import alembic.command
from alembic.util import CommandError

from app.composition import alembic_config
from tools.postgres import empty_postgres


def main() -> None:
    """Upgrade, compare with the models, downgrade; exits with 1 where they differ."""
    with tempfile.TemporaryDirectory() as folder, empty_postgres() as postgres:
        for url in (f"sqlite:///{folder}/check.db", postgres):
            check(url)


def check(url: str) -> None:
    """One database."""
    config = alembic_config(url)
    alembic.command.upgrade(config, "head")
    try:
        alembic.command.check(config)
    except CommandError as differs:
        sys.exit(f"{url.split(':', 1)[0]}: {differs}\nRun: alembic revision --autogenerate -m 'what changed'")
    alembic.command.downgrade(config, "base")


if __name__ == "__main__":
    main()
