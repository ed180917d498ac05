from __future__ import annotations

import cv2
import numpy as np
import pytest

from bench.locating.scenes import scene
from ocr.locate import find_cards
from ocr.locate.quads import area, in_order, is_convex, overlap
from ocr.locate.refine import gradients, refine
from ocr.locate.votes import CELL, REACH, count

CARD = np.array([(150.0, 110.0), (520.0, 150.0), (500.0, 390.0), (120.0, 340.0)])


def photo_of(quads: list[np.ndarray], size: tuple[int, int] = (640, 480)) -> np.ndarray:
    """Light cards with some print on a brown desk."""
    rng = np.random.default_rng(5)
    photo = (np.array([60, 90, 130]) + rng.normal(0, 6, (size[1], size[0], 3))).clip(0, 255).astype(np.uint8)
    face = np.full((220, 340, 3), 235, np.uint8)
    cv2.circle(face, (50, 50), 26, (150, 60, 20), -1)
    for row in range(4):
        cv2.putText(face, "some words of print", (110, 70 + 36 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (50, 50, 50), 1)
    frame = np.array([(0, 0), (340, 0), (340, 220), (0, 220)], np.float32)
    for quad in quads:
        matrix = cv2.getPerspectiveTransform(frame, quad.astype(np.float32))
        cv2.warpPerspective(face, matrix, size, dst=photo, borderMode=cv2.BORDER_TRANSPARENT)
    return photo


def found(photo: np.ndarray) -> list[np.ndarray]:
    return [np.array(card.quad) for card in find_cards(photo) if card.confidence >= 0.5]


@pytest.mark.parametrize("scale", [0.3, 1.0, 3.0])
def test_a_card_on_a_desk_is_found_at_any_size(scale):
    photo = cv2.resize(photo_of([CARD]), None, fx=scale, fy=scale)
    [quad] = found(photo)
    assert overlap(quad, CARD * scale) > 0.95


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_it_is_found_any_way_up(degrees):
    photo = np.ascontiguousarray(np.rot90(photo_of([CARD]), -degrees // 90))
    assert len(found(photo)) == 1


def test_cards_beside_each_other_are_several():
    cards = [np.array([(30, 40), (290, 40), (290, 210), (30, 210)]) + shift for shift in ((0, 0), (300, 10), (10, 220))]
    quads = found(photo_of([card.astype(float) for card in cards]))
    assert len(quads) == 3
    for card in cards:
        assert max(overlap(in_order(card), quad) for quad in quads) > 0.9


def test_corners_start_top_left_and_run_clockwise():
    for card in find_cards(photo_of([CARD])):
        quad = np.array(card.quad)
        assert is_convex(quad)
        assert quad.sum(axis=1).argmin() == 0


def test_drawn_scenes_are_mostly_solved():
    hits = []
    for number in range(24):
        drawn = scene(np.random.default_rng((2026, number)), 480)
        quads = [np.array(card.quad) for card in find_cards(drawn.image)]
        hits += [max((overlap(in_order(q), other) for other in quads), default=0) >= 0.8 for q in drawn.quads]
    assert np.mean(hits) >= 0.75


@pytest.mark.parametrize("shape", [(480, 640), (64, 2000), (3000, 70), (101, 97)])
def test_nothing_is_found_where_nothing_is(shape):
    plain = np.random.default_rng(0).normal(120, 4, (*shape, 3)).clip(0, 255).astype(np.uint8)
    assert [card for card in find_cards(plain) if card.confidence >= 0.5] == []


def test_refining_brings_sides_to_the_edges():
    photo = photo_of([CARD])
    rough = CARD + np.array([(7, -6), (-8, 5), (6, 7), (-5, -8)])
    assert overlap(rough, CARD) < 0.96
    precise, strength = refine(gradients(photo), rough, 12.0)
    assert overlap(precise, CARD) > 0.985
    assert strength.min() > 0.5


def test_votes_of_two_cards_are_two_quads():
    truth = [
        np.array([(20, 20), (150, 24), (148, 110), (18, 104)]),
        np.array([(170, 60), (300, 60), (300, 150), (170, 150)]),
    ]
    inside, corners = np.zeros((24, 40), np.float32), np.zeros((12, 24, 40), np.float32)
    rng = np.random.default_rng(1)
    for turns, quad in enumerate(truth):
        for row, column in np.ndindex(inside.shape):
            place = np.array([column, row]) * CELL + CELL / 2
            if cv2.pointPolygonTest(quad.astype(np.float32), place.tolist(), False) >= 0:
                inside[row, column] = 0.9
                noisy = np.roll(quad, turns, axis=0) + rng.normal(0, 3, (4, 2))
                corners[:8, row, column] = ((noisy - place) / REACH).ravel()
                corners[8:, row, column] = np.log(3 / REACH)
    votes = count(inside, corners)
    assert len(votes) == 2
    for quad in truth:
        assert max(overlap(in_order(quad), vote.quad) for vote in votes) > 0.97
    assert all(vote.spread == pytest.approx(3, rel=0.01) for vote in votes)


def test_order_and_area_of_a_quad():
    square = np.array([(0, 0), (10, 0), (10, 10), (0, 10)])
    for turn in range(4):
        assert (in_order(np.roll(square, turn, axis=0)) == square).all()
    assert (in_order(square[::-1]) == square).all()
    assert area(square) == 100
