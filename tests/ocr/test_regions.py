from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ocr.locate import Candidate
from ocr.rectify import CARD_SIDE
from ocr.regions import Region, choose_regions
from ocr.types import Line, Word
from tests.drawing import card_photo

CARD = ((144.0, 144.0), (1056.0, 144.0), (1056.0, 756.0), (144.0, 756.0))
"""Where `card_photo` draws its card."""


@pytest.fixture(scope="module")
def photo():
    return np.ascontiguousarray(np.asarray(card_photo().convert("RGB"))[:, :, ::-1])


@pytest.fixture(scope="module")
def region(photo):
    [found] = choose_regions(photo, [Candidate(CARD, 0.9)], 4)
    return found


def box(left, top, right, bottom):
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


def test_a_sure_card_is_cut_out_with_its_text(region):
    assert region.margin[0] > 0
    assert region.confidence == 0.9
    assert len(region.text_on_card) >= 5


def test_an_unsure_card_is_read_in_the_whole_frame(photo):
    [region] = choose_regions(photo, [Candidate(CARD, 0.4)], 4)
    assert region.margin == (0, 0)
    assert region.quad == CARD
    assert region.text


def test_of_unsure_cards_the_surest_with_text_is_the_guess(photo):
    empty = ((0.0, 0.0), (120.0, 0.0), (120.0, 120.0), (0.0, 120.0))
    [region] = choose_regions(photo, [Candidate(empty, 0.5), Candidate(CARD, 0.4)], 4)
    assert region.quad == CARD
    assert region.confidence == 0.4
    [region] = choose_regions(photo, [Candidate(empty, 0.5)], 4)
    assert region.guess is None
    assert region.confidence == 0
    assert np.allclose(region.quad, [(-0.5, -0.5), (1199.5, -0.5), (1199.5, 899.5), (-0.5, 899.5)])


def test_a_panel_with_little_of_the_text_is_not_the_guess(photo, region):
    line = np.array(region.quad)[0] + np.array(region.outlines_on_card[0]) * (CARD[1][0] - CARD[0][0]) / CARD_SIDE
    (left, top), (right, bottom) = line.min(axis=0) - 20, line.max(axis=0) + 20
    panel = ((left, top), (right, top), (right, bottom), (left, bottom))
    [only] = choose_regions(photo, [Candidate(panel, 0.5)], 4)
    assert only.guess is None
    assert only.quad[2] == pytest.approx((1199.5, 899.5))
    [region] = choose_regions(photo, [Candidate(panel, 0.5), Candidate(CARD, 0.4)], 4)
    assert region.quad == CARD


def test_a_card_with_little_text_needs_surer_corners(region):
    few = replace(region, text=region.text_on_card[:2])
    assert few.is_sure
    assert not replace(few, confidence=0.7).is_sure
    assert replace(region, confidence=0.7).is_sure
    assert not replace(region, text=()).is_sure


def test_corners_that_cut_through_the_text_are_not_trusted(photo):
    half = tuple((x if x < 600 else 420.0, y) for x, y in CARD)
    [region] = choose_regions(photo, [Candidate(half, 0.9)], 4)
    assert region.margin == (0, 0)


def test_a_photo_without_text_holds_no_card():
    assert choose_regions(np.full((600, 800, 3), 120, np.uint8), [Candidate(CARD, 0.9)], 4) == ()


def test_text_that_an_edge_cuts_lowers_confidence(region):
    x, y = region.margin
    whole, cut = box(x + 50, y + 50, x + 250, y + 80), box(x - 100, y + 150, x + 100, y + 180)
    assert replace(region, text=(whole,)).spares_text() == 1
    assert replace(region, text=(cut,)).spares_text() < 0.5
    assert replace(region, text=(whole,) * 9 + (cut,)).spares_text() == pytest.approx(0.88)


def test_text_in_the_margin_is_another_thing(region):
    x, y = region.margin
    beside = box(2, y + 100, x - 20, y + 130)
    assert replace(region, text=(beside,)).text_on_card == ()
    polygon = tuple((float(a), float(b)) for a, b in beside)
    assert region.on_card([Line("beside", 1.0, polygon, (Word("beside", 1.0, polygon),))]) == ()


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_region_is_the_same_part_of_the_photo(region, degrees):
    turned: Region = region.turn(degrees)
    assert turned.turned == degrees
    assert sorted(turned.quad) == sorted(region.quad)
    assert len(turned.text) >= 1
    assert turned.turn(360 - degrees).wide.image.tolist() == region.wide.image.tolist()
