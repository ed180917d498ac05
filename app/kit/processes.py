"""Processes: children that are kept running and end with their parent, even by kill -9; and what stays in memory."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

import structlog

log = structlog.get_logger()

_STOP_SECONDS = 10


class Supervisor:
    """Starts each command, starts it anew when it ends, and stops them all together.

    A child's standard input is a pipe that nobody writes to: its end tells the child that this process is gone.
    """

    def __init__(self, commands: Sequence[Sequence[str]]) -> None:
        self._commands = commands
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._keep_running, name="supervisor", daemon=True)

    def __enter__(self) -> Supervisor:
        for number in range(len(self._commands)):
            self._start(number)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._watch.join()
        for child in self._children.values():
            if child.stdin:
                child.stdin.close()
            child.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for child in self._children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    @property
    def pids(self) -> list[int]:
        """Of the children that run now."""
        return [child.pid for child in self._children.values() if child.poll() is None]

    def _start(self, number: int) -> None:
        command = [sys.executable, "-m", *self._commands[number]]
        env = os.environ | {"OMP_THREAD_LIMIT": "1"}
        self._children[number] = subprocess.Popen(command, stdin=subprocess.PIPE, env=env)  # noqa: S603  our own module

    def _keep_running(self) -> None:
        while not self._stopping.wait(0.5):
            for number, child in list(self._children.items()):
                if child.poll() is not None:
                    log.warning("process.ended", pid=child.pid, code=child.returncode)
                    if child.stdin:
                        child.stdin.close()
                    self._start(number)


def end_with_parent(stop: threading.Event) -> None:
    """In the child: set `stop` when the parent is gone."""

    def wait() -> None:
        while os.read(0, 1):
            pass
        stop.set()

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()


def wait_for_signal() -> None:
    """Return when the process is asked to end (SIGTERM or SIGINT)."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(0.5):
        pass  # a signal that another thread was given is seen when this one wakes


def keep_what_is_loaded() -> None:
    """Modules and tables stay: the garbage collector need not go through them again and again."""
    gc.collect()
    gc.freeze()
