"""Companies' names taken out of domains."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexicon.folding import squeeze
from ocr.fields import find_fields
from ocr.fields.domain_words import abbreviated, spellings
from tests.ocr.fields.typed import SIZE, lines, values


@pytest.mark.parametrize(
    ("core", "texts", "hosts", "said"),
    [
        ("janescafeboston", ["Jane's", "Boston, MA 02110"], [], ["Jane's Cafe", "Jane's"]),
        ("miradorrestaurant", [], [], ["Mirador Restaurant", "Mirador"]),
        ("acmetools", [], ["www.AcmeTools.com"], ["Acme Tools"]),
        ("north-bridge", [], [], ["North Bridge"]),
        ("acme", ["ACME Inc"], [], ["Acme"]),
    ],
)
def test_a_domain_in_words(core, texts, hosts, said):
    assert list(spellings(core, texts, hosts)) == said


@given(st.text("abcdeiou", min_size=1, max_size=12), st.lists(st.text("abcde ", max_size=9), max_size=3))
def test_the_first_spelling_has_all_letters_of_the_domain(core, texts):
    assert squeeze(next(spellings(core, texts, ()))) == core


def test_a_misread_mail_provider_is_no_company():
    fields = find_fields(lines(("Jane Miller", 1.3), "Accountant", "jane.miller@dgmail.com"), SIZE)
    assert values(fields, "company") == []


@pytest.mark.parametrize(
    ("text", "core", "share"),
    [
        ("Acme Daytona Communications", "acmecomm", 2 / 3),
        ("Nova Garden Tools", "novagt", 1.0),
        ("Jane Doe", "acme", 0.0),
        ("Nova Garden Tools", "novagate", 0.0),
        ("", "acme", 0.0),
    ],
)
def test_beginnings_of_words_make_a_domain(text: str, core: str, share: float) -> None:
    assert abbreviated(text, (core,)) == pytest.approx(share)
