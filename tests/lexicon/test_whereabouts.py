"""Who is where, as far as an address says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexicon.whereabouts import Point, is_at, town


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
        ("Paris, France", "Paris, Texas", False),
        ("Paris, Texas", "Paris, TX 75460", True),
        ("Paris, Texas", "Paris, France", False),
        ("Portland, Oregon", "Portland, ME", False),
        ("Portland, Oregon", "12 Elm Street, Portland, Oregon", True),
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


FRANCE, TEXAS, NOWHERE = (48.87, 2.33), (33.66, -95.55), (0.0, 0.0)


@pytest.mark.parametrize(
    ("asked", "text", "point", "there"),
    [
        ("Paris, France", "Paris", FRANCE, True),
        ("Paris, France", "Paris", TEXAS, False),
        ("Paris, TX", "Paris", TEXAS, True),
        ("Paris, TX", "Paris", FRANCE, False),
        ("Paris", "Paris", TEXAS, True),  # nobody said which
        ("Paris", "Hall 4", FRANCE, True),  # in the middle of it, whatever the place is called
        ("Paris", None, FRANCE, True),
        ("Paris", "Hall 4", NOWHERE, False),
        ("Little Hamlet", "Little Hamlet", NOWHERE, True),  # a town nobody knows is known by its name
    ],
)
def test_coordinates_tell_towns_of_one_name_apart(asked: str, text: str | None, point: Point, there: bool):
    found = town(asked)
    assert found is not None
    assert is_at(text, found, point) is there


@pytest.mark.parametrize("asked", ["", " ", "!?", "97201", "OR"])
def test_what_names_no_town(asked: str):
    assert town(asked) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_can_be_asked(asked: str, text: str):
    found = town(asked)
    if found is not None:
        assert is_at(text, found) in (True, False)
        assert is_at(asked, found), "what names a place is at that place"
