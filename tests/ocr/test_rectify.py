from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.rectify import Flat, flatten, outline, to_photo, aspect_of, turn, whole

QUAD = ((210.0, 140.0), (690.0, 190.0), (660.0, 500.0), (180.0, 430.0))


def photo() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 255, (600, 900, 3), dtype=np.uint8)


def test_corners_of_the_flat_card_are_the_corners_of_the_quad():
    assert np.allclose(outline(flatten(photo(), QUAD)), QUAD, atol=1e-3)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turned_card_still_knows_its_way_back(degrees):
    flat = flatten(photo(), QUAD)
    turned = turn(flat, degrees)
    height, width = turned.image.shape[:2]
    for x, y in [(0, 0), (width - 1, 0), (width // 3, height // 4)]:
        back = to_photo(turned, [(x, y)])[0]
        there = np.linalg.inv(flat.to_photo) @ (*back, 1)
        column, row = (there[:2] / there[2]).round().astype(int)
        assert (turned.image[y, x] == flat.image[row, column]).all()
    assert np.allclose(outline(turned), np.roll(QUAD, degrees // 90, axis=0), atol=1e-3)


def test_four_quarter_turns_are_none():
    flat = flatten(photo(), QUAD)
    turned = flat
    for _ in range(4):
        turned = turn(turned, 90)
    assert np.array_equal(turned.image, flat.image)
    assert np.allclose(turned.to_photo, flat.to_photo)


def test_an_eighth_of_a_turn_is_refused():
    with pytest.raises(ValueError, match="quarter"):
        turn(Flat(photo(), np.eye(3)), 45)


@pytest.mark.parametrize("aspect", [85 / 55, 89 / 51, 55 / 85])
@pytest.mark.parametrize("tilt", [(0.0, 0.0), (0.5, 0.2), (-0.6, 0.4)])
@pytest.mark.parametrize("focal", [0.75, 1.05])
def test_aspect_is_recovered_from_perspective(aspect, tilt, focal):
    rotation, _ = cv2.Rodrigues(np.array([*tilt, 0.3]))
    corners = np.array([(-aspect, -1, 0), (aspect, -1, 0), (aspect, 1, 0), (-aspect, 1, 0)]) @ rotation.T + (
        0.2,
        0.1,
        5,
    )
    quad = corners[:, :2] / corners[:, 2:] * focal * 1600 + (800, 600)
    assert aspect_of(quad, (1600, 1200)) == pytest.approx(aspect, rel=0.08)


def test_flattening_undoes_perspective():
    card = cv2.resize(np.random.default_rng(1).integers(0, 255, (11, 17, 3), dtype=np.uint8), (850, 550))
    frame = np.array([(0, 0), (850, 0), (850, 550), (0, 550)], np.float32) - 0.5
    there = cv2.getPerspectiveTransform(frame, np.array(QUAD, np.float32))
    seen = cv2.warpPerspective(card, there, (900, 600))
    flat = flatten(seen, QUAD)
    again = cv2.resize(flat.image, (850, 550), interpolation=cv2.INTER_AREA)
    assert np.abs(again[20:-20, 20:-20].astype(int) - card[20:-20, 20:-20]).mean() < 6


def test_a_small_card_is_not_blown_up():
    flat = flatten(photo(), ((100, 100), (200, 100), (200, 160), (100, 160)))
    assert max(flat.image.shape) == 200


def test_the_whole_frame_is_only_made_smaller():
    flat = whole(photo(), longest=450)
    assert flat.image.shape == (300, 450, 3)
    assert np.allclose(outline(flat), [(-0.5, -0.5), (899.5, -0.5), (899.5, 599.5), (-0.5, 599.5)])
    assert whole(photo(), longest=2000).image.shape == (600, 900, 3)
