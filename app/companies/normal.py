"""What of a company's name and domains tells it from others: pure rules over text."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import tldextract
from rigour import _core

_CASEFOLD = 1 << 2  # rigour.text.normalize.Normalize.CASEFOLD
_NOOP = 0  # rigour.text.normalize.Cleanup.Noop
_LONGEST_FORM = 5

_MORE_FORMS = frozenset(
    {
        *"co company corp corporation inc ltd cie compagnie pvt sarl sasu sci srls sl slu lda asa spk zrt nyrt doo dd".split(),
        *"eood ad ae as tbk kk wll fz spzoo ev ek".split(),
        *("private limited", "pvt ltd", "sa rl", "s a", "sp z oo", "spol s ro", "san ve tic as", "ve tic as", "fz llc"),
    }
)
"""Forms at the end of a name that rigour's table has not, or not when it is written so."""
_JOINERS = frozenset({"and", "und", "et", "y", "e", "og", "och", "en", "i", "the"})
_FORMS_IN_FRONT = frozenset({"ao", "oao", "ooo", "pao", "zao", "chao", "tov", "pt", "ood", "ad", "doo"})
_FORMS_IN_CHINESE_AND_KOREAN = re.compile(
    r"株式会社|有限会社|合同会社|[(（]株[)）]|㈱|股份有限公司|有限责任公司|有限公司|주식회사|유한회사|[(（]주[)）]"
)
_DOMAIN_LIKE = re.compile(r"(\w{2,})\.(?:com|net|org|io|ai|co|de|eu)\b")

_HOSTS_OF_MANY = frozenset(
    "linkedin facebook instagram twitter x youtube youtu tiktok pinterest xing github gitlab medium whatsapp wa telegram t"
    " snapchat threads wechat weixin line vk linktr bit tinyurl goo g calendly google apple microsoft wixsite wordpress"
    " blogspot weebly squarespace webflow netlify vercel herokuapp notion about vimeo behance dribbble etsy shopify".split()
)
"""Registered names of sites where anybody has a page: as a website they speak for no company."""


@lru_cache(maxsize=65536)
def company_key(name: str) -> str:
    """The core of `name`: lower case Latin letters and digits, without legal form, accents, punctuation, "The", "and".

    Words keep their order, one blank between. A name of nothing but legal forms stays whole. Empty for a name without
    letters or digits.
    """
    plain = unicodedata.normalize("NFKC", name).casefold().replace("a/s", "as")
    plain = _DOMAIN_LIKE.sub(r"\1", _FORMS_IN_CHINESE_AND_KOREAN.sub(" ", plain))
    latin = str(_core.maybe_ascii(re.sub(r"[&+/_@]", " ", plain) if plain.strip() else name))
    tokens: list[str] = _core.tokenize_name(latin)
    return " ".join(_without_joiners(_without_tail(_without_front(tokens))))[:300]


def _without_front(tokens: list[str]) -> list[str]:
    return tokens[1:] if len(tokens) > 1 and tokens[0] in _FORMS_IN_FRONT else tokens


def _without_tail(tokens: list[str]) -> list[str]:
    while len(tokens) > 1:
        longest = min(_LONGEST_FORM, len(tokens) - 1)
        size = next((n for n in range(longest, 0, -1) if _is_form(" ".join(tokens[-n:]))), 0)
        if not size:
            break
        tokens = tokens[:-size]
    return tokens


@lru_cache(maxsize=65536)
def _is_form(tail: str) -> bool:
    return tail in _MORE_FORMS or not _core.remove_org_types(tail, _CASEFOLD, _NOOP, "").strip()


def _without_joiners(tokens: list[str]) -> list[str]:
    kept = [token for token in tokens if token not in _JOINERS]
    return kept if any(len(token) > 1 for token in kept) else tokens


@cache
def _extract() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
