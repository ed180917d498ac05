"""Whether what somebody wrote of a place tells that it is where somebody else goes. Pure, and without a network.

A town is known by its name, so that `Portland, OR` is not `Portland, ME`, nor `New York` a part of `York`; other
names of the same town (`Munich` and `München`) are not known to be one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lexicon.folding import fold
from lexicon.places import country
from lexicon.wordlists import table

_BREAKS = re.compile(r"[,;|/·•\n]+|\S*\d\S*|\s[-–]\s")
"""Punctuation, and words with a digit: a postal code stands before a town or behind it, never within."""
_STATE = re.compile(r"[,\s]\s*([A-Z]{2})\b(?=\s*(?:$|[\d,]))")
_OTHER_TOWN = frozenset(
    "new nueva nova nouvelle neu alt old north south east west upper lower great little port fort mount lake saint st "
    "san santa bad los las la le el".split()
)
"""In front of a town's name they make another town's."""


@dataclass(frozen=True, slots=True)
class Town:
    """What somebody asked for."""

    words: tuple[str, ...]
    """Its name, folded; never empty."""
    state: str | None
    """`OR`, where it is said."""
    country: str | None
    """ISO 3166, where it is said."""


def town(asked: str) -> Town | None:
    """What is asked for; None where nothing is named."""
    parts = _parts(asked)
    return Town(parts[0], _state(asked), country(asked)) if parts else None


def is_at(text: str | None, there: Town) -> bool:
    """Whether an address, or the name of a place, is in this town as far as it says."""
    if not text or not any(_ends_with(part, there.words) for part in _parts(text)):
        return False
    state, nation = _state(text), country(text)
    if state and there.state:
        return state == there.state
    if nation and there.country:
        return nation == there.country
    return not (state and there.country) or state in {there.country, *table("states").get(there.country, ())}


def _parts(text: str) -> list[tuple[str, ...]]:
    """What commas, lines and numbers part, each without the state and the country at its end."""
    parts = (tuple(_words(part)) for part in _BREAKS.split(text))
    cut = [_without_region(part) for part in parts if part]
    return [part for part in cut if part] or [part for part in parts if part]


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in fold(text)).split()


def _without_region(part: tuple[str, ...]) -> tuple[str, ...]:
    while len(part) > 1 and (part[-1].upper() in _codes() or country(part[-1])):
        part = part[:-1]
    return () if len(part) == 1 and part[0].upper() in _codes() else part


def _ends_with(part: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """`12 elm street portland` ends with `portland`, but `new york` does not with `york`: it is a town itself."""
    before = part[: -len(name)]
    return part[-len(name) :] == name and (not before or before[-1] not in _OTHER_TOWN)


def _state(text: str) -> str | None:
    return next((code for code in _STATE.findall(text) if code in _codes()), None)


def _codes() -> frozenset[str]:
    return frozenset(code for codes in table("states").values() for code in codes)
