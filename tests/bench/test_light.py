from __future__ import annotations

import numpy as np
import pytest

from bench.light import BRIGHTER, dim, lit, pale, read, shade
from bench.photos import Sample
from ocr import make_engine
from ocr.load import load_photo
from tests.drawing import card_photo, encoded

QUAD = [[0.12, 0.16], [0.88, 0.16], [0.88, 0.84], [0.12, 0.84]]
"""Where `card_photo` draws its card."""


@pytest.fixture
def sample(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(card_photo()))
    return Sample(path, ({"quad": QUAD},))


def levels(sample, light):
    """Of the card's paper and of the table."""
    photo = load_photo(lit(sample, light))
    return np.median(photo[560:740, 900:1000]), np.median(photo[:60, :60])


def test_dim_light_is_less_everywhere(sample):
    paper, table = levels(sample, dim(1))
    assert levels(sample, dim(0.25)) == pytest.approx((paper / 4, table / 4), abs=2)


def test_pale_light_brings_levels_together(sample):
    paper, table = levels(sample, dim(1))
    pale_paper, pale_table = levels(sample, pale(0.4))
    assert pale_paper - pale_table == pytest.approx(0.4 * (paper - table), abs=2)


def test_shade_falls_on_the_card_alone(sample):
    paper, table = levels(sample, dim(1))
    assert levels(sample, shade(0.3)) == pytest.approx((0.3 * paper, table + BRIGHTER), abs=2)


def test_a_dim_card_is_called_blurred_without_contrast_alone(sample):
    engine, photo = make_engine(), lit(sample, dim(0.1))
    [plain], [contrasted] = (read(photo, engine, with_contrast=way) for way in (False, True))
    assert "blurred" in plain.review
    assert "blurred" not in contrasted.review
