"""The evaluation of trained trees and curves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.fields.calibration import calibrated
from ocr.fields.judgement import shipped
from ocr.fields.trees import Trees, sigmoid, softmax

STUMPS = Trees(
    names=("a", "b"),
    classes=2,
    roots=np.array([0, 3], np.int32),
    feature=np.array([0, -1, -1, 1, -1, -1], np.int16),
    threshold=np.array([0.5, 0, 0, 2.0, 0, 0], np.float32),
    left=np.array([1, 1, 2, 4, 4, 5], np.int32),
    right=np.array([2, 1, 2, 5, 4, 5], np.int32),
    value=np.array([0, 1.0, -1.0, 0, 0.25, 0.75], np.float32),
)
"""One tree a class: the first asks whether a is at most 0.5, the second whether b is at most 2."""


def test_rows_fall_to_their_leaves():
    rows = [{"a": 0.5, "b": 2.0}, {"a": 0.6, "b": 2.1}]
    assert STUMPS.scores(rows).tolist() == [[1.0, 0.25], [-1.0, 0.75]]


def test_chances_sum_to_one():
    assert softmax(np.array([[1.0, 2.0, 3.0], [1000.0, 0.0, 0.0]])).sum(axis=1).tolist() == pytest.approx([1, 1])
    assert sigmoid(np.array([0.0, 1000.0])).tolist() == pytest.approx([0.5, 1])


def test_the_shipped_models_ask_for_nothing_unknown():
    judgement = shipped()
    assert judgement.pieces.classes == 6
    assert set(judgement.groups) == {"name", "title", "department", "company", "address"}
    assert all(trees.classes == 1 for trees in judgement.groups.values())


@given(st.floats(0, 1), st.floats(0, 1))
def test_curves_rise(one, two):
    curves = shipped().curves
    low, high = sorted((one, two))
    for kind in curves:
        assert calibrated(curves, kind, low) <= calibrated(curves, kind, high) + 1e-9


def test_a_kind_without_a_curve_keeps_its_score():
    assert calibrated({}, "name", 0.42) == 0.42
    assert calibrated({"name": ([0.2, 0.8], [0.1, 0.5])}, "name", 0.5) == pytest.approx(0.3)
