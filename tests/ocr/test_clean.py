from __future__ import annotations

import cv2
import numpy as np

from ocr.clean import grey, ink


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
