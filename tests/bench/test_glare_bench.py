from __future__ import annotations

import cv2
import numpy as np

from bench.glare import Seen, rows, twins


def test_twins_are_one_photo_but_for_the_light():
    plain, lit = twins("test", 1)
    assert plain.truth == lit.truth
    more = cv2.GaussianBlur(lit.image, (0, 0), 3).astype(int) - cv2.GaussianBlur(plain.image, (0, 0), 3)
    assert more.max() > 15
    assert np.mean(more < -6) < 0.01


def test_what_is_right_without_the_light_alone_was_taken_by_it():
    name, phone = ("name", "Ann"), ("phone", "+1")
    plain = Seen(frozenset({name, phone}), ())
    took = Seen(frozenset({name}), ("glare",))
    spared = Seen(frozenset({name, phone}), ("blurred",))
    assert list(rows([(plain, took), (plain, spared)])) == [
        ("a reflection took a value", "1", "1.000", "1.000"),
        ("a reflection took none", "1", "0.000", "1.000"),
        ("no reflection", "2", "0.000", "0.000"),
    ]
