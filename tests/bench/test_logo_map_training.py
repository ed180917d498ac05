from __future__ import annotations

import numpy as np
import pytest

from bench.cardgen.flat import draw_card
from bench.training import logo_map as training
from bench.training.logo_cards import LogoCard, Searched, keep, kept
from ocr.engines.ppocr import as_searched, search
from ocr.logo.likely import logo_map, parse_view

MARGIN = (0.05, 0.06)


def drawn(number: int) -> LogoCard:
    """A drawn card as if it had been cut out of a photo."""
    card = draw_card(f"map/{number}", long_side=640)
    height, width = card.image.shape[:2]
    logos = tuple((tuple((x * width, y * height) for x, y in logo),) for logo in card.truth["logos"])
    x, y = (round(edge * side / (1 - 2 * edge)) for edge, side in zip(MARGIN, (width, height), strict=True))
    wide = np.pad(card.image, ((y, y), (x, x), (0, 0)), constant_values=90)
    searched = Searched(as_searched(wide, 480), (x / wide.shape[1], y / wide.shape[0]))
    return LogoCard(
        f"card-{number}", "", f"face-{number}", "drawn", "", "truth", "true", card.image, (), logos, (), searched
    )


@pytest.fixture(scope="module")
def cards() -> list[LogoCard]:
    return [drawn(number) for number in range(12)]


def test_what_ships_says_the_same_as_what_was_learned(cards):
    basis = training.components(cards)
    seen = [training.seen(card, basis) for card in cards]
    assert all(seen)
    weights = training.learn(seen[:6], seen[6:])
    view = parse_view(training.as_json(weights, basis))
    for card, one in zip(cards[:3], seen, strict=False):
        found = search(card.searched.image, 480, view.seen)
        shipped = logo_map(view, found.view, card.searched.margin)
        learned = one.map(weights)
        assert shipped.card == pytest.approx(learned.card)
        assert np.abs(shipped.shares - learned.shares).max() < 0.02


def test_a_map_is_learned_without_drawn_cards_too(cards):
    basis = training.components(cards[:6])
    seen = [training.seen(card, basis) for card in cards[:6]]
    assert training.learn(seen, []).shape == training.learn(seen[:3], seen[3:]).shape


def test_the_truth_lies_where_the_logo_is_and_the_margin_does_not_count(cards):
    basis = training.components(cards[:3])
    for card in (card for card in cards if card.logos):
        one = training.seen(card, basis)
        rows, columns = np.nonzero(one.truth > 0.5)
        if len(rows):
            height, width = card.image.shape[:2]
            points = np.array(card.logos[0][0]) / (width, height)
            middle = (columns.mean() + 0.5) / one.truth.shape[1], (rows.mean() + 0.5) / one.truth.shape[0]
            on_card = (np.array(middle) - card.searched.margin) / (1 - 2 * np.array(card.searched.margin))
            if len(card.logos) == 1:
                assert on_card == pytest.approx(points.mean(axis=0), abs=0.05)
        assert not one.counts[0].any()
        assert one.counts[one.counts.shape[0] // 2, one.counts.shape[1] // 2]


def test_cards_are_kept_with_the_picture_they_were_searched_in(cards, tmp_path):
    whole = LogoCard(*(getattr(cards[0], name) for name in LogoCard.__slots__[:-1]), None)
    assert keep([cards[1], whole], tmp_path) == 2
    first, second = kept(tmp_path)
    assert first.searched.margin == cards[1].searched.margin
    assert (first.searched.image == cards[1].searched.image).all()
    assert second.searched is None
