"""Whether a card's person is one that is known: what has to hold, and what must never happen."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.companies.reasons import Verdict
from app.contacts.matching import Traits, decide
from app.contacts.normal import is_role_mailbox, name_key, point_key, search_words

ACME, GLOBEX = UUID(int=1), UUID(int=2)


def person(name=None, email=(), shared=(), mobile=(), phone=(), at=()) -> Traits:
    many = [frozenset((each,) if isinstance(each, str | UUID) else each) for each in (email, shared, mobile, phone, at)]
    return Traits((name,) if name else (), *many)


@pytest.mark.parametrize(
    ("seen", "there", "verdict"),
    [
        # the same address, or the name with the company or a number of one's own
        (person("Jane Doe", "jane@acme.com"), person("Jane Doe", "jane@acme.com"), Verdict.SAME),
        (person(email="jane@acme.com"), person("Jane Doe", "jane@acme.com"), Verdict.SAME),
        (person("Jane Doe", at=ACME), person("Doe Jane", at=ACME), Verdict.SAME),
        (person("Jane Doe", at=ACME), person("Jane M. Doe", at=ACME), Verdict.SAME),
        (person("Jane Doe", mobile="1"), person("Jane Doe", mobile="1"), Verdict.SAME),
        (person("Jane Doe", mobile="1", at=ACME), person("Jane Doe", mobile="1", at=GLOBEX), Verdict.SAME),
        (person("Jane Doe", "j@gmail.com", at=ACME), person("Jane Doe", "j@gmail.com", at=GLOBEX), Verdict.SAME),
        (person("Jane Dce", "jane@acme.com", at=ACME), person("Jane Doe", "jane@acme.com", at=ACME), Verdict.SAME),
        (
            person("Jane Doe", "jane.dce@acme.com", at=ACME),
            person("Jane Doe", "jane.doe@acme.com", at=ACME),
            Verdict.SAME,
        ),
        (person("Bob Ray", mobile="1", at=ACME), person("Robert Ray", mobile="1", at=ACME), Verdict.SAME),
        # likely, but not without asking
        (person("Bob Ray", at=ACME), person("Robert Ray", at=ACME), Verdict.ASK),
        (person("J. Doe", phone="1", at=ACME), person("Jane Doe", phone="1", at=ACME), Verdict.ASK),
        (person("Jane Doe", "jane@acme.com", at=ACME), person("Jane Doe", "jdoe@acme.com", at=ACME), Verdict.ASK),
        (
            person("Jane Doe", "jane.doe2@acme.com", at=ACME),
            person("Jane Doe", "jane.doe@acme.com", at=ACME),
            Verdict.ASK,
        ),
        (person("John A Doe", at=ACME), person("John B Doe", at=ACME), Verdict.NEW),
        (person("Jane Doe"), person("Jane Doe"), Verdict.ASK),
        # somebody else
        (person("Jane Doe", at=ACME), person("Jane Doe", at=GLOBEX), Verdict.NEW),
        (person("Eva Roe", at=ACME, phone="1"), person("Jane Doe", at=ACME, phone="1"), Verdict.NEW),
        (person("Eva Roe", mobile="1", at=ACME), person("Jane Doe", mobile="1", at=ACME), Verdict.NEW),
        (person("Eva Roe", shared="info@acme.com"), person("Jane Doe", shared="info@acme.com"), Verdict.NEW),
        (person("Maria Ray", "maria@acme.com", at=ACME), person("Mario Ray", "mario.r@acme.com", at=ACME), Verdict.NEW),
        (person("Eva Roe", "office@a.com"), person("Jane Doe", "office@a.com"), Verdict.NEW),
    ],
)
def test_one_candidate(seen, there, verdict):
    assert decide(seen, [there]).verdict is verdict


def test_two_of_one_name_and_company_are_not_guessed_between():
    there = [person("Jane Doe", "jane@acme.com", at=ACME), person("Jane Doe", "jdoe@acme.com", at=ACME)]
    assert decide(person("Jane Doe", at=ACME), there).verdict is Verdict.ASK
    meant = decide(person("Jane Doe", "jdoe@acme.com", at=ACME), there)
    assert (meant.verdict, meant.matches[0].number) == (Verdict.SAME, 1)


few = st.lists(st.sampled_from(["jane@acme.com", "jdoe@acme.com", "jane@gmail.com", "eva@acme.com"]), max_size=2)
numbers = st.lists(st.sampled_from(["1", "2"]), max_size=1)
people = st.builds(
    person,
    st.sampled_from([None, "Jane Doe", "J. Doe", "Jane Dce", "Eva Roe", "Doe Jane"]),
    email=few,
    shared=st.lists(st.just("info@acme.com"), max_size=1),
    mobile=numbers,
    phone=numbers,
    at=st.lists(st.sampled_from([ACME, GLOBEX]), max_size=1),
)


@given(people, people)
def test_nobody_is_linked_by_company_or_switchboard_alone(seen, there):
    if decide(seen, [there]).verdict is Verdict.SAME:
        same_address = seen.emails & there.emails or seen.mobiles & there.mobiles
        assert same_address or (seen.names and there.names)


@given(people, people)
def test_evidence_is_the_same_from_both_sides(seen, there):
    assert decide(seen, [there]).verdict is decide(there, [seen]).verdict


@pytest.mark.parametrize(
    ("kind", "one", "two"),
    [
        ("email", "Jane@Acme.com ", "jane@acme.com"),
        ("phone", "+49 341 1234", "+493411234"),
        ("website", "https://www.acme.com/", "acme.com"),
        ("social", "https://linkedin.com/in/jane", "www.linkedin.com/in/jane/"),
        ("address", "Hauptstraße 1, 04109 Leipzig", "hauptstrasse 1 04109 LEIPZIG"),
    ],
)
def test_equal_points_have_equal_keys(kind, one, two):
    assert point_key(kind, one) == point_key(kind, two)


def test_an_extension_is_part_of_a_number():
    assert point_key("phone", "+49341", "12") != point_key("phone", "+49341")


@pytest.mark.parametrize(
    ("address", "shared"), [("info@acme.com", True), ("Sales@acme.com", True), ("jane@acme.com", False)]
)
def test_mailboxes_of_a_function(address, shared):
    assert is_role_mailbox(address) is shared


@pytest.mark.parametrize(
    ("q", "words"),
    [
        ("Jane  DOE", ["jane", "doe"]),
        ("(0341) 12-34", ["3411234"]),
        ("Müller", ["muller"]),
        ("Jane@Acme.com doe", ["jane", "acme", "com", "doe"]),
        ("O'Neil O’Neil", ["oneil", "oneil"]),
        ("%", ["\N{REPLACEMENT CHARACTER}"]),
        ("", []),
    ],
)
def test_words_of_a_search(q, words):
    assert search_words(q) == words


@given(st.text(st.characters(max_codepoint=0x17F), max_size=50))
def test_a_name_key_is_its_own_key(name):
    assert name_key(name_key(name)) == name_key(name)
