"""The states: what each asks for, and that a pair falls later than it rose."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.alliances.states import Facts, Paper, settle
from app.alliances.terms import Decision, Kind, SharedAccount, Side, State
from app.books.terms import Relation
from tests.alliances import cases
from tests.alliances.cases import NOW, account, any_case, signal

CARD = signal(Kind.CARD_RECEIVED)
WIN = signal(Kind.JOINT_WIN, giver=Side.A)
SECOND_WIN = signal(Kind.JOINT_WIN, 2, giver=Side.B, ours="cleo")
THREE_PAIRS = tuple(signal(Kind.MEETING, ours=name) for name in ("ann", "cleo", "eve"))
CONFIRMED = replace(account("n", Relation.CUSTOMER, Relation.CUSTOMER), by_both=True)


@pytest.mark.parametrize(
    ("facts", "state", "reason"),
    [
        (Facts((CARD,)), State.AWARE, "card"),
        (Facts((CARD, signal(Kind.MET_AT_EVENT))), State.AWARE, "card"),
        (Facts((CARD,), (replace(CONFIRMED, by_both=False),)), State.AWARE, "card"),
        (Facts((signal(Kind.MUTUAL_EXCHANGE),)), State.ACQUAINTED, "met"),
        (Facts((CARD, signal(Kind.MEETING))), State.ACQUAINTED, "met"),
        (Facts((CARD, signal(Kind.INTRODUCTION, giver=Side.A))), State.COLLABORATING, "introduction"),
        (Facts((CARD, signal(Kind.REFERRAL, giver=Side.B))), State.COLLABORATING, "introduction"),
        (Facts((CARD,), (CONFIRMED,)), State.COLLABORATING, "shared_accounts"),
        (Facts((CARD, WIN)), State.PRODUCING, "win"),
        (Facts((*THREE_PAIRS, WIN)), State.PRODUCING, "win"),
        (Facts((*THREE_PAIRS, WIN, replace(WIN, id=SECOND_WIN.id))), State.PRODUCING, "win"),
        (Facts((*THREE_PAIRS[:2], WIN, SECOND_WIN)), State.PRODUCING, "win"),
        (Facts((*THREE_PAIRS, WIN, SECOND_WIN)), State.SPREADING, "wins_by_several_reps"),
        (Facts((CARD,), decision=Decision.PROPOSED), State.PROPOSED, "proposed"),
        (Facts((CARD,), decision=Decision.PROPOSED, paper=Paper.IN_FORCE), State.FORMAL, "agreement"),
        (Facts((CARD,), paper=Paper.ENDED), State.PRODUCING, "agreement_ended"),
        (Facts((*THREE_PAIRS, WIN, SECOND_WIN), decision=Decision.DECLINED), State.DECLINED, "declined"),
        (Facts((*THREE_PAIRS, WIN), paper=Paper.IN_FORCE, competitors=True), State.CONFLICT, "competitors"),
    ],
)
def test_what_a_state_asks_for(facts: Facts, state: State, reason: str):
    verdict = settle(None, facts, NOW)
    assert (verdict.state, verdict.reason) == (state, reason)


def test_a_state_names_its_evidence():
    assert settle(None, Facts((CARD, WIN)), NOW).evidence_ids == (WIN.id,)


@pytest.mark.parametrize("before", State)
def test_only_a_long_quiet_is_dormant(before: State):
    facts = Facts((signal(Kind.MUTUAL_EXCHANGE, 0),))
    assert settle(before, facts, NOW + timedelta(days=179.9)).state is State.ACQUAINTED
    assert settle(before, facts, NOW + timedelta(days=180)).state is State.DORMANT


def test_a_card_wakes_a_dormant_pair_at_once_and_where_it_was():
    facts = Facts((replace(WIN, at=NOW - timedelta(days=400)),))
    assert settle(State.PRODUCING, facts, NOW).state is State.DORMANT
    assert settle(State.DORMANT, replace(facts, signals=(*facts.signals, CARD)), NOW).state is State.PRODUCING


@pytest.mark.parametrize(("before", "state"), [(State.PRODUCING, State.PRODUCING), (State.SPREADING, State.SPREADING)])
def test_spreading_ends_later_than_it_begins(before: State, state: State):
    silent = replace(THREE_PAIRS[2], at=NOW - timedelta(days=200))
    facts = Facts((*THREE_PAIRS[:2], silent, WIN, SECOND_WIN))
    assert settle(before, facts, NOW).state is state
    assert settle(before, facts, NOW + timedelta(days=75)).state is State.PRODUCING


def test_a_quiet_agreement_is_dormant_and_wakes_formal():
    facts = Facts((signal(Kind.MEETING, 200),), paper=Paper.IN_FORCE)
    assert settle(State.FORMAL, facts, NOW).state is State.DORMANT
    assert settle(State.DORMANT, replace(facts, signals=(CARD,)), NOW).state is State.FORMAL


def test_declined_stays_declined_in_the_quiet():
    facts = Facts((signal(Kind.MEETING, 1000),), decision=Decision.DECLINED)
    assert settle(State.DECLINED, facts, NOW).state is State.DECLINED


@given(
    any_case(),
    st.sampled_from([None, *State]),
    st.sampled_from([None, *Decision]),
    st.sampled_from([None, *Paper]),
)
def test_settling_again_changes_nothing(case: cases.Case, before: State | None, decision, paper):
    facts = Facts(case.signals, case.shared, case.declared_competitors, decision, None, paper)
    verdict = settle(before, facts, NOW)
    again = settle(verdict.state, facts, NOW)
    assert again == verdict


@given(any_case(), st.sampled_from([None, *State]), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_no_state(case: cases.Case, before: State | None, chance):
    signals, shared = list(case.signals), list(case.shared)
    chance.shuffle(signals)
    chance.shuffle(shared)
    assert settle(before, Facts(tuple(signals), tuple(shared)), NOW) == settle(
        before, Facts(case.signals, case.shared), NOW
    )


def test_a_decision_breaks_the_quiet():
    old = signal(Kind.MEETING, 400)
    facts = Facts((old,), decision=Decision.PROPOSED, decided_at=NOW)
    assert settle(State.DORMANT, facts, NOW).state is State.PROPOSED
    assert settle(State.PROPOSED, facts, NOW + timedelta(days=180)).state is State.DORMANT


def test_a_shared_account_keeps_a_pair_awake():
    old = signal(Kind.CARD_RECEIVED, 400)
    fresh: SharedAccount = CONFIRMED
    assert settle(State.AWARE, Facts((old,), (fresh,)), NOW).state is State.COLLABORATING
