"""Where a whole frame is read, logos are looked for on the card that it probably shows."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from bench.cardgen.flat import CardImage, draw_card
from bench.training.logo_cards import overlap
from ocr.locate import Candidate
from ocr.logo import find_logos
from ocr.logo.inside import CardInside
from ocr.logo.likely import LogoMap
from ocr.regions import choose_regions
from ocr.types import Image, Line, Logo, Polygon, Word
from tests.drawing import card_photo

CARD = ((144.0, 144.0), (1056.0, 144.0), (1056.0, 756.0), (144.0, 756.0))
"""Where `card_photo` draws its card."""
SLANTED = np.array([(230, 190), (900, 120), (960, 560), (180, 640)], np.float32)
"""Where a drawn card lies in a frame of 1100 x 800 pixels."""


@pytest.fixture(scope="module")
def photo() -> Image:
    return np.ascontiguousarray(np.asarray(card_photo().convert("RGB"))[:, :, ::-1])


def moved(polygon: Polygon, way: np.ndarray) -> Polygon:
    return tuple(map(tuple, cv2.perspectiveTransform(np.array([polygon], np.float64), way)[0]))


def in_frame(card: CardImage) -> tuple[Image, CardInside, tuple[Line, ...], list[Polygon]]:
    """A frame with the card in it, the lines that a reader finds there, and where its logos are."""
    height, width = card.image.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    to_frame = cv2.getPerspectiveTransform(corners, SLANTED)
    frame = cv2.warpPerspective(card.image, to_frame, (1100, 800), borderValue=(90, 110, 120))
    lines = [
        Line(line["text"], 0.95, moved([(x * width, y * height) for x, y in line["polygon"]], to_frame))
        for line in card.truth["line_boxes"]
    ]
    logos = [moved([(x * width, y * height) for x, y in logo], to_frame) for logo in card.truth["logos"]]
    return frame, CardInside(card.image, np.linalg.inv(to_frame), None), tuple(lines), logos


def held(found: tuple[Logo, ...], logos: list[Polygon]) -> int:
    return sum(any(overlap(one.polygon, logo) > 0.5 for one in found) for logo in logos)


def test_logos_are_found_on_the_card_and_told_in_the_frame():
    on_card = as_frame = wanted = 0
    for number in range(25):
        frame, inside, lines, logos = in_frame(draw_card(f"inside/{number}", long_side=700))
        on_card += held(find_logos(frame, lines, inside), logos)
        as_frame += held(find_logos(frame, lines), logos)
        wanted += len(logos)
    assert on_card > 0.55 * wanted > 8
    assert on_card > 1.2 * as_frame


def test_lines_beside_the_card_do_not_stand_on_it():
    inside = CardInside(np.zeros((100, 200, 3), np.uint8), np.array([(1, 0, -50), (0, 1, -50), (0, 0, 1.0)]), None)
    there = ((60.0, 60.0), (100.0, 60.0), (100.0, 70.0), (60.0, 70.0))
    beside = tuple((x, y + 120) for x, y in there)
    words = (Word("here", 1, there),)
    [line] = inside.lines([Line("here", 1, there, words), Line("not", 1, beside)])
    assert line == Line("here", 1, ((10.0, 10.0), (50.0, 10.0), (50.0, 20.0), (10.0, 20.0)))


def test_an_unsure_card_is_where_logos_of_the_frame_are_looked_for(photo):
    [frame] = choose_regions(photo, [Candidate(CARD, 0.4)], 4)
    assert frame.margin == (0, 0)
    inside = frame.logos
    assert isinstance(inside, CardInside)
    assert isinstance(inside.likely, LogoMap)
    corners = moved(((0, 0), (960 * 0.12, 720 * 0.16)), inside.to_card)
    assert corners[1] == pytest.approx((0, 0), abs=3)


@pytest.mark.parametrize("first", [1, 2, 3])
def test_it_stands_as_the_frame_does(photo, first):
    [straight] = choose_regions(photo, [Candidate(CARD, 0.4)], 4)
    [region] = choose_regions(photo, [Candidate(CARD[first:] + CARD[:first], 0.4)], 4)
    assert isinstance(region.logos, CardInside)
    assert isinstance(straight.logos, CardInside)
    assert region.logos.card.shape == straight.logos.card.shape
    assert np.abs(region.logos.card.astype(int) - straight.logos.card).mean() < 3
    turned = straight.turn(90)
    assert isinstance(turned.logos, CardInside)
    assert turned.logos.card.shape[0] > turned.logos.card.shape[1]


def test_a_guess_without_text_is_none(photo):
    corner = ((0.0, 0.0), (100.0, 0.0), (100.0, 60.0), (0.0, 60.0))
    [frame] = choose_regions(photo, [Candidate(corner, 0.4)], 4)
    assert frame.logos is None
    [alone] = choose_regions(photo, [], 4)
    assert alone.logos is None
    assert replace(alone, guess=None).inside is None
