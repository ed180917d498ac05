"""The service in a process of its own: a fresh database under var/demo, workers beside the API, a free port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

HOME = Path("var/demo")
PATIENCE = 120
"""Seconds after which a step that does not end has failed."""


class StepFailed(Exception):
    """A step of the demo did not do what it should."""


def environment() -> dict[str, str]:
    """The settings of the demo's service."""
    return os.environ | {
        "CARDALLY_DATABASE_URL": f"sqlite:///{HOME}/cardally.db",
        "CARDALLY_FILES_URL": f"{HOME}/files",
        "CARDALLY_WEBHOOK_ALLOW": '["127.0.0.0/8"]',
    }


def found_organization(home: dict[str, str], rep: dict[str, str], env: dict[str, str]) -> str:
    """Make the database, a home company and its first rep; returns the rep's API key."""
    names = ["--name", home["name"], "--domain", home["domain"]]
    person = ["--user", rep["name"], "--email", rep["email"], "--quiet"]
    return command(["init", *names, *person], env).strip()


def command(arguments: list[str], env: dict[str, str]) -> str:
    """Run `cardally …`; returns what it printed."""
    whole = [sys.executable, "-m", "app.cli", *arguments]
    done = subprocess.run(whole, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StepFailed(f"`cardally {arguments[0]}` ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


@contextmanager
def running(env: dict[str, str]) -> Iterator[str]:
    """The service on a free port, stopped at the end; gives its address."""
    serve = [sys.executable, "-m", "app.cli", "serve", "--port", "0"]
    with (HOME / "service.log").open("w") as log:
        process = subprocess.Popen(serve, env=env, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            said = process.stdout.readline() if process.stdout else ""
            if "http://" not in said:
                raise StepFailed("the service did not start")
            address = next(word for word in said.split() if word.startswith("http://"))
            wait_until(lambda: _answers(address), "the service does not answer")
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(30)
    if code not in (0, -signal.SIGTERM):
        raise StepFailed(f"the service ended with {code} when it was stopped")


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def wait_until(true: Callable[[], bool], failure: str) -> None:
    """Look until it is true; `StepFailed(failure)` when that takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            raise StepFailed(f"{failure} (after {PATIENCE} s)")
        time.sleep(0.05)
