"""Names taken apart, and how well they fit a mailbox."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.fields.person import mailbox_agreement, name_evidence, nickname, spaced, take_apart


@pytest.mark.parametrize(
    ("text", "prefix", "name", "suffix"),
    [
        ("Jane Doe", "", "Jane Doe", ""),
        ("Dr. Jane Doe, PhD", "Dr.", "Jane Doe", "PhD"),
        ("Prof. Dr. med. Hans Müller", "Prof. Dr. med.", "Hans Müller", ""),
        ("MARK D. JONES, D.M.D.", "", "MARK D. JONES", "D.M.D."),
        ("Dipl.-Ing. Eva Braun", "Dipl.-Ing.", "Eva Braun", ""),
        ("John Smith Jr.", "", "John Smith", "Jr."),
        ("JaneDoe", "", "Jane Doe", ""),
        ("Ian McDonald", "", "Ian McDonald", ""),
        ("Ludwig van der Velde", "", "Ludwig van der Velde", ""),
    ],
)
def test_names_are_taken_apart(text, prefix, name, suffix):
    found = take_apart(text)
    assert (found.prefix, found.name, found.suffix) == (prefix, name, suffix)


def test_a_small_l_for_a_capital_i_is_repaired_and_said():
    found = take_apart("lan Smith")
    assert (found.name, found.repairs) == ("Ian Smith", ("l to I",))
    assert take_apart("laura long").repairs == ()


@pytest.mark.parametrize(
    ("text", "name", "repairs"),
    [
        ("JaneDoe", "Jane Doe", ("blank put back",)),
        ("Jane.Doe, PhD", "Jane. Doe", ("blank put back",)),
        ("Dr.Jane  Doe", "Jane Doe", ()),
        ("Dr. Jane Doe", "Jane Doe", ()),
    ],
)
def test_lost_blanks_of_a_name_are_put_back_and_said(text, name, repairs):
    found = take_apart(text)
    assert (found.name, found.repairs) == (name, repairs)


@pytest.mark.parametrize("box", ["jane.doe", "jdoe", "doej", "janed", "doe", "jane_doe7", "doe.jane", "jad"])
def test_mailboxes_of_jane_doe(box):
    assert mailbox_agreement("Jane Doe", box) >= 0.6


@pytest.mark.parametrize("box", ["info", "sales", "peter.long", "x"])
def test_mailboxes_of_others(box):
    assert mailbox_agreement("Jane Doe", box) < 0.6


@given(st.text(max_size=30), st.text(max_size=20))
def test_agreement_is_a_share(name, box):
    assert 0 <= mailbox_agreement(name, box) <= 1


@given(st.text(max_size=30))
def test_spacing_loses_no_letter(text):
    assert "".join(spaced(text).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "name",
    ["Jane K. Miller", "MARK D. JONES, D.M.D.", "Ana e Paulo", "J. R. Carter", "Siobhan O'Dwyer", "Hans von der Heide"],
)
def test_initials_degrees_and_links_do_not_speak_against_a_name(name):
    assert name_evidence(name)["core_least"] >= 0.5


@pytest.mark.parametrize("text", ["Sales Department", "24 Hour Towing", "", "&"])
def test_other_words_do_not_speak_for_a_name(text):
    assert name_evidence(text)["core_least"] <= 0.5


def test_a_word_that_means_something_speaks_less_for_a_name():
    baker, smith = name_evidence("Tom Baker"), name_evidence("Tom Lindqvist")
    assert baker["core_last"] < smith["core_last"]


@given(st.text(max_size=30))
def test_evidence_is_a_share(text):
    told = name_evidence(text)
    assert all(0 <= told[key] <= 1 for key in told if key not in {"core_words", "initials"})


@pytest.mark.parametrize(
    ("text", "name"),
    [("(Beto)", "Beto"), ("“Skip”", "Skip"), ('"Big Al"', "Big Al"), ("Beto", ""), ("(650) 555", ""), ("(a) (b)", "")],
)
def test_a_nickname_is_what_stands_in_brackets_alone(text, name):
    assert nickname(text) == name
