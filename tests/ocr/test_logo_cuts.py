"""A logo is known again although its box lost a part of it, or has print of the card beside it."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.cardgen.flat import draw_card
from ocr.logo import SAME_LOGO, hash_distance, logo_hash, picture_distance
from ocr.types import Image


@pytest.fixture(scope="module")
def logos() -> list[Image]:
    found = []
    for number in range(60):
        card = draw_card(f"logo-cuts/{number}", long_side=900)
        height, width = card.image.shape[:2]
        for polygon in card.truth["logos"]:
            points = np.clip(np.array(polygon), 0, 1) * (width, height)
            (left, top), (right, bottom) = points.min(axis=0).astype(int), np.ceil(points.max(axis=0)).astype(int)
            if min(right - left, bottom - top) > 20:
                found.append(card.image[top:bottom, left:right])
    assert len(found) > 25
    return found


def without_a_part(logo: Image, side: int, share: float = 0.18) -> Image:
    """A side of it cut off: left, top, right or bottom."""
    height, width = logo.shape[:2]
    across, down = round(width * share), round(height * share)
    return (logo[:, across:], logo[down:], logo[:, : width - across], logo[: height - down])[side]


def test_a_logo_is_known_by_most_of_it(logos):
    pairs = [(logo_hash(logo), logo_hash(without_a_part(logo, side))) for logo in logos for side in range(4)]
    cut = np.array([hash_distance(*pair) for pair in pairs])
    as_it_is = np.array([picture_distance(*pair) for pair in pairs])
    assert np.mean(cut < SAME_LOGO) > 0.8
    assert np.mean(as_it_is < SAME_LOGO) < 0.7


def test_which_is_not_to_say_that_any_logo_is(logos):
    hashes = [logo_hash(logo) for logo in logos]
    different = [hash_distance(a, b) for a, b in itertools.combinations(hashes, 2)]
    assert np.mean(np.array(different) < SAME_LOGO) < 0.01


def test_one_thing_that_stands_out_does_not_make_two_logos(logos):
    """A gleam, or a line of print that one of the boxes has: its outlines are strong, but in few of the numbers."""
    gleaming = []
    for logo in logos:
        height, width = logo.shape[:2]
        lit = logo.copy()
        cv2.circle(lit, (int(width * 0.8), int(height * 0.3)), max(2, height // 12), (255, 255, 255), -1)
        gleaming.append((logo_hash(logo), logo_hash(lit)))
    assert np.mean([hash_distance(*pair) < SAME_LOGO for pair in gleaming]) > 0.8


@given(st.text("0123456789abcdef", min_size=64, max_size=64), st.text("0123456789abcdef", min_size=64, max_size=64))
def test_every_two_hashes_that_are_stored_have_a_distance(one, other):
    assert -1e-9 <= hash_distance(one, other) <= 1
    assert hash_distance(one, other) == pytest.approx(hash_distance(other, one))
    assert hash_distance(one, one) == pytest.approx(0, abs=1e-9)
