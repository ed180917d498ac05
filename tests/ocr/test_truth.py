from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ocr.truth import best_card, is_whole, judge_card, judge_fields, judge_places, overlap, same
from ocr.types import Card, Field, FieldKind, Logo, Quality

UNIT = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
TRUTH = {
    "quad": UNIT,
    "fields": {
        "name": "Änne Müller",
        "company": "Nordwind Handels GmbH",
        "company_variants": ["NORDWIND"],
        "emails": ["anne@nordwind.example"],
        "phones": [{"raw": "+49 (0) 30 555 0142"}, {"raw": "030 555 0143"}],
        "titles": ["Head of Sales"],
        "addresses": ["Am Hafen 3, 20457 Hamburg"],
        "websites": ["www.nordwind.example"],
    },
}


def field(kind: FieldKind, value: str) -> Field:
    return Field(kind, value, value, 0.9, UNIT, "drawn")


def card(*fields: Field, quad=UNIT) -> Card:
    return Card(quad, 0.9, 0, fields, (), (), Quality(1, 1, 1), (), np.zeros((4, 4, 3), np.uint8))


RIGHT = (
    field(FieldKind.NAME, "Dr. Anne MULLER"),
    field(FieldKind.COMPANY, "Nordwind"),
    field(FieldKind.EMAIL, "ANNE@nordwind.example"),
    field(FieldKind.PHONE, "+49305550142"),
    field(FieldKind.PHONE, "+49305550143"),
    field(FieldKind.TITLE, "Head of  Sale"),
    field(FieldKind.ADDRESS, "Am Hafen 3 20457 Hamburg"),
    field(FieldKind.WEBSITE, "http://nordwind.example/"),
)


def test_a_card_read_right_has_nothing_wrong_or_missed():
    verdicts = judge_card(card(*RIGHT), TRUTH)
    assert all(not verdict.wrong and not verdict.missed for verdict in verdicts.values())
    assert len(verdicts[FieldKind.PHONE].right) == 2
    assert is_whole(verdicts)


def test_no_card_misses_everything_and_is_not_whole():
    verdicts = judge_card(None, TRUTH)
    assert verdicts[FieldKind.NAME].missed == ("Änne Müller",)
    assert not is_whole(verdicts)


def test_a_value_counts_once_and_one_too_many_is_wrong():
    twice = judge_fields([RIGHT[2], RIGHT[2], field(FieldKind.PHONE, "12345678")], TRUTH)
    assert twice[FieldKind.EMAIL].right == ("ANNE@nordwind.example",)
    assert twice[FieldKind.EMAIL].wrong == ("ANNE@nordwind.example",)
    assert twice[FieldKind.PHONE].wrong == ("12345678",)
    assert len(twice[FieldKind.PHONE].missed) == 2


def test_a_wrong_title_spoils_no_whole_card_but_a_wrong_name_does():
    other_title = [f for f in RIGHT if f.kind is not FieldKind.TITLE]
    assert is_whole(judge_fields(other_title, TRUTH))
    other_name = [field(FieldKind.NAME, "Anna Müller"), *RIGHT[1:]]
    assert not is_whole(judge_fields(other_name, TRUTH))


def test_a_company_that_is_not_printed_as_such_may_be_read_or_not():
    truth = {"fields": {"company_variants": ["Nordwind"]}}
    assert judge_fields([field(FieldKind.COMPANY, "NORDWIND AG")], truth)[FieldKind.COMPANY].wrong == ()
    assert judge_fields([field(FieldKind.COMPANY, "Südwind")], truth)[FieldKind.COMPANY].wrong == ("Südwind",)


def test_null_is_nothing_printed():
    empty = {"name": None, "name_variants": None, "company": None, "company_variants": None, "emails": None}
    named = {**empty, "name": "Jane Doe"}
    assert not any(verdict.missed for verdict in judge_fields([], {"fields": empty}).values())
    assert judge_fields([RIGHT[2]], {"fields": empty})[FieldKind.EMAIL].wrong == ("ANNE@nordwind.example",)
    assert judge_fields([RIGHT[1]], {"fields": empty})[FieldKind.COMPANY].wrong == ("Nordwind",)
    assert judge_fields([], {"fields": named})[FieldKind.NAME].missed == ("Jane Doe",)
    assert not any(verdict.missed for verdict in judge_fields([], {"fields": None}).values())


@pytest.mark.parametrize(
    ("kind", "one", "other", "alike"),
    [
        (FieldKind.PHONE, "+44 (0) 20 7946 0123", "+442079460123", True),
        (FieldKind.PHONE, "020 7946 0123", "+442079460123", True),
        (FieldKind.PHONE, "(206) 555-0142 ext. 12", "+12065550142", True),
        (FieldKind.PHONE, "1-800-NEWHOME", "18006394663", True),
        (FieldKind.PHONE, "206 555 0142", "206 555 0143", False),
        (FieldKind.EMAIL, "jane@acme.example", "jane@acne.example", False),
        (FieldKind.WEBSITE, "https://www.acme.example/jobs/", "acme.example/jobs", True),
        (FieldKind.WEBSITE, "acme.example/jobs", "acme.example", False),
        (FieldKind.NAME, "Jane Doe, Ph.D.", "jane doe", True),
        (FieldKind.NAME, "Jane Doe", "Jane M. Doe", False),
        (FieldKind.NAME, "", "", False),
        (FieldKind.COMPANY, "Acme, Inc.", "ACME", True),
        (FieldKind.ADDRESS, "12 Long Road, Leeds LS1 4AB", "12 Long Rd, Leeds LS1 4AB", True),
        (FieldKind.TITLE, "Engineer", "Manager", False),
    ],
)
def test_two_values_say_the_same(kind, one, other, alike):
    assert same(kind, one, other) is alike
    assert same(kind, other, one) is alike


def test_the_card_that_overlaps_most_is_judged():
    half = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    assert overlap(half, UNIT) == pytest.approx(0.5)
    assert overlap(half, None) == 0
    assert best_card([card(quad=half), card(quad=UNIT)], TRUTH).quad == UNIT
    assert best_card([], TRUTH) is None


def test_a_card_that_lies_elsewhere_is_another_card():
    beside = card(quad=((1.1, 0.0), (2.0, 0.0), (2.0, 1.0), (1.1, 1.0)))
    assert best_card([beside], TRUTH) is None
    assert best_card([beside], {**TRUTH, "quad": None}) is beside


def square(left: float, top: float, side: float = 0.2):
    return ((left, top), (left + side, top), (left + side, top + side), (left, top + side))


def with_logos(*polygons):
    logos = tuple(Logo(polygon, 0.9, "0", np.zeros((2, 2, 3), np.uint8)) for polygon in polygons)
    return replace(card(), logos=logos)


def test_logos_are_right_wrong_missed_or_of_no_account():
    truth = {
        "logos": [square(0, 0), square(0.4, 0.4), square(0.7, 0)],
        "logos_alt": [square(0.3, 0.3, 0.5)],
        "logos_optional": [square(0, 0.7)],
    }
    found = with_logos(square(0.02, 0), square(0.3, 0.3, 0.5), square(0, 0.7), square(0.75, 0.75))
    places = judge_places(found, truth)
    assert places.logos == (True, True, None, False)
    assert places.missed == (square(0.7, 0),)
    assert judge_places(None, truth).missed == (square(0, 0), square(0.4, 0.4), square(0.7, 0))
    assert judge_places(found, {}).logos == (None,) * 4


def test_corners_are_judged_where_they_are_known_exactly():
    truth = {"quad": square(0.1, 0.1, 0.8), "quad_exact": True}
    near, far = card(quad=square(0.11, 0.11, 0.8)), card(quad=square(0.2, 0.2, 0.8))
    assert judge_places(near, truth).corners is True
    assert judge_places(far, truth).corners is False
    assert judge_places(None, truth).corners is False
    assert judge_places(far, {**truth, "quad_exact": False}).corners is None
