"""Chinese, Japanese and Korean names and titles told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexicon.eastern import heads_eastern, is_eastern, is_eastern_name
from lexicon.folding import fold
from lexicon.vocabulary import is_job


@pytest.mark.parametrize("name", ["王小明", "欧阳修文", "山田太郎", "김민호"])
def test_names_begin_with_a_family_name(name):
    assert is_eastern_name(name)
    assert is_eastern_name(fold(name))
    assert not is_job(fold(name))


@pytest.mark.parametrize("title", ["销售总监", "営業部長", "대표이사"])
def test_titles_are_no_names(title):
    assert heads_eastern(title)
    assert is_job(fold(title))
    assert not is_eastern_name(title)


@given(st.text(max_size=8))
def test_only_eastern_words_are_eastern_names(text):
    assert is_eastern(text) or not is_eastern_name(text)
