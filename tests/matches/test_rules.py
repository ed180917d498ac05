"""The pure rules of matching: sizes, bands, limits, sealing, what a client remembers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.books.terms import Relation
from app.matches.client.blinding import BlindedBook
from app.matches.client.book import entries_of_sheet, identifier
from app.matches.client.errors import Tampered, TooLittleChanged
from app.matches.client.memory import Memory
from app.matches.client.sealing import Invitation, pad, unpad
from app.matches.limits import Limits, against_sizes, free_again
from app.matches.states import OVER, Act, WrongOrderError, after, check_step
from app.matches.terms import SIZES, Band, Depth, State, Step, band_of, padded_size
from tests.matches.books import book

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(("count", "size"), [(20, 64), (64, 64), (65, 256), (257, 1024), (16384, 16384)])
def test_lists_are_padded_to_powers_of_four(count, size):
    assert padded_size(count) == size
    assert size in {4**power for power in range(3, 8)}


def test_what_no_size_holds_is_refused():
    with pytest.raises(ValueError, match="16,384"):
        padded_size(16385)


@given(st.integers(0, 500))
def test_a_band_says_no_more_than_it_says(count):
    lowest = {Band.NONE: 0, Band.FEW: 1, Band.SOME: 3, Band.MANY: 10}
    assert count >= lowest[band_of(count)]
    assert all(count < least for band, least in lowest.items() if least > lowest[band_of(count)])


@given(st.sampled_from(list(State)), st.sampled_from(list(Act)))
def test_nothing_leads_back_and_nothing_out_of_the_end(state, act):
    order = list(State)
    try:
        reached = after(state, act)
    except WrongOrderError:
        return
    assert state not in OVER
    assert order.index(reached) == order.index(state) + 1


def test_each_message_has_one_state():
    for step in Step:
        fit = []
        for state in State:
            try:
                check_step(state, step)
            except WrongOrderError:
                continue
            fit.append(state)
        assert len(fit) == 1, step


LIMITS = st.builds(
    Limits,
    enabled=st.booleans(),
    relations=st.frozensets(st.sampled_from(Relation)),
    depth=st.sampled_from(Depth),
    least_accounts=st.integers(20, 16384),
    largest_size=st.sampled_from(SIZES),
    monthly=st.integers(1, 31),
    cool_down_days=st.floats(0, 62),
)


@given(LIMITS, LIMITS, st.sampled_from(SIZES), st.sampled_from(SIZES))
def test_what_the_stricter_of_two_allows_both_allow(one, other, own, partner):
    both = one.stricter(other)
    assert both == other.stricter(one)
    if against_sizes(both, own, partner) is None:
        assert against_sizes(one, own, partner) is None
        assert against_sizes(other, own, partner) is None


@pytest.mark.parametrize(
    ("days_ago", "free_in_days"),
    [
        ([], 0),
        ([8], 0),  # one this month, and the week is over
        ([3], 4),
        ([8, 9], 11.5),  # two this month: on the first of June
        ([0.1, 9], 11.5),
        ([25, 26], 0),  # last month's
    ],
)
def test_a_budget_is_free_again(days_ago, free_in_days):
    past = [NOON - timedelta(days=days) for days in days_ago]
    free = free_again(Limits(), past, NOON)
    assert (free is None) == (free_in_days == 0)
    if free is not None:
        assert free - NOON == timedelta(days=free_in_days)


@given(st.binary(max_size=40_000))
def test_padding_hides_a_length_and_is_undone(data):
    padded = pad(data)
    assert unpad(padded) == data
    assert len(padded) in {4096, 16384, 65536}


def test_padding_has_its_limits():
    pad(bytes(1 << 19))
    with pytest.raises(ValueError, match="too much"):
        pad(bytes(1 << 20))
    with pytest.raises(Tampered):
        unpad(b"\xff" * 100)


def test_the_token_tells_nothing_of_the_keys_and_the_secret_is_not_printed():
    invitation = Invitation()
    assert Invitation.read(f" {invitation.text}\n") == invitation
    assert invitation.token not in invitation.text
    assert invitation.text[20:] not in repr(invitation)


@pytest.mark.parametrize(
    ("name", "domain", "found"),
    [
        ("Harbor Works Inc.", "https://www.Harbor.co.uk/x", "domain:harbor.co.uk"),
        ("Harbor Works Inc.", "sales.harbor.com", "domain:harbor.com"),
        ("Harbor Works, Inc.", None, "name:harbor works"),
        ("HARBOR WORKS GmbH", "gmail.com", "name:harbor works"),  # anybody has an address there
        ("!!!", None, None),
    ],
)
def test_accounts_are_compared_by_domain_else_by_the_core_of_the_name(name, domain, found):
    assert identifier(name, domain) == found


def test_what_takes_part_is_chosen_on_this_side():
    again = b"\nLumen Works 1,lumen1.com,prospect,,,no\nGranite,granite3.com,prospect,,,no"
    data = book(range(10), never_share=[3, 4]) + again
    entries = entries_of_sheet(data, [Relation.CUSTOMER])
    assert len(entries) == 8
    assert {entry.relation for entry in entries} == {Relation.CUSTOMER}
    assert len(entries_of_sheet(data, list(Relation))) == 8, (
        "the same company twice is one, and none where one row is private"
    )
    assert entries_of_sheet(data, [Relation.OPEN_OPPORTUNITY]) == ()


@given(st.sets(st.integers(0, 300), min_size=20, max_size=64), st.sets(st.integers(0, 300), min_size=20, max_size=64))
def test_both_ends_find_exactly_what_both_have(one, other):
    ours, theirs = (BlindedBook([f"domain:{number}.com" for number in sorted(numbers)]) for numbers in (one, other))
    for here, there in ((ours, theirs), (theirs, ours)):
        here.check_points(there.points, 64)
        blinded, ordered = there.answer(here.points, ordered=False), there.answer(here.points, ordered=True)
        assert here.count_shared(there.points, blinded) == len(one & other)
        found = here.find_shared(there.points, blinded, ordered)
        assert found == tuple(sorted(f"domain:{number}.com" for number in one & other))


def test_the_answer_that_tells_how_many_does_not_tell_which():
    ours, theirs = BlindedBook([f"{number}.com" for number in range(64)]), BlindedBook(["x"])
    blinded, ordered = (theirs.answer(ours.points, ordered=ordered) for ordered in (False, True))
    assert blinded != ordered
    parted = [blinded[at : at + 33] for at in range(0, len(blinded), 33)]
    assert parted == sorted(parted), "its order is that of the points themselves"


def test_a_list_is_matched_again_as_it_was_or_with_enough_changed(tmp_path):
    path = tmp_path / "state" / "matches.json"
    names = [f"{number}.com" for number in range(30)]
    Memory.at(path).check("Quill/ben", names)
    Memory.at(path).keep("Quill/ben", names, path)
    memory = Memory.at(path)
    memory.check("Quill/ben", names)
    memory.check("Other/eve", names[:-1])
    for changed in (names[:-1], [*names, "new.com"], [*names[2:], "a.com", "b.com"]):
        with pytest.raises(TooLittleChanged):
            memory.check("Quill/ben", changed)
    memory.check("Quill/ben", names[5:])
    assert path.stat().st_mode & 0o077 == 0, "its owner alone reads it"
    assert "1.com" not in path.read_text()
