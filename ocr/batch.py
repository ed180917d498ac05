"""Many photos over several processes, in the order given.

Workers are spawned, never forked: OpenCV's and onnxruntime's threads do not survive a fork. Each makes one engine and
keeps it. A worker that dies takes only its own photo with it.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ocr.engines import DEFAULT_ENGINE, make_engine
from ocr.errors import ReadingError
from ocr.options import DEFAULTS, Options
from ocr.pipeline import read_photo
from ocr.trace import FolderTrace, no_trace
from ocr.types import Engine, Reading

AHEAD = 2
"""Photos handed out beyond those being read, per worker: enough to keep it busy, few enough to keep memory flat."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a file gave no reading."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    path: Path
    result: Reading | Failure


@dataclass(frozen=True, slots=True)
class _Task:
    path: Path
    options: Options
    engine: str
    trace: Path | None


def shown_path(path: Path) -> str:
    """A path as text, with slashes; bytes of it that are no UTF-8 become U+FFFD."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def read_files(
    paths: Iterable[Path],
    options: Options = DEFAULTS,
    engine: str = DEFAULT_ENGINE,
    jobs: int = 1,
    trace: Path | None = None,
) -> Iterator[Outcome]:
    """Read files one after another, or `jobs` at a time, and give their outcomes in the order of `paths`.

    With `trace`, the pictures of each stage go to a folder of that name, one folder within it a photo.

    Raises:
        EngineUnavailable: at once, before any file is read.
    """
    tasks = [_Task(path, options, engine, trace and trace / _folder(number, path)) for number, path in enumerate(paths)]
    if jobs <= 1 or len(tasks) <= 1:
        _engine(engine, options.timeout)
        return map(_read, tasks)
    make_engine(engine, options.timeout)
    return _read_apart(tasks, min(jobs, len(tasks)))


def _folder(number: int, path: Path) -> str:
    return f"{number:04d}_{path.stem}"


def _read_apart(tasks: list[_Task], jobs: int) -> Iterator[Outcome]:
    todo = deque(tasks)
    while todo:
        running: deque[tuple[_Task, Future[Outcome]]] = deque()
        with _workers(jobs) as pool:
            try:
                while todo or running:
                    while todo and len(running) < AHEAD * jobs:
                        running.append((todo[0], pool.submit(_read, todo[0])))
                        todo.popleft()
                    outcome = running[0][1].result()
                    running.popleft()
                    yield outcome
            except BrokenProcessPool:
                pass
        yield from (_read_alone(task) for task, _ in running)


def _read_alone(task: _Task) -> Outcome:
    """Read a photo in a process of its own, which may die of it."""
    with _workers(1) as pool:
        try:
            return pool.submit(_read, task).result()
        except BrokenProcessPool:
            return Outcome(task.path, Failure("worker_died", "The process that read this photo died."))


def _workers(jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"))


@cache
def _engine(name: str, timeout: float) -> Engine:
    return make_engine(name, timeout)


def _read(task: _Task) -> Outcome:
    try:
        data = task.path.read_bytes()
        watch = FolderTrace(task.trace) if task.trace else no_trace
        return Outcome(task.path, read_photo(data, task.options, _engine(task.engine, task.options.timeout), watch))
    except OSError as error:
        return Outcome(task.path, Failure("unreadable_file", error.strerror or str(error)))
    except ReadingError as error:
        return Outcome(task.path, Failure(error.code, str(error)))
