from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.clean import grey, ink, with_contrast


def card_of_two_halves() -> np.ndarray:
    """Dark text on white above, white text on dark blue below, in a light that falls off to the right."""
    card = np.full((600, 1000, 3), 235, np.uint8)
    card[300:] = (90, 40, 20)
    cv2.putText(card, "dark on light", (80, 180), cv2.FONT_HERSHEY_SIMPLEX, 2, (40, 40, 40), 3)
    cv2.putText(card, "light on dark", (80, 480), cv2.FONT_HERSHEY_SIMPLEX, 2, (240, 240, 240), 3)
    return (card * np.linspace(1, 0.5, 1000)[None, :, None]).astype(np.uint8)


def test_print_becomes_dark_on_white_whatever_its_polarity():
    card = card_of_two_halves()
    shown = ink(card)
    dark_text = grey(card)[100:200, 80:500] < 90
    light_text = grey(card)[400:500, 80:500] > 150
    for rows, text in ((slice(100, 200), dark_text), (slice(400, 500), light_text)):
        area = shown[rows, 80:500]
        assert area[text].mean() < 90
        assert area[~text].mean() > 215


def test_an_empty_card_stays_white():
    grain = np.random.default_rng(0).normal(200, 3, (400, 700)).clip(0, 255).astype(np.uint8)
    assert ink(grain).mean() > 225


def test_a_picture_in_ordinary_light_stays_as_it_is():
    card = card_of_two_halves()
    assert with_contrast(card) is card


@pytest.mark.parametrize(("share", "least"), [(0.25, 0), (0.25, 150)])
def test_a_dim_or_pale_picture_gets_the_contrast_of_ordinary_light(share, least):
    seen = with_contrast((least + card_of_two_halves() * share).astype(np.uint8))
    assert np.quantile(seen, 0.001) < 30
    assert 225 < seen.max() < 252


def test_light_that_was_burnt_stays_so():
    burnt = np.full((200, 300, 3), 190, np.uint8)
    burnt[50:100, 50:100] = 255
    assert with_contrast(burnt).max() == 255


def test_a_shaded_part_decides_for_the_picture():
    picture = np.full((400, 600, 3), 250, np.uint8)
    picture[100:300, 100:434] = (card_of_two_halves()[::3, ::3] * 0.3).astype(np.uint8)
    assert with_contrast(picture) is picture
    seen = with_contrast(picture, picture[100:300, 100:434])
    assert seen[100:300, 100:434].max() > 225


def test_the_grain_of_nothing_stays_faint():
    grain = np.random.default_rng(0).normal(20, 1, (400, 700, 3)).clip(0, 255).astype(np.uint8)
    assert with_contrast(grain).std() < 20
