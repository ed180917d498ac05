"""Who is where, as far as an address says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.alliances.whereabouts import is_at, town


@pytest.mark.parametrize(
    ("asked", "text", "there"),
    [
        ("Leipzig", "Hauptstraße 1, 04109 Leipzig", True),
        ("leipzig, Germany", "Hauptstraße 1, 04109 Leipzig", True),
        ("Paris, France", "12 rue des Lilas 75011 Paris", True),
        ("Munchen", "Leopoldstr. 4, 80802 München", True),
        ("London", "10 Mill Street, London SW1A 2AA, UK", True),
        ("Portland", "12 Elm Street Portland OR 97201", True),
        ("Portland, OR", "Portland, OR", True),
        ("Portland, OR", "Portland, ME", False),
        ("Berlin, Germany", "Berlin, CT", False),
        ("Paris, France", "Paris, Texas, USA", False),
        ("York", "350 5th Ave, New York, NY 10118", False),
        ("New York", "350 5th Ave, New York, NY 10118", True),
        ("Washington", "12 Washington Street, Boston, MA", False),
        ("Leipzig", None, False),
        ("Leipzig", "", False),
    ],
)
def test_towns(asked: str, text: str | None, there: bool):
    found = town(asked)
    assert found is not None
    assert is_at(text, found) is there


@pytest.mark.parametrize("asked", ["", " ", "!?", "97201", "OR"])
def test_what_names_no_town(asked: str):
    assert town(asked) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_can_be_asked(asked: str, text: str):
    found = town(asked)
    if found is not None:
        assert is_at(text, found) in (True, False)
        assert is_at(asked, found), "what names a place is at that place"
