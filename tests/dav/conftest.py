"""A user's address book, over a real HTTP server on a loopback port, and the programs that read it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import uvicorn
from sqlalchemy import select

from app.auth.models import User
from tests.readings import read_scan

CONFIG = """\
[general]
status_path = "{folder}/status/"

[pair cards]
a = "phone"
b = "server"
collections = ["from b"]
conflict_resolution = "b wins"
partial_sync = "revert"

[storage phone]
type = "filesystem"
path = "{folder}/cards/"
fileext = ".vcf"

[storage server]
type = "carddav"
url = "{url}"
username = "ann"
password = "{key}"
read_only = true
"""


@contextmanager
def serving(app) -> Iterator[str]:
    """The address of an application that listens."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def address(client) -> Iterator[str]:
    with serving(client.app) as url:
        yield url


@pytest.fixture
def key(client) -> str:
    return client.headers["Authorization"].removeprefix("Bearer ")


@pytest.fixture
def me(client) -> str:
    return client.get("/v1/me").json()["id"]


@pytest.fixture
def book(address, key) -> Iterator[httpx.Client]:
    """What a phone would send."""
    with closing(httpx.Client(base_url=address, auth=("anybody", key), timeout=30)) as session:
        yield session


@pytest.fixture
def met(client, house, work):
    """Lets cards be read; returns the contacts there are, newest first."""
    organization_id = UUID(client.get("/v1/me").json()["organization_id"])

    def read(*cards, **said) -> list[dict]:
        with house.sessions.begin(organization_id) as session:
            read_scan(session, session.scalars(select(User.id)).first(), *cards, **said)
        work()
        return client.get("/v1/contacts").json()["items"]

    return read


class Phone:
    """A folder that vdirsyncer keeps like the address book."""

    def __init__(self, folder: Path, url: str, key: str) -> None:
        self.folder = folder
        self.config = folder / "config"
        self.config.write_text(CONFIG.format(folder=folder, url=url, key=key))
        self.run("discover")

    def run(self, command: str) -> str:
        """The program from PyPI, in a process of its own."""
        line = [sys.executable, "-m", "vdirsyncer", "--verbosity", "WARNING", "--config", str(self.config), command]
        done = subprocess.run(line, input="y\ny\n", capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def sync(self) -> dict[str, str]:
        """The vCards in the folder afterwards, by file name."""
        said = self.run("sync")
        assert "error" not in said.lower(), said
        return self.cards()

    def cards(self) -> dict[str, str]:
        return {path.name: path.read_bytes().decode() for path in sorted(self.folder.rglob("*.vcf"))}


@pytest.fixture
def phone(tmp_path, address, key):
    folder = tmp_path / "phone"
    folder.mkdir()
    return Phone(folder, address + "/", key)
