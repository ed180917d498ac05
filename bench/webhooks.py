"""Webhooks: deliveries per second, latency, a dead endpoint beside living ones, memory.

`python -m bench.webhooks [--database sqlite|postgresql] [--count N]`. Everything is real: workers are processes, the
receiver is another one, the bare loop posts the same bytes with httpx to the same receiver in the same run.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from app.composition import House
from app.kit.clock import now
from app.kit.ids import new_id
from app.kit.logs import set_up_logs
from app.kit.queue import publish
from app.scans.events import ScanFinished
from app.scans.models import Scan, ScanStatus
from app.webhooks import service, signing
from app.webhooks.events import EndpointDue
from app.webhooks.models import Delivery, DeliveryStatus, Message
from bench.empty import empty_service, environment
from bench.sink import Sink, sink

console = Console()

BODY = (
    '{"type":"contact.updated","timestamp":"2026-03-01T12:00:00+00:00","schema_version":1,"sequence":1,"data":{'
    + ",".join(f'"field_{number}":"{"x" * 40}"' for number in range(30))
    + "}}"
)
"""About 1.7 kB, as a contact's."""

OWED_TO_THE_DEAD = 100_000
TURNS = 5
"""With and without the dead endpoint, so that both see the same machine."""


@dataclass
class Ground:
    """A service on an empty database, an organization, and a receiver."""

    house: House
    organization_id: UUID
    user_id: UUID
    sink: Sink
    endpoints: dict[str, UUID] = field(default_factory=dict)

    def endpoint(self, name: str, url: str | None = None) -> UUID:
        """The endpoint of this name at the sink, or elsewhere."""
        if name not in self.endpoints:
            given = {"url": url or self.sink.url(name), "event_types": []}
            with self.house.sessions.begin(self.organization_id) as session:
                made = service.make_endpoint(session, self.house.settings, given, signing.make_secret())
                self.endpoints[name] = made.id
        return self.endpoints[name]

    def owe(self, name: str, count: int) -> None:
        """So many messages to an endpoint, due now; nobody is told yet."""
        endpoint_id, moment = self.endpoint(name), now()
        scope = {"organization_id": self.organization_id, "created_at": moment}
        for start in range(0, count, 5000):
            ids = [new_id() for _ in range(min(5000, count - start))]
            about = {"type": "contact.updated", "object_id": endpoint_id, "sequence": 1, "body": BODY}
            owed = {"endpoint_id": endpoint_id, "status": DeliveryStatus.PENDING, "attempts": 0, "next_at": moment}
            with self.house.sessions.begin(self.organization_id) as session:
                session.execute(sa.insert(Message), [{"id": one, **scope, **about} for one in ids])
                session.execute(
                    sa.insert(Delivery), [{"id": new_id(), "message_id": one, **scope, **owed} for one in ids]
                )

    def tell(self, *names: str) -> None:
        """Let the workers know, in one transaction."""
        with self.house.sessions.begin(self.organization_id) as session:
            for name in names:
                publish(session, EndpointDue(self.endpoints[name]))

    def enable(self, name: str, enabled: bool) -> None:
        """Switch an endpoint on or off; switched on, what it is owed is due."""
        with self.house.sessions.begin(self.organization_id) as session:
            service.change_endpoint(session, self.house.settings, self.endpoints[name], {"enabled": enabled})

    def arrivals(self, name: str) -> list[float]:
        """When messages came to an endpoint since this was last asked."""
        moments: list[float] = httpx.get(self.sink.url(name)).json()
        return moments

    def wait(self, *names: str, seconds: float = 900) -> None:
        """Until nothing is owed to these endpoints."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self.house.sessions.begin(self.organization_id, reading=True) as session:
                if not any(service.pending(session, self.endpoints[name]) for name in names):
                    return
            time.sleep(0.25)
        raise TimeoutError("still something is owed")


@contextmanager
def ground(database: str) -> Iterator[Ground]:
    """An empty service on this kind of database."""
    with empty_service(database, webhook_allow=("127.0.0.0/8",)) as empty, sink() as receiver:
        yield Ground(empty.house, empty.organization_id, empty.user_id, receiver)


@contextmanager
def workers(ground: Ground, count: int, *lanes: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Real workers, ready: each has delivered something."""
    env = environment(ground.house.settings, CARDALLY_WEBHOOK_ALLOW='["127.0.0.0/8"]')
    command = [sys.executable, "-m", "app.worker", *(word for lane in lanes for word in ("--lane", lane))]
    running = [subprocess.Popen(command, env=env) for _ in range(count)]
    try:
        ground.owe("warm", 1)
        ground.tell("warm")
        ground.wait("warm", seconds=120)
        time.sleep(3 if count > 1 else 0.5)
        yield running
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def bare_loop(ground: Ground, count: int) -> float:
    """Posts a second of httpx alone, same bytes, one connection."""
    headers = {"content-type": "application/json", **signing.headers([signing.make_secret()], "msg_x", now(), BODY)}
    body = BODY.encode()
    with httpx.Client() as client:
        client.post(ground.sink.url("bare"), content=body, headers=headers)
        started = time.perf_counter()
        for _ in range(count):
            client.post(ground.sink.url("bare"), content=body, headers=headers)
        return count / (time.perf_counter() - started)


def delivered_rate(ground: Ground, names: Sequence[str], count: int) -> float:
    """Deliveries a second, from the moment the workers are told to the last arrival."""
    for name in names:
        ground.owe(name, count // len(names))
        ground.arrivals(name)
    told = time.monotonic()
    ground.tell(*names)
    ground.wait(*names)
    last = max(max(ground.arrivals(name)) for name in names)
    return count / (last - told)


def throughput(ground: Ground, count: int) -> None:
    """Deliveries a second of 1, 2 and 4 workers, beside a bare loop in the same run."""
    table = Table("workers", "endpoints", "deliveries/s", "bare loop/s", "ratio", title="Throughput")
    names = [f"endpoint-{number}" for number in range(8)]
    for number, several in ((1, False), (1, True), (2, True), (4, True)):
        with workers(ground, number, "deliver:1" if not several else "deliver:2"):
            before = bare_loop(ground, count // 4)
            rate = delivered_rate(ground, names if several else names[:1], count)
            bare = (before + bare_loop(ground, count // 4)) / 2
        row = (number, len(names) if several else 1, round(rate), round(bare), f"{rate / bare:.2f}")
        table.add_row(*map(str, row))
    console.print(table)


def finish_scan(ground: Ground) -> float:
    """One fact; returns the moment of its commit."""
    with ground.house.sessions.begin(ground.organization_id) as session:
        scan = Scan(user_id=ground.user_id, status=ScanStatus.NO_CARD, front_file="none", captured_at=now())
        session.add(scan)
        session.flush()
        publish(session, ScanFinished(scan.id))
    return time.monotonic()


def latencies(ground: Ground, name: str, count: int) -> list[float]:
    """Milliseconds from the commit of a fact to the arrival of its message, one fact at a time, sorted."""
    ground.endpoint(name)
    found = []
    ground.arrivals(name)
    for _ in range(count):
        committed, deadline = finish_scan(ground), time.monotonic() + 30
        moments: list[float] = []
        while not moments and time.monotonic() < deadline:
            time.sleep(0.02)
            moments = ground.arrivals(name)
        found.append(1000 * (moments[0] - committed))
        time.sleep(0.02)
    return sorted(found)


def percentile(values: Sequence[float], share: float) -> float:
    """Of sorted values."""
    return values[min(len(values) - 1, int(share * len(values)))]


def latency(ground: Ground, count: int) -> None:
    """From commit to first attempt, in turns with and without a dead endpoint to which much is owed."""
    table = Table("beside", "p50 ms", "p99 ms", "ratio of p99", title="From the commit of a fact to its first attempt")
    alone: list[float] = []
    beside: list[float] = []
    with (
        workers(ground, 1, "quick:4", "deliver:8"),
        socket.create_server(("127.0.0.1", 0), backlog=1) as silent,  # takes a connection and says nothing
    ):
        ground.endpoint("dead", f"http://127.0.0.1:{silent.getsockname()[1]}/")
        ground.owe("dead", OWED_TO_THE_DEAD)
        for _turn in range(TURNS):
            ground.enable("dead", False)
            alone += latencies(ground, "alive", count // TURNS)
            ground.enable("dead", True)
            beside += latencies(ground, "alive", count // TURNS)
    usual = percentile(sorted(alone), 0.99)
    for name, found in (("nothing", alone), (f"a dead endpoint, {OWED_TO_THE_DEAD:,} owed", beside)):
        late = percentile(sorted(found), 0.99)
        table.add_row(name, f"{statistics.median(found):.0f}", f"{late:.0f}", f"{late / usual:.2f}")
    console.print(table)


def resident_mb(process: subprocess.Popen[bytes]) -> float:
    """Memory of a process now."""
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def memory(ground: Ground, count: int) -> None:
    """What one worker holds while it delivers more and more."""
    table = Table("deliveries", "MB", title="Memory of one worker")
    with workers(ground, 1, "deliver:1") as [process]:
        table.add_row("0", f"{resident_mb(process):.0f}")
        for step in range(1, 5):
            delivered_rate(ground, ["memory"], count // 4)
            table.add_row(f"{step * count // 4:,}", f"{resident_mb(process):.0f}")
    console.print(table)


PARTS = {"throughput": throughput, "latency": latency, "memory": memory}


def main() -> None:
    """Measure and print."""
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--database", action="append", choices=["sqlite", "postgresql"])
    parse.add_argument("--part", action="append", choices=list(PARTS))
    parse.add_argument("--count", type=int, default=4000, help="deliveries a measurement of throughput")
    parse.add_argument("--facts", type=int, default=200, help="facts a measurement of latency")
    parse.add_argument("--memory", type=int, default=20_000, help="deliveries of the measurement of memory")
    given = parse.parse_args()
    set_up_logs("error")
    counts = {"throughput": given.count, "latency": given.facts, "memory": given.memory}
    for database in given.database or ["sqlite", "postgresql"]:
        console.rule(database)
        for part in given.part or list(PARTS):
            with ground(database) as fresh:
                PARTS[part](fresh, counts[part])


if __name__ == "__main__":
    main()
