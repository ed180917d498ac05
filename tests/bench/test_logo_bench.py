"""How found logos are compared with true ones."""

from __future__ import annotations

from bench.logos import forms_of
from bench.logos import overlap as in_photo
from bench.training.logo_cards import overlap as in_pixels

TRUE = ((0.507, 0.419), (0.527, 0.421), (0.525, 0.457), (0.505, 0.455))
FOUND = ((0.507, 0.42), (0.526, 0.422), (0.523, 0.459), (0.505, 0.455))
"""A logo of a fiftieth of the photo, and where one was found that is nearly it."""


def test_small_logos_overlap_as_large_ones_do():
    large = [tuple((1000 * x, 1000 * y) for x, y in polygon) for polygon in (TRUE, FOUND)]
    assert 0.8 < in_pixels(*large) < 0.9
    assert abs(in_photo(TRUE, FOUND) - in_pixels(*large)) < 0.001


def test_another_extent_of_a_small_logo_is_one_of_its_forms():
    [forms] = forms_of({"logos": [TRUE], "logos_alt": [FOUND, ((0, 0), (0.1, 0), (0.1, 0.1), (0, 0.1))]})
    assert forms == (TRUE, FOUND)
