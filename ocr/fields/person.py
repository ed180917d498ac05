"""A person's name: whether words are one, and its honorifics and degrees apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lexicon.eastern import is_eastern, is_eastern_name
from lexicon.folding import fold, squeeze, words
from lexicon.namelike import namelike
from lexicon.names import PARTICLES, is_family, is_given, is_name, is_prefix, is_suffix
from lexicon.vocabulary import is_department, is_english, is_job, is_street, is_trade

_NICKNAME = re.compile(r"[(\"“‘']\s*([^\W\d_][\w.'’-]{1,15}(?: [^\W\d_][\w.-]{1,15})?)\s*[)\"”’']")
_LAST_DOT = re.compile(r"(?<=\w{4})\.$")
_GLUED_DOT = re.compile(r"(?<=[a-zà-ÿ])\.(?=[A-ZÀ-Ý][a-zà-ÿ])")
_NO_LETTER = re.compile(r"[^a-z]")
_GLUED = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ý][a-zà-ÿ])")
BLANK_PUT_BACK = "blank put back"
"""The repair of words run together."""


@dataclass(frozen=True, slots=True)
class PersonName:
    """`Dr. Jane Doe, PhD` taken apart."""

    name: str
    prefix: str = ""
    suffix: str = ""
    repairs: tuple[str, ...] = ()


def take_apart(text: str) -> PersonName:
    """Honorifics before and degrees after a name, and the name as printed, with lost blanks put back."""
    read = text.strip(" ,;:-–|").lstrip(". ")
    as_spaced = spaced(read).split()
    tokens, repairs = _capital_i(as_spaced)
    first, last = 0, len(tokens)
    while first < last - 1 and _honorific(tokens[first]):
        first += 1
    while last > first + 1 and _degree(tokens[last - 1]) and (last - first > 2 or tokens[last - 2].endswith(",")):
        last -= 1
    name = _LAST_DOT.sub("", " ".join(tokens[first:last]).strip(" ,;:-–"))
    if " ".join(as_spaced[first:last]) not in " ".join(read.split()):
        repairs = (BLANK_PUT_BACK, *repairs)
    return PersonName(name, " ".join(tokens[:first]), " ".join(tokens[last:]).strip(" ,"), repairs)


def nickname(text: str) -> str:
    """What stands in brackets or quotes where `text` is nothing else, as a nickname beside a name does; or nothing."""
    found = _NICKNAME.fullmatch(text.strip())
    return found[1] if found else ""


def _capital_i(tokens: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """`lan Doe` is Ian Doe: a small L at the head of a capitalised name whose reading with I is a known name."""
    made = []
    for token in tokens:
        other = f"I{token[1:]}"
        wrong = token.startswith("l") and len(token) > 2 and token[1:].islower() and is_given(other)
        made.append(other if wrong and any(t[:1].isupper() for t in tokens) else token)
    return made, () if made == tokens else ("l to I",)


def _honorific(token: str) -> bool:
    return all(is_prefix(part) for part in re.split(r"[.-]+", token) if part) and (
        token.endswith(".") or len(token) > 1
    )


def _degree(token: str) -> bool:
    return is_suffix(token) or bool(re.fullmatch(r"(?:[A-Z]\.?){1,2}[a-z]?(?:\.[A-Z]{1,2}){1,3}\.?,?", token))


def spaced(text: str) -> str:
    """`JaneDoe` as `Jane Doe` where both halves are known names; `McDonald` and `DeWitt` stay."""

    def split(token: str) -> str:
        parts = _GLUED.split(token)
        known = len(parts) > 1 and all(is_given(part) or is_family(part) for part in parts)
        return " ".join(parts) if known and parts[0].lower() not in PARTICLES else token

    text = _GLUED_DOT.sub(". ", text)
    return " ".join(split(token) for token in text.split())


def name_share(tokens: list[str]) -> tuple[float, float, float]:
    """Shares of the words that are a given name, a family name, and either without being an English word; 0 to 1."""
    core = [token for token in tokens if not is_suffix(token) and not is_prefix(token)] or tokens
    if not core:
        return 0.0, 0.0, 0.0
    given, family = [is_given(token) for token in core], [is_family(token) for token in core]
    rare = [(g or f) and not is_english(token) for token, g, f in zip(core, given, family, strict=True)]
    return sum(given) / len(core), sum(family) / len(core), sum(rare) / len(core)


def name_evidence(text: str) -> dict[str, float]:
    """How far the words of `text` that carry a name speak for one; honorifics, degrees, initials and links left out.

    A word speaks for a name, 0 to 1, by the lists, by its letters where no list knows it, and hardly where it means
    something else.
    """
    raw = [token.strip('(),;."“”') for token in take_apart(text).name.split()]
    core = [token for token in raw if len(token.replace(".", "")) > 1 and fold(token) not in _LINKS]
    told = [_speaks(token) for token in core]
    return {
        "core_words": min(6, len(core)),
        "core_mean": sum(told) / len(told) if told else 0.0,
        "core_least": min(told, default=0.0),
        "core_first": told[0] if told else 0.0,
        "core_last": told[-1] if told else 0.0,
        "core_capital": sum(token[:1].isupper() for token in core) / len(core) if core else 0.0,
        "core_plain": sum(token.replace("-", "").replace("'", "").isalpha() for token in core) / max(1, len(core)),
        "initials": len(raw) - len(core),
    }


_LINKS = PARTICLES | {"and", "und", "et", "en", "&"}
_LISTED, _COMMON, _BUSY, _RARE = 0.95, 0.7, 0.5, 0.6
"""What a name of the lists says, one that is a common word as well, one that is a word of trade, and a rarer name."""
_EASTERN = 0.8
"""What a word says that begins with a Chinese, Japanese or Korean family name and is as short as a name."""
_ELIDED = re.compile(r"(?:d|o|l|m|dell|dall)['’](?=\w{3})")


def _speaks(token: str) -> float:
    """How far one word speaks for a personal name, 0 to 1."""
    parts = [part for part in fold(token).split("-") if len(part) > 1] or [fold(token)]
    return sum(_word_speaks(part) for part in parts) / len(parts)


def _word_speaks(word: str) -> float:
    if is_eastern(word):
        return _EASTERN if is_eastern_name(word) else 0.0
    if elided := _ELIDED.match(word):
        return max(_RARE, _word_speaks(word[elided.end() :]))
    if not word.replace("'", "").replace("’", "").isalpha():
        return 0.0
    busy = is_job(word) or is_trade(word) or is_street(word) or is_department(word)
    common = busy or is_english(word)
    if is_given(word) or is_family(word):
        known = _BUSY if busy else _COMMON if common else _LISTED
    else:
        known = _RARE if is_name(word) and not common else 0.0
    return max(known, namelike(word) * (0.5 if common else 0.9))


def mailbox_agreement(name: str, mailbox: str) -> float:
    """How well the local part of an e-mail address fits a name: 1 for all of it explained, 0 for nothing in common.

    `jdoe`, `jane.doe`, `doej`, `jd`, `janed` and `doe` fit Jane Doe; the score is the share of the local part's letters
    that a whole name, an initial or a beginning explains, with whole names needed for a high score.
    """
    parts = [word for word in words(name) if word not in PARTICLES] or words(name)
    box = _NO_LETTER.sub("", squeeze(mailbox))
    if not parts or len(box) < 2:
        return 0.0
    best = 0.0
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= 3 and part in box:
            rest = box.replace(part, "", 1)
            others = [other for other in parts if other != part]
            explained = len(part) + _prefixes(rest, others)
            best = max(best, explained / len(box))
    initials = "".join(part[0] for part in parts)
    if box in (initials, initials[0] + initials[-1]):
        best = max(best, 0.7)
    elif len(box) == 3 and len(parts) == 2 and box[0] + box[2] == initials:  # the middle name is not on the card
        best = max(best, 0.6)
    if not best and len(box) >= 4:
        best = max((0.6 for part in parts if len(part) > len(box) and part.startswith(box)), default=0.0)
    return min(1.0, best)


def _prefixes(rest: str, parts: list[str]) -> int:
    """How many letters at the start of `rest` are beginnings of `parts`, one after the other."""
    taken = 0
    for part in parts:
        length = 0
        while length < len(part) and taken + length < len(rest) and part[length] == rest[taken + length]:
            length += 1
        taken += length
    return taken
