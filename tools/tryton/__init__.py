"""A real Tryton (https://www.tryton.org) for tests and the demo: fetched from PyPI on demand, run as its own process.

Tryton is under the GPL: it gets an environment of its own in `.tools`, and no line of Cardally imports it. Versions and
digests are pinned in requirements.txt beside this file.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.bootstrap import TOOLS, find_uv

REQUIREMENTS = Path(__file__).parent / "requirements.txt"
MODULES = ("party", "party_relationship")
DATABASE = "crm"
USER, PASSWORD = "admin", "demo-of-cardally"  # of a server that lives for a minute on loopback
_PATIENCE = 60
"""Seconds."""


class NotStarted(Exception):
    """Tryton could not be installed or does not answer."""


@dataclass(frozen=True, slots=True)
class Tryton:
    """A running Tryton with an empty database of its own."""

    url: str
    file: Path

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What its tables hold, read past its own API."""
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=30)) as connection:
            return connection.execute(statement).fetchall()


@contextmanager
def running() -> Iterator[Tryton]:
    """Start one; stops it and forgets its data at the end.

    Raises:
        NotStarted.
    """
    home = install()
    with tempfile.TemporaryDirectory(prefix="tryton") as folder:
        file = Path(folder) / f"{DATABASE}.sqlite"
        shutil.copy(home / "empty.sqlite", file)
        port = _free_port()
        config = _configure(Path(folder), port)
        command = [home / "bin" / "trytond", "-c", config, "-d", DATABASE]
        with (Path(folder) / "log").open("w") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
            try:
                _wait(f"http://127.0.0.1:{port}", process)
                yield Tryton(f"http://127.0.0.1:{port}", file)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(10)


def install() -> Path:
    """The folder of its environment, made once for these requirements; needs PyPI then.

    Raises:
        NotStarted: it could not be made.
    """
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    home = TOOLS / f"tryton-{wanted}"
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "tryton.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may want it at once
        if not (home / "empty.sqlite").exists():
            shutil.rmtree(home, ignore_errors=True)
            _make(home)
    return home


def _make(home: Path) -> None:
    uv = str(find_uv())
    _run(uv, "venv", "--quiet", "--python", sys.executable, str(home))
    how = ("--quiet", "--require-hashes", "--python", str(home / "bin" / "python"))
    _run(uv, "pip", "install", *how, "-r", str(REQUIREMENTS))
    with tempfile.TemporaryDirectory(prefix="tryton") as folder:
        config, password = _configure(Path(folder), 0), Path(folder) / "password"
        password.write_text(f"{PASSWORD}\n")
        (Path(folder) / f"{DATABASE}.sqlite").touch()
        command = (
            "-c",
            str(config),
            "-d",
            DATABASE,
            "--email",
            "admin@crm.example",
            "-u",
            *MODULES,
            "--activate-dependencies",
        )
        _run(str(home / "bin" / "trytond-admin"), *command, TRYTONPASSFILE=str(password))
        shutil.copy(Path(folder) / f"{DATABASE}.sqlite", home / "empty.sqlite")


def _run(*command: str, **env: str) -> None:
    done = subprocess.run(command, env=os.environ | env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotStarted(f"`{' '.join(command[:3])} …` ended with {done.returncode}:\n{done.stderr[-2000:]}")


def _configure(folder: Path, port: int) -> Path:
    config = folder / "trytond.conf"
    config.write_text(f"[database]\nuri = sqlite://\npath = {folder}\n[web]\nlisten = 127.0.0.1:{port}\n")
    return config


def _free_port() -> int:
    with closing(socket.socket()) as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
    return port


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/", timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise NotStarted("Tryton does not answer")
