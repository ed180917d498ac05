"""CRMs that play themselves on loopback, each from the public reference of its API, for tests."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass
class Asked:
    """One request that came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text) if self.text else None


@dataclass
class Told:
    """One answer."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """One record as the journeys look at it, whatever the CRM calls its fields."""

    ours: str | None
    """Our id, or as much of it as the CRM keeps."""
    name: str
    email: str | None = None
    belongs_to: str | None = None
    """Of a person: the company. Of a note: the person."""
    fields: dict[str, Any] = field(default_factory=dict)
    """In the CRM's own words."""


class StandIn:
    """Answers by `answer(asked)`; `next_answers` come first, to play a bad day.

    The rest is what the journeys need to know of it, in words that every CRM shares.
    """

    connector = ""
    credentials: Mapping[str, str]
    """With which it lets us in."""
    settings: Mapping[str, Any] = MappingProxyType({})
    own_field = ""
    """Of a contact: one that an organization may add to the mapping."""

    def people(self) -> dict[str, Seen]:
        """Every person that is there, by id."""
        raise NotImplementedError

    def companies(self) -> dict[str, Seen]:
        """Every company that is there, by id."""
        raise NotImplementedError

    def notes(self) -> dict[str, Seen]:
        """Every note that is there, by id."""
        raise NotImplementedError

    def add_person(self, email: str, ours: str | None = None) -> str:
        """Somebody who was there before us; returns the id."""
        raise NotImplementedError

    def drop_person(self, one: str) -> None:
        """A user of the CRM deletes a person."""
        raise NotImplementedError

    def limited(self) -> Told:
        """The answer to too many requests."""
        raise NotImplementedError

    def change_locks(self) -> None:
        """No credentials that were given out are good any more."""
        raise NotImplementedError

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.next_answers: list[Told] = []
        self.url = ""

    def answer(self, asked: Asked) -> Told:
        raise NotImplementedError

    def handle(self, asked: Asked) -> Told:
        self.asked.append(asked)
        return self.next_answers.pop(0) if self.next_answers else self.answer(asked)


@contextmanager
def serving(standin: StandIn) -> Iterator[StandIn]:
    """The stand-in on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        disable_nagle_algorithm = True
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            parts = urlsplit(self.path)
            text = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            path = "/".join(unquote(step) for step in parts.path.split("/"))
            told = standin.handle(Asked(self.command, path, dict(parse_qsl(parts.query)), headers, text))
            data = b"" if told.body is None else json.dumps(told.body).encode()
            data = told.body.encode() if isinstance(told.body, str) else data
            self.send_response(told.status)
            for name, value in {"content-type": "application/json", **told.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    standin.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield standin
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
