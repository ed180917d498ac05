"""Addresses and websites that lost what makes them one: a dot, or their wholeness to blanks that nobody printed.

Where the letters are set wide, text readers put blanks between them; and a dot is the smallest sign of all. What is
left is still known by its `@` or `www`, and often the card says the same domain elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import accumulate

from rapidfuzz.distance import Levenshtein

from lexicon import mail
from ocr.fields.email import is_address, repair_host, skeleton
from ocr.fields.spans import Span
from ocr.types import FieldKind

_PART = r"(?:(?!_)[\w+-])+"  # no underscore: a row of them, as in forms, would be parted in every way there is
_MAIL = re.compile(
    rf"(?P<local>{_PART}(?:[._]+{_PART}|(?<![A-Z])[._]\s{_PART})*)@(?P<rest>[^\s@|/,;•]+(?:\s[^\s@|/,;•:]+){{0,5}})"
)
_SITE = re.compile(r"(?i)(?<![\w.@])(?P<www>www)\s?[.,]\s?(?P<rest>[^\s@|/,;•]+(?:\s[^\s@|/,;•:]+){0,5})")
_ENDING = re.compile(r"^[A-Za-z]{2,3}$")
_LONG = 6
"""Letters from which a domain with one of them misread is known again."""
_LOST = 2
"""Letters that a domain may lack at its end."""
_CERTAIN = 0.7
"""What a rescue leaves of a value's certainty."""


def rescued_email(text: str, hosts: Collection[str] = ()) -> list[Span]:
    """The address in a line in which none is found as it stands; `hosts` are domains that the card names elsewhere."""
    for match in _MAIL.finditer(text) if "@" in text else ():
        local = "".join(match["local"].split()).lower()
        blanks = ("blank removed",) if len(local) < len(match["local"]) else ()
        for length, host, repairs in _hosts(match["rest"], hosts):
            if is_address(f"{local}@{host}"):
                return [_span(FieldKind.EMAIL, f"{local}@{host}", text, match, length, (*blanks, *repairs))]
    return []


def is_broken(text: str) -> bool:
    """Whether a line has the sign of an address or a website, so that a domain in it may be the end of one."""
    return bool(("@" in text and _MAIL.search(text)) or _SITE.search(text))


def rescued_website(text: str, hosts: Collection[str] = ()) -> list[Span]:
    """The same for websites that begin with `www.`, unless a path follows, which would be lost."""
    for match in _SITE.finditer(text):
        prefix = text[match.start() : match.start("rest")].lower()
        misread = () if prefix == "www." else ("prefix to www.",)
        for length, host, repairs in _hosts(match["rest"], hosts):
            if not text[match.start("rest") + length :].lstrip().startswith("/"):
                return [_span(FieldKind.WEBSITE, f"www.{host}", text, match, length, (*misread, *repairs))]
    return []


def _span(kind: FieldKind, value: str, text: str, match: re.Match[str], length: int, repairs: tuple[str, ...]) -> Span:
    """What was rescued of a match of which so many letters of the rest are the host."""
    end = match.start("rest") + length
    repairs = tuple(dict.fromkeys(repairs))
    return Span(kind, value, text[match.start() : end], match.start(), end, _CERTAIN, repairs=repairs)


def _hosts(rest: str, known: Collection[str]) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Hosts that the first letters of `rest` may be: how many letters, the host, and what was repaired."""
    tokens = rest.split(" ")
    lengths = list(accumulate(len(token) + 1 for token in tokens))
    for count in range(len(tokens), 0, -1):
        if host := _known_again("".join(tokens[:count]).lower(), known):
            yield lengths[count - 1] - 1, host, (f"{rest[: lengths[count - 1] - 1]} to {host}",)
    for count in range(len(tokens), 1, -1):
        host = ".".join(token.strip(".") for token in tokens[:count]).lower()
        if all(map(_ENDING.match, tokens[1:count])) and mail.suffix(host).count(".") == count - 2 and mail.core(host):
            yield lengths[count - 1] - 1, host, ("blank to dot",)
    for count in range(2, len(tokens) + 1):
        host, repairs = repair_host("".join(tokens[:count]).lower().strip("."))
        if "." in host and mail.suffix(host) and mail.core(host):
            yield lengths[count - 1] - 1, host, ("blank removed", *repairs)


def _known_again(host: str, known: Collection[str]) -> str:
    """The known host that `host` is but for lost dots, a misread letter or a lost end, or an empty string.

    Of several it is the likest; of equal ones the first by the alphabet, so that every process says the same.
    """
    if provider := _provider(host):
        return provider
    plain = skeleton(host)
    found = [(unlike, other) for other in known if (unlike := _unlike(plain, skeleton(other))) is not None]
    return min(found, default=(0, ""))[1]


def _unlike(plain: str, same: str) -> int | None:
    """How far `plain` is from the skeleton of a known host, None where it is another.

    0 for the same, then by the letters that its end lost; farther is one letter misread.
    """
    if plain == same:
        return 0
    if len(plain) < _LONG:
        return None
    lost = len(same) - len(plain)
    if same.startswith(plain) and lost <= _LOST:
        return lost
    return _LOST + 1 if Levenshtein.distance(plain, same, score_cutoff=1) == 1 else None


def _provider(host: str) -> str:
    """The mail provider whose domain lost its dot: `hotmail.es` of `hotmailes`."""
    pairs = ((host[:at], host[at:]) for at in range(2, len(host) - 1))
    return next((f"{a}.{b}" for a, b in pairs if a in mail.FREE_MAIL and mail.suffix(f"a.{b}") == b), "")
