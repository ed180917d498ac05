from __future__ import annotations

import cv2
import numpy as np

from bench.cardgen import make_photo
from bench.cardgen.camera import encode
from bench.glare import Seen, real_twins, rows, twins
from bench.photos import Sample


def pixels(jpeg: bytes) -> np.ndarray:
    return cv2.GaussianBlur(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), (0, 0), 3).astype(int)


def lighter_somewhere_alone(plain: bytes, lit: bytes) -> bool:
    more = pixels(lit) - pixels(plain)
    return bool(more.max() > 15 and np.mean(more < -6) < 0.01)


def test_twins_are_one_photo_but_for_the_light():
    two = twins("test", 1)
    assert lighter_somewhere_alone(two.plain, two.lit)


def test_a_reflection_is_drawn_on_a_photo_that_is_there(tmp_path):
    photo = make_photo("glare-on-a-photo")
    path = tmp_path / "photo.jpg"
    path.write_bytes(photo.jpeg)
    two = real_twins("test", Sample(path, photo.truth))
    assert two.plain == photo.jpeg
    assert lighter_somewhere_alone(encode(photo.image[..., ::-1], 92), two.lit)


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
