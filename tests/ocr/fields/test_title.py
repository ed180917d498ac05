"""Titles on two lines, and beside names."""

from __future__ import annotations

import pytest

from ocr.fields import find_fields
from ocr.fields.segments import segments
from ocr.fields.title import goes_on
from tests.ocr.fields.typed import SIZE, lines, values


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("Key Account", "Manager"),
        ("Director of", "Business Development"),
        ("Vice President,", "Supply Chain"),
        ("Leiterin Einkauf", "und Logistik"),
        ("REGIONAL SALES", "MANAGER"),
        ("Directeur", "des ventes"),
        ("Sales &", "Marketing Director"),
    ],
)
def test_one_title(upper, lower):
    assert goes_on(upper, lower)


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ("Founder", "Managing Director"),
        ("Sales Department", "Manager"),
        ("Jane Miller", "Manager"),
        ("Sales Director", "Acme Tools"),
        ("Sales Director", "12 Mill Lane"),
        ("", "Manager"),
    ],
)
def test_two_things(upper, lower):
    assert not goes_on(upper, lower)


@pytest.mark.parametrize("rows", [("Key Account", "Manager"), ("Director of", "Business Development")])
def test_a_title_on_two_lines_is_one_value(rows):
    card = lines(
        ("Acme Tools Inc.", 1.6), "", ("Jane Miller", 1.3), *rows, "", "jane.miller@acmetools.com", "T 503-555-0142",
        "88 Harbor Road, Portland, OR 97201",
    )  # fmt: skip
    assert values(find_fields(card, SIZE), "title") == [" ".join(rows)]


def test_two_titles_stay_two():
    card = lines(
        ("Jane Miller", 1.3), "Founder", "Managing Director", "", ("Acme Tools", 1.2), "jane.miller@acmetools.com"
    )
    assert not any("Founder Managing" in title for title in values(find_fields(card, SIZE), "title"))


@pytest.mark.parametrize(
    "title",
    ["Key Account Manager", "Client Experience Manager", "Senior Field Engineer", "Branch Service Manager"],
)
def test_words_that_are_families_too_do_not_cut_a_title(title):
    assert [piece.text for piece in segments(lines(title), [()])] == [title]


@pytest.mark.parametrize(
    ("line", "pieces"),
    [
        ("Mark Field Sales Manager", ["Mark Field", "Sales Manager"]),
        ("Grant Wood CEO", ["Grant Wood", "CEO"]),
        ("Jane Doe, Owner", ["Jane Doe", "Owner"]),
    ],
)
def test_a_name_of_words_is_cut_from_its_title(line, pieces):
    assert [piece.text for piece in segments(lines(line), [()])] == pieces
