"""A webhook receiver that checks every signature: stands in for a CRM in the demo, the tests and docker compose.

As a command it prints a line a message: `python -m bench.receiver --port 9000 --secret whsec_…`.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from standardwebhooks import Webhook, WebhookVerificationError

_MAX_BODY = 10_000_000


@dataclass(frozen=True, slots=True)
class Message:
    """One request."""

    id: str
    """`webhook-id`: the same when a message is sent again."""
    verified: bool | None
    """Whether the signature holds; None where no secret is known."""
    body: bytes
    headers: dict[str, str]
    at: float
    """`time.monotonic` of its arrival."""

    @property
    def content(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer."""

    status: int = 204
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


Answer = Callable[[Message], Reply]


class Receiver:
    """Listens on a loopback port while its block runs.

    Args:
        secret: what the sender signs with, or a function that knows it by the time of the first message.
        answer: decides what to answer; 204 by default. May block, raise `ConnectionError` to hang up, or misbehave.
        port: 0 takes a free one.
    """

    def __init__(
        self,
        secret: str | Callable[[], str | None] | None = None,
        answer: Answer | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._secret = secret
        self.answer: Answer = answer or (lambda _message: Reply())
        self.messages: list[Message] = []
        self._arrived = threading.Condition()
        self._server = _Server((host, port), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks"

    @property
    def ids(self) -> list[str]:
        """`webhook-id` of each request, in order of arrival."""
        return [message.id for message in self.messages]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self, count: int, seconds: float = 10) -> list[Message]:
        """Until `count` requests came, at most `seconds`; returns what came."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self.messages) >= count, seconds)
            return list(self.messages)

    def take(self, headers: dict[str, str], body: bytes) -> Reply:
        """Check, keep and answer one request."""
        named = headers.get("webhook-id", "")
        message = Message(named, self._check(headers, body), body, headers, time.monotonic())
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()
        return self.answer(message)

    def _check(self, headers: dict[str, str], body: bytes) -> bool | None:
        secret = self._secret() if callable(self._secret) else self._secret
        if secret is None:
            return None
        try:
            Webhook(secret).verify(body, headers, json_parse=False)
        except (WebhookVerificationError, ValueError):
            return False
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        take = self.take

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_POST(self) -> None:
                size = min(int(self.headers.get("Content-Length", 0)), _MAX_BODY)
                body = self.rfile.read(size)
                try:
                    reply = take({name.lower(): value for name, value in self.headers.items()}, body)
                except ConnectionError:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers:
                    self.send_header(name, value)
                if not any(name.lower() == "content-length" for name, _ in reply.headers):
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, *_: object) -> None:
                """Silent: what came is in `messages`."""

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A sender that hangs up is no news."""


@contextmanager
def printing(receiver: Receiver, write: Callable[[str], None]) -> Iterator[None]:
    """Write a line for each message that comes while the block runs; bodies hold personal data and stay inside."""
    answer = receiver.answer

    def tell(message: Message) -> Reply:
        signature = {True: "verified", False: "NOT VERIFIED", None: "not checked"}[message.verified]
        try:
            kind = message.content.get("type", "?")
        except (ValueError, AttributeError):
            kind = "?"
        write(f"{message.id}  {kind}  {signature}  {len(message.body)} bytes")
        return answer(message)

    receiver.answer = tell
    try:
        yield
    finally:
        receiver.answer = answer


def main() -> None:
    """Listen and print until interrupted."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parse.add_argument("--port", type=int, default=9000, help="port; 0 takes a free one")
    parse.add_argument("--secret", default=os.environ.get("WEBHOOK_SECRET"), help="whsec_… [WEBHOOK_SECRET]")
    parse.add_argument("--bodies", action="store_true", help="print what the messages say as well")
    given = parse.parse_args()

    def show(message: Message) -> Reply:
        if given.bodies:
            print(message.body.decode("utf-8", "replace"), flush=True)
        return Reply()

    receiver = Receiver(given.secret, show, given.host, given.port)
    with receiver, printing(receiver, lambda line: print(line, flush=True)):
        print(f"listening on {given.host}:{receiver.port}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
