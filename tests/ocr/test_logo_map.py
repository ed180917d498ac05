from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from ocr.engines import ppocr
from ocr.engines.ppocr import INNER, View
from ocr.locate import Candidate
from ocr.logo import LEAST_CONFIDENCE, LEAST_MAPPED, find_logos, mapped
from ocr.logo.likely import LogoMap, LogoView, as_map, logo_map, logo_view, parse_view, places
from ocr.regions import choose_regions
from tests.drawing import card_photo

CARD = ((144.0, 144.0), (1056.0, 144.0), (1056.0, 756.0), (144.0, 756.0))
"""Where `card_photo` draws its card."""
MARGIN = (0.1, 0.2)


@pytest.fixture(scope="module")
def photo():
    return np.ascontiguousarray(np.asarray(card_photo().convert("RGB"))[:, :, ::-1])


@pytest.fixture(scope="module")
def region(photo):
    [found] = choose_regions(photo, [Candidate(CARD, 0.9)], 4)
    return found


def spot(left, top, right, bottom):
    """A map of 40 x 30 cells, the card in its middle, with one logo."""
    told = np.zeros((30, 40))
    told[top:bottom, left:right] = 1
    return as_map(told, MARGIN)


def on_card(left, top, right, bottom):
    """Cells of such a map as shares of the card."""
    return [(left - 4) / 32, (top - 6) / 18, (right - 4) / 32, (bottom - 6) / 18]


def test_a_box_that_holds_the_logo_and_nothing_else_fits():
    boxes = np.array([on_card(10, 8, 20, 14), on_card(10, 8, 15, 14), on_card(10, 8, 20, 20), on_card(25, 8, 35, 14)])
    assert spot(10, 8, 20, 14).fit(boxes) == pytest.approx([1, 0.5, 0.5, 0])


def test_what_lies_in_the_margin_does_not_count():
    beside = spot(10, 8, 20, 14).shares + spot(0, 0, 40, 5).shares
    assert as_map(beside, MARGIN).fit(np.array([on_card(10, 8, 20, 14)])) == pytest.approx([1])


def test_boxes_between_cells_and_beyond_the_picture_are_measured_too():
    boxes = np.array([on_card(10.5, 8, 20, 14), (-5, -5, 5, 5), (0.5, 0.5, 0.5, 0.5)])
    fits = spot(10, 8, 20, 14).fit(boxes)
    assert fits[0] == pytest.approx(0.95)
    assert ((fits >= 0) & (fits <= 1)).all()
    assert spot(0, 0, 0, 0).fit(boxes) == pytest.approx([0, 0, 0])


def test_places_are_told_on_the_card_not_in_the_picture():
    numbers = places((40, 30), MARGIN)
    assert numbers.shape == (30, 40, len(logo_view().place))
    assert numbers[6, 4, 1:3] == pytest.approx([0.5 / 32, 0.5 / 18])
    assert numbers[23, 35, 1:3] == pytest.approx([31.5 / 32, 17.5 / 18])
    assert numbers[0, 0, -1] == pytest.approx(32 / 18)


def test_the_map_is_what_was_seen_and_the_place_together():
    place = np.zeros(8)
    place[1] = 1
    made = logo_map(LogoView(View(0, ()), place), np.full((30, 40), 0.25, np.float32), MARGIN)
    assert made.shares[:, 4] == pytest.approx(0.25 + 0.5 / 32)
    assert made.shares.min() >= 0
    assert made.shares.max() <= 1


def test_the_weights_that_ship_fit_the_network(photo):
    small = ppocr.as_searched(photo, 480)
    chances, inner = ppocr.look(small)
    assert chances.shape == small.shape[:2]
    assert [len(channels) for channels in inner] == [len(weights) for weights in logo_view().seen.inner]
    assert [small.shape[1] // channels.shape[2] for channels in inner] == [4, 8, 16, 32]


def test_looking_at_inner_maps_changes_no_box(photo):
    plain, looked = ppocr.search(photo, 480), ppocr.search(photo, 480, logo_view().seen)
    assert plain.view is None
    assert looked.view is not None
    assert looked.view.shape == tuple(side // ppocr.CELL for side in ppocr.as_searched(photo, 480).shape[:2])
    assert np.array(looked.boxes).tolist() == np.array(plain.boxes).tolist()
    assert np.array(ppocr.find_text(photo)).tolist() == np.array(plain.boxes).tolist()


def test_a_view_is_the_weighted_sum_of_the_channels(photo):
    small = ppocr.as_searched(photo, 320)
    inner = ppocr.look(small)[1]
    weights = [np.zeros(len(channels), np.float32) for channels in inner]
    weights[1][3] = 2
    found = ppocr.search(photo, 320, View(0.0, tuple(weights)))
    assert found.view == pytest.approx(2 * inner[1][3], abs=1e-4)


def test_another_network_without_these_maps_finds_text_all_the_same(photo, monkeypatch):
    monkeypatch.setattr(ppocr, "_finder", lambda: ppocr._session("PP-OCRv6_det_small.onnx", also=("No.such",) * 4))
    found = ppocr.search(photo, 480, logo_view().seen)
    assert found.boxes
    assert found.view is None
    assert len(INNER) == 4


def test_a_card_cut_out_has_a_map(region):
    assert isinstance(region.logos, LogoMap)


@pytest.mark.parametrize("degrees", [90, 180])
def test_a_turned_card_has_the_map_of_the_turned_picture(region, degrees):
    turned = region.turn(degrees)
    height, width = turned.wide.image.shape[:2]
    assert (turned.logos.shares.shape[1] > turned.logos.shares.shape[0]) == (width > height)
    left, top, right, bottom = turned.logos.card
    rows, columns = turned.logos.shares.shape
    assert left / columns == pytest.approx(turned.margin[0] / width)
    assert bottom / rows == pytest.approx(1 - turned.margin[1] / height)
    assert right / columns == pytest.approx(1 - turned.margin[0] / width)
    assert top / rows == pytest.approx(turned.margin[1] / height)


def test_the_map_speaks_for_boxes_that_hold_it():
    card = np.full((550, 900, 3), 245, np.uint8)
    cv2.circle(card, (160, 150), 80, (160, 60, 20), -1)
    cv2.circle(card, (160, 150), 35, (245, 245, 245), -1)
    there, elsewhere = np.zeros((55, 90)), np.zeros((55, 90))
    there[7:23, 8:24] = elsewhere[30:46, 60:76] = 1
    alone, held, doubted = (
        find_logos(card, (), told if told is None else as_map(told, (0, 0))) for told in (None, there, elsewhere)
    )
    assert alone[0].confidence >= LEAST_CONFIDENCE
    assert held[0].confidence > alone[0].confidence
    assert all(LEAST_MAPPED <= logo.confidence < alone[0].confidence for logo in doubted)
    assert mapped(np.array([0.4, 0.4]), np.array([0.0, 1.0])).tolist() == sorted(
        mapped(np.array([0.4, 0.4]), np.array([0.0, 1.0]))
    )


def test_a_broken_model_is_told():
    with pytest.raises(KeyError):
        parse_view(json.dumps({"text": 1}))
    with pytest.raises(json.JSONDecodeError):
        parse_view("{")
