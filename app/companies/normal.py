"""What of a company's name and domains tells it from others: pure rules over text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import combinations

from rapidfuzz.distance import OSA
from rigour import _core

from app.companies.confusion import is_number, shape, shapes
from app.companies.wording import is_common

_CASEFOLD = 1 << 2  # rigour.text.normalize.Normalize.CASEFOLD
_NOOP = 0  # rigour.text.normalize.Cleanup.Noop
_LONGEST_FORM = 5
_SHORT = 9
"""Letters of a name that is also looked for with each one of them missing."""

_MORE_FORMS = frozenset(
    "co|company|corp|corporation|inc|ltd|cie|compagnie|pvt|pvt ltd|private limited|sarl|sa rl|sasu|sci|srls|sl|slu|s a"
    "|lda|as|asa|spk|sp z oo|spzoo|spol s ro|zrt|nyrt|doo|dd|eood|ad|ae|tbk|kk|wll|fz|fz llc|ev|ek|ou"
    "|ug haftungsbeschrankt|san ve tic as|ve tic as".split("|")
)
"""Forms at the end of a name that rigour's table has not, or not when it is written so."""

_MISREAD_FORMS = frozenset(
    "lnc|1nc|ine|lne|1ne|ihc|l1c|1lc|11c|i1c|lle|1le|itd|1td|lfd|ltcl|lfcl|l7d|p1c|ple|gbh|gmb|gmbb|gmhh|gnbh|gmbl"
    "|grnbh|grnbb|iric|lric|eorp|oorp|colp|eo|aq|c0rp|cor|crp|orp|corq|cerp|s0a".split("|")
)
"""Short forms as readers of print misread them, none of which is a word."""
_LONG_FORMS = ("corporation", "incorporated", "limited", "company")
_THE = shape("the")

_JOINERS = frozenset({"and", "und", "et", "y", "e", "og", "och", "en", "i", "the"})
_FORMS_IN_FRONT = frozenset({"ao", "oao", "ooo", "pao", "zao", "chao", "tov", "pt", "ood", "ad", "doo"})
_FORMS_IN_CHINESE_AND_KOREAN = re.compile(
    r"株式会社|有限会社|合同会社|[(（]株[)）]|㈱|股份有限公司|有限责任公司|有限公司|주식회사|유한회사|[(（]주[)）]"
)
_DIGIT_WITHIN = re.compile(r"(?=\w{4})[a-z]+(?:[0-9][a-z]+)+")
_DIGITS = str.maketrans("0125689", "olzsbbg")
_TWICE = re.compile(r"(.)\1+")
_LOST_BLANK = re.compile(r"(?<=[a-z])(?=(?:Inc|Corp|Ltd|Limited|LLC|PLC|GmbH|AG|SA|SE)\b\.?$)|(?<=^The)(?=[A-Z])")
_DOMAIN_LIKE = re.compile(r"(\w{2,})\.(?:com|net|org|io|ai|co|de|eu)\b")


@lru_cache(maxsize=8192)
def company_key(name: str) -> str:
    """The core of `name`: lower case Latin letters and digits, without legal form, accents, punctuation, "The", "and".

    Words keep their order, one blank between. A name of nothing but legal forms stays whole. Empty for a name without
    letters or digits.
    """
    parted = _LOST_BLANK.sub(" ", unicodedata.normalize("NFKC", name))
    plain = parted.casefold().replace("a/s", "as")
    plain = _DOMAIN_LIKE.sub(r"\1", _FORMS_IN_CHINESE_AND_KOREAN.sub(" ", plain))
    latin = str(_core.maybe_ascii(re.sub(r"[&+/_@]", " ", plain) if plain.strip() else name))
    tokens = _without_tail(_without_front(_without_joiners(_core.tokenize_name(latin.casefold()))))
    return " ".join(map(_spelled, tokens))[:300]


def _spelled(word: str) -> str:
    """A word with the letters that its digits were meant to be: a digit inside of a longer word was misread."""
    return word.translate(_DIGITS) if _DIGIT_WITHIN.fullmatch(word) else word


def _without_front(tokens: list[str]) -> list[str]:
    while len(tokens) > 1 and (tokens[0] in _FORMS_IN_FRONT or shape(tokens[0]) == _THE):
        tokens = tokens[1:]
    return tokens


def _without_tail(tokens: list[str]) -> list[str]:
    while len(tokens) > 1:
        longest = min(_LONGEST_FORM, len(tokens) - 1)
        size = next((n for n in range(longest, 0, -1) if _is_form(" ".join(tokens[-n:]))), 0)
        if not size:
            break
        tokens = tokens[:-size]
    return tokens


@lru_cache(maxsize=8192)
def _is_form(tail: str) -> bool:
    if any(map(is_number, tail.split())):  # rigour knows `ii` as a form of Lithuania
        return False
    once = _TWICE.sub(r"\1", tail) if len(tail) > 3 else tail
    if {tail, once} & (_MORE_FORMS | _MISREAD_FORMS) or any(_is_misread(tail, form) for form in _LONG_FORMS):
        return True
    return not all(_core.remove_org_types(each, _CASEFOLD, _NOOP, "").strip() for each in (tail, once))


def _is_misread(word: str, form: str) -> bool:
    return abs(len(word) - len(form)) <= 2 and (shape(word) == shape(form) or OSA.distance(word, form) <= 1)


def _without_joiners(tokens: list[str]) -> list[str]:
    kept = [token for token in tokens if token not in _JOINERS]
    return kept if any(len(token) > 1 for token in kept) else tokens


def blocks(key: str) -> frozenset[str]:
    """Parts under which a company of this key is found again, also when a letter of it was misread.

    Of the words that are its own, or of all where none is: the beginning and the end of their shape, the long ones,
    and of few letters also the whole and the whole without any one letter; of all words the beginnings of two together.
    """
    words = shapes(key)
    own = [shape(word) for word in key.split() if not is_common(word)] or list(words)
    whole = "".join(own)
    parts = {f"<{whole[:5]}", f"{whole[-5:]}>"}
    if words[0] == own[0]:
        parts.add(f"<{''.join(words)[:5]}")  # a blank between may have been lost
    parts.update(word for word in own if len(word) > 4)
    parts.update(f"{one[:3]}+{two[:3]}" for one, two in combinations(words[:4], 2) if {one, two} & {*own})
    if len(whole) <= _SHORT:
        parts.update((whole, *(whole[:at] + whole[at + 1 :] for at in range(len(whole)))))
    return frozenset(parts)


def search_words(q: str) -> list[str]:
    """The words of a search, as they stand in keys; a search for nothing but signs finds nothing."""
    return company_key(q).split() or q.split()
