"""What follows an attempt: tables and properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import Settings
from app.webhooks.delivery import (
    Again,
    Answered,
    Delivered,
    GivenUp,
    Gone,
    Health,
    Unanswered,
    break_after,
    next_step,
    retry_after,
)

SCHEDULE = tuple(timedelta(seconds=s) for s in Settings.model_fields["webhook_schedule_seconds"].default)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

failures = st.one_of(
    st.builds(
        Answered,
        st.integers(100, 599).filter(lambda status: not 200 <= status < 300 and status != 410),
        st.none() | st.timedeltas(timedelta(0), timedelta(days=1000)),
    ),
    st.builds(Unanswered, st.sampled_from(["timeout", "connection_failed", "address_refused"])),
)
outcomes = st.one_of(failures, st.builds(Answered, st.sampled_from([200, 201, 204, 299, 410])))
chances = st.floats(0, 1)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("outcome", "attempt", "step"),
    [
        (Answered(200), 1, Delivered()),
        (Answered(204), 10, Delivered()),
        (Answered(301), 1, Again(timedelta(seconds=5))),
        (Answered(304), 2, Again(timedelta(minutes=5))),
        (Answered(404), 3, Again(timedelta(minutes=30))),
        (Answered(500), 4, Again(timedelta(hours=2))),
        (Unanswered("timeout"), 5, Again(timedelta(hours=5))),
        (Unanswered("timeout"), 9, Again(timedelta(hours=24))),
        (Unanswered("timeout"), 10, GivenUp()),
        (Answered(500), 11, GivenUp()),
        (Answered(410), 1, Gone()),
        (Answered(410), 10, Gone()),
        (Answered(429, timedelta(seconds=8)), 1, Again(timedelta(seconds=8))),
        (Answered(429, timedelta(seconds=2)), 1, Again(timedelta(seconds=5))),
        (Answered(503, timedelta(hours=1)), 1, Again(timedelta(seconds=10))),
        (Answered(429, timedelta(hours=1)), 10, GivenUp()),
    ],
)
def test_next_step(outcome, attempt, step):
    assert next_step(outcome, attempt, SCHEDULE, chance=0) == step


@given(failures, st.integers(1, len(SCHEDULE) - 1), chances)
def test_a_receiver_can_stretch_a_delay_but_not_beyond_double(outcome, attempt, chance):
    step = next_step(outcome, attempt, SCHEDULE, chance)
    assert isinstance(step, Again)
    assert SCHEDULE[attempt] <= step.delay <= 2 * SCHEDULE[attempt]


@given(st.lists(st.tuples(failures, chances), min_size=len(SCHEDULE), max_size=len(SCHEDULE)))
def test_a_message_is_tried_as_often_as_the_schedule_says_and_then_given_up(ends):
    steps = [next_step(outcome, number, SCHEDULE, chance) for number, (outcome, chance) in enumerate(ends, 1)]
    assert all(isinstance(step, Again) for step in steps[:-1])
    assert steps[-1] == GivenUp()


@given(outcomes, st.integers(1, 30), chances)
def test_only_2xx_is_a_success(outcome, attempt, chance):
    step = next_step(outcome, attempt, SCHEDULE, chance)
    assert (step == Delivered()) == (isinstance(outcome, Answered) and outcome.status // 100 == 2)


@given(failures.filter(lambda end: getattr(end, "retry_after", None) is None), st.integers(1, 9), chances, chances)
def test_more_jitter_is_later(outcome, attempt, a, b):
    early, late = (next_step(outcome, attempt, SCHEDULE, chance) for chance in sorted((a, b)))
    assert early.delay <= late.delay


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("Sun, 01 Mar 2026 12:01:30 GMT", 90),
        ("Sunday, 01-Mar-26 12:01:30 GMT", 90),
        ("Sun Mar  1 12:01:30 2026", 90),
        ("Sun, 01 Mar 2026 11:00:00 GMT", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("9" * 5000, 10**9),
        ("²", None),
        ("Sun, 99 Foo 99999 99:99:99 GMT", None),
    ],
)
def test_retry_after(value, seconds):
    assert retry_after(value, NOW) == (None if seconds is None else timedelta(seconds=seconds))


@given(st.text(max_size=60))
def test_no_retry_after_header_breaks_it(text):
    asked = retry_after(text, NOW)
    assert asked is None or asked >= timedelta(0)


@given(st.lists(outcomes, max_size=60))
def test_health_counts_since_the_last_success(ends):
    health, since, count = Health(), None, 0
    for number, outcome in enumerate(ends):
        moment = NOW + number * timedelta(hours=1)
        health = health.after(outcome, moment, SECOND)
        good = isinstance(outcome, Answered) and outcome.status // 100 == 2
        since, count = (None, 0) if good else (since or moment, count + 1)
        assert (health.failing_since, health.failures) == (since, count)
        assert (health.paused_until is None) == (break_after(count, SECOND) == timedelta(0))


@pytest.mark.parametrize(("days", "lost"), [(0, False), (4.99, False), (5, True), (9, True)])
def test_an_endpoint_is_lost_after_five_days_of_failure(days, lost):
    health = Health().after(Unanswered("timeout"), NOW, SECOND)
    assert health.is_lost(NOW + timedelta(days=days), timedelta(days=5)) is lost


def test_a_healthy_endpoint_is_never_lost():
    assert not Health().is_lost(NOW, timedelta(0))


@given(st.integers(0, 10**6))
def test_a_failing_receiver_is_left_alone_longer_and_longer_but_at_most_a_minute(failures):
    assert timedelta(0) <= break_after(failures, SECOND) <= break_after(failures + 1, SECOND) <= timedelta(minutes=1)


def test_breaks():
    assert [break_after(count, SECOND).total_seconds() for count in range(11)] == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]
