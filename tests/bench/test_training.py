"""What the field models learn from, as far as it needs no trainer."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from bench.cardgen.cards import design_card
from bench.cardgen.chance import Dice
from bench.cardgen.lines import lines_of
from bench.cardgen.templates import BLOCKS, SCATTERED, scattered
from bench.fresh import Judged, counts, f1, interval
from bench.training.at_home import at_home
from bench.training.beside_names import named_beside
from bench.training.blending import blend
from bench.training.breaking import broken
from bench.training.noise import read_back
from bench.training.samples import drawn
from bench.training.surroundings import KINDS, surroundings
from ocr.fields.trees import Trees
from ocr.truth import KINDS as FIELDS
from ocr.truth import Verdict
from ocr.types import FieldKind, Polygon

ONE = Trees(
    ("b",), 1, np.array([0]), np.array([0, -1, -1], np.int16), np.array([0.5, 0, 0], np.float32),
    np.array([1, 1, 2]), np.array([2, 1, 2]), np.array([0, 1.0, 3.0], np.float32),
)  # fmt: skip
OTHER = Trees(
    ("a", "b"), 1, np.array([0]), np.array([0, -1, -1], np.int16), np.array([2.0, 0, 0], np.float32),
    np.array([1, 1, 2]), np.array([2, 1, 2]), np.array([0, 5.0, 9.0], np.float32),
)  # fmt: skip


def test_a_blend_scores_the_mean_of_its_models():
    rows = [{"a": 1.0, "b": 0.0}, {"a": 3.0, "b": 1.0}, {"a": 3.0, "b": 0.5}]
    assert blend([ONE, OTHER]).scores(rows)[:, 0].tolist() == [3.0, 6.0, 5.0]


def test_scattered_cards_have_every_block_once():
    for number in range(30):
        blocks = [block for stack in scattered(Dice("scattered", number)).stacks for block in stack.blocks]
        assert sorted(blocks) == sorted(BLOCKS)


@pytest.mark.parametrize("number", range(12))
def test_values_broken_over_lines_keep_their_words_and_their_order(number):
    card = lines_of(design_card(f"broken/{number}"))
    made = broken(card, random.Random(number))
    assert len(made.lines) >= len(card.lines)
    for block in {line.block for line in card.lines}:
        before, after = ([line for line in some.lines if line.block == block] for some in (card, made))
        assert " ".join(line.text for line in after).split() == " ".join(line.text for line in before).split()
        whole = {line.text for line in before}
        parts = [line for line in after if line.text not in whole]
        assert all(
            upper.polygon[3][1] <= lower.polygon[0][1] + 1 for upper, lower in zip(parts[::2], parts[1::2], strict=True)
        )


def test_what_is_put_beside_a_name_moves_the_rest_and_is_no_field():
    added = 0
    for number in range(60):
        card = lines_of(design_card(f"beside names/{number}"))
        made = named_beside(card, random.Random(number))
        assert made.fields == card.fields
        assert [line.text for line in made.lines][: len(card.lines)] == [line.text for line in card.lines]
        added += len(made.lines) - len(card.lines)
    assert 0 < added < 30


def test_companies_called_by_a_town_are_there():
    moved = 0
    for number in range(40):
        card = lines_of(design_card(f"at home/{number}", locale="en_US"))
        named = replace(card, fields={**card.fields, "company": "Sacramento Bakery"})
        made = at_home(named, random.Random(number))
        addresses = made.fields.get("addresses", [])
        assert len(addresses) == len(card.fields.get("addresses", []))
        moved += any("SACRAMENTO" in address.upper() for address in addresses)
    assert moved > 5


def box(polygon: Polygon) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    return min(xs), min(ys), max(xs), max(ys)


@pytest.mark.parametrize("lang", ["en", "pt", "vi", "ja"])
def test_surroundings_cover_nothing_of_the_card(lang):
    added = 0
    for number in range(12):
        rng = random.Random(number)
        card = lines_of(design_card(f"beside/{number}", layout=SCATTERED))
        lines = read_back(card, rng)
        own = [box(line.polygon) for line in lines]
        size = (1280, round(1280 * card.size[1] / card.size[0]))
        for line in surroundings(lines, size, lang, rng):
            left, top, right, bottom = box(line.polygon)
            added += 1
            assert line.text.strip()
            assert "{" not in line.text
            assert not any(left < r and x < right and top < b and y < bottom for x, y, r, b in own)
    assert added > len(KINDS)


def test_a_drawn_card_depends_on_its_number_alone():
    together = [sample.lines for sample in drawn("numbers", range(3, 6), 1.0)]
    alone = [sample.lines for number in range(3, 6) for sample in drawn("numbers", range(number, number + 1), 1.0)]
    assert together == alone


def judged(face: str, right: int, wrong: int, missed: int) -> Judged:
    empty = dict.fromkeys(FIELDS, Verdict((), (), ()))
    name = Verdict(("x",) * right, ("y",) * wrong, ("z",) * missed)
    return Judged(face, empty | {FieldKind.NAME: name})


def test_fresh_cards_are_counted_by_value():
    cards = [judged("a", 3, 1, 0), judged("b", 1, 0, 3)]
    assert counts(cards, [FieldKind.NAME]) == (4, 1, 3)
    assert f1(counts(cards, tuple(FIELDS))) == pytest.approx(2 * 4 / (2 * 4 + 1 + 3))
    low, high = interval(cards)
    assert low <= f1(counts(cards, tuple(FIELDS))) <= high
