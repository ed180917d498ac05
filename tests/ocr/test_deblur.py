from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.deblur import GRAIN, LARGEST, deblurred
from ocr.quality import edges
from tests.ocr.test_quality import printed_card

BLUE = (200, 60, 30)


def smeared(deviation: float, grain: float = 2) -> np.ndarray:
    rng = np.random.default_rng(1)
    card = cv2.GaussianBlur(printed_card(), (0, 0), deviation) + rng.normal(0, grain, (780, 1280, 1))
    return np.clip(card, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("deviation", [2.5, 3.5])
def test_a_smeared_card_comes_nearer_to_the_sharp_one(deviation):
    sharp, card = printed_card(), smeared(deviation)
    before = edges(card, ())
    looks = deblurred(card, before.pixels)
    assert len(looks) == len(GRAIN)
    for look in looks:
        assert edges(look, ()).pixels < before.pixels
        assert cv2.norm(look, sharp, cv2.NORM_L2) < 0.95 * cv2.norm(card, sharp, cv2.NORM_L2)


def test_colours_of_plain_parts_stay():
    card = smeared(3)
    card[600:] = BLUE
    for look in deblurred(card, 8):
        assert np.abs(look[700:].astype(int) - BLUE).max() <= 8


def test_a_picture_stays_as_light_as_it_is():
    card = np.clip(smeared(2), 60, 200)
    for look in deblurred(card, 5):
        assert look[600:].mean() == pytest.approx(card[600:].mean(), abs=0.1)


def test_a_large_picture_is_left_alone():
    side = int(np.sqrt(LARGEST))
    assert deblurred(np.zeros((side, side + 20, 3), np.uint8), 8) == ()
