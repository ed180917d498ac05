"""An empty service for a benchmark: a database of its own, one organization with one user, and its processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from app.auth import service as auth
from app.auth.models import Role
from app.composition import House, migrate, open_house
from app.settings import Settings
from tools.postgres import empty_postgres

USER = "ann@northwind.example"


@dataclass(frozen=True, slots=True)
class Empty:
    """A service with nothing in it but one user, who is an administrator, and their key."""

    house: House
    folder: Path
    organization_id: UUID
    user_id: UUID
    key: str


@contextmanager
def empty_service(database: str, **changed: Any) -> Iterator[Empty]:
    """A service on `sqlite` or `postgresql` in a temporary folder, within $BENCH_FOLDER if that is set.

    Args:
        database: the kind.
        changed: settings that are others than usual.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER"))))
        usual: dict[str, Any] = {
            "database_url": f"sqlite:///{folder}/bench.db"
            if database == "sqlite"
            else stack.enter_context(empty_postgres()),
            "files_url": str(folder / "files"),
            "secret_file": folder / "key",
            "log_level": "error",
        }
        settings = Settings(**(usual | changed), _env_file=None)
        migrate(settings)
        house = open_house(settings)
        stack.callback(house.close)
        with house.sessions.begin() as session:
            organization = auth.found_organization(session, "Northwind", "US")
            user = auth.add_user(session, "Ann Lee", USER, Role.ADMIN)
            key, _ = auth.issue_key(session, user, "bench")
        yield Empty(house, folder, organization.id, user.id, key)


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """What a process of such a service is started with."""
    return os.environ | {
        "CARDALLY_DATABASE_URL": settings.database_url,
        "CARDALLY_FILES_URL": settings.files_url,
        "CARDALLY_SECRET_FILE": str(settings.secret_file),
        "CARDALLY_LOG_LEVEL": "error",
        **more,
    }


@contextmanager
def served(settings: Settings, module: str, *arguments: object, **more: str) -> Iterator[str]:
    """The address of a process that calls `serve` of a module with an open socket and these arguments."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        quiet = "from app.kit.logs import set_up_logs; set_up_logs('error')"
        given = ", ".join(map(repr, (listener.fileno(), *arguments)))
        code = f"{quiet}; from {module} import serve; serve({given})"
        env = environment(settings, CARDALLY_WORKERS="0", **more)
        process = subprocess.Popen([sys.executable, "-c", code], env=env, pass_fds=[listener.fileno()])
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            process.terminate()
            process.wait()
