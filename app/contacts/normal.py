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


@lru_cache(maxsize=65536)
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


def search_text(name_words: str | None, keys: Iterable[str]) -> str:
    """What a search looks into: the words of the name, addresses, and numbers as digits."""
    return " ".join([name_words or "", *keys])[:4000]


def search_words(q: str) -> list[str]:
    """The words of a search as they stand in `search_text`: a phone number becomes one word of digits."""
    if re.fullmatch(r"[\d\s()+./-]*\d[\d\s()+./-]*", q):
        return [re.sub(r"\D", "", q).lstrip("0")]
    return [word for part in q.split() for word in ([] if "@" in part else _words(part)) or [part.casefold()]]


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    tokens: list[str] = _core.tokenize_name(str(_core.maybe_ascii(plain)).casefold())
    return tokens
