"""What of a company's name and domains tells it from others: pure rules over text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rigour import _core

from lexicon import mail

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
_DOMAIN_LIKE = re.compile(r"(\w{2,})\.(?:com|net|org|io|ai|co|de|eu)\b")

_HOSTS_OF_MANY = frozenset(
    "linkedin facebook instagram twitter x youtube youtu tiktok pinterest xing github gitlab medium whatsapp wa"
    " telegram t snapchat threads wechat weixin line vk linktr bit tinyurl goo g calendly google wixsite wordpress"
    " blogspot weebly squarespace webflow netlify vercel herokuapp notion about vimeo behance dribbble etsy"
    " shopify".split()
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
    return " ".join(_without_tail(_without_front(_without_joiners(_core.tokenize_name(latin)))))[:300]


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


@lru_cache(maxsize=65536)
def _is_form(tail: str) -> bool:
    return tail in _MORE_FORMS or not _core.remove_org_types(tail, _CASEFOLD, _NOOP, "").strip()


def _without_joiners(tokens: list[str]) -> list[str]:
    kept = [token for token in tokens if token not in _JOINERS]
    return kept if any(len(token) > 1 for token in kept) else tokens


def mail_domain(address: str) -> str | None:
    """The registrable domain of an e-mail address; None where anybody may have one there."""
    return _registrable(address.rpartition("@")[2])


def web_domain(url: str) -> str | None:
    """The registrable domain of a website; None for a page on a site that anybody may have a page on."""
    host = url.casefold().partition("://")[2] or url.casefold()
    domain = _registrable(re.split(r"[/?#:]", host, maxsplit=1)[0])
    return None if domain is None or mail.core(domain) in _HOSTS_OF_MANY else domain


def _registrable(host: str) -> str | None:
    host = host.strip(". ").casefold()
    if not mail.suffix(host) or not mail.core(host) or mail.is_free_mail(host):
        return None
    return mail.registrable(host)


def name_of_domain(domain: str) -> str:
    """A name for a company of which only the domain is known: `Acme Tools` of `acme-tools.com`."""
    return " ".join(word.capitalize() for word in mail.core(domain).split("-") if word) or domain


def blocks(key: str) -> frozenset[str]:
    """Parts under which a company of this key is found again, also when a letter of it was misread."""
    whole = key.replace(" ", "")
    parts = {f"<{whole[:5]}", f"{whole[-5:]}>"}
    parts.update(token for token in key.split() if len(token) > 4)
    if len(whole) <= 8:
        parts.update(whole[:at] + whole[at + 1 :] for at in range(len(whole)))
    return frozenset(parts)


def search_words(q: str | None) -> list[str]:
    """The words of a search, as they stand in keys."""
    return company_key(q).split() if q else []
