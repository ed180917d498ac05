"""What of a company's name and domains tells it from others: pure rules over text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import combinations

from rigour import _core

from app.companies.confusion import shape, shapes

_CASEFOLD = 1 << 2  # rigour.text.normalize.Normalize.CASEFOLD
_NOOP = 0  # rigour.text.normalize.Cleanup.Noop
_LONGEST_FORM = 5

_MORE_FORMS = frozenset(
    "co|company|corp|corporation|inc|ltd|cie|compagnie|pvt|pvt ltd|private limited|sarl|sa rl|sasu|sci|srls|sl|slu|s a"
    "|lda|as|asa|spk|sp z oo|spzoo|spol s ro|zrt|nyrt|doo|dd|eood|ad|ae|tbk|kk|wll|fz|fz llc|ev|ek|ou"
    "|ug haftungsbeschrankt|san ve tic as|ve tic as".split("|")
)
"""Forms at the end of a name that rigour's table has not, or not when it is written so."""

_JOINERS = frozenset({"and", "und", "et", "y", "e", "og", "och", "en", "i", "the"})
_FORMS_IN_FRONT = frozenset({"ao", "oao", "ooo", "pao", "zao", "chao", "tov", "pt", "ood", "ad", "doo"})
_FORMS_IN_CHINESE_AND_KOREAN = re.compile(
    r"株式会社|有限会社|合同会社|[(（]株[)）]|㈱|股份有限公司|有限责任公司|有限公司|주식회사|유한회사|[(（]주[)）]"
)
_LOST_BLANK = re.compile(r"(?<=[a-z])(?=(?:Inc|Corp|Ltd|Limited|LLC|PLC|GmbH|AG|SA|SE)\b\.?$)|(?<=^The)(?=[A-Z])")
_DOMAIN_LIKE = re.compile(r"(\w{2,})\.(?:com|net|org|io|ai|co|de|eu)\b")


@lru_cache(maxsize=65536)
def company_key(name: str) -> str:
    """The core of `name`: lower case Latin letters and digits, without legal form, accents, punctuation, "The", "and".

    Words keep their order, one blank between. A name of nothing but legal forms stays whole. Empty for a name without
    letters or digits.
    """
    parted = _LOST_BLANK.sub(" ", unicodedata.normalize("NFKC", name))
    plain = parted.casefold().replace("a/s", "as")
    plain = _DOMAIN_LIKE.sub(r"\1", _FORMS_IN_CHINESE_AND_KOREAN.sub(" ", plain))
    latin = str(_core.maybe_ascii(re.sub(r"[&+/_@]", " ", plain) if plain.strip() else name))
    return " ".join(_without_tail(_without_front(_without_joiners(_core.tokenize_name(latin.casefold())))))[:300]


def _without_front(tokens: list[str]) -> list[str]:
    while len(tokens) > 1 and tokens[0] in _FORMS_IN_FRONT:
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


_MISREAD_FORMS = frozenset(shape(form) for form in ("inc", "llc", "ltd", "limited", "corp", "corporation", "gmbh"))


@lru_cache(maxsize=65536)
def _is_form(tail: str) -> bool:
    if tail in _MORE_FORMS or shape(tail) in _MISREAD_FORMS:
        return True
    return not _core.remove_org_types(tail, _CASEFOLD, _NOOP, "").strip()


def _without_joiners(tokens: list[str]) -> list[str]:
    kept = [token for token in tokens if token not in _JOINERS]
    return kept if any(len(token) > 1 for token in kept) else tokens


def blocks(key: str) -> frozenset[str]:
    """Parts under which a company of this key is found again, also when a letter of it was misread.

    The beginning and the end of the key's shape, its long words, and the beginnings of two words together; of a short
    key also the whole and the whole without any one letter.
    """
    words = shapes(key)
    whole = "".join(words)
    parts = {f"<{whole[:5]}", f"{whole[-5:]}>"}
    parts.update(word for word in words if len(word) > 4)
    parts.update(f"{one[:3]}+{two[:3]}" for one, two in combinations(words[:4], 2))
    if len(whole) <= 8:
        parts.update((whole, *(whole[:at] + whole[at + 1 :] for at in range(len(whole)))))
    return frozenset(parts)


def search_words(q: str) -> list[str]:
    """The words of a search, as they stand in keys; a search for nothing but signs finds nothing."""
    return company_key(q).split() or q.split()
