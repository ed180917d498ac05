from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.quality import LIMIT, OUT_OF_FOCUS, Edges, edge_width, edges, is_cut_off, judge, review_reasons
from ocr.rectify import flatten
from ocr.types import Quality


def printed_card(width: int = 1280) -> np.ndarray:
    card = np.full((780, 1280, 3), 240, np.uint8)
    for row, text in enumerate(["Quite an ordinary card", "with five lines of print", "0123456789", "a@b.example"]):
        cv2.putText(card, text, (90, 160 + 150 * row), cv2.FONT_HERSHEY_SIMPLEX, 2.2, (30, 30, 30), 5, cv2.LINE_AA)
    return cv2.resize(card, (width, round(width * 780 / 1280)), interpolation=cv2.INTER_AREA)


def sharpness(card: np.ndarray, text=()) -> float:
    found = edges(card, text)
    assert found is not None
    return found.sharpness


def resolution(card: np.ndarray) -> float:
    return judge(flatten(card, whole_quad(card)), (), None).resolution


def whole_quad(image: np.ndarray) -> tuple[tuple[float, float], ...]:
    height, width = image.shape[:2]
    return ((0, 0), (width, 0), (width, height), (0, height))


def test_sharpness_falls_with_blur_and_not_with_contrast():
    card = printed_card()
    figures = [sharpness(cv2.GaussianBlur(card, (0, 0), sigma)) for sigma in (0.5, 1.5, 2.5, 3.5, 5)]
    assert figures == sorted(figures, reverse=True)
    assert figures[0] > 0.8
    assert figures[-1] < 0.2
    pale = (card * 0.5 + 100).astype(np.uint8)
    assert sharpness(pale) == pytest.approx(sharpness(card), abs=0.1)


def test_in_a_whole_photo_the_part_with_the_text_counts():
    card = cv2.GaussianBlur(printed_card(), (0, 0), 2.5)
    photo = np.full((1600, 2600, 3), 90, np.uint8)
    photo[300:1080, 600:1880] = printed_card()
    photo = cv2.GaussianBlur(photo, (0, 0), 2.5)
    text = ((690.0, 370.0), (1780.0, 370.0), (1780.0, 1000.0), (690.0, 1000.0))
    assert sharpness(photo, [text]) == pytest.approx(sharpness(card), abs=0.1)
    assert sharpness(card) < 0.5


def test_the_width_of_edges_is_told_in_pixels_too():
    card = cv2.GaussianBlur(printed_card(), (0, 0), 3)
    small, large = (edges(cv2.resize(card, None, fx=times, fy=times), ()) for times in (1, 2))
    assert small.pixels == pytest.approx(3 * np.sqrt(2 * np.pi), rel=0.25)
    assert large.pixels == pytest.approx(2 * small.pixels, rel=0.1)
    assert large.share == pytest.approx(small.share, rel=0.1)


def test_whatever_is_read_in_sharper_pictures_calls_for_a_look():
    assert Edges(10, OUT_OF_FOCUS).sharpness == pytest.approx(LIMIT)


def test_a_blank_card_has_no_edges():
    blank = np.full((300, 500), 200, np.uint8)
    assert edge_width(blank) is None
    assert edges(blank, ()) is None
    assert judge(flatten(blank, whole_quad(blank)), (), None).sharpness == 0


def test_a_small_card_is_of_low_resolution():
    large, small = printed_card(1280), printed_card(300)
    assert resolution(large) == 1
    assert resolution(small) < 0.5


def test_reasons_follow_from_the_figures():
    inside = ((10.0, 10.0), (90.0, 10.0), (90.0, 60.0), (10.0, 60.0))
    assert review_reasons(Quality(0.9, 0.9, 0.9), inside, (100, 100)) == ()
    poor = review_reasons(Quality(0.1, 0.1, 0.1), ((-30.0, 10.0), *inside[1:]), (100, 100))
    assert poor == ("blurred", "glare", "low_resolution", "cut_off")


def test_a_corner_just_outside_is_not_cut_off():
    assert not is_cut_off(((-1.0, 0.0), (100.0, 0.0), (100.0, 50.0), (0.0, 50.0)), (100, 60))
    assert is_cut_off(((-5.0, 0.0), (100.0, 0.0), (100.0, 50.0), (0.0, 50.0)), (100, 60))


@pytest.mark.parametrize("chance", [0.0, 0.3, 0.97, 1.0])
def test_a_value_is_believed_less_the_wider_edges_are(chance):
    believed = [Edges(10, share).chance(chance) for share in (2, OUT_OF_FOCUS, 6, 9)]
    assert believed[:2] == [chance, chance]
    assert believed == sorted(believed, reverse=True)
    assert all(0 <= one <= 1 for one in believed)
    if 0 < chance < 1:
        assert believed[1] > believed[2] > believed[3]
