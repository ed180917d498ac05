"""A receiver that costs next to nothing: takes any POST, answers 204 and notes when. A process of its own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, cast

_ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class _Line(asyncio.Protocol):
    """One connection; requests one after the other, each with a Content-Length."""

    def __init__(self, arrivals: dict[str, list[float]]) -> None:
        self._arrivals = arrivals
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            _, _, length = head.partition(b"content-length:")
            whole = end + 4 + int(length.split(b"\r\n", 1)[0] or 0)
            if len(self._buffer) < whole:
                return
            self._take(head.split(b" ", 2)[1].decode(), head)
            self._buffer = self._buffer[whole:]

    def _take(self, path: str, head: bytes) -> None:
        moment = time.monotonic()
        self._arrivals.setdefault(path, [])
        if head.startswith(b"get"):
            body = json.dumps(self._arrivals.pop(path)).encode()
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            return
        self._arrivals[path].append(moment)
        self._transport.write(_ANSWER)


async def _serve() -> None:
    arrivals: dict[str, list[float]] = {}
    server = await asyncio.get_running_loop().create_server(lambda: _Line(arrivals), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@dataclass(frozen=True, slots=True)
class Sink:
    """The receiver as its users see it."""

    port: int

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}"


@contextmanager
def sink() -> Iterator[Sink]:
    """Run one beside this process. `GET` of a path answers the moments (`time.monotonic`) and forgets them."""
    command = [sys.executable, "-m", "bench.sink"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        line = cast("IO[bytes]", process.stdout).readline()
        try:
            yield Sink(int(line))
        finally:
            cast("IO[bytes]", process.stdin).close()


if __name__ == "__main__":
    asyncio.run(_serve())
