from __future__ import annotations

import numpy as np
import pytest

from ocr.shrink import shrink


@pytest.mark.parametrize("size", [(160, 120), (100, 75), (53, 41), (320, 240), (400, 300)])
def test_a_smaller_picture_has_the_size_asked_for_and_the_same_light(size):
    image = np.random.default_rng(0).integers(0, 256, (240, 320, 3), dtype=np.uint8)
    small = shrink(image, size)
    assert small.shape == (size[1], size[0], 3)
    assert np.abs(small.mean(axis=(0, 1)) - image.mean(axis=(0, 1))).max() < 2


def test_halves_and_quarters_are_means_of_what_they_cover():
    image = np.random.default_rng(1).integers(0, 256, (64, 96), dtype=np.uint8)
    quarters = image.reshape(16, 4, 24, 4).mean(axis=(1, 3))
    assert np.abs(shrink(image, (24, 16)) - quarters).max() <= 1


@pytest.mark.parametrize("shape", [(601, 803), (603, 1001), (599, 801)])
def test_what_is_drawn_stays_in_its_place(shape):
    image = np.zeros((*shape, 3), np.uint8)
    image[300:320, 400:420] = 255
    small = shrink(image, (200, 150))
    rows, columns = np.nonzero(small[..., 0] > 100)
    assert abs(rows.mean() / 150 - 309.5 / shape[0]) < 0.005
    assert abs(columns.mean() / 200 - 409.5 / shape[1]) < 0.005
