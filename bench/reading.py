"""How well and how fast cards are read: `python -m bench.reading [--help]`.

Every reader reads every photo, one after the other, so that whatever else the machine does falls on all alike; figures
are to be compared within one run. The floor is what nobody can go below: decode the photo at half size and run
Tesseract's line reader once over the card, flattened by its true corners.
"""

from __future__ import annotations

import gc
import os
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

import ocr
from bench.photos import Sample, load_samples
from bench.readers import OTHERS
from bench.throughput import PATIENT, throughput_table
from ocr.truth import KINDS, Verdict, best_card, is_whole, judge_card

HELP = """Measure reading: cost of every reader and stage, right values a field, throughput, memory.

Takes the photos of $CARDALLY_CARDS or ../shared/cards, or draws some. The defaults take some minutes.

\b
    python -m bench.reading --photos 12            a first look
    python -m bench.reading --photos 0             all photos
    python -m bench.reading --memory 60            a shorter watch of one worker's memory
    python -m bench.reading --only ours            leave the plain packages out, which are slow"""

Result = TypeVar("Result")

OURS = ("rapidocr", "tesserocr", "tesseract", "ensemble", "pytesseract")


@dataclass(slots=True)
class Runs:
    """What one reader did over all photos."""

    seconds: list[float] = field(default_factory=list)
    """CPU, with that of child processes, a photo."""
    wall: list[float] = field(default_factory=list)
    """By the clock on the wall, a photo."""
    stages: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    verdicts: list[dict[ocr.FieldKind, Verdict]] = field(default_factory=list)
    """One a card."""


def cpu_seconds() -> float:
    """CPU time of this process, all its threads, and the children it has collected."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


class StageClock:
    """A trace that notes how much CPU time each stage took."""

    def __init__(self, stages: dict[str, list[float]]) -> None:
        self._stages = stages
        self._last = cpu_seconds()

    def __call__(self, stage: str, _: object, /) -> None:
        now = cpu_seconds()
        self._stages[stage].append(now - self._last)
        self._last = now


def measure(samples: Sequence[Sample], names: Sequence[str], others: Sequence[str]) -> dict[str, Runs]:
    """Every reader over every photo, interleaved."""
    engines = {name: ocr.make_engine(name, PATIENT.timeout) for name in names}
    readers: dict[str, Callable[[bytes, dict[str, Any]], object]] = {name: OTHERS[name]() for name in others}
    runs = {name: Runs() for name in (*others, *names)}
    first = samples[0].path.read_bytes()
    for engine in engines.values():
        ocr.read_photo(first, PATIENT, engine)
    for reader in readers.values():
        reader(first, samples[0].truths[0])
    for sample in track(samples, "Reading", console=Console(stderr=True)):
        data = sample.path.read_bytes()
        for name, reader in readers.items():
            timed(runs[name], partial(reader, data, sample.truths[0]))
        for name, engine in engines.items():
            clock = StageClock(runs[name].stages)
            reading = timed(runs[name], partial(ocr.read_photo, data, PATIENT, engine, clock))
            runs[name].verdicts += [judge_card(best_card(reading.cards, truth), truth) for truth in sample.truths]
    return runs


def timed(runs: Runs, read: Callable[[], Result]) -> Result:
    """Read one photo and note what it took."""
    before, started = cpu_seconds(), time.perf_counter()
    result = read()
    runs.seconds.append(cpu_seconds() - before)
    runs.wall.append(time.perf_counter() - started)
    return result


def cost_table(runs: dict[str, Runs]) -> Table:
    """Milliseconds a photo, and ratios of CPU time to the floor and to RapidOCR."""
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    table = Table(title=f"Time a photo; ratios are of CPU time; load {load:.1f} a core", title_justify="left")
    table.add_column("reader")
    heads = ("CPU ms, median", "95th percentile", "wall ms, median", "95th percentile")
    for head in (*heads, "x floor", "x PP-OCR on the flat card", "x plain RapidOCR"):
        table.add_column(head, justify="right")
    medians = {name: float(np.median(run.seconds)) for name, run in runs.items()}
    bases = [medians.get(name) for name in ("floor", "PP-OCR on the flat card", "plain RapidOCR, raw photo")]
    for name, run in runs.items():
        ratios = [f"{medians[name] / base:.2f}" if base else "" for base in bases]
        times = [f"{1000 * np.percentile(some, share):.0f}" for some in (run.seconds, run.wall) for share in (50, 95)]
        table.add_row(name, *times, *ratios)
    return table


def stage_table(runs: dict[str, Runs]) -> Table:
    """Median CPU milliseconds of each stage of our readers."""
    ours = {name: run for name, run in runs.items() if run.stages}
    stages = list(next(iter(ours.values())).stages)
    table = Table(title="CPU ms a stage, median (a stage is named by what it makes)", title_justify="left")
    table.add_column("reader")
    for stage in stages:
        table.add_column(stage, justify="right")
    for name, run in ours.items():
        table.add_row(name, *(f"{1000 * np.median(run.stages[stage] or [0]):.0f}" for stage in stages))
    return table


def quality_table(runs: dict[str, Runs]) -> Table:
    """F1 of each field, by the rules of `ocr.truth`."""
    table = Table(title="F1", title_justify="left")
    table.add_column("reader")
    for head in (*KINDS.values(), "all fields", "whole card"):
        table.add_column(head, justify="right")
    for name, run in runs.items():
        if run.verdicts:
            by_kind = [f1([card[kind] for card in run.verdicts]) for kind in KINDS]
            everything = f1([verdict for card in run.verdicts for verdict in card.values()])
            whole = sum(map(is_whole, run.verdicts)) / len(run.verdicts)
            table.add_row(name, *(f"{value:.3f}" for value in (*by_kind, everything)), f"{whole:.1%}")
    return table


def f1(verdicts: Sequence[Verdict]) -> float:
    """Harmonic mean of precision and recall over many verdicts, 0 to 1."""
    right, wrong, missed = (sum(len(getattr(v, part)) for v in verdicts) for part in ("right", "wrong", "missed"))
    return 2 * right / (2 * right + wrong + missed) if right else 0.0


def memory_table(samples: Sequence[Sample], engine: str, count: int) -> Table:
    """Resident memory of this process while it reads one photo after another."""
    table = Table(title=f"Memory of one worker over {count} photos, {engine}", title_justify="left")
    table.add_column("photos read", justify="right")
    table.add_column("MB", justify="right")
    table.add_column("peak MB", justify="right")
    reader = ocr.make_engine(engine, PATIENT.timeout)
    photos = track(islice(cycle(samples), count), "Reading on", total=count, console=Console(stderr=True))
    for number, sample in enumerate(photos, start=1):
        ocr.read_photo(sample.path.read_bytes(), PATIENT, reader)
        if number in steps(count):
            gc.collect()
            table.add_row(str(number), f"{resident_megabytes():.0f}", f"{peak_megabytes():.0f}")
    return table


def steps(count: int) -> set[int]:
    """The first photo and every fifth of all."""
    return {1, *(count * part // 5 for part in range(1, 6))}


def resident_megabytes() -> float:
    """Memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def peak_megabytes() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def tables(photos: int, jobs: int, each: int, memory: int, only: str) -> Iterator[Table]:
    """All that the command prints."""
    samples = load_samples(photos)
    available = [name for name in OURS if name in ocr.ENGINES and _is_here(name)]
    yield memory_table(samples, ocr.DEFAULT_ENGINE, memory)
    runs = measure(samples, available, () if only == "ours" else tuple(OTHERS))
    yield cost_table(runs)
    yield stage_table(runs)
    yield quality_table(runs)
    yield throughput_table([sample.path for sample in samples], ocr.DEFAULT_ENGINE, jobs, each)


def _is_here(engine: str) -> bool:
    try:
        ocr.make_engine(engine)
    except ocr.EngineUnavailable:
        return False
    return True


def main(
    photos: Annotated[int, typer.Option(min=0, help="How many photos; 0 takes all.")] = 16,
    jobs: Annotated[int, typer.Option(min=1, help="Workers of the throughput test.")] = os.cpu_count() or 1,
    each: Annotated[int, typer.Option(min=2, help="Photos for each of them.")] = 24,
    memory: Annotated[int, typer.Option(min=5, help="Photos of the memory test.")] = 500,
    only: Annotated[str, typer.Option(help="`ours` leaves the plain packages out.")] = "",
) -> None:
    """Print the tables."""
    console = Console(width=150)
    for table in tables(photos, jobs, each, memory, only):
        console.print(table)


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(help=HELP)(main)
    app()
