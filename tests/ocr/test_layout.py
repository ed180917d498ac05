from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.layout import group_lines
from ocr.types import Word


def word(text: str, x: float, y: float, *, height: float = 20, tilt: float = 0, confidence: float = 0.9) -> Word:
    """A word whose top left corner is at x, y; half as wide as high a character; turned about the origin."""
    width = len(text) * height / 2
    cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    return Word(text, confidence, tuple((a * cos - b * sin, a * sin + b * cos) for a, b in corners))


def texts(*words: Word) -> list[str]:
    return [line.text for line in group_lines(words)]


def test_words_on_one_baseline_become_a_line_in_reading_order():
    assert texts(word("Lane", 62, 0), word("Harbor", 0, 0), word("Logistics", 110, 1)) == ["Harbor Lane Logistics"]


def test_columns_stay_apart():
    assert texts(word("Phone", 0, 0), word("Address", 200, 0)) == ["Phone", "Address"]


def test_columns_that_stand_close_stay_apart():
    left, right = (word("Jane", 0, 0), word("Doe", 46, 0)), word("Lindenweg", 92, 0)
    assert texts(*left, right) == ["Jane Doe Lindenweg"]
    assert texts(*left, right, word("Hamburg", 93, 30)) == ["Jane Doe", "Lindenweg", "Hamburg"]


def test_a_label_stays_with_its_number():
    rows = [word("Tel", 0, 0), word("555-0187", 45, 0), word("Fax", 0, 30), word("555-0188", 45, 30)]
    assert texts(*rows) == ["Tel 555-0187", "Fax 555-0188"]


def test_letters_set_wide_are_no_columns():
    def wide(text: str, x: float) -> Word:
        return Word(text, 0.9, ((x, 0), (x + 20 * len(text), 0), (x + 20 * len(text), 20), (x, 20)))

    assert texts(wide("JANE", 0), wide("DOE", 99), word("Director", 99, 30)) == ["JANE DOE", "Director"]


def test_a_headline_does_not_swallow_the_small_print_beside_it():
    assert len(texts(word("ACME", 0, 0, height=60), word("since", 125, 20, height=16))) == 2


def test_lines_below_one_another_stay_apart():
    assert texts(word("one", 0, 0), word("two", 0, 24)) == ["one", "two"]


@pytest.mark.parametrize("tilt", [-90, -8, 8, 90])
def test_tilted_text_is_text(tilt):
    assert texts(*(word(text, x, 0, tilt=tilt) for text, x in [("Harbor", 0), ("Lane", 65)])) == ["Harbor Lane"]


def test_lines_that_stand_together_are_a_block():
    lines = group_lines((word("Harbor", 0, 0), word("Lane", 0, 26), word("Phone", 0, 160), word("Fax", 0, 186)))
    assert [line.text for line in lines] == ["Harbor", "Lane", "Phone", "Fax"]
    assert [line.block for line in lines] == [0, 0, 1, 1]


def test_the_confidence_of_a_line_is_that_of_its_characters():
    [line] = group_lines((word("abc", 0, 0, confidence=1.0), word("d", 35, 0, confidence=0.2)), "tesserocr")
    assert line.confidence == pytest.approx(0.8)
    assert line.source == "tesserocr"


PLACES = st.tuples(st.text("abc", min_size=1, max_size=6), st.floats(0, 900), st.floats(0, 500), st.floats(8, 60))


@given(st.lists(PLACES, max_size=25))
def test_no_word_is_lost_or_read_twice(places):
    words = tuple(word(text, x, y, height=height) for text, x, y, height in places)
    grouped = [word for line in group_lines(words) for word in line.words]
    assert sorted(map(id, grouped)) == sorted(map(id, words))
