"""Letters put back that readers of text lose from Vietnamese names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexicon.vietnamese import restored


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("Nguyn Vn Trung", "Nguyễn Văn Trung"),
        ("TRN TH LAN", "TRẦN THỊ LAN"),
        ("Phm Minh Tuấn", "Phạm Minh Tuấn"),
        ("Nguyen Van Trung", "Nguyen Van Trung"),
        ("Đỗ Minh Long", "Đỗ Minh Long"),
        ("Jane Doe", "Jane Doe"),
        ("Phm", "Phm"),
    ],
)
def test_mutilated_names_are_whole_again_and_whole_ones_stay(read, printed):
    assert " ".join(restored(read.split())) == printed


@given(st.lists(st.text(alphabet="aeghinoprtuyV ấ", max_size=6).filter(lambda word: word.strip()), max_size=6))
def test_a_restored_name_has_as_many_words_and_is_left_alone_from_then_on(words):
    once = restored(words)
    assert len(once) == len(words)
    assert restored(once) == once
