"""Which fronts and backs belong together, and why a person should look at what they say together."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.sides import join_sides, pair_sides
from ocr.types import Card, Field, FieldKind, Quality

BOX = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def field(kind, value, confidence=0.9):
    return Field(kind, value, value, confidence, BOX, "typed")


def reasons_of(front, back):
    """Why to look at both sides together, but for the company that these cards do not tell."""
    return tuple(reason for reason in join_sides(front, back).review if reason != "low_confidence:company")


def card(*fields, review=()):
    return Card(BOX, 1.0, 0, fields, (), (), Quality(1, 1, 1), review, np.zeros((8, 8, 3), np.uint8))


NAME, MAIL = field(FieldKind.NAME, "Jane Doe"), field(FieldKind.EMAIL, "jane@acme.com")
SITE = field(FieldKind.WEBSITE, "www.acme.com")
OTHER = field(FieldKind.PHONE, "+12065550142")


def test_one_front_and_one_back_belong_together_whatever_they_say():
    front, back = card(NAME), card(SITE)
    assert pair_sides([front], [back]) == ({"front": front, "back": back},)


def test_backs_find_the_front_that_says_the_same():
    jane, tom = card(NAME, MAIL), card(OTHER)
    backs = [card(OTHER, SITE), card(MAIL), card(field(FieldKind.WEBSITE, "www.other.org"))]
    assert pair_sides([jane, tom], backs) == (
        {"front": jane, "back": backs[1]},
        {"front": tom, "back": backs[0]},
        {"back": backs[2]},
    )


def test_a_front_without_a_back_stands_alone():
    front = card(NAME)
    assert pair_sides([front], []) == ({"front": front},)


def test_what_one_side_lacks_is_no_reason_when_the_other_says_it():
    front, back = card(NAME, review=("no_contact_data",)), card(MAIL)
    assert reasons_of(front, back) == ()


@pytest.mark.parametrize(("on_back", "reasons"), [((), ()), ((MAIL,), ("blurred",))])
def test_a_bad_photo_counts_if_anything_was_kept_from_it(on_back, reasons):
    assert reasons_of(card(NAME, SITE), card(*on_back, review=("blurred",))) == reasons


def test_a_side_in_another_script_is_no_matter_when_the_other_gives_the_name():
    foreign = card(MAIL, review=("unsupported_script",))
    assert reasons_of(card(NAME, MAIL), foreign) == ()
    assert reasons_of(card(SITE), foreign) == ("unsupported_script",)
    assert reasons_of(foreign, foreign) == ("unsupported_script",)


def test_what_both_sides_say_is_sure_though_neither_was():
    front, back = card(field(FieldKind.EMAIL, "jane@acme.com", 0.5)), card(field(FieldKind.EMAIL, "jane@acme.com", 0.5))
    assert reasons_of(front, back) == ()
