"""Whether two photos were taken at one place, and whether two names are one event's. Pure."""

from __future__ import annotations

from typing import Protocol

from lexicon.folding import fold
from lexicon.whereabouts import is_near, metres, town

NEAR_METRES = 500.0
"""Two points so near are one venue: a hall of a fair, a hotel."""


class Spot(Protocol):
    """Where something was, as far as somebody said."""

    @property
    def place(self) -> str | None: ...
    @property
    def latitude(self) -> float | None: ...
    @property
    def longitude(self) -> float | None: ...


def event_key(name: str) -> str:
    """A name of an event as it is compared: its words in lower case without accents."""
    return " ".join(_words(name))[:200]


def same_place(one: Spot, other: Spot) -> bool:
    """Whether both are known to be at one place: by coordinates where both have them, else by name."""
    metres = distance(one, other)
    if metres is not None:
        return metres <= NEAR_METRES
    alike = bool(one.place and other.place) and _alike(one.place or "", other.place or "")
    return alike and not (_elsewhere(one, other) or _elsewhere(other, one))


def apart(one: Spot, other: Spot) -> bool:
    """Whether both are known to be at different places."""
    known = distance(one, other) is not None or bool(one.place and other.place)
    return known and not same_place(one, other)


def in_place(place: str | None, asked: str) -> bool:
    """Whether a place is the one asked for, also where one of the two says more ("Portland, OR" and "Portland")."""
    return bool(place) and _alike(place or "", asked)


def distance(one: Spot, other: Spot) -> float | None:
    """Metres between two points on the sphere (haversine); None where one is unknown."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    return metres((one.latitude, one.longitude), (other.latitude, other.longitude))


def _elsewhere(named: Spot, found: Spot) -> bool:
    """Whether coordinates are far from every town that a place may be: names alone do not make two towns one."""
    there = town(named.place or "")
    if there is None or found.latitude is None or found.longitude is None:
        return False
    return not is_near((found.latitude, found.longitude), there)


def _alike(one: str, other: str) -> bool:
    a, b = set(_words(one)), set(_words(other))
    return bool(a and b) and (a <= b or b <= a)


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in fold(text)).split()
