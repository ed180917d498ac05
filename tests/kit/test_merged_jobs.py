"""Equal events that wait are one job; one that comes while it runs makes it run once more. Runners wake on commit."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.composition import House
from app.kit import queue
from app.kit.clock import now
from app.kit.db import Sessions
from app.kit.events import Event, Reaction, Work
from app.kit.ids import new_id
from app.kit.jobs import Runner
from app.kit.queue import Job, publish
from app.kit.wakeup import Waker

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Knocked(Event):
    door_id: UUID


@dataclass(frozen=True, slots=True)
class Rang(Event):
    bell_id: UUID


class Porter:
    """A reaction that notes each run and can be made to do something first."""

    def __init__(self) -> None:
        self.heard: list[tuple[UUID, UUID]] = []
        self.first = lambda: None

    def open(self, work: Work, event: Knocked) -> None:
        self.first()
        self.heard.append((work.job_id, event.door_id))

    def answer(self, work: Work, event: Rang) -> None:
        self.first()
        self.heard.append((work.job_id, event.bell_id))


@pytest.fixture
def porter():
    return Porter()


@pytest.fixture
def flow(porter):
    return {Knocked: (Reaction(porter.open, merged=True),), Rang: (Reaction(porter.answer),)}


@pytest.fixture
def sessions(house: House, flow) -> Sessions:
    return Sessions(house.sessions.engine, {"flow": flow})


@pytest.fixture
def runner(house, sessions, flow):
    return Runner(sessions, flow, house.files, house.settings)


@pytest.fixture
def knock(sessions, organization_id):
    def knock(door: UUID, delay: timedelta = timedelta(0)) -> None:
        with sessions.begin(organization_id) as session:
            publish(session, Knocked(door), delay=delay)

    return knock


def waiting(sessions: Sessions) -> list[Job]:
    with sessions.begin(reading=True) as session:
        return list(session.scalars(sa.select(Job)))


def test_equal_events_are_one_job_and_others_are_not(sessions, runner, porter, knock):
    door, other = new_id(), new_id()
    for _ in range(3):
        knock(door)
    knock(other)
    while runner.run_one():
        pass
    assert sorted(heard for _, heard in porter.heard) == sorted([door, other])
    assert waiting(sessions) == []


@pytest.mark.parametrize("delays", [(HOUR, timedelta(0)), (timedelta(0), HOUR)])
def test_the_earliest_of_them_counts(runner, porter, knock, delays):
    door = new_id()
    for delay in delays:
        knock(door, delay)
    assert runner.run_one()
    assert not runner.run_one()
    assert len(porter.heard) == 1


def test_an_event_that_comes_while_the_job_runs_makes_it_run_once_more(sessions, runner, porter, knock):
    door = new_id()
    porter.first = lambda: [knock(door) for _ in range(3)] if not porter.heard else None
    knock(door)
    while runner.run_one():
        pass
    assert len(porter.heard) == 2
    assert waiting(sessions) == []


def test_an_event_that_asks_for_later_while_the_job_runs_waits(sessions, runner, porter, knock):
    door = new_id()
    porter.first = lambda: [knock(door, HOUR), knock(door, 2 * HOUR)]
    knock(door)
    while runner.run_one():
        pass
    assert len(porter.heard) == 1
    [job] = waiting(sessions)
    assert HOUR - timedelta(minutes=1) < job.run_at - now() <= HOUR
    assert (job.attempts, job.worker, job.again_at) == (0, None, None)


def test_a_late_worker_does_not_finish_the_job_that_followed(sessions, knock):
    door = new_id()
    knock(door)
    with sessions.begin() as session:
        late = queue.claim(session, ["quick"], "late", timedelta(0))
    with sessions.begin() as session:
        held = queue.claim(session, ["quick"], "second", timedelta(hours=1))
    knock(door)
    with sessions.begin() as session:
        queue.finish(session, late)
        assert len(waiting(sessions)) == 1
    with sessions.begin() as session:
        queue.finish(session, held)
    [job] = waiting(sessions)
    assert job.id != held.job_id
    with sessions.begin() as session:
        queue.finish(session, held)
        queue.finish(session, late)
    assert len(waiting(sessions)) == 1


def test_a_failed_job_keeps_its_pause_when_the_event_comes_again(sessions, runner, porter, knock):
    def fail() -> None:
        raise RuntimeError("not now")

    door = new_id()
    porter.first = fail
    knock(door)
    assert runner.run_one()
    knock(door)
    assert not runner.run_one()
    assert len(waiting(sessions)) == 1


def test_a_parked_job_starts_anew_when_the_event_comes_again(house, sessions, runner, porter, knock):
    def fail() -> None:
        raise RuntimeError("not now")

    door = new_id()
    porter.first = fail
    knock(door)
    for _ in range(house.settings.job_attempts):
        assert runner.run_one()
        with sessions.begin() as session:
            session.execute(sa.update(Job).values(run_at=now()))
    assert not runner.run_one()
    porter.first = lambda: None
    knock(door)
    assert runner.run_one()
    assert (len(porter.heard), waiting(sessions)) == (1, [])


def test_nothing_is_missed_while_four_runners_and_four_others_are_at_it(house, sessions, flow, porter, knock):
    """After the last event of a door there is a run that began later."""
    doors = [new_id() for _ in range(5)]
    done = threading.Event()
    last: dict[UUID, float] = {}
    began: dict[UUID, float] = {}
    porter_runs = Reaction(lambda work, event: began.update({event.door_id: time.monotonic()}), merged=True)
    flow = {Knocked: (porter_runs,)}
    sessions = Sessions(house.sessions.engine, {"flow": flow})

    def announce(organization_id) -> None:
        for _ in range(10):
            for door in doors:
                with sessions.begin(organization_id) as session:
                    publish(session, Knocked(door))
                    last[door] = time.monotonic()

    def drain() -> None:
        runner = Runner(sessions, flow, house.files, house.settings)
        while not done.is_set() or runner.run_one():
            runner.run_one()

    with house.sessions.begin() as session:
        organization_id = session.execute(sa.text("SELECT id FROM organizations")).scalar_one()
    organization_id = UUID(str(organization_id))
    runners = [threading.Thread(target=drain) for _ in range(4)]
    others = [threading.Thread(target=announce, args=(organization_id,)) for _ in range(4)]
    for thread in runners + others:
        thread.start()
    for thread in others:
        thread.join()
    done.set()
    for thread in runners:
        thread.join()
    assert waiting(sessions) == []
    assert all(began[door] > last[door] - 0.001 for door in doors)


@pytest.mark.usefixtures("organization_id")
def test_a_job_knows_its_id_and_keeps_it_when_it_runs_again(sessions, runner, porter, organization_id):
    fails = iter([True])

    def fail_once() -> None:
        porter.heard.append("tried")
        if next(fails, False):
            raise RuntimeError("not now")

    porter.first = fail_once
    with sessions.begin(organization_id) as session:
        publish(session, Rang(new_id()))
    [job] = waiting(sessions)
    assert runner.run_one()
    with sessions.begin() as session:
        session.execute(sa.update(Job).values(run_at=now()))
    assert runner.run_one()
    assert porter.heard[-1][0] == job.id


@pytest.fixture
def sleepy(house):
    """Settings under which a runner that is not woken sleeps for a long time."""
    return house.settings.model_copy(update={"poll_seconds": 30.0})


def test_an_idle_runner_wakes_when_a_job_is_committed(house, sessions, flow, porter, sleepy, organization_id):
    stop, ran = threading.Event(), threading.Event()
    porter.first = ran.set
    waker = Waker(sessions.engine, sleepy.poll_seconds)
    runners = [Runner(sessions, flow, house.files, sleepy, ["quick"], waker) for _ in range(3)]
    threads = [threading.Thread(target=runner.run_until, args=(stop,)) for runner in runners]
    for thread in threads:
        thread.start()
    waits = []
    try:
        for _ in range(11):
            time.sleep(0.05)
            ran.clear()
            with sessions.begin(organization_id) as session:
                publish(session, Rang(new_id()))
            committed = time.monotonic()
            assert ran.wait(20), "nobody woke"
            waits.append(time.monotonic() - committed)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        waker.close()
    assert sorted(waits)[5] < 5


def test_one_commit_of_many_jobs_wakes_many_runners(house, sessions, flow, porter, sleepy, organization_id):
    stop, together = threading.Event(), threading.Barrier(3)
    porter.first = lambda: together.wait(20)  # passes only when three run at once
    waker = Waker(sessions.engine, sleepy.poll_seconds)
    runners = [Runner(sessions, flow, house.files, sleepy, ["quick"], waker) for _ in range(3)]
    threads = [threading.Thread(target=runner.run_until, args=(stop,)) for runner in runners]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    with sessions.begin(organization_id) as session:
        for _ in range(3):
            publish(session, Rang(new_id()))
    deadline = time.monotonic() + 60
    while waiting(sessions) and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.set()
    for thread in threads:
        thread.join()
    waker.close()
    assert len(porter.heard) == 3


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["knock", "later", "run"]), max_size=12))
def test_after_whatever_order_of_events_and_runs_nothing_due_is_left_behind(sessions, runner, porter, knock, steps):
    door, owed = new_id(), False
    for step in steps:
        if step == "run":
            assert runner.run_one() == owed
            owed = False
        else:
            knock(door, HOUR if step == "later" else timedelta(0))
            owed = owed or step == "knock"
    while runner.run_one():
        pass
    with sessions.begin() as session:
        session.execute(sa.delete(Job))
