from __future__ import annotations

import cv2
import numpy as np
import pytest

from bench.cardgen import make_photo
from bench.cardgen.camera import encode
from bench.defocus import disk, smeared
from bench.photos import Sample
from ocr.quality import edge_width
from ocr.rectify import flatten


def test_a_disk_has_all_the_light():
    kernel = disk(3.4)
    assert kernel.shape == (9, 9)
    assert kernel.sum() == pytest.approx(1)
    assert kernel[4, 4] == kernel.max()
    assert kernel[0, 0] == 0


def test_edges_become_as_wide_as_asked(tmp_path):
    photo = make_photo("out-of-focus")
    sample = Sample(tmp_path / "photo.jpg", photo.truth)

    def width(asked: float) -> float:
        seen = cv2.imdecode(np.frombuffer(smeared(photo.jpeg, sample, asked), np.uint8), cv2.IMREAD_COLOR)
        corners = np.array(photo.truth[0]["quad"]) * (seen.shape[1], seen.shape[0])
        return edge_width(flatten(seen, tuple(map(tuple, corners))).image)

    assert width(6) == pytest.approx(6, rel=0.35)
    assert width(9) > 1.2 * width(6)


def test_black_stays_black(tmp_path):
    photo = np.zeros((600, 800, 3), np.uint8)
    photo[200:300, 200:600] = 255
    corners = [[0.05, 0.05], [0.95, 0.05], [0.95, 0.95], [0.05, 0.95]]
    sample = Sample(tmp_path / "photo.jpg", ({"quad": corners},))
    seen = cv2.imdecode(np.frombuffer(smeared(encode(photo, 95), sample, 15), np.uint8), cv2.IMREAD_COLOR)
    assert seen[400:].mean() < 5
    assert seen[240:260, 300:500].min() > 240
