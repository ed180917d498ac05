"""Chinese, Japanese and Korean words: what speaks for a name or a title where no capital does."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from lexicon.wordlists import word_set

_LONGEST = 5
"""Signs of a name."""
_EASTERN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


def is_eastern(text: str) -> bool:
    """Whether `text` is one word in Chinese characters, kana or Hangul, folded or not."""
    return not text.isascii() and _EASTERN.fullmatch(_whole(text)) is not None


def heads_eastern(text: str) -> bool:
    """Whether one such word ends as titles do: `总经理`, `営業部長`, `대표이사`."""
    return _whole(text).endswith(tuple(word_set("eastern_jobs")))


def is_eastern_name(text: str) -> bool:
    """Whether one such word may be a whole name: two to five signs, a common family name first."""
    word = _whole(text)
    if not is_eastern(word) or not 2 <= len(word) <= _LONGEST or heads_eastern(word):
        return False
    families = word_set("eastern_families")
    return any(word[:length] in families for length in (1, 2, 3) if length < len(word) or length > 1)


@lru_cache(maxsize=4096)
def _whole(text: str) -> str:
    """The word with Hangul as syllables, which folding takes apart."""
    return unicodedata.normalize("NFC", text.strip())
