"""Photos a second by the number of worker processes, each of one thread, as `ocr.read_files` and the service run them.

Every worker loads its engine and reads one photo before the clock starts, then all take photos from one list. Whatever
else the machine does falls on several workers more than on one, so two ratios are given: the one that was seen, and the
one that follows from the CPU time a photo takes, which is what the workers reach when the cores are theirs alone.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from rich.table import Table

import ocr

PATIENT = ocr.Options(timeout=600)
"""A busy machine is no reason to stop measuring."""
ROUNDS = 2
"""Times that each number of workers is tried, in turn; the fastest counts, for other load only takes away."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What some workers did."""

    rate: float
    """Photos a second, all workers together, until the last photo is read."""
    cpu: float
    """CPU seconds a photo."""


def throughput_table(paths: Sequence[Path], engine: str, jobs: int, each: int) -> Table:
    """One worker process, two, four, ... and `jobs`, each with about `each` photos to read."""
    table = Table(title=f"Throughput, {engine}", title_justify="left")
    for head in ("workers", "photos/s", "x one worker", "CPU ms a photo", "x one worker, by CPU time"):
        table.add_column(head, justify="right")
    numbers = sorted({*(2**power for power in range(jobs.bit_length())), jobs})
    tries: dict[int, list[Pace]] = {workers: [] for workers in numbers}
    for _ in range(ROUNDS):
        for workers in numbers:
            tries[workers].append(pace(list(islice(cycle(paths), each * workers)), engine, workers))
    best = {workers: Pace(max(p.rate for p in some), min(p.cpu for p in some)) for workers, some in tries.items()}
    one = best[1]
    for workers, seen in best.items():
        alone = workers * one.cpu / seen.cpu
        row = (f"{seen.rate:.2f}", f"{seen.rate / one.rate:.2f}", f"{1000 * seen.cpu:.0f}", f"{alone:.2f}")
        table.add_row(str(workers), *row)
    return table


def pace(paths: Sequence[Path], engine: str, workers: int) -> Pace:
    """Read the photos with so many worker processes."""
    context = multiprocessing.get_context("spawn")
    barrier, taken, times = context.Barrier(workers), context.Value("i", 0), context.SimpleQueue()
    job = (tuple(paths), engine, barrier, taken, times)
    processes = [context.Process(target=_work, args=job) for _ in range(workers)]
    for process in processes:
        process.start()
    began, ended, cpu = zip(*(times.get() for _ in processes), strict=True)
    for process in processes:
        process.join()
    return Pace(len(paths) / (max(ended) - min(began)), sum(cpu) / len(paths))


def _work(paths: Sequence[Path], engine: str, barrier: Any, taken: Any, times: Any) -> None:
    """One worker: when all are ready, read the next photo that nobody has taken until there is none."""
    reader = ocr.make_engine(engine, PATIENT.timeout)
    ocr.read_photo(paths[0].read_bytes(), PATIENT, reader)
    barrier.wait()
    began, cpu = time.monotonic(), time.process_time()
    while (number := _take(taken)) < len(paths):
        ocr.read_photo(paths[number].read_bytes(), PATIENT, reader)
    times.put((began, time.monotonic(), time.process_time() - cpu))


def _take(taken: Any) -> int:
    with taken.get_lock():
        number: int = taken.value
        taken.value += 1
    return number
