"""The queue and its runner: once, again after a failure, parked at the end, and never lost."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.composition import House
from app.kit import queue
from app.kit.db import Sessions
from app.kit.events import Event, Reaction, Work
from app.kit.ids import new_id
from app.kit.jobs import Runner
from app.kit.queue import Job, publish


@dataclass(frozen=True, slots=True)
class Rang(Event):
    bell_id: UUID


class Listener:
    """A reaction that notes what it heard and fails as often as it is told to."""

    def __init__(self) -> None:
        self.__module__, self.__qualname__ = "tests", "listen"
        self.heard: list[UUID] = []
        self.gave_up: list[str] = []
        self.failures = 0

    def __call__(self, work: Work, event: Rang) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("not now")
        self.heard.append(event.bell_id)

    def give_up(self, work: Work, event: Rang, code: str) -> None:
        self.gave_up.append(code)


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def flow(listener):
    return {Rang: (Reaction(listener, gave_up=listener.give_up),)}


@pytest.fixture
def sessions(house: House, flow) -> Sessions:
    return Sessions(house.sessions.engine, {"flow": flow})


@pytest.fixture
def runner(house, sessions, flow):
    return Runner(sessions, flow, house.files, house.settings)


def due_now(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.execute(sa.update(Job).values(run_at=queue.now()))


def test_what_is_published_runs_once(sessions, runner, listener, organization_id):
    bell = new_id()
    with sessions.begin(organization_id) as session:
        publish(session, Rang(bell))
    assert (runner.run_one(), runner.run_one()) == (True, False)
    assert listener.heard == [bell]


def test_what_is_rolled_back_never_runs(sessions, runner, organization_id):
    with pytest.raises(RuntimeError), sessions.begin(organization_id) as session:
        publish(session, Rang(new_id()))
        raise RuntimeError
    assert not runner.run_one()


def test_a_delayed_event_waits(sessions, runner, organization_id):
    with sessions.begin(organization_id) as session:
        publish(session, Rang(new_id()), delay=timedelta(hours=1))
    assert not runner.run_one()


def test_a_failure_is_tried_again_later(sessions, runner, listener, organization_id):
    listener.failures = 1
    with sessions.begin(organization_id) as session:
        publish(session, Rang(new_id()))
    assert runner.run_one()
    assert not runner.run_one(), "not at once"
    due_now(sessions)
    assert runner.run_one()
    assert len(listener.heard) == 1


def test_the_last_failure_parks_the_job_and_says_so(house, sessions, runner, listener, organization_id):
    listener.failures = 99
    with sessions.begin(organization_id) as session:
        publish(session, Rang(new_id()))
    for _ in range(house.settings.job_attempts):
        assert runner.run_one()
        due_now(sessions)
    assert not runner.run_one()
    assert listener.gave_up == ["internal_error"]
    with sessions.begin() as session:
        [(lane, parked, count, _)] = queue.backlog(session)
        assert (lane, parked, count) == ("quick", True, 1)
        listener.failures = 0
        assert queue.retry_parked(session) == 1
    assert runner.run_one()
    assert len(listener.heard) == 1


def test_a_job_whose_worker_died_falls_due_when_the_lease_ends(sessions, runner, listener, organization_id):
    with sessions.begin(organization_id) as session:
        publish(session, Rang(new_id()))
    with sessions.begin() as session:
        assert queue.claim(session, ["quick"], "a worker that dies", timedelta(hours=1))
    assert not runner.run_one(), "the lease holds"
    due_now(sessions)
    assert runner.run_one()
    assert len(listener.heard) == 1


def test_a_job_that_kills_its_workers_is_parked(house, sessions, runner, listener, organization_id):
    with sessions.begin(organization_id) as session:
        publish(session, Rang(new_id()))
    for _ in range(house.settings.job_attempts):
        with sessions.begin() as session:
            assert queue.claim(session, ["quick"], "a worker that dies", timedelta(0))
    assert runner.run_one()
    assert (listener.heard, listener.gave_up) == ([], ["worker_died"])


def test_a_late_worker_can_neither_finish_nor_postpone(sessions, organization_id):
    with sessions.begin(organization_id) as session:
        publish(session, Rang(new_id()))
    with sessions.begin() as session:
        late = queue.claim(session, ["quick"], "late", timedelta(0))
    with sessions.begin() as session:
        held = queue.claim(session, ["quick"], "second", timedelta(hours=1))
        assert late and held and held.job_id == late.job_id
    with sessions.begin() as session:
        queue.finish(session, late)
        queue.postpone(session, late, "x", timedelta(0))
        assert not queue.extend(session, late, timedelta(hours=1))
        assert queue.extend(session, held, timedelta(hours=1))
    with sessions.begin() as session:
        assert session.get_one(Job, held.job_id).worker == "second"


def test_lanes_do_not_wait_for_each_other(house, sessions, flow, listener, organization_id):
    with sessions.begin(organization_id) as session:
        publish(session, Rang(new_id()))
    assert not Runner(sessions, flow, house.files, house.settings, ["read"]).run_one()
    assert Runner(sessions, flow, house.files, house.settings, ["quick"]).run_one()


def test_four_workers_at_once_run_every_job_once(house, sessions, flow, listener, organization_id):
    bells = [new_id() for _ in range(60)]
    with sessions.begin(organization_id) as session:
        for bell in bells:
            publish(session, Rang(bell))

    def drain() -> None:
        runner = Runner(sessions, flow, house.files, house.settings)
        while runner.run_one():
            pass

    threads = [threading.Thread(target=drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(listener.heard) == bells


def test_the_lease_is_kept_while_a_job_runs(house, sessions, organization_id):
    second_look = []

    def slow(work: Work, event: Rang) -> None:
        held.wait(0.5)
        with sessions.begin() as session:
            second_look.append(queue.claim(session, ["quick"], "thief", timedelta(0)))

    held = threading.Event()
    flow = {Rang: (Reaction(slow),)}
    with Sessions(house.sessions.engine, {"flow": flow}).begin(organization_id) as session:
        publish(session, Rang(new_id()))
    settings = house.settings.model_copy(update={"lease_seconds": 0.3})
    assert Runner(sessions, flow, house.files, settings).run_one()
    assert second_look == [None]


def test_reactions_have_names_of_their_own(flow):
    assert replace(flow[Rang][0], lane="read").name == "tests.listen"
