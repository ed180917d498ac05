from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.glare import burnt_print
from ocr.types import Line

TALL = 40
LINES = [
    Line("a line of print", 0.9, ((60.0, y), (560.0, y), (560.0, y + TALL), (60.0, y + TALL)))
    for y in (60.0, 160.0, 260.0)
]


def card(paper: int = 190) -> np.ndarray:
    picture = np.full((380, 640, 3), paper, np.uint8)
    for line in LINES:
        x, y = line.polygon[3]
        cv2.putText(picture, line.text, (int(x), int(y) - 8), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (20, 20, 20), 3)
    return picture


def lit(picture: np.ndarray, at: tuple[int, int], radius: int) -> np.ndarray:
    """A lamp's reflection that burns out all within half of `radius` pixels and fades beyond."""
    y, x = np.ogrid[: picture.shape[0], : picture.shape[1]]
    far = np.hypot(x - at[0], y - at[1]) / radius
    return np.clip(picture + 500 * np.exp(-2 * far[..., None] ** 2), 0, 255).astype(np.uint8)


def test_a_reflection_on_print_is_told_in_heights_of_its_lines():
    plain, small, large = (
        burnt_print(card(), LINES),
        *(burnt_print(lit(card(), (300, 180), r), LINES) for r in (40, 90)),
    )
    assert plain == 0
    assert 0.5 < small < large


def test_a_reflection_beside_the_print_takes_nothing():
    wide = cv2.copyMakeBorder(card(), 0, 0, 0, 400, cv2.BORDER_CONSTANT, value=(190, 190, 190))
    assert burnt_print(lit(wide, (900, 180), 60), LINES) == 0


@pytest.mark.parametrize("colour", [(190, 190, 190), (120, 40, 20)])
def test_a_white_panel_is_no_reflection_for_it_ends_at_once(colour):
    panel = card()
    panel[:] = colour
    cv2.rectangle(panel, (300, 40), (600, 340), (255, 255, 255), -1)
    cv2.circle(panel, (150, 180), 60, (255, 255, 255), -1)
    assert burnt_print(panel, LINES) == 0


def test_white_paper_is_no_reflection_nor_is_a_card_without_lines_judged():
    assert burnt_print(card(255), LINES) == 0
    assert burnt_print(lit(card(), (300, 180), 90), []) == 0


@pytest.mark.parametrize("beside", [-90.0, 400.0])
def test_a_line_that_was_read_beside_the_card_tells_nothing_of_it(beside):
    line = Line("a line of the desk", 0.9, ((60.0, beside), (560.0, beside), (560.0, beside + 15), (60.0, beside + 15)))
    assert burnt_print(lit(card(), (300, 180), 90), [line]) == 0
