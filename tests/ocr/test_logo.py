from __future__ import annotations

import itertools
import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.cardgen.flat import CardImage, draw_card
from ocr.load import load_photo
from ocr.logo import SAME_LOGO, find_logos, hash_distance, logo_hash
from ocr.logo.forest import parse_forest
from ocr.logo.marks import take_apart
from ocr.logo.proposals import linkage_boxes, propose
from ocr.rectify import flatten
from ocr.types import Image, Line, Polygon

CARDS = Path(os.environ.get("CARDALLY_CARDS", Path(__file__).parents[3] / "shared/cards"))


def printed(card: CardImage) -> tuple[Line, ...]:
    """The lines of a drawn card as a reader without faults gives them."""
    height, width = card.image.shape[:2]
    return tuple(
        Line(line["text"], 0.95, tuple((x * width, y * height) for x, y in line["polygon"]))
        for line in card.truth["line_boxes"]
    )


def box_of(polygon: Polygon | list[list[float]]) -> tuple[float, float, float, float]:
    points = np.array(polygon)
    return (*points.min(axis=0), *points.max(axis=0))


def iou(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    shared = max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def true_boxes(card: CardImage) -> list[tuple[float, ...]]:
    height, width = card.image.shape[:2]
    forms = card.truth["logos"] + card.truth["logos_alt"]
    return [box_of([(x * width, y * height) for x, y in polygon]) for polygon in forms]


def crop(image: Image, box: tuple[float, ...]) -> Image:
    x0, y0, x1, y1 = (round(v) for v in box)
    return image[max(0, y0) : y1, max(0, x0) : x1]


@pytest.fixture(scope="module")
def cards() -> list[CardImage]:
    return [draw_card(f"logos/{number}", long_side=900) for number in range(60)]


def test_most_logos_of_drawn_cards_are_found_and_most_that_is_found_is_one(cards):
    right = found = hit = wanted = 0
    for card in cards:
        boxes = [box_of(logo.polygon) for logo in find_logos(card.image, printed(card))]
        truth = true_boxes(card)
        good = [box for box in boxes if any(iou(box, form) >= 0.5 for form in truth)]
        right, found = right + len(good), found + len(boxes)
        hit, wanted = hit + bool(good), wanted + bool(truth)
    assert wanted > 30
    assert hit / wanted > 0.6
    assert right / found > 0.6


def test_logos_lie_on_the_card_and_apart(cards):
    for card in cards[:20]:
        height, width = card.image.shape[:2]
        logos = find_logos(card.image, printed(card))
        assert len(logos) <= 3
        assert [logo.confidence for logo in logos] == sorted((logo.confidence for logo in logos), reverse=True)
        for logo in logos:
            x0, y0, x1, y1 = box_of(logo.polygon)
            assert 0 <= x0 < x1 <= width
            assert 0 <= y0 < y1 <= height
            assert 0 <= logo.confidence <= 1
        for a, b in itertools.combinations(logos, 2):
            assert iou(box_of(a.polygon), box_of(b.polygon)) < 0.5


def test_the_size_of_the_picture_does_not_matter(cards):
    same = total = 0
    for card in cards[:20]:
        large = cv2.resize(card.image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        lines = printed(card)
        twice = [Line(line.text, line.confidence, tuple((2 * x, 2 * y) for x, y in line.polygon)) for line in lines]
        once = [np.array(box_of(logo.polygon)) for logo in find_logos(card.image, lines)]
        again = [np.array(box_of(logo.polygon)) / 2 for logo in find_logos(large, twice)]
        total += len(once)
        same += sum(any(iou(tuple(a), tuple(b)) > 0.7 for b in again) for a in once)
    assert same >= 0.8 * total > 5


@pytest.mark.parametrize("shape", [(8, 8), (300, 500), (500, 300, 3), (40, 900, 3)])
def test_nothing_printed_is_no_logo(shape):
    assert find_logos(np.full(shape, 220, np.uint8), ()) == ()


def test_a_lone_coloured_disc_beside_text_is_a_logo():
    card = np.full((550, 900, 3), 245, np.uint8)
    cv2.circle(card, (160, 150), 80, (160, 60, 20), -1)
    cv2.circle(card, (160, 150), 35, (245, 245, 245), -1)
    lines = []
    for row, text in enumerate(["Anna Berg", "Head of Sales", "+49 30 123456", "anna@example.com"]):
        y = 300 + 50 * row
        cv2.putText(card, text, (500, y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (40, 40, 40), 2, cv2.LINE_AA)
        lines.append(Line(text, 0.97, ((500, y - 25), (800, y - 25), (800, y + 8), (500, y + 8))))
    best = find_logos(card, lines)[0]
    assert iou(box_of(best.polygon), (80, 70, 240, 230)) > 0.7
    grey = find_logos(cv2.cvtColor(card, cv2.COLOR_BGR2GRAY), lines)
    assert iou(box_of(grey[0].polygon), (80, 70, 240, 230)) > 0.7


def test_proposals_without_lines_still_cover_the_marks(cards):
    covered = total = 0
    for card in cards[:20]:
        marks = take_apart(card.image, ())
        boxes = propose(marks) / marks.scale
        truth = true_boxes(card)
        total += bool(truth)
        covered += any(iou(tuple(box), form) >= 0.5 for box in boxes for form in truth)
    assert covered >= 0.7 * total > 5


@pytest.mark.parametrize("way", [(1.02, 0.1), (-0.12, 0.1), (0.1, 1.02), (0.1, -0.1)])
def test_no_box_is_proposed_where_there_is_no_card(way):
    card = np.full((500, 800, 3), 240, np.uint8)
    left, top = way[0] * 800, way[1] * 500
    beside = Line("on the desk", 0.9, ((left, top), (left + 90, top), (left + 90, top + 40), (left, top + 40)))
    assert not len(propose(take_apart(card, [beside])))


def test_nested_groups_join_nearest_first():
    boxes = np.array([[0, 0, 10, 10], [12, 0, 20, 10], [50, 0, 60, 10]], float)
    apart = np.array([[0, 2, 40], [2, 0, 30], [40, 30, 0]], float)
    joins = linkage_boxes(boxes, apart)[3:]
    assert joins.tolist() == [[0, 0, 20, 10], [0, 0, 60, 10]]


def test_a_forest_adds_up_its_leaves():
    text = json.dumps({"features": ["a", "b"], "bias": 0.5, "trees": [[0, 1.0, -1.0, [1, 5.0, 2.0, 3.0]], 0.25]})
    columns = {"b": np.array([0.0, 5.0, 5.1]), "a": np.array([1.0, 1.5, 2.0]), "c": np.zeros(3)}
    odds = np.array([0.5 - 1 + 0.25, 0.5 + 2 + 0.25, 0.5 + 3 + 0.25])
    assert np.allclose(parse_forest(text).probability(columns), 1 / (1 + np.exp(-odds)))


def test_a_forest_judges_many_rows_as_it_judges_each():
    text = json.dumps({"features": ["a"], "bias": 0.0, "trees": [[0, 0.3, -1.0, [0, 0.8, 0.5, 2.0]]]})
    forest, numbers = parse_forest(text), np.random.default_rng(0).random(150)
    alone = [forest.probability({"a": numbers[row : row + 1]})[0] for row in range(150)]
    assert np.allclose(forest.probability({"a": numbers}), alone)
    assert not len(forest.probability({"a": np.zeros(0)}))


def logos_of(cards: list[CardImage]) -> list[Image]:
    return [crop(card.image, true_boxes(card)[0]) for card in cards if card.truth["logos"]]


def seen_again(logo: Image, seed: int) -> Image:
    """The same logo by another camera: other light, colour, focus, noise and a box a little off."""
    rng = np.random.default_rng(seed)
    height, width = logo.shape[:2]
    framed = cv2.copyMakeBorder(logo, height // 4, height // 4, width // 4, width // 4, cv2.BORDER_REPLICATE)
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) + 0.25 + rng.uniform(-0.05, 0.05, (4, 2))
    moved = corners * (width, height)
    size = (max(24, round(width * 0.6)), max(24, round(height * 0.6)))
    target = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    small = cv2.warpPerspective(framed, cv2.getPerspectiveTransform(moved.astype(np.float32), target), size)
    lit = small * rng.uniform(0.6, 1.1) * rng.uniform(0.85, 1.1, 3) + rng.normal(0, 4, small.shape)
    return cv2.GaussianBlur(np.clip(lit, 0, 255).astype(np.uint8), (0, 0), 0.8)


def ranks_right(same: list[float], different: list[float]) -> float:
    """Area under the ROC curve: how often a pair that is the same logo is nearer than one that is not."""
    return float(np.mean([[a < b for b in different] for a in same]))


def test_the_hash_knows_a_logo_again(cards):
    logos = logos_of(cards)
    first = [logo_hash(logo) for logo in logos]
    again = [logo_hash(seen_again(logo, seed)) for seed, logo in enumerate(logos)]
    same = [hash_distance(a, b) for a, b in zip(first, again, strict=True)]
    different = [hash_distance(a, b) for a, b in itertools.combinations(first, 2)]
    assert ranks_right(same, different) > 0.97
    assert np.mean(np.array(same) < SAME_LOGO) > 0.7
    assert np.mean(np.array(different) < SAME_LOGO) < 0.03


def test_white_on_blue_is_blue_on_white(cards):
    logo = logos_of(cards)[0]
    assert hash_distance(logo_hash(logo), logo_hash(255 - logo)) < SAME_LOGO


@given(st.integers(0, 10_000), st.integers(1, 80), st.integers(1, 80), st.booleans())
def test_every_crop_has_a_hash_at_no_distance_from_itself(seed, height, width, is_grey):
    shape = (height, width) if is_grey else (height, width, 3)
    text = logo_hash(np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8))
    assert len(text) == 64
    assert int(text, 16) >= 0
    assert hash_distance(text, text) == pytest.approx(0, abs=1e-9)


def test_distance_has_no_direction_and_stays_between_none_and_one(cards):
    hashes = [logo_hash(logo) for logo in logos_of(cards)] + [logo_hash(np.zeros((5, 5), np.uint8))]
    for a, b in itertools.product(hashes, repeat=2):
        assert hash_distance(a, b) == pytest.approx(hash_distance(b, a))
        assert -1e-9 <= hash_distance(a, b) <= 1


@pytest.mark.parametrize("wrong", ["", "abc", "g" * 64, "0" * 63])
def test_what_is_no_hash_is_refused(wrong):
    with pytest.raises(ValueError, match=r"hash|invalid literal"):
        hash_distance("0" * 64, wrong)


@pytest.mark.skipif(not (CARDS / "truth.jsonl").exists(), reason="needs the card photos of ../shared/cards")
def test_the_hash_knows_logos_again_across_two_cameras():
    hashes: dict[tuple[str, int], dict[str, str]] = {}
    for record in map(json.loads, (CARDS / "truth.jsonl").read_text("utf-8").splitlines()):
        if record["set"] != "smvs" or not record["logos"]:
            continue
        photo = load_photo((CARDS / "photos" / record["photo"]).read_bytes())
        scale = np.array(photo.shape[1::-1])
        flat = flatten(photo, tuple(map(tuple, np.array(record["quad"]) * scale)), longest=960)
        for number, logo in enumerate(record["logos"]):
            there = cv2.perspectiveTransform(
                (np.array([logo]) * scale).astype(np.float64), np.linalg.inv(flat.to_photo)
            )
            seen = hashes.setdefault((record["face"], number), {})
            seen[record["camera"]] = logo_hash(crop(flat.image, box_of(there[0])))
    pairs = [seen for seen in hashes.values() if {"Canon", "Droid"} <= set(seen)]
    same = [hash_distance(seen["Canon"], seen["Droid"]) for seen in pairs]
    family = {face: face.split("/")[0] for face, _ in hashes}
    different = [
        hash_distance(a["Canon"], b["Droid"])
        for (one, a), (other, b) in itertools.permutations(hashes.items(), 2)
        if family[one[0]] != family[other[0]] and "Canon" in a and "Droid" in b
    ]
    assert len(same) > 40
    assert ranks_right(same, different) > 0.98
