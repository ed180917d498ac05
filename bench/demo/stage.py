"""What every chapter stands on: the running service, a client for each rep, a receiver of webhooks, the printing."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from bench.demo.service import HOME, PATIENCE, StepFailed, environment, found_organization, running, wait_until
from bench.receiver import Receiver

__all__ = ["HOME", "PATIENCE", "ROOT", "SAMPLES", "Json", "Rep", "Stage", "StepFailed", "console", "set_up", "table"]

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "bench" / "cardgen" / "samples"

Json = dict[str, Any]

console = Console(width=max(Console().width, 110) if not sys.stdout.isatty() else None, soft_wrap=False)


@dataclass(frozen=True, slots=True)
class Rep:
    """A user of the service, with a client that carries their API key."""

    id: str
    name: str
    client: httpx.Client

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at a path."""
        return _checked(self.client.get(path, params=query))

    def items(self, path: str, **query: Any) -> list[Json]:
        """The rows of a list."""
        items: list[Json] = self.get(path, **query)["items"]
        return items

    def post(self, path: str, body: Json | None = None, **more: Any) -> Json:
        """POST some JSON, or what httpx takes besides; expects success."""
        answer: Json = _checked(self.client.post(path, json=body, **more))
        return answer

    def put(self, path: str, body: Json) -> Json:
        """PUT some JSON and expect success."""
        answer: Json = _checked(self.client.put(path, json=body))
        return answer


def _checked(answer: httpx.Response) -> Any:
    if answer.is_error:
        request = answer.request
        raise StepFailed(f"{request.method} {request.url.path} answered {answer.status_code}: {answer.text}")
    return answer.json()


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the story plays."""

    story: Json
    """`bench/cardgen/samples/story.json`: home company, reps, photos."""
    address: str
    """Of the service."""
    env: dict[str, str]
    """What `cardally` commands on the same database need."""
    reps: dict[str, Rep]
    """By nick name; the first is the admin."""
    receiver: Receiver
    scans: dict[str, Json] = field(default_factory=dict)
    """Finished scans by file name; the chapter of the photos fills it."""

    @property
    def ann(self) -> Rep:
        """The admin, who tells most of the story."""
        return self.reps["ann"]

    @property
    def ben(self) -> Rep:
        """Her colleague."""
        return self.reps["ben"]

    def settle(self) -> None:
        """Wait until no job is left: everything that follows from what was done has happened."""
        wait_until(self._is_idle, "jobs are left over")

    def _is_idle(self) -> bool:
        figures = self.ann.client.get("/metrics").text.splitlines()
        waiting = [line for line in figures if line.startswith("cardally_jobs{") and not line.endswith(" 0")]
        if any('parked="true"' in line for line in waiting):
            raise StepFailed("a job was given up")
        return not waiting


@contextmanager
def set_up() -> Iterator[Stage]:
    """A fresh organization with its reps on a service of its own, which is stopped at the end."""
    story = json.loads((SAMPLES / "story.json").read_text())
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    env = environment()
    nicks = iter(story["reps"].items())
    first, person = next(nicks)
    key = found_organization(story["home"], person, env)
    with ExitStack() as stack:
        address = stack.enter_context(running(env))
        console.print(f"The service answers on {address}.")
        client = stack.enter_context(_client(address, key))
        admin = Rep(_checked(client.get("/v1/me"))["id"], person["name"], client)
        reps = {first: admin}
        for nick, other in nicks:
            user = admin.post("/v1/users", {"name": other["name"], "email": other["email"]})
            key = admin.post("/v1/api-keys", {"name": "phone", "user_id": user["id"]})["key"]
            reps[nick] = Rep(user["id"], other["name"], stack.enter_context(_client(address, key)))
        secret = ""
        receiver = stack.enter_context(Receiver(lambda: secret))
        endpoint = {"url": receiver.url, "description": "the demo's CRM"}
        secret = admin.post("/v1/webhook-endpoints", endpoint)["secret"]
        yield Stage(story, address, env, reps, receiver)


def _client(address: str, key: str) -> httpx.Client:
    return httpx.Client(base_url=address, timeout=30, headers={"Authorization": f"Bearer {key}"})


def table(title: str, *heads: str, right: tuple[str, ...] = ()) -> Table:
    """An empty table; columns named in `right` are set to the right."""
    made = Table(title=title, title_justify="left")
    for head in heads:
        made.add_column(head, justify="right" if head in right else "left", overflow="fold")
    return made
