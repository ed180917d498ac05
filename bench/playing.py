"""A CRM that costs next to nothing: answers as an empty HubSpot does and notes when. A process of its own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import IO, cast

_MISSING = b'{"status":"error","message":"resource not found","correlationId":"c","category":"OBJECT_NOT_FOUND"}'
_NOBODY = b'{"total":0,"results":[]}'
_HEAD = "HTTP/1.1 {} -\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"


class _Crm:
    """What the lines share."""

    def __init__(self) -> None:
        self.ids = count(1)
        self.asked = 0
        self.last = 0.0

    def answer(self, method: str, path: str) -> tuple[int, bytes]:
        if path == "/asked":
            return 200, json.dumps({"asked": self.asked, "last": self.last}).encode()
        self.asked, self.last = self.asked + 1, time.monotonic()
        if method == "GET" and "/objects/" in path:
            return 404, _MISSING
        if path.endswith("/search"):
            return 200, _NOBODY
        return (201 if method == "POST" else 200), b'{"id":"%d"}' % next(self.ids)


class _Line(asyncio.Protocol):
    """One connection; requests one after the other."""

    def __init__(self, crm: _Crm) -> None:
        self._crm = crm
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            _, _, length = head.lower().partition(b"content-length:")
            whole = end + 4 + int(length.split(b"\r\n", 1)[0] or 0)
            if len(self._buffer) < whole:
                return
            method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
            status, body = self._crm.answer(method, path.partition("?")[0])
            self._transport.write(_HEAD.format(status, len(body)).encode() + body)
            self._buffer = self._buffer[whole:]


async def _serve() -> None:
    crm = _Crm()
    server = await asyncio.get_running_loop().create_server(lambda: _Line(crm), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextmanager
def playing_crm() -> Iterator[str]:
    """Run one beside this process; gives its address. `GET /asked` says how much it was asked, and when last."""
    command = [sys.executable, "-m", "bench.playing"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        port = int(cast("IO[bytes]", process.stdout).readline())
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            cast("IO[bytes]", process.stdin).close()


if __name__ == "__main__":
    asyncio.run(_serve())
