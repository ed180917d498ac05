"""How names, addresses and numbers of people are compared and found: pure rules over text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rigour import _core

_ROLES = frozenset(
    "info sales office contact hello hi mail email admin administration support service team kontakt verkauf vertrieb"
    " ventas comercial contacto contato bonjour commercial vendite segreteria reception enquiries enquiry inquiries"
    " inquiry hr jobs careers press marketing billing accounts accounting finance purchasing orders post postmaster"
    " webmaster noreply help welcome general management direction zentrale empfang buero".split()
)
"""Mailboxes of a function, which several people read."""

_LONGEST_SEARCH_TEXT = 20_000
_APOSTROPHES = re.compile(r"['’`´]")


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """`name` in lower case Latin letters without accents and punctuation, its words sorted."""
    return " ".join(sorted(_words(name)))[:300]


def point_key(kind: str, value: str, extension: str | None = None) -> str:
    """A way to reach somebody as it is compared: equal for equal addresses, numbers and pages."""
    plain = value.strip().casefold()
    if kind == "phone":
        plain = re.sub(r"\D", "", value) + (f"x{extension}" if extension else "")
    elif kind in ("website", "social"):
        plain = re.sub(r"^(https?://)?(www\.)?", "", plain).rstrip("/")
    elif kind == "address":
        plain = " ".join(re.findall(r"\w+", str(_core.maybe_ascii(plain))))
    return plain[:300]


def is_role_mailbox(address: str) -> bool:
    """Whether several people read mail to this address (`info@…`)."""
    return address.partition("@")[0].casefold() in _ROLES


def search_text(texts: Iterable[str], numbers: Iterable[str] = ()) -> str:
    """What a search looks into: each word once, and each number as digits, from any of its digits on."""
    words = dict.fromkeys(word for text in texts for word in index_words(text))
    digits = (re.sub(r"x.*", "", number) for number in numbers)
    words |= dict.fromkeys(number[at:] for number in digits for at in range(min(len(number) - 3, 12)))
    return " ".join(words)[:_LONGEST_SEARCH_TEXT]


def index_words(text: str) -> list[str]:
    """Words of a text as a search index has them: letters and digits, without case and diacritics."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    latin = str(_core.maybe_ascii(_APOSTROPHES.sub("", plain))).casefold() if plain.strip() else ""
    return re.findall(r"[^\W_]+", latin)


def search_words(q: str) -> list[str]:
    """The words of a search as they stand in `search_text`: a phone number becomes one word of digits.

    A search for nothing but signs gives one word that no text has.
    """
    if re.fullmatch(r"[\d\s()+./-]*\d[\d\s()+./-]*", q):
        return [re.sub(r"\D", "", q).lstrip("0") or "0"]
    words = index_words(q)
    return words or (["\N{REPLACEMENT CHARACTER}"] if q.strip() else [])


def sort_key(name: str | None) -> str:
    """A name as lists are sorted by it: Latin letters without case and diacritics, in the order of the name."""
    return str(_core.maybe_ascii(name or "")).casefold().strip()[:300]


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    tokens: list[str] = _core.tokenize_name(str(_core.maybe_ascii(plain)).casefold())
    return tokens
