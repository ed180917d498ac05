"""Give and get, and the spread tree, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from app.alliances.ledger import make_ledger
from app.alliances.spreading import make_spread
from app.alliances.terms import Case, Kind, Side, Signal
from tests.alliances import cases
from tests.alliances.cases import NOW, an_id, any_case, signal

ANN_BOB = (an_id("ann"), an_id("bob"))
CLEO_DAN = (an_id("cleo"), an_id("dan"))


def win(days: float, **reps: str) -> Signal:
    return signal(Kind.JOINT_WIN, days, giver=Side.A, **reps)


def test_give_and_get():
    ledger = make_ledger(cases.WON_TOGETHER.signals)
    assert ledger.total.by_a == ledger.total.by_b == {Kind.INTRODUCTION: 1, Kind.JOINT_WIN: 1}
    assert ledger.total.balance == 1
    assert ledger.lines[ANN_BOB].by_a == {Kind.INTRODUCTION: 1, Kind.JOINT_WIN: 1}
    assert ledger.lines[ANN_BOB].balance == pytest.approx(2 * 1.0 / 3.6)
    assert ledger.lines[CLEO_DAN].balance == 0


def test_nothing_given():
    empty = make_ledger(cases.BOTH_CARDS.signals)
    assert (empty.total.by_a, empty.total.by_b, empty.total.balance, empty.lines) == ({}, {}, 0, {})


def test_a_win_leads_to_the_pair_that_meets_next():
    won = win(50)
    signals = [signal(Kind.MEETING, 90), won, signal(Kind.MEETING, 20, ours="cleo", theirs="dan")]
    spread = make_spread(signals, {}, NOW)
    assert [(s.reps, s.wins, s.because_of, s.named) for s in spread.sprouts] == [
        (ANN_BOB, 1, None, False),
        (CLEO_DAN, 0, won.id, False),
    ]
    assert spread.reproduction == 1


@pytest.mark.parametrize(("days", "led"), [(49, True), (-10, True), (-11, False), (50, False), (60, False)])
def test_only_within_sixty_days_after_the_win(days: float, led: bool):
    met = signal(Kind.MEETING, days, ours="cleo", theirs="dan")
    [sprout] = [s for s in make_spread([win(50), met], {}, NOW).sprouts if s.reps == CLEO_DAN]
    assert (sprout.because_of is not None) == led


def test_a_named_reason_outranks_the_time():
    first, second = win(300), win(30)
    met = signal(Kind.MEETING, 20, ours="cleo", theirs="dan")
    spread = make_spread([first, second, met], {CLEO_DAN: first.id}, NOW)
    assert (spread.sprouts[-1].because_of, spread.sprouts[-1].named) == (first.id, True)


def test_no_win_no_reproduction():
    assert make_spread(cases.BOTH_CARDS.signals, {}, NOW).reproduction is None


def test_a_bridge_is_the_only_active_rep():
    both = [signal(Kind.MEETING), signal(Kind.MEETING, theirs="dan")]
    spread = make_spread(both, {}, NOW)
    assert (spread.bridge_a, spread.bridge_b) == (an_id("ann"), None)
    asleep = replace(both[1], at=both[1].at.replace(year=2024))
    assert make_spread([both[0], asleep], {}, NOW).bridge_b == an_id("bob")
    assert make_spread([asleep], {}, NOW).bridge_a is None


@given(any_case())
def test_any_evidence_has_a_tree_and_a_ledger(case: Case):
    spread = make_spread(case.signals, {}, NOW)
    pairs = {(s.rep_a, s.rep_b) for s in case.signals if s.rep_a and s.rep_b}
    assert {sprout.reps for sprout in spread.sprouts} == pairs
    ledger = make_ledger(case.signals)
    assert sum(sum(a.by_a.values()) + sum(a.by_b.values()) for a in ledger.lines.values()) == (
        sum(ledger.total.by_a.values()) + sum(ledger.total.by_b.values())
    )
    assert 0 <= ledger.total.balance <= 1
