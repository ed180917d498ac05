"""Whether what somebody wrote of a place tells that it is where somebody else goes. Pure, and without a network.

A town is known by its name, and by state and country as far as they are said: `Portland, OR` is not `Portland, ME`, nor
is `New York` a part of `York`. Of towns of 15,000 people or more it is known where they are: coordinates in Texas are
not in Paris, France. Other names of a town (`Munich` and `München`) are not known to be one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
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
_EARTH_METRES = 6_371_000.0
_IN_TOWN_METRES = 10_000.0
_AROUND_METRES = 50_000.0
"""What is farther from the middle of a town is not at it: a fair may be held outside, an airport be far."""

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True, slots=True)
class Town:
    """What somebody asked for."""

    words: tuple[str, ...]
    """Its name, folded; never empty."""
    state: str | None
    """`OR`, where it is said."""
    country: str | None
    """ISO 3166, where it is said."""
    points: tuple[Point, ...] = ()
    """Where the known towns are that it may be."""


def town(asked: str) -> Town | None:
    """What is asked for; None where nothing is named."""
    parts = _parts(asked)
    if not parts:
        return None
    state, nation = _state(asked), _nation(asked)
    return Town(parts[0], state, nation, tuple(_points(" ".join(parts[0]), state, nation)))


def is_at(text: str | None, there: Town, point: Point | None = None) -> bool:
    """Whether an address, or the name of a place, is in this town as far as it says, and as far as `point` tells."""
    if point is not None and there.points:
        if not is_near(point, there):
            return False
        if min(metres(point, each) for each in there.points) < _IN_TOWN_METRES:
            return True
    return _says(text, there) if text else False


def is_near(point: Point, there: Town) -> bool:
    """Whether a point can belong to this town, for all that is known."""
    return not there.points or any(metres(point, each) < _AROUND_METRES for each in there.points)


def metres(one: Point, other: Point) -> float:
    """Between two points on the sphere (haversine)."""
    (a, b), (c, d) = (map(math.radians, one), map(math.radians, other))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * _EARTH_METRES * math.asin(math.sqrt(min(1.0, half)))


def _says(text: str, there: Town) -> bool:
    if not any(_ends_with(part, there.words) for part in _parts(text)):
        return False
    state, nation = _state(text), _nation(text)
    if state and there.state:
        return state == there.state
    if nation and there.country:
        return nation == there.country
    return not (state and there.country) or state in {there.country, *table("states").get(there.country, ())}


def _points(name: str, state: str | None, nation: str | None) -> Iterator[Point]:
    for place in table("towns").get(name, ()):
        where, _, point = place.partition(":")
        code, _, part = where.partition("-")
        # Only of towns in the USA is the state known.
        if nation in (None, code) and (not state or state in ([part] if part else table("states").get(code, ()))):
            latitude, longitude = point.split(",")
            yield float(latitude), float(longitude)


def _nation(text: str) -> str | None:
    return country(text) or ("US" if _named_state(text) else None)


def _named_state(text: str) -> str | None:
    """The code of a state of the USA that is spelled out behind a comma, as in `Paris, Texas`."""
    names = {" ".join(words): code for code, words in table("state_names").items()}
    behind = (" ".join(_words(part)) for part in _BREAKS.split(text)[1:])
    return next((names[part] for part in behind if part in names), None)


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
    return next((code for code in _STATE.findall(text) if code in _codes()), None) or _named_state(text)


def _codes() -> frozenset[str]:
    return frozenset(code for codes in table("states").values() for code in codes)
